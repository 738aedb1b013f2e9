from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .destruction_common import DestructionCommon


@tagged("post_install", "-at_install")
class TestRetention(DestructionCommon):
    """Layered periods, holds by case, appraisals (R20, R98, N5)."""

    def test_closing_starts_the_retention_of_the_longest_lived_content(self):
        archive = self.make_filed()
        self.env["kehu.archive.item"].create(
            {"archive_id": archive.id, "title": "Contract", "category": "30_contract"}
        )
        archive.with_user(self.archivist).action_close("End")
        today = archive.closed_on
        self.assertEqual(archive.retention_until, today + relativedelta(years=10))
        self.assertEqual(archive.traits_until, today + relativedelta(months=6))

    def test_vouchers_count_from_the_end_of_the_fiscal_year(self):
        archive = self.make_filed()
        self.env["kehu.archive.item"].create(
            {"archive_id": archive.id, "title": "Voucher", "category": "40_finance"}
        )
        archive.with_user(self.archivist).action_close("End")
        year = self.company.compute_fiscalyear_dates(archive.closed_on)["date_to"]
        self.assertEqual(archive.retention_until, year + relativedelta(years=30))

    def test_personal_traits_go_by_themselves_after_months(self):
        archive = self.make_archive()
        principal = self.make_principal(archive, personality="Likes chess")
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.archivist).action_file()
        archive.with_user(self.archivist).action_close("End")
        archive._write_protected({"traits_until": self.yesterday})
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["kehu.archive"]._cron_expire_traits()
        self.env.invalidate_all()
        self.assertFalse(principal.personality)
        self.assertEqual(archive.state, "closed")

    def test_retention_is_lengthened_with_a_reason_and_shortened_by_managers_only(self):
        archive = self.make_due()
        later = fields.Date.today() + timedelta(days=400)
        room = archive.with_user(self.archivist)
        with self.assertRaisesRegex(UserError, "say why"):
            room.action_change_retention(later, " ")
        room.action_change_retention(later, "A claim may come")
        self.assertEqual(archive.retention_until, later)
        with self.assertRaises(AccessError):
            room.action_change_retention(self.yesterday, "Too long")
        with self.assertRaises(UserError):
            room.write({"retention_until": self.yesterday})
        archive.with_user(self.manager).action_change_retention(
            self.yesterday, "The claim is settled"
        )
        self.assertEqual(archive.retention_until, self.yesterday)
        self.assertEqual(archive.retention_reason, "The claim is settled")

    def test_a_hold_by_case_keeps_many_archives_until_a_manager_releases_it(self):
        archives = self.make_due() | self.make_due()
        hold = (
            self.env["kehu.legal.hold"]
            .with_user(self.archivist)
            .create(
                {
                    "name": "Case 7",
                    "reason": "Dispute",
                    "archive_ids": [Command.set(archives.ids)],
                }
            )
        )
        self.assertEqual(archives.mapped("legal_hold"), [True, True])
        with self.assertRaisesRegex(UserError, "Case 7"):
            self.make_submitted(*archives)
        hold.release_reason = "Settled"
        with self.assertRaises(AccessError):
            hold.action_release()
        hold.with_user(self.manager).action_release()
        self.assertEqual(archives.mapped("legal_hold"), [False, False])
        with self.assertRaises(UserError):
            hold.unlink()

    def test_a_manager_of_another_team_releases_and_changes_no_hold(self):
        """R20, R52: who answers for none of the archives reads the case only."""
        other = new_test_user(
            self.env,
            login="kehu_other_hold",
            groups="base.group_user,kehu_archive.group_kehu_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        archive = self.make_due()
        hold = (
            self.env["kehu.legal.hold"]
            .with_user(self.archivist)
            .create(
                {
                    "name": "Case 8",
                    "reason": "Dispute",
                    "release_reason": "Settled",
                    "archive_ids": [Command.set(archive.ids)],
                }
            )
        )
        foreign = hold.with_user(other)
        self.assertEqual(foreign.name, "Case 8")
        with self.assertRaises(AccessError):
            foreign.action_release()
        with self.assertRaises(AccessError):
            foreign.archive_ids = [Command.clear()]
        own = (
            self.env["kehu.legal.hold"]
            .with_user(other)
            .create({"name": "Case 9", "reason": "Own", "release_reason": "Over"})
        )
        own.action_release()
        self.assertEqual(own.state, "released")
        hold.with_user(self.manager).action_release()
        self.assertEqual(hold.state, "released")

    def make_appraisal(self, *archives):
        return (
            self.env["kehu.appraisal"]
            .with_user(self.applicant)
            .create(
                {
                    "reviewer_ids": [Command.set(self.manager.ids)],
                    "line_ids": [
                        Command.create({"archive_id": archive.id})
                        for archive in archives
                    ],
                }
            )
        )

    def test_an_archive_answered_keep_is_in_no_destruction_list(self):
        kept, gone = self.make_due(), self.make_due()
        appraisal = self.make_appraisal(kept, gone)
        later = fields.Date.today() + timedelta(days=400)
        with self.assertRaises(AccessError):
            appraisal.line_ids.write({"answer": "destroy"})
        lines = appraisal.line_ids.with_user(self.manager)
        lines[0].write({"answer": "keep", "keep_until": later, "reason": "Claim"})
        with self.assertRaisesRegex(UserError, "Not answered yet"):
            appraisal.action_finish()
        lines[1].write({"answer": "destroy"})
        appraisal.action_finish()
        self.assertEqual(kept.retention_until, later)
        application = appraisal.destruction_id
        self.assertEqual(application.line_ids.archive_id, gone)
        # Put in by hand, and the date set back by force: the answer still stands.
        kept._write_protected({"retention_until": self.yesterday})
        with self.assertRaisesRegex(UserError, "appraisal says: keep"):
            self.make_submitted(kept)

    def test_due_archives_are_taken_into_the_appraisal_and_undated_ones_are_not(self):
        due = self.make_due()
        running = self.make_due()
        running.retention_until = fields.Date.today() + timedelta(days=90)
        undated = self.make_due()
        undated.retention_until = False
        appraisal = self.make_appraisal()
        self.assertIs(appraisal.action_fill(), True)
        self.assertEqual(appraisal.action_fill()["tag"], "display_notification")
        self.assertIn(due, appraisal.line_ids.archive_id)
        self.assertNotIn(running, appraisal.line_ids.archive_id)
        self.assertNotIn(undated, appraisal.line_ids.archive_id)
        with self.assertRaisesRegex(UserError, "Without a retention date"):
            self.make_appraisal(undated)
