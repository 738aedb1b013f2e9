from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .credit_common import KehuGate


@tagged("post_install", "-at_install")
class TestCreditRelease(KehuGate):
    """Who stops an order does not release it, and every release is on record (R87)."""

    def test_a_released_order_goes_ahead_and_the_release_is_on_record(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote(amount=500)
        release = self.request_release(order)
        self.assertEqual(release.kinds, "grade")
        self.assertIn("credit grade C", release.obstacles)
        with self.assertRaises(UserError):
            self.confirm(order)
        with self.assertRaisesRegex(UserError, "does not decide"):
            release.action_approve()
        with self.assertRaises(UserError):
            release.with_user(self.manager).action_approve()
        release.with_user(self.controller).action_approve()
        self.assertEqual(release.approver_id, self.controller)
        order.invalidate_recordset()
        self.assertFalse(order.kehu_credit_blocked)
        self.confirm(order)
        self.assertEqual(order.state, "sale")
        self.assertIn(
            "Released by Kehu controller", "".join(order.message_ids.mapped("body"))
        )

    def test_a_release_covers_its_amount_and_its_reasons_only(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote(amount=500)
        self.request_release(order).with_user(self.controller).action_approve()
        order.order_line.price_unit = 501
        with self.assertRaises(UserError):
            self.confirm(order)
        order.order_line.price_unit = 400
        self.owe(self.customer, 10, due=-300)
        self.set_rules(overdue_policy="block")
        with self.assertRaises(UserError):
            self.confirm(order)
        self.request_release(order).with_user(self.controller).action_approve()
        self.confirm(order)

    def test_a_release_lets_a_customer_without_a_filed_archive_pass(self):
        """R61"""
        self.company.kehu_unfiled_policy = "block"
        order = self.quote()
        with self.assertRaises(UserError):
            self.confirm(order)
        self.assertTrue(order.kehu_filing_blocked)
        release = self.request_release(order)
        self.assertEqual(release.kinds, "filing")
        self.assertEqual(release.kinds_text, "No Filed Archive")
        release.with_user(self.controller).action_approve()
        order.invalidate_recordset()
        self.assertFalse(order.kehu_filing_blocked)
        self.assertTrue(order.kehu_filing_warning)
        self.confirm(order)
        self.assertEqual(order.state, "sale")
        with self.assertRaises(UserError):
            self.confirm(self.quote())

    def test_the_document_is_offered_to_who_may_read_it(self):
        """A controller decides by the figures of the request; the order may be another
        department's."""
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        release = self.request_release(self.quote())
        self.assertTrue(release.can_open)
        self.assertFalse(release.with_user(self.controller).can_open)

    def test_who_waits_for_a_release_opens_the_request_and_reads_who_decides(self):
        self.set_rules(grade_policy="block")
        self.make_grade("c")
        order = self.quote()
        release = self.request_release(order)
        action = order.with_user(self.rep).action_kehu_view_release()
        self.assertEqual(action["res_id"], release.id)
        self.assertIn(self.controller.name, release.decider_names)

    def test_a_note_of_a_stopped_order_keeps_its_lines(self):
        self.set_rules(grade_policy="block")
        self.make_grade("c")
        order = self.quote()
        release = self.request_release(order, reason="First line\nSecond line")
        release.with_user(self.controller).action_approve()
        self.assertIn("First line<br", str(order.message_ids[:1].body))

    def test_a_refused_release_says_why(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote()
        release = self.request_release(order)
        self.env["kehu.credit.refuse"].with_user(self.controller).with_context(
            active_model=release._name, active_ids=release.ids
        ).create({"reason": "Pay first"}).action_confirm()
        self.assertEqual(release.state, "refused")
        self.assertEqual(release.decision_reason, "Pay first")
        self.assertEqual(order.kehu_release_state, "refused")
        with self.assertRaises(UserError):
            self.confirm(order)

    def test_what_nothing_stops_needs_no_release_and_nobody_forges_one(self):
        order = self.quote()
        with self.assertRaisesRegex(UserError, "Nothing stops"):
            order.with_user(self.rep).action_kehu_request_release()
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        release = self.request_release(order)
        with self.assertRaises(AccessError):
            release.write({"state": "approved"})
        with self.assertRaises(AccessError):
            release.write({"amount": 10**6})
        with self.assertRaises(UserError):
            self.confirm(order)


@tagged("post_install", "-at_install")
class TestCreditOverride(KehuGate):
    """Another grade than the books give holds for a time (R87)."""

    def override(self, grade="a", days=10):
        return (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .create(
                {
                    "partner_id": self.customer.id,
                    "grade": grade,
                    "valid_until": self.day(days),
                    "reason": "Payment plan signed",
                }
            )
        )

    def test_an_override_holds_until_its_last_day_and_then_the_books_again(self):
        """R87"""
        self.set_rules(grade_policy="block", auto_accept=True)
        self.owe(self.customer, 1000, due=-120)
        self.customer.action_kehu_assess_credit()
        self.assertEqual(self.customer.credit_grade, "c")
        override = self.override()
        override.action_submit()
        with self.assertRaises(UserError):
            override.action_approve()
        override.with_user(self.controller).action_approve()
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.credit_grade, "a")
        self.assertEqual(self.customer.credit_assessment_id.state, "overridden")
        self.confirm(self.quote())
        # A new snapshot changes nothing meanwhile.
        self.customer.action_kehu_assess_credit()
        self.customer.invalidate_recordset()
        last = self.customer.credit_assessment_id
        self.assertEqual(
            (last.computed_grade, last.grade, last.state), ("c", "a", "overridden")
        )
        self.assertEqual(self.customer.credit_grade, "a")
        # The day after, even before the nightly run, and for good after it.
        self.env.cr.execute(
            "UPDATE kehu_credit_override SET valid_until = %s WHERE id = %s",
            [self.today - timedelta(days=1), override.id],
        )
        override.invalidate_recordset()
        with self.assertRaises(UserError):
            self.confirm(self.quote())
        self.env["kehu.credit.override"]._end_expired()
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.credit_grade, "c")
        self.assertEqual(self.customer.credit_assessment_id.state, "accepted")
        self.assertTrue(override.ended)

    def test_an_override_is_ended_early_by_who_decides_and_by_nobody_else(self):
        """R87"""
        self.set_rules(auto_accept=True)
        self.owe(self.customer, 1000, due=-120)
        self.customer.action_kehu_assess_credit()
        override = self.override()
        with self.assertRaisesRegex(UserError, "not in effect"):
            override.with_user(self.controller).action_end()
        override.action_submit()
        override.with_user(self.controller).action_approve()
        self.assertEqual(self.customer.credit_grade, "a")
        self.assertIn("A until", self.customer.kehu_override_note)
        with self.assertRaisesRegex(UserError, "decided by"):
            override.with_user(self.rep).action_end()
        override.with_user(self.controller).action_end()
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.credit_grade, "c")
        self.assertFalse(self.customer.kehu_override_note)

    def test_an_override_needs_a_reason_and_a_day_to_come(self):
        """R87"""
        with self.assertRaises(ValidationError):
            self.override(days=-1)
        override = self.override()
        override.reason = False
        with self.assertRaisesRegex(UserError, "Say why"):
            override.action_submit()

    def test_who_asks_sees_the_request_and_strangers_do_not(self):
        override = self.override()
        self.assertTrue(override.with_user(self.controller).has_access("read"))
        self.assertFalse(override.with_user(self.stranger).has_access("read"))
        self.assertEqual(override.valid_until, fields.Date.to_date(self.day(10)))
