from unittest.mock import patch

from psycopg2.errors import CheckViolation, InsufficientPrivilege, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.destruction import kehu_destruction_execution
from .destruction_common import DestructionCommon


@tagged("post_install", "-at_install")
class TestDestructionProcedure(DestructionCommon):
    """Applied for, approved, registered, verified, witnessed, executed (R21-R24)."""

    def test_the_whole_procedure_destroys_and_registers_an_archive(self):
        archive = self.make_due({"main_business": "SECRETPUMPS", "remark": "SECRET"})
        number = archive.name
        application = self.make_ready(archive)
        self.assertEqual(application.state, "verified")
        self.assertEqual(application.get_blockers(), [])
        self.execute(application)
        self.assertEqual(application.state, "executed")
        self.assertEqual(archive.state, "destroyed")
        self.assertEqual(archive.name, number)
        self.assertFalse(archive.main_business)
        self.assertFalse(archive.remark)
        entry = self.env["kehu.destruction.register"].search(
            [("archive_id", "=", archive.id)]
        )
        self.assertEqual(entry.archive_number, number)
        self.assertEqual(entry.number, application.number)
        self.assertEqual(entry.executor_id, self.executor)
        self.assertEqual(entry.witness_id, self.witness)
        self.assertEqual(len(entry.digest), 64)

    def test_the_ledger_of_a_destroyed_archive_verifies_and_says_nothing_more(self):
        archive = self.make_due({"main_business": "SECRETPUMPS"})
        self.execute(self.make_ready(archive))
        self.env["kehu.ledger"]._flush()
        self.assertEqual(self.env["kehu.event"].verify_chain(), [])
        events = self.env["kehu.event"].search([("archive_id", "=", archive.id)])
        self.assertIn("destroy", events.mapped("action"))
        self.assertNotIn("SECRETPUMPS", " ".join(events.mapped("summary")))
        self.assertFalse(
            self.env["kehu.archive.key"].search([("archive_id", "=", archive.id)])
        )

    def test_no_step_can_be_skipped_by_a_remote_call(self):
        """R21"""
        archive = self.make_due()
        application = self.make_list(archive)
        for method, user in (
            ("action_approve", self.manager),
            ("action_register", self.applicant),
            ("action_verify", self.witness),
            ("action_witness", self.witness),
            ("action_execute", self.executor),
        ):
            with self.subTest(method=method), self.assertRaises(UserError):
                getattr(application.with_user(user), method)()
        with self.assertRaises(AccessError):
            application.write({"state": "verified"})
        with self.assertRaises(AccessError):
            application.write({"witness_id": self.witness.id})

    def test_each_step_needs_its_group(self):
        archive = self.make_due()
        application = self.make_submitted(archive)
        for user in (self.rep, self.auditor, self.admin, self.employee):
            with self.subTest(user=user.name), self.assertRaises(UserError):
                application.with_user(user).action_approve()

    def test_the_applicant_does_not_approve(self):
        self.applicant.group_ids += self.env.ref("kehu_archive.group_kehu_manager")
        application = self.make_submitted(self.make_due())
        with self.assertRaisesRegex(UserError, "does not decide"):
            application.action_approve()

    def test_four_roles_are_four_people(self):
        application = self.make_verified(self.make_due())
        with self.assertRaisesRegex(UserError, "no witness"):
            application.action_witness()
        with self.assertRaisesRegex(UserError, "no witness"):
            application.with_user(self.manager).action_witness()
        application.with_user(self.archivist).action_witness()
        with self.assertRaisesRegex(UserError, "does not execute"):
            self.execute(application)

    def test_the_database_keeps_the_four_people_apart(self):
        application = self.make_verified(self.make_due())
        for column, user in (
            ("witness_id", self.applicant),
            ("witness_id", self.manager),
            ("executor_id", self.applicant),
            ("executor_id", self.manager),
            ("approver_id", self.applicant),
        ):
            with (
                self.subTest(column=column, user=user.name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    f"UPDATE kehu_destruction SET {column} = %s WHERE id = %s",  # noqa: S608
                    [user.id, application.id],
                )

    def test_the_customers_owner_is_not_the_witness(self):
        self.rep.group_ids += self.env.ref("kehu_archive.group_kehu_auditor")
        application = self.make_verified(self.make_due())
        with self.assertRaisesRegex(UserError, "owner is no witness"):
            application.with_user(self.rep).action_witness()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE kehu_destruction_line SET witness_id = keeper_id "
                "WHERE destruction_id = %s",
                [application.id],
            )

    def test_list_numbers_have_no_gap(self):
        """R22"""
        numbers = [
            self.make_registered(self.make_due()).number.rpartition("-")[2]
            for _round in range(3)
        ]
        first = int(numbers[0])
        self.assertEqual(
            [int(number) for number in numbers], [*range(first, first + 3)]
        )

    def test_the_register_says_number_title_pages_years_and_periods(self):
        """R22"""
        archive = self.make_due()
        archive.with_user(self.archivist).action_reopen("a piece is missing")
        self.env["kehu.archive.item"].create(
            [
                {"archive_id": archive.id, "title": "Contract", "pages": 7},
                {
                    "archive_id": archive.id,
                    "title": "Letter",
                    "pages": 2,
                    "medium": "paper",
                    "date": "2019-05-01",
                },
            ]
        )
        archive.with_user(self.archivist).action_close("End")
        archive.retention_until = self.yesterday
        line = self.make_registered(archive).line_ids
        self.assertEqual(
            (line.item_count, line.page_count, line.paper_count), (2, 9, 1)
        )
        self.assertEqual(line.year_from, 2019)
        self.assertEqual(line.due_on, archive.retention_until)
        self.assertEqual(line.archive_number, archive.name)

    def alter(self, archive):
        """Change what the archive says, past everything that watches it."""
        self.env.cr.execute(
            "UPDATE kehu_archive SET main_business = 'altered' WHERE id = %s",
            [archive.id],
        )
        self.env.invalidate_all()

    def test_what_changed_after_registration_stops_and_is_kept_as_a_record(self):
        """R23"""
        archive, other = self.make_due(), self.make_due()
        application = self.make_registered(archive, other)
        self.alter(archive)
        notice = application.action_verify(paper_seen=True)
        self.assertIn("no longer what was registered", notice["params"]["message"])
        self.assertEqual(application.state, "registered")
        self.assertEqual(application.mismatch_count, 1)
        check = application.check_ids.filtered(lambda one: one.result == "mismatch")
        self.assertEqual(check.archive_number, archive.name)
        self.assertEqual(check.user_id, self.applicant)
        self.assertTrue(check.checked_at)
        self.assertEqual(check.registered_digest, application.line_ids[0].digest)
        self.assertNotEqual(check.digest, check.registered_digest)
        # Other people cannot verify it away.
        for user in (self.witness, self.manager):
            application.with_user(user).action_verify(paper_seen=True)
        self.assertEqual(application.state, "registered")
        with self.assertRaises(AccessError):
            check.sudo().write({"result": "match"})

    def test_who_finds_a_piece_missing_reports_it_and_settles_it(self):
        """R23"""
        application = self.make_registered(self.make_due())
        wizard = (
            self.env["kehu.destruction.step"]
            .with_user(self.witness)
            .create(
                {
                    "destruction_ids": [Command.set(application.ids)],
                    "step": "verify",
                    "doubt_line_ids": [Command.set(application.line_ids.ids)],
                    "finding": "page 3 is missing",
                }
            )
        )
        notice = wizard.action_confirm()
        self.assertIn("page 3 is missing", notice["params"]["message"])
        for user in (self.applicant, self.archivist):
            application.with_user(user).action_verify(paper_seen=True)
        self.assertEqual(application.state, "registered")
        application.with_user(self.witness).action_verify(paper_seen=True)
        self.assertEqual(application.state, "verified")
        self.assertEqual(application.mismatch_count, 0)

    def test_what_changed_after_the_verification_is_kept_and_nothing_begins(self):
        """R23, R24"""
        archive, other = self.make_due(), self.make_due()
        application = self.make_ready(archive, other)
        self.alter(archive)
        self.execute(application)
        self.assertFalse(application.started_at)
        self.assertEqual(application.state, "verified")
        self.assertEqual(other.state, "closed")
        check = application.check_ids.filtered(lambda one: one.result == "mismatch")
        self.assertEqual(check.user_id, self.executor)

    def test_a_hold_between_two_batches_keeps_its_archive_and_no_other(self):
        """R20: everything is asked again for each batch."""
        first, held, changed, last = (self.make_due() for _number in range(4))
        application = self.make_ready(first, held, changed, last)
        with patch.object(kehu_destruction_execution, "BATCH", 1):
            self.execute(application)
        self.assertEqual(application.destroyed_count, 1)
        self.env["kehu.legal.hold"].create(
            {
                "name": "Case 7",
                "reason": "Investigation",
                "archive_ids": [Command.set(held.ids)],
            }
        )
        self.alter(changed)
        application.with_user(self.executor).action_execute()
        self.assertEqual(application.state, "executed")
        states = [one.state for one in (first, held, changed, last)]
        self.assertEqual(states, ["destroyed", "closed", "closed", "destroyed"])
        self.assertIn("legal hold", application.line_ids[1].drop_reason)
        self.assertIn("no longer", application.line_ids[2].drop_reason)
        rows = application._get_list_rows()
        self.assertIn("legal hold", rows[1][-1])

    def test_one_person_alone_does_not_verify(self):
        """R23"""
        application = self.make_registered(self.make_due())
        application.action_verify(paper_seen=True)
        self.assertEqual(application.state, "registered")
        with self.assertRaisesRegex(UserError, "second person"):
            application.action_verify(paper_seen=True)
        application.with_user(self.witness).action_verify(paper_seen=True)
        self.assertEqual(application.state, "verified")

    def test_nothing_is_destroyed_while_it_cools_off(self):
        archive = self.make_due()
        application = self.make_ready(archive)
        with self.assertRaisesRegex(UserError, "rests until"):
            application.with_user(self.executor).action_execute()
        application.with_user(self.manager).action_cancel("A doubt")
        self.assertEqual(application.state, "cancelled")
        self.assertEqual(archive.state, "closed")
        # The archive may stand in a new list.
        self.make_submitted(archive)

    def test_what_is_registered_nobody_changes_or_removes(self):
        """R24"""
        archive = self.make_due()
        self.execute(self.make_ready(archive))
        entry = self.env["kehu.destruction.register"].search(
            [("archive_id", "=", archive.id)]
        )
        for user in (self.archivist, self.admin, self.env.user):
            for act in (
                lambda record: record.write({"title": "x"}),
                lambda record: record.unlink(),
            ):
                with self.assertRaises(AccessError):
                    act(entry.with_user(user))
        with self.assertRaises(AccessError):
            entry.sudo().write({"title": "x"})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(InsufficientPrivilege),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM kehu_destruction_register")

    def test_an_archive_without_retention_date_cannot_be_queued(self):
        archive = self.make_closed()
        archive.retention_until = False
        with self.assertRaisesRegex(UserError, "no retention date"):
            self.make_list(archive)

    def test_of_two_lists_one_has_the_archive(self):
        archive = self.make_due()
        self.make_list(archive)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.make_list(archive)
