from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestFiling(KehuCommon):
    """From registration to the cabinet (R43, R80, R94, R98)."""

    def test_the_conversation_begins_in_the_users_language(self):
        archive = self.make_archive()
        self.rep.lang = "zh_CN"
        asked_by_a_program = archive.with_user(self.rep).with_context(lang=None)
        self.assertIn("客户档案", asked_by_a_program._creation_message())

    def test_registering_makes_one_draft_archive_with_a_code(self):
        """R43, R62"""
        partner = self.make_partner()
        archive = partner.with_user(self.rep)._kehu_register()
        self.assertEqual(archive.state, "draft")
        self.assertEqual(partner.archive_id, archive)
        self.assertTrue(partner.ref)
        self.assertEqual(partner._kehu_register(), archive)

    def test_story_of_an_archive_from_draft_to_closed_and_back(self):
        # STEP 1: the rep signs and hands in.
        archive = self.make_archive()
        archive.with_user(self.rep).action_submit()
        self.assertEqual(archive.state, "submitted")
        self.assertEqual(archive.submitted_by_id, self.rep)
        self.assertTrue(archive.signature_valid)
        # STEP 2: the archive room gives it back, with a reason.
        archive.with_user(self.archivist).action_return_to_draft("Address missing")
        self.assertEqual(archive.state, "draft")
        self.assertEqual(archive.return_reason, "Address missing")
        self.assertFalse(archive.signature_digest)
        # STEP 3: handed in again, received, numbered.
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.archivist).action_file()
        self.assertEqual(archive.state, "filed")
        self.assertEqual(archive.filed_by_id, self.archivist)
        number = archive.name
        self.assertTrue(number)
        # STEP 4: closed: read-only from here.
        archive.with_user(self.archivist).action_close("Moved abroad")
        self.assertTrue(archive.closed_on)
        with self.assertRaises(UserError):
            archive.with_user(self.rep).remark = "late thought"
        # STEP 5: opened again under the same number.
        with self.assertRaises(UserError):
            archive.with_user(self.archivist).action_reopen("  ")
        archive.with_user(self.archivist).action_reopen("Came back")
        self.assertEqual((archive.state, archive.name), ("filed", number))
        archive.with_user(self.rep).remark = "welcome"

    def test_forbidden_transitions_are_refused(self):
        draft, filed = self.make_archive(), self.make_filed()
        for archive, action in [
            (draft, "action_file"),
            (draft, "action_close"),
            (filed, "action_file"),
            (filed, "action_submit"),
        ]:
            with self.subTest(action=action, state=archive.state):
                with self.assertRaises(UserError):
                    getattr(archive, action)()

    def test_a_set_moves_as_a_whole_or_not_at_all(self):
        draft, filed = self.make_archive(), self.make_filed()
        with self.assertRaises(UserError):
            (draft | filed).action_submit()
        self.assertEqual(draft.state, "draft")

    def test_status_cannot_be_written_or_created_by_hand(self):
        archive = self.make_archive()
        with self.assertRaises(AccessError):
            archive.with_user(self.rep).write({"state": "filed"})
        with self.assertRaises(AccessError):
            archive.with_user(self.archivist).with_context(
                kehu_transition="kehu"
            ).write({"state": "filed"})
        with self.assertRaises(AccessError):
            archive.with_user(self.archivist).write({"name": "KH-1"})
        made = self.make_archive({"state": "filed", "name": "KH-9"})
        self.assertEqual((made.state, made.name), ("draft", False))

    def test_only_the_archive_room_receives_and_returns(self):
        archive = self.make_archive()
        archive.with_user(self.rep).action_submit()
        for user in (self.rep, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                archive.with_user(user).action_file()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                archive.with_user(user).action_return_to_draft("no")

    def test_returning_needs_a_reason(self):
        archive = self.make_archive()
        archive.with_user(self.rep).action_submit()
        with self.assertRaises(UserError):
            archive.with_user(self.archivist).action_return_to_draft()

    def test_a_change_after_signing_voids_the_signature(self):
        """R80"""
        for change in ("archive", "customer", "line", "mark"):
            with self.subTest(change=change):
                archive = self.make_archive()
                archive.with_user(self.rep).action_submit()
                if change == "archive":
                    archive.main_business = "Pumps"
                elif change == "customer":
                    archive.partner_id.legal_representative = "Li Lei"
                elif change == "line":
                    self.make_principal(archive, consent=None)
                else:
                    archive.set_fact_state("market_area", "na")
                archive.invalidate_recordset(["signature_valid"])
                self.assertFalse(archive.signature_valid)
                with self.assertRaisesRegex(UserError, "signed"):
                    archive.with_user(self.archivist).action_file()

    def test_numbers_have_no_gap_and_never_change(self):
        """R22, DA/T 13-2022"""
        first, second = self.make_filed(), self.make_filed()
        self.assertEqual(
            int(second.name.rpartition("-")[2]),
            int(first.name.rpartition("-")[2]) + 1,
        )

    def test_the_tenth_day_is_on_time_to_its_last_second(self):
        """R94: registered 2026-03-01 in Shanghai, due 2026-03-11 23:59:59."""
        with freeze_time("2026-02-28 16:00:00"):  # 2026-03-01 00:00 in Shanghai
            archive = self.make_archive()
        self.assertEqual(archive.filing_deadline, datetime(2026, 3, 11, 15, 59, 59))
        for moment, late in [
            ("2026-03-11 15:59:59", False),
            ("2026-03-11 16:00:00", True),
        ]:
            with self.subTest(moment=moment), freeze_time(moment):
                archive.invalidate_recordset(["is_late"])
                self.assertEqual(archive.is_late, late)

    def test_handing_in_late_stays_late(self):
        """R94"""
        with freeze_time("2026-03-01 01:00:00"):
            archive = self.make_archive()
        with freeze_time("2026-03-20 01:00:00"):
            archive.with_user(self.rep).action_submit()
        self.assertTrue(archive.is_late)
        late = self.env["kehu.archive"].search([("is_late", "=", True)])
        self.assertIn(archive, late)
        on_time = self.env["kehu.archive"].search([("is_late", "=", False)])
        self.assertNotIn(archive, on_time)

    def test_reminders_before_and_after_the_deadline_come_once_each(self):
        """R94"""
        with freeze_time("2026-03-01 01:00:00"):
            archive = self.make_archive()
        for moment, expected in [
            ("2026-03-05 01:00:00", 0),
            ("2026-03-09 01:00:00", 1),
            ("2026-03-10 01:00:00", 1),
            # Late: the rep and the leader of the team.
            ("2026-03-12 01:00:00", 3),
            ("2026-03-13 01:00:00", 3),
        ]:
            with self.subTest(moment=moment), freeze_time(moment):
                self.run_cron("_cron_remind_filing")
                archive.invalidate_recordset(["activity_ids"])
                self.assertEqual(len(archive.activity_ids), expected)
        archive.with_user(self.rep).action_submit()
        archive.invalidate_recordset(["activity_ids"])
        self.assertFalse(archive.activity_ids)

    def test_a_reminder_speaks_the_language_of_whom_it_reminds(self):
        """R94: the nightly job has no language of its own."""
        self.rep.lang = "zh_CN"
        with freeze_time("2026-03-01 01:00:00"):
            archive = self.make_archive()
        with freeze_time("2026-03-09 01:00:00"):
            self.run_cron("_cron_remind_filing")
        kind = self.env.ref("kehu_archive.mail_activity_filing_due")
        self.assertEqual(
            archive.activity_ids.summary, kind.with_context(lang="zh_CN").summary
        )
        self.assertRegex(archive.activity_ids.summary, "[\u4e00-\u9fff]")

    def test_completeness_below_the_setting_cannot_be_handed_in(self):
        archive = self.make_archive()
        self.company.kehu_min_completeness = 90
        with self.assertRaisesRegex(UserError, "Missing"):
            archive.with_user(self.rep).action_submit()

    def test_an_archive_that_was_handed_in_is_never_deleted(self):
        for archive in (self.make_filed(), self.make_closed()):
            with self.subTest(state=archive.state):
                with self.assertRaises(UserError):
                    archive.unlink()
                with self.assertRaises(UserError):
                    archive.partner_id.unlink()
                self.assertTrue(archive.exists())

    def test_a_draft_goes_with_its_customer(self):
        archive = self.make_archive()
        archive.partner_id.unlink()
        self.assertFalse(archive.exists())

    def test_a_customer_put_away_keeps_its_archive_in_every_list(self):
        """R32, R44"""
        archive = self.make_filed()
        archive.partner_id.active = False
        found = self.env["kehu.archive"].with_user(self.rep).search([])
        self.assertIn(archive, found)
        self.assertFalse(archive.card_active)

    def run_cron(self, name):
        """Run a cron's method as the scheduler does, without its commits."""
        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            getattr(self.env(cr=cr)["kehu.archive"], name)()
        self.env.invalidate_all()
