import base64
import io
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..registration.reader import read_forms
from .test_copies import UseCommon


@tagged("post_install", "-at_install")
class TestDisclosure(UseCommon):
    """Nothing marked sensitive leaves without a running disclosure (R14, R51)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.principal = cls.make_principal(cls.archive, family="One sister")
        cls.file = cls.env["ir.attachment"].create(
            {"name": "licence.pdf", "datas": base64.b64encode(b"secret licence")}
        )
        cls.item = cls.env["kehu.archive.item"].create(
            {
                "archive_id": cls.archive.id,
                "title": "Licence",
                "note": "signed copy",
                "sensitive": True,
                "attachment_ids": [Command.set(cls.file.ids)],
            }
        )
        cls.outsider = cls.env["res.partner"].create(
            {"name": "Bank", "email": "clerk@bank.example"}
        )
        cls.env.flush_all()

    def disclose(self, approve=True, **vals):
        """A disclosure of everything, asked for by the rep."""
        proof = (
            self.env["ir.attachment"]
            .with_user(self.rep)
            .create({"name": "consent.pdf", "raw": b"I agree"})
        )
        disclosure = (
            self.env["kehu.disclosure"]
            .with_user(self.rep)
            .create(
                {
                    "archive_id": self.archive.id,
                    "recipient": "Bank",
                    "recipient_email": "clerk@bank.example",
                    "purpose": "Credit line",
                    "what": "Licence and family",
                    "section_ids": [
                        Command.set(
                            self.env["kehu.archive.section"]
                            .search([("code", "=", "traits")])
                            .ids
                        )
                    ],
                    "item_ids": [Command.set(self.item.ids)],
                    "proof_ids": [Command.set(proof.ids)],
                    **vals,
                }
            )
        )
        if approve:
            disclosure.action_submit()
            disclosure.with_user(self.manager).action_approve()
        return disclosure

    def printed(self):
        (form,) = read_forms(io.BytesIO(self.render()).getvalue(), "a.xlsx")
        return form.data.rows["principal_ids"][0]["principal_ids.family"]

    # === THE REGISTER === #

    def test_consent_is_attached_before_a_disclosure_is_handed_in_r14(self):
        disclosure = self.disclose(approve=False, proof_ids=False)
        with self.assertRaisesRegex(UserError, "consent"):
            disclosure.action_submit()
        disclosure.basis = "law"
        with self.assertRaisesRegex(UserError, "order"):
            disclosure.action_submit()
        disclosure.basis_note = "Court order 12"
        disclosure.action_submit()
        self.assertEqual(disclosure.state, "submitted")

    def test_somebody_else_approves_r51(self):
        disclosure = self.disclose(approve=False)
        disclosure.action_submit()
        for user in (self.rep, self.archivist):
            with self.assertRaises(UserError):
                disclosure.with_user(user).action_approve()
        with self.assertRaises(AccessError):
            disclosure.with_user(self.rep).write({"state": "approved"})
        disclosure.with_user(self.manager).action_approve()
        self.assertEqual(disclosure.approver_id, self.manager)
        self.assertTrue(disclosure.is_running)

    def test_others_see_nothing_of_it_and_cannot_ask(self):
        disclosure = self.disclose()
        for user in (self.stranger, self.employee, self.admin):
            self.assertFalse(disclosure.with_user(user).has_access("read"), user.name)
        with self.assertRaises(AccessError):
            self.env["kehu.disclosure"].with_user(self.stranger).create(
                {
                    "archive_id": self.archive.id,
                    "recipient": "x",
                    "purpose": "x",
                    "what": "x",
                }
            )

    def test_what_was_handed_in_is_neither_changed_nor_removed(self):
        disclosure = self.disclose()
        with self.assertRaises(UserError):
            disclosure.with_user(self.rep).write({"recipient": "Somebody else"})
        with self.assertRaises(UserError):
            disclosure.with_user(self.rep).unlink()

    def test_a_draft_is_changed_handed_in_and_removed_by_whoever_asked_r14(self):
        draft = self.disclose(approve=False)
        for user in (self.manager, self.archivist):
            foreign = draft.with_user(user)
            self.assertTrue(foreign.has_access("read"), user.name)
            for act in (
                lambda foreign=foreign: foreign.write({"recipient": "Myself"}),
                foreign.action_submit,
                foreign.unlink,
            ):
                with self.assertRaisesRegex(AccessError, "whoever asked"):
                    act()
        draft.recipient = "The bank's clerk"
        draft.action_submit()

    # === PRINT === #

    def test_traits_print_as_not_authorised_unless_disclosed_r14(self):
        self.assertEqual(self.printed().state.value, "withheld")
        disclosure = self.disclose()
        self.assertEqual(self.printed().text, "One sister")
        self.assertEqual(disclosure.used_count, 1)
        with freeze_time(
            fields.Datetime.to_string(disclosure.date_end - timedelta(seconds=1))
        ):
            self.assertEqual(self.printed().text, "One sister")
        with freeze_time(
            fields.Datetime.to_string(disclosure.date_end + timedelta(seconds=1))
        ):
            self.assertEqual(self.printed().state.value, "withheld")

    def test_a_company_without_the_rule_prints_as_before(self):
        self.company.kehu_disclosure_required = False
        self.assertEqual(self.printed().text, "One sister")

    # === EXPORT === #

    def test_an_export_of_traits_needs_a_disclosure_r14(self):
        principal = self.principal.with_user(self.rep).with_context(kehu_reason="x")
        archive = self.archive.with_user(self.rep).with_context(kehu_reason="x")
        partner = archive.partner_id
        attempts = (
            (principal, "family"),
            (archive, "principal_ids/family"),
            (partner, "archive_id/principal_ids/family"),
        )
        for records, path in attempts:
            with self.subTest(path), self.assertRaisesRegex(UserError, "sensitive"):
                records.export_data([path])
        principal.export_data(["name"])
        self.disclose(way="file")
        for records, path in attempts:
            self.assertIn("One sister", str(records.export_data([path])))

    def test_an_export_of_a_sensitive_item_needs_a_disclosure_r14(self):
        item = self.item.with_user(self.rep).with_context(kehu_reason="x")
        partner = self.archive.partner_id.with_env(item.env)
        file = self.file.with_env(item.env)
        attempts = (
            (item, "note"),
            (partner, "archive_id/item_ids/note"),
            (file, "datas"),
        )
        for records, path in attempts:
            with self.subTest(path), self.assertRaisesRegex(UserError, "Licence"):
                records.export_data([path])
        item.export_data(["title"])
        self.disclose(way="file")
        for records, path in attempts:
            records.export_data([path])

    def test_an_export_from_the_customer_is_an_export_of_the_archive_r18(self):
        partner = self.archive.partner_id.with_user(self.rep)
        with self.assertRaisesRegex(UserError, "what the copy is for"):
            partner.export_data(["name", "archive_id/main_business"])
        partner.export_data(["name", "archive_id/name"])
        reasoned = partner.with_context(kehu_reason="Visit")
        reasoned.export_data(["archive_id/main_business"])
        self.assertEqual(self.newest().copy_ids.archive_id, self.archive)

    # === MAIL === #

    def mail(self, **vals):
        return self.env["mail.mail"].create(
            {
                "subject": "Papers",
                "body_html": "<p>Please</p>",
                "attachment_ids": [Command.link(self.file.id)],
                **vals,
            }
        )

    def test_a_sensitive_file_is_mailed_to_the_named_address_only_r51(self):
        outside = (
            {"recipient_ids": [Command.link(self.outsider.id)]},
            {"email_to": "Bank <clerk@bank.example>"},
            {"email_to": self.rep.email, "email_cc": "clerk@bank.example"},
        )
        for vals in outside:
            with self.assertRaisesRegex(UserError, "Licence"):
                self.mail(**vals)
        disclosure = self.disclose(way="mail")
        for vals in outside:
            self.mail(**vals)
        self.assertEqual(disclosure.used_count, 3)
        with self.assertRaisesRegex(UserError, "Licence"):
            self.mail(email_to="other@bank.example")

    def test_a_renamed_copy_is_as_sensitive_as_the_file_r51(self):
        copy = self.env["ir.attachment"].create(
            {"name": "holiday.jpg", "raw": b"secret licence"}
        )
        with self.assertRaisesRegex(UserError, "Licence"):
            self.mail(email_to="x@example.com", attachment_ids=[Command.link(copy.id)])

    def test_a_message_to_an_outsider_with_the_file_is_refused_at_once_r51(self):
        partner = self.make_partner()
        with self.assertRaisesRegex(UserError, "Licence"):
            partner.message_post(
                body="See attached",
                partner_ids=self.outsider.ids,
                attachments=[("a.pdf", b"secret licence")],
            )

    def test_colleagues_get_no_sensitive_file_by_mail_but_the_mail(self):
        mail = self.mail(recipient_ids=[Command.link(self.mate.partner_id.id)])
        for values in mail._prepare_outgoing_list():
            self.assertFalse(values["attachments"])

    # === LINK === #

    def test_no_link_is_shared_to_a_sensitive_file_or_its_copy_r51(self):
        copy = self.env["ir.attachment"].create(
            {"name": "x", "raw": b"secret licence", "public": True}
        )
        self.assertFalse(copy.public)
        copy.public = True
        self.assertFalse(copy.public)
        self.assertEqual((copy | self.file).generate_access_token(), [False, False])
        other = self.env["ir.attachment"].create({"name": "y", "raw": b"menu"})
        self.assertTrue(other.generate_access_token()[0])

    # === HANDING OVER === #

    def test_what_no_gate_sees_is_noted_by_whoever_hands_it_over_r14(self):
        disclosure = self.disclose(way="spoken")
        self.assertTrue(disclosure.is_mine)
        self.assertFalse(disclosure.with_user(self.manager).is_mine)
        with self.assertRaises(AccessError):
            disclosure.with_user(self.manager).action_note_hand_over()
        disclosure.action_note_hand_over()
        self.assertEqual(disclosure.used_count, 1)
        self.env["kehu.ledger"]._flush()
        events = self.env["kehu.event"].search(
            [("archive_id", "=", self.archive.id), ("action", "=", "disclose")]
        )
        payloads = [payload for payload, _problem in events._get_contents().values()]
        steps = sorted(payload["step"] for payload in payloads)
        self.assertEqual(steps, ["approved", "handed_over"])
        said = [line["after"] for told in payloads for line in events._get_lines(told)]
        self.assertIn("Handed Over", said)

    def test_nothing_is_handed_over_before_approval_or_after_the_end_r51(self):
        asked = self.disclose(approve=False)
        with self.assertRaisesRegex(UserError, "not running"):
            asked.action_note_hand_over()
        running = self.disclose()
        with (
            freeze_time(running.date_end + timedelta(seconds=1)),
            self.assertRaisesRegex(UserError, "not running"),
        ):
            running.action_note_hand_over()

    # === LEDGER === #

    def test_approval_and_each_use_stand_in_the_ledger_r17(self):
        self.disclose()
        self.printed()
        self.env["kehu.ledger"]._flush()
        events = self.env["kehu.event"].search(
            [("archive_id", "=", self.archive.id), ("action", "=", "disclose")]
        )
        self.assertEqual(len(events), 2)
