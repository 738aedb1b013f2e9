from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestUndertaking(KehuCommon):
    """Everybody signs secrecy once a year, or the sensitive layer stays closed (R83)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_archive()
        cls.principal = cls.make_principal(cls.archive, family="One sister")
        cls.texts = cls.env["kehu.undertaking.text"]
        # A new text: what was signed before counts no more.
        cls.text = cls.texts.create({"version": "T1", "body": "<p>I keep silent</p>"})
        cls.env.flush_all()

    def seen(self, user=None):
        self.env.invalidate_all()
        return self.principal.with_user(user or self.rep).read(["family"])[0]["family"]

    def sign(self, user=None):
        wizard = self.env["kehu.undertaking.sign"].with_user(user or self.rep)
        wizard.create({"agreed": True}).action_confirm()
        return self.env["kehu.undertaking"].search([], limit=1)

    def test_unsigned_the_personal_layer_is_closed_signed_it_opens_r83(self):
        self.assertFalse(self.seen())
        self.assertTrue(self.archive.with_user(self.rep).undertaking_open)
        form = self.archive.with_user(self.rep)._get_form_data()[0]
        row = form.rows["principal_ids"][0]
        self.assertEqual(row["principal_ids.family"].state.value, "withheld")
        self.sign()
        self.assertEqual(self.seen(), "One sister")
        self.assertFalse(self.seen(self.manager))
        form = self.archive.with_user(self.rep)._get_form_data()[0]
        row = form.rows["principal_ids"][0]
        self.assertEqual(row["principal_ids.family"].text, "One sister")

    def test_unsigned_nobody_overwrites_what_he_does_not_see(self):
        with self.assertRaises(AccessError):
            self.principal.with_user(self.rep).write({"education": "MBA"})
        self.principal.with_user(self.rep).write({"phone": "0532-1"})
        self.sign()
        self.assertEqual(self.seen(), "One sister")

    def test_the_signature_keeps_version_digest_and_time(self):
        signature = self.sign()
        self.assertEqual(signature.user_id, self.rep)
        self.assertEqual(
            (signature.version, signature.digest), ("T1", self.text.digest)
        )
        self.assertEqual(
            signature.valid_until,
            fields.Datetime.add(signature.signed_at, years=1),
        )
        with self.assertRaises(AccessError):
            signature.write({"user_id": self.mate.id})

    def test_after_a_year_the_layer_closes_again_r83(self):
        until = self.sign().valid_until
        for moment, seen in (
            (until - timedelta(seconds=1), "One sister"),
            (until + timedelta(seconds=1), False),
        ):
            with freeze_time(fields.Datetime.to_string(moment)):
                self.assertEqual(self.seen(), seen)

    def test_a_new_version_is_signed_anew_and_a_signed_one_stays(self):
        self.sign()
        with self.assertRaises(UserError):
            self.text.body = "<p>I talk</p>"
        with self.assertRaises(UserError):
            self.text.unlink()
        self.texts.create({"version": "T2", "body": "<p>I keep quite silent</p>"})
        self.assertFalse(self.seen())

    def test_the_company_may_do_without(self):
        self.company.kehu_undertaking_required = False
        self.assertEqual(self.seen(), "One sister")

    def test_signing_needs_the_tick(self):
        wizard = self.env["kehu.undertaking.sign"].with_user(self.rep)
        with self.assertRaises(UserError):
            wizard.create({}).action_confirm()

    def test_who_has_not_signed_is_listed_and_reminded_once(self):
        self.sign()
        action = (
            self.env["res.users"].with_user(self.auditor).action_kehu_undertakings()
        )
        missing = (
            self.env["res.users"]
            .with_user(self.auditor)
            .search([*action["domain"], ("kehu_undertaking_open", "=", True)])
        )
        self.assertIn(self.mate, missing)
        self.assertNotIn(self.rep, missing)
        self.assertNotIn(self.employee, missing)
        for _time in range(2):
            self.texts._cron_remind()
        activities = self.env["mail.activity"].search(
            [("res_model", "=", self.texts._name), ("res_id", "=", self.text.id)]
        )
        users = activities.mapped("user_id")
        self.assertEqual(len(activities), len(users))
        self.assertIn(self.mate, users)
        self.assertNotIn(self.rep, users)
        self.sign(self.mate)
        self.assertNotIn(self.mate, activities.filtered("active").mapped("user_id"))
        with self.assertRaises(AccessError):
            self.env["res.users"].with_user(self.rep).action_kehu_undertakings()

    def test_only_the_configuration_writes_the_text(self):
        self.texts.with_user(self.admin).create({"version": "T3", "body": "<p>x</p>"})
        with self.assertRaises(AccessError):
            self.texts.with_user(self.rep).create({"version": "T4", "body": "x"})
