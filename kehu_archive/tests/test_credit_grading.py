from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import KehuCredit


@tagged("post_install", "-at_install")
class TestCreditGrading(KehuCredit):
    """Snapshots propose grades, people accept them (R87)."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_customer()

    def make_c(self, customer=None):
        self.owe(customer or self.customer, 1000, due=-120)

    def assess(self, customer=None, user=None):
        customer = customer or self.customer
        customer.with_user(user or self.rep).action_kehu_assess_credit()
        customer.invalidate_recordset()
        return customer.credit_assessment_id

    def run_nightly(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["kehu.credit.assessment"]._cron_assess()
        self.env.invalidate_all()

    def test_a_grade_is_a_proposal_until_somebody_else_accepts_it(self):
        """R87: proposer and approver"""
        self.make_c()
        assessment = self.assess()
        self.assertEqual((assessment.grade, assessment.state), ("c", "proposed"))
        self.assertFalse(self.customer.credit_grade)
        with self.assertRaisesRegex(UserError, "decided by Kehu controller"):
            assessment.with_user(self.manager).action_accept()
        assessment.with_user(self.controller).action_accept()
        self.assertEqual(assessment.state, "accepted")
        self.assertEqual(assessment.approver_id, self.controller)
        self.assertEqual(self.customer.credit_grade, "c")

    def test_who_asks_for_a_grade_does_not_accept_it(self):
        """R87"""
        self.make_c()
        assessment = self.assess(user=self.controller)
        with self.assertRaisesRegex(UserError, "somebody else"):
            assessment.with_user(self.controller).action_accept()

    def test_without_a_controller_the_leader_of_the_team_decides(self):
        self.controller.active = False
        self.make_c()
        assessment = self.assess()
        with self.assertRaises(AccessError):
            assessment.with_user(self.stranger).action_accept()
        assessment.with_user(self.manager).action_accept()
        self.assertEqual(self.customer.credit_grade, "c")

    def test_trust_follows_the_grade_in_every_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        for due, trust in ((-120, "bad"), (-40, "good")):
            customer = self.make_customer()
            self.settle(customer, 0)
            if due < -90:
                self.make_c(customer)
            self.assess(customer).with_user(self.controller).action_accept()
            customer.invalidate_recordset()
            self.assertEqual(customer.trust, trust)
            self.assertEqual(customer.with_company(other).trust, trust)

    def test_a_branch_has_the_grade_of_its_credit_party(self):
        branch = self.make_customer(head_office_id=self.customer.id)
        self.make_c(branch)
        assessment = self.assess(branch)
        self.assertEqual(assessment.partner_id, self.customer)
        assessment.with_user(self.controller).action_accept()
        self.assertEqual(branch.credit_grade, "c")
        self.assertEqual(self.customer.credit_grade, "c")

    def test_the_reasons_name_rule_invoice_delay_and_what_would_lift_the_grade(self):
        """R87"""
        invoice = self.owe(self.customer, 1000, due=-120)
        text = self.assess().reasons
        self.assertIn("open 120 days", text)
        self.assertIn(invoice.name, text)
        self.assertIn("What would lift the grade", text)
        self.assertIn("1,000", text)

    def test_the_same_books_give_the_same_grade(self):
        """R87"""
        self.make_c()
        first, second = self.assess(), self.assess()
        self.assertNotEqual(first, second)
        self.assertEqual(first.reason_data, second.reason_data)
        self.assertFalse(first.is_last)
        with self.assertRaisesRegex(UserError, "newer"):
            first.with_user(self.controller).action_accept()

    def test_the_nightly_run_keeps_what_changed_and_nothing_else(self):
        self.make_c()
        self.settle(self.customer, 10)
        self.run_nightly()
        first = self.customer.credit_assessment_id
        self.assertEqual((first.grade, first.state), ("c", "proposed"))
        self.run_nightly()
        self.assertEqual(self.customer.credit_assessment_ids, first)
        self.customer.kehu_disputed = True
        self.run_nightly()
        self.assertEqual(len(self.customer.credit_assessment_ids), 2)

    def test_grades_take_effect_at_once_where_the_company_wants_that(self):
        self.company.kehu_credit_auto_accept = True
        self.make_c()
        self.run_nightly()
        self.assertEqual(self.customer.credit_grade, "c")
        self.assertEqual(self.customer.credit_assessment_id.state, "accepted")

    def test_a_grade_that_the_customer_has_needs_no_decision(self):
        self.customer.credit_grade = "c"
        self.make_c()
        self.assertEqual(self.assess().state, "accepted")

    def test_the_night_finds_out_that_nothing_is_left_to_judge(self):
        invoice = self.settle(self.customer, 0)
        self.run_nightly()
        self.assertEqual(self.customer.credit_assessment_id.grade, "a")
        invoice.button_draft()
        self.run_nightly()
        last = self.customer.credit_assessment_id
        self.assertFalse(last.grade)
        self.assertIn("No grade yet", last.reasons)

    def test_nobody_forges_a_snapshot_or_a_grade(self):
        self.make_c()
        assessment = self.assess()
        with self.assertRaises(AccessError):
            assessment.with_user(self.controller).write({"grade": "a"})
        with self.assertRaises(AccessError):
            assessment.sudo().write({"state": "accepted"})
        with self.assertRaisesRegex(UserError, "follows from the books"):
            self.customer.with_user(self.rep).credit_grade = "a"

    def test_a_customer_without_receivables_says_so(self):
        with self.assertRaisesRegex(UserError, "nothing to judge"):
            self.assess()

    def test_strangers_do_not_read_how_a_customer_pays(self):
        self.make_c()
        assessment = self.assess()
        self.assertTrue(assessment.with_user(self.manager).has_access("read"))
        self.assertTrue(assessment.with_user(self.auditor).has_access("read"))
        for user in (self.stranger, self.employee, self.admin):
            self.assertFalse(assessment.with_user(user).has_access("read"))
