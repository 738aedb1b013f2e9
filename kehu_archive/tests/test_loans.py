from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .loan_common import SECOND, LoanCommon


@tagged("post_install", "-at_install")
class TestLoans(LoanCommon):
    """Request, approve, hand over, bring back (R10, R11, R12)."""

    # === APPROVAL === #

    def test_a_request_is_decided_by_the_leader_or_the_deputy_of_the_team(self):
        """R10, R11: the head of the department approves."""
        for decider in (self.manager, self.deputy):
            with self.subTest(decider=decider.login):
                loan = self.make_loan()
                loan.action_submit()
                loan.with_user(decider).action_approve()
                self.assertEqual(loan.state, "approved")
                self.assertEqual(loan.approver_id, decider)
                self.assertTrue(loan.decided_at)

    def test_nobody_else_decides(self):
        loan = self.make_loan()
        loan.action_submit()
        for user in (self.rep, self.archivist, self.auditor, self.stranger):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                loan.with_user(user).action_approve()
        for user in (self.clerk, self.admin, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                loan.with_user(user).action_approve()
        self.assertEqual(loan.state, "submitted")

    def test_whoever_asks_does_not_decide_even_when_leading_the_team(self):
        """R11: applicant and approver are two people."""
        loan = self.make_loan(self.manager)
        loan.action_submit()
        with self.assertRaisesRegex(UserError, "does not decide"):
            loan.with_user(self.manager).action_approve()
        loan.with_user(self.deputy).action_approve()
        self.assertEqual(loan.approver_id, self.deputy)

    def test_whoever_asked_on_behalf_of_a_colleague_does_not_decide_either(self):
        loan = self.make_loan(self.manager, borrower_id=self.stranger.id)
        loan.action_submit()
        with self.assertRaisesRegex(UserError, "does not decide"):
            loan.with_user(self.manager).action_approve()

    def test_the_database_refuses_an_applicant_who_decides(self):
        """R11: not only the program."""
        loan = self.make_loan()
        for column in ("requester_id", "borrower_id"):
            with (
                self.subTest(column=column),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(
                    f"UPDATE kehu_loan SET {column} = %s, approver_id = %s WHERE id = %s",
                    [self.rep.id, self.rep.id, loan.id],
                )

    def test_what_only_the_steps_write_cannot_be_forged(self):
        for vals in (
            {"state": "approved"},
            {"approver_id": self.manager.id},
            {"requester_id": self.employee.id},
            {"decided_at": "2026-01-01 00:00:00"},
            {"grants_access": True},
            {"emergency": True},
            {"name": "JY-1"},
            {"lent_digest": "0"},
            {"renew_count": -5},
        ):
            with self.subTest(vals=vals):
                loan = self.make_loan()
                with self.assertRaises(AccessError):
                    loan.write(vals)
                born = self.make_loan(**vals)
                for name in vals.keys() - {"state", "name", "requester_id"}:
                    self.assertFalse(born[name])
                self.assertEqual(born.state, "draft")
                self.assertNotEqual(born.name, "JY-1")
                self.assertEqual(born.requester_id, self.stranger)

    def test_a_request_that_was_handed_in_is_changed_no_more(self):
        loan = self.make_approved()
        with self.assertRaises(UserError):
            loan.write({"date_end": fields.Datetime.now() + timedelta(days=300)})
        with self.assertRaises(UserError):
            loan.sudo().write({"date_end": fields.Datetime.now() + timedelta(days=300)})
        with self.assertRaises(UserError):
            loan.write({"section_ids": self.sections("traits").ids})
        with self.assertRaises(UserError):
            loan.unlink()

    def test_a_refusal_needs_a_reason_and_is_told(self):
        loan = self.make_loan()
        loan.action_submit()
        with self.assertRaisesRegex(UserError, "Say why"):
            loan.with_user(self.manager).action_refuse(" ")
        loan.with_user(self.manager).action_refuse("Not your customer")
        self.assertEqual(loan.state, "refused")
        self.assertIn(
            "Not your customer",
            loan.sudo()
            .activity_ids.filtered(lambda activity: activity.user_id == self.stranger)
            .summary,
        )

    def test_approvers_get_an_activity_that_the_decision_closes(self):
        loan = self.make_loan()
        loan.action_submit()
        self.assertEqual(loan.sudo().activity_ids.user_id, self.manager | self.deputy)
        loan.with_user(self.deputy).action_approve()
        self.assertFalse(loan.sudo().activity_ids)

    def test_many_requests_are_approved_at_once_or_not_at_all(self):
        loans = self.make_loan() | self.make_loan() | self.make_loan()
        loans.action_submit()
        loans[1].action_cancel()
        with self.assertRaises(UserError):
            loans.with_user(self.manager).action_approve()
        self.assertEqual(loans[0].state, "submitted")
        (loans[0] | loans[2]).with_user(self.manager).action_approve()
        self.assertEqual(set(loans.mapped("state")), {"approved", "cancelled"})

    def test_a_request_is_withdrawn_by_whoever_asked_only(self):
        loan = self.make_loan()
        loan.action_submit()
        with self.assertRaises(AccessError):
            loan.with_user(self.manager).action_cancel()
        loan.action_cancel()
        self.assertEqual(loan.state, "cancelled")

    def test_the_archive_room_decides_where_a_team_has_no_leader(self):
        archive = self.make_archive({"user_id": self.stranger.id})
        archive.team_id = self.other_team
        loan = self.make_loan(self.rep, archive)
        loan.action_submit()
        with self.assertRaises(UserError):
            loan.with_user(self.auditor).action_approve()
        loan.with_user(self.archivist).action_approve()
        self.assertEqual(loan.state, "approved")

    def test_a_server_action_checks_rights_itself(self):
        """Odoo checks none when the action has groups."""
        loan = self.make_loan()
        loan.action_submit()
        action = self.env.ref("kehu_archive.action_kehu_loan_approve")
        context = {"active_model": "kehu.loan", "active_ids": loan.ids}
        for user in (self.employee, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                action.with_user(user).with_context(**context).run()
        action.with_user(self.manager).with_context(**context).run()

    def test_too_long_a_period_is_refused(self):
        loan = self.make_loan(date_end=fields.Datetime.now() + timedelta(days=15))
        with self.assertRaisesRegex(UserError, "14 days at most"):
            loan.action_submit()

    def test_nobody_asks_in_the_name_of_a_colleague(self):
        with self.assertRaises(AccessError):
            self.make_loan(self.stranger, borrower_id=self.employee.id)

    # === HAND-OVER AND RETURN === #

    def test_hand_over_and_return_are_both_signed(self):
        """R11, R12: name, time and digest at both ends."""
        loan = self.make_lent()
        self.assertEqual(loan.lent_signature, "Signed")
        self.assertEqual(loan.lent_by_id, self.archivist)
        self.assertEqual(len(loan.lent_digest), 64)
        loan.with_user(self.archivist).action_return("Back", 11, "incomplete", "p. 3")
        self.assertEqual(loan.state, "returned")
        self.assertEqual(loan.return_signature, "Back")
        self.assertEqual((loan.lent_pages, loan.return_pages), (12, 11))
        self.assertEqual(loan.damage_note, "p. 3")
        self.assertEqual(len(loan.return_digest), 64)
        self.assertNotEqual(loan.return_digest, loan.lent_digest)

    def test_damage_is_noted(self):
        loan = self.make_lent()
        with self.assertRaisesRegex(UserError, "damaged or missing"):
            loan.with_user(self.archivist).action_return("Back", 12, "damaged", "")

    def test_the_archive_room_hands_over_and_takes_back(self):
        loan = self.make_approved(kind="borrow", medium="original")
        for user in (self.stranger, self.manager, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                loan.with_user(user).action_lend()
        loan.with_user(self.archivist).action_lend()
        for user in (self.stranger, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                loan.with_user(user).action_return()

    def test_an_archivist_does_not_hand_an_archive_to_himself(self):
        loan = self.make_approved(self.archivist, kind="borrow", medium="original")
        with self.assertRaisesRegex(UserError, "let a colleague"):
            loan.with_user(self.archivist).action_lend()

    def test_an_original_is_lent_once(self):
        """R11: a constraint of the database, and a message that names the holder."""
        self.make_lent(self.stranger)
        second = self.make_approved(self.employee, kind="borrow", medium="original")
        with self.assertRaisesRegex(UserError, "is with Kehu stranger"):
            second.with_user(self.archivist).action_lend()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE kehu_loan SET state = 'lent' WHERE id = %s", [second.id]
            )

    def test_an_electronic_copy_is_lent_to_many(self):
        for user in (self.stranger, self.employee):
            loan = self.make_lent(user, medium="copy")
            self.assertEqual(loan.state, "lent")

    def test_whoever_waits_is_told_when_the_original_comes_back(self):
        first = self.make_lent(self.stranger)
        second = self.make_approved(self.employee, kind="borrow", medium="original")
        third = self.make_approved(self.admin, kind="borrow", medium="original")
        self.assertEqual((second | third).mapped("queue_position"), [1, 2])
        self.assertEqual(second.holder_id, self.stranger)
        first.with_user(self.archivist).action_return("x", 12)
        told = self.env["mail.activity"].search(
            [("res_model", "=", "kehu.loan"), ("res_id", "in", (second | third).ids)]
        )
        self.assertEqual(told.user_id, self.employee)
        self.assertEqual(told.res_id, second.id)

    def test_a_loan_is_renewed_by_whoever_decides_a_limited_number_of_times(self):
        """R12"""
        loan = self.make_lent()
        later = loan.date_end + timedelta(days=5)
        for user in (self.stranger, self.archivist):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                loan.with_user(user).action_renew(later)
        loan.with_user(self.manager).action_renew(later)
        self.assertEqual((loan.date_end, loan.renew_count), (later, 1))
        with self.assertRaisesRegex(UserError, "no more is allowed"):
            loan.with_user(self.manager).action_renew(later + timedelta(days=1))

    def test_overdue_blocks_the_next_request_unless_the_company_says_otherwise(self):
        """R12"""
        loan = self.make_lent()
        with self.at(loan.date_end + SECOND):
            following = self.make_loan(archive=self.make_archive())
            with self.assertRaisesRegex(UserError, loan.name):
                following.action_submit()
            self.company.kehu_overdue_blocks = False
            following.action_submit()
            self.assertEqual(following.state, "submitted")

    def test_reminders_come_the_day_before_on_the_day_and_after_it(self):
        """R12: due −1, due, due +1; each once."""
        loan = self.make_lent()
        due = loan.date_end
        steps = [
            (due - timedelta(days=3), 0, 0),
            (due - timedelta(days=1), 1, 1),
            (due - timedelta(days=1) + SECOND, 1, 1),
            (due - timedelta(hours=1), 2, 2),
            (due + SECOND, 3, 4),
            (due + timedelta(days=1), 3, 4),
        ]
        for moment, level, activities in steps:
            with self.subTest(moment=moment - due), self.at(moment):
                self.run_reminders()
                loan.invalidate_recordset()
                self.assertEqual(loan.reminder_level, level)
                self.assertEqual(len(loan.sudo().activity_ids), activities)
        overdue = self.env.ref("kehu_archive.mail_activity_loan_overdue")
        told = loan.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == overdue
        )
        self.assertEqual(told.user_id, self.stranger | self.manager)

    def test_reminders_are_worded_in_the_language_of_whoever_gets_them(self):
        """At night the system's language is English."""
        self.env["res.lang"]._activate_lang("zh_CN")
        overdue = self.env.ref("kehu_archive.mail_activity_loan_overdue")
        overdue.with_context(lang="zh_CN").summary = "借阅已逾期"
        loan = self.make_lent()
        self.stranger.lang = "zh_CN"
        with self.at(loan.date_end + SECOND):
            self.run_reminders()
        words = {
            activity.user_id: activity.summary
            for activity in loan.sudo().activity_ids
            if activity.activity_type_id == overdue
        }
        self.assertEqual(words[self.stranger], "借阅已逾期")
        self.assertEqual(
            words[self.manager], overdue.with_context(lang="en_US").summary
        )

    def run_reminders(self):
        """The nightly work, without its commits."""
        loans = self.env["kehu.loan"]
        for level in (3, 2, 1):
            loans.search(loans._get_due_domain(level))._remind_due(level)

    def test_recall_slips_are_printed_together_and_counted(self):
        """R12: 催还单"""
        loans = self.make_lent() | self.make_lent(archive=self.make_filed())
        loans.with_user(self.archivist).action_print_recall()
        self.assertEqual(loans.mapped("recall_count"), [1, 1])
        html = str(
            self.env["ir.actions.report"]
            .with_user(self.archivist)
            ._render_qweb_html("kehu_archive.report_recall", loans.ids)[0],
            "utf-8",
        )
        for loan in loans:
            self.assertIn(loan.name, html)
            self.assertIn(loan.archive_id.name, html)

    def test_what_a_leaver_holds_stands_in_one_place(self):
        """N10"""
        lent = self.make_lent()
        running = self.make_approved(archive=self.make_filed())
        self.assertEqual(self.stranger.kehu_open_loan_count, 2)
        action = self.stranger.with_user(self.archivist).action_view_kehu_loans()
        self.assertEqual(
            self.env["kehu.loan"].with_user(self.archivist).search(action["domain"]),
            running | lent,
        )

    # === EMERGENCY === #

    def break_glass(self, user, reason="Fire at the customer"):
        return self.env["kehu.loan"].with_user(user)._break_glass(self.archive, reason)

    def test_an_emergency_opens_for_fifteen_minutes_and_is_told_at_once(self):
        """N18"""
        boss = self.make_other_manager()
        with self.at(fields.Datetime.now()):
            self.assertFalse(self.archive.with_user(boss).has_access("read"))
            loan = self.break_glass(boss)
            end = loan.date_end
            self.assertEqual(end - loan.date_start, timedelta(minutes=15))
            self.assertTrue(self.archive.with_user(boss).has_access("read"))
            self.assertIn(self.manager, loan.sudo().activity_ids.user_id)
        with self.at(end):
            self.assertFalse(self.archive.with_user(boss).has_access("read"))

    def test_an_emergency_is_reviewed_by_somebody_else(self):
        """N18"""
        boss = self.make_other_manager()
        loan = self.break_glass(boss)
        with self.assertRaises(UserError):
            loan.with_user(boss).action_review("justified")
        with self.assertRaisesRegex(UserError, "not justified"):
            loan.with_user(self.manager).action_review("not_justified")
        loan.with_user(self.manager).action_review("not_justified", "No fire")
        self.assertEqual(loan.review_outcome, "not_justified")
        self.assertEqual(loan.reviewed_by_id, self.manager)
        with self.assertRaises(UserError):
            loan.with_user(self.auditor).action_review("justified")

    def test_only_managers_and_the_archive_room_break_the_glass(self):
        for user in (self.rep, self.stranger, self.employee, self.admin, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.break_glass(user)
        with self.assertRaisesRegex(UserError, "cannot wait"):
            self.break_glass(self.make_other_manager(), "…")

    @classmethod
    def make_other_manager(cls):
        return new_test_user(
            cls.env,
            login="kehu_other_manager",
            groups="base.group_user,kehu_archive.group_kehu_manager",
        )
