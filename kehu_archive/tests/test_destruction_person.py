from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .destruction_common import DestructionCommon


@tagged("post_install", "-at_install")
class TestPersonRights(DestructionCommon):
    """Consent, withdrawal, requests of the persons in an archive (R40)."""

    def make_person(self, archive=None):
        return self.make_principal(
            archive or self.make_archive(),
            personality="Likes chess",
            education="Master",
        )

    def consent(self, principal, item):
        return principal.consent_ids.filtered(lambda one: one.item == item)

    def test_a_consent_names_purpose_and_version_of_the_notice(self):
        self.company.kehu_notice_version = "2.3"
        consent = self.consent(self.make_person(), "personality")
        self.assertTrue(consent.purpose)
        self.assertEqual(consent.notice_version, "2.3")

    def test_a_withdrawal_destroys_that_item_at_once_and_no_other(self):
        principal = self.make_person()
        self.consent(principal, "personality").with_user(self.rep).action_withdraw()
        self.assertFalse(principal.personality)
        self.assertEqual(principal.education, "Master")
        self.assertEqual(self.consent(principal, "personality").decision, "refused")
        with self.assertRaises(ValidationError):
            principal.personality = "Likes go"

    def test_a_withdrawal_works_on_a_closed_archive_too(self):
        archive = self.make_archive()
        principal = self.make_person(archive)
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.archivist).action_file()
        archive.with_user(self.archivist).action_close("End")
        self.consent(principal, "education").with_user(self.archivist).action_withdraw()
        self.assertFalse(principal.education)
        self.assertEqual(principal.personality, "Likes chess")

    def test_strangers_withdraw_nothing(self):
        consent = self.consent(self.make_person(), "education")
        with self.assertRaises(AccessError):
            consent.with_user(self.stranger).action_withdraw()

    def test_a_refusal_is_remembered_and_not_asked_again(self):
        principal = self.make_person()
        consent = self.consent(principal, "personality").with_user(self.rep)
        consent.action_withdraw()
        with self.assertRaisesRegex(ValidationError, "nobody asks again"):
            consent.write({"decision": "granted"})
        consent.write({"decision": "granted", "note": "Called us on Monday"})
        self.assertEqual(consent.decision, "granted")

    def make_request(self, principal, kind, **vals):
        return (
            self.env["kehu.person.request"]
            .with_user(self.archivist)
            .create(
                {
                    "name": "Wang Wei",
                    "principal_id": principal.id,
                    "archive_id": principal.archive_id.id,
                    "kind": kind,
                    **vals,
                }
            )
        )

    def test_a_request_has_a_deadline_and_is_late_after_it(self):
        request = self.make_request(self.make_person(), "access")
        self.assertEqual((request.deadline - request.received_on).days, 15)
        self.assertFalse(request.is_late)
        request.received_on = fields.Date.today() - timedelta(days=30)
        self.assertTrue(request.is_late)
        self.assertIn(request, request.search([("is_late", "=", True)]))

    def test_the_company_sets_the_deadline_for_each_kind_of_request(self):
        self.company.kehu_days_delete = 7
        person = self.make_person()
        request = self.make_request(person, "delete")
        self.assertEqual((request.deadline - request.received_on).days, 7)
        request.kind = "correct"
        self.assertEqual((request.deadline - request.received_on).days, 15)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.company.kehu_days_delete = 0
            self.company.flush_recordset()

    def test_a_deletion_destroys_the_traits_and_restricts_the_rest(self):
        principal = self.make_person()
        request = self.make_request(principal, "delete")
        with self.assertRaisesRegex(UserError, "answer"):
            request.action_grant()
        request.answer = "Deleted"
        request.action_grant()
        self.assertFalse(principal.traits_cipher)
        self.assertTrue(principal.restricted)
        self.assertEqual(request.state, "done")
        with self.assertRaises(UserError):
            request.unlink()

    def test_restricted_traits_are_stored_and_neither_shown_nor_changed(self):
        principal = self.make_person()
        request = self.make_request(principal, "restrict", answer="Restricted")
        request.action_grant()
        self.assertTrue(principal.traits_cipher)
        self.assertFalse(principal.personality)
        with self.assertRaises(ValidationError):
            principal.education = "Doctor"

    def test_a_running_request_stands_against_the_destruction(self):
        archive = self.make_due()
        request = (
            self.env["kehu.person.request"]
            .with_user(self.archivist)
            .create({"name": "Li", "archive_id": archive.id, "kind": "access"})
        )
        application = self.make_list(archive)
        self.assertEqual(
            [blocker["code"] for blocker in application.get_blockers()], ["person"]
        )
        request.answer = "Sent"
        request.action_grant()
        self.assertEqual(application.get_blockers(), [])
