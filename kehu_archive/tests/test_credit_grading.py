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

    def test_trust_follows_a_grade_that_was_written_on_the_form(self):
        """Before there are books, the grade comes from the form or the register."""
        customer = self.make_customer(credit_grade="c")
        self.assertEqual(customer.trust, "bad")
        customer.with_user(self.rep).credit_grade = "a"
        self.assertEqual(customer.trust, "good")
        customer.with_user(self.rep).credit_grade = False
        self.assertEqual(customer.trust, "normal")

    def test_a_branch_has_the_grade_of_its_credit_party(self):
        branch = self.make_customer(head_office_id=self.customer.id)
        self.make_c(branch)
        assessment = self.assess(branch)
        self.assertEqual(assessment.partner_id, self.customer)
        assessment.with_user(self.controller).action_accept()
        self.assertEqual(branch.credit_grade, "c")
        self.assertEqual(self.customer.credit_grade, "c")

    def test_a_branch_that_joins_a_graded_head_office_has_its_grade(self):
        """R36, R87"""
        office = self.make_customer()
        for _number in range(5):
            self.settle(office, 5)
        office.action_kehu_assess_credit()
        office.credit_assessment_id.with_user(self.controller).action_accept()
        self.assertEqual(office.credit_grade, "b")
        branch = self.make_customer(credit_grade="a")
        branch.with_user(self.rep).head_office_id = office
        self.assertEqual(branch.credit_grade, "b")

    def test_a_branch_follows_a_grade_that_its_head_office_had_already(self):
        """Nobody has to decide what the head office has; the branch lacks it."""
        office = self.make_customer(credit_grade="a")
        branch = self.make_customer(head_office_id=office.id)
        for _number in range(3):
            self.settle(office, 0)
        self.env["kehu.credit.assessment"]._assess(office)
        self.assertEqual(branch.credit_grade, "a")

    def test_a_grade_that_waits_for_a_decision_holds_for_no_branch(self):
        office = self.make_customer()
        branch = self.make_customer(head_office_id=office.id)
        for _number in range(5):
            self.settle(office, 5)
        office.action_kehu_assess_credit()
        self.assertFalse(branch.credit_grade)

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

    def test_customers_of_whom_the_books_say_the_same_have_snapshots_of_their_own(self):
        """N8: judged once, kept for each with its own figures"""
        others = [self.make_customer() for _each in range(2)]
        for number, customer in enumerate([self.customer, *others], start=1):
            self.owe(customer, 1000 * number, due=30)
            self.settle(customer, 0)
        others[1].credit_grade = "a"
        self.run_nightly()
        made = [one.credit_assessment_id for one in [self.customer, *others]]
        self.assertEqual([one.grade for one in made], ["a", "a", "a"])
        self.assertEqual([one.open_amount for one in made], [1000, 2000, 3000])
        self.assertEqual(
            [one.state for one in made], ["proposed", "proposed", "accepted"]
        )
        self.assertEqual(len({one.reasons for one in made}), 1)

    def test_the_night_keeps_an_override_among_customers_that_are_alike(self):
        """R87"""
        other = self.make_customer()
        for customer in (self.customer, other):
            self.settle(customer, 0)
        override = (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .create(
                {
                    "partner_id": other.id,
                    "grade": "c",
                    "reason": "Sold its works",
                    "valid_until": self.day(30),
                }
            )
        )
        override.action_submit()
        override.with_user(self.controller).action_approve()
        other.kehu_disputed = True
        self.run_nightly()
        other.kehu_disputed = False
        self.run_nightly()
        last = other.credit_assessment_id
        self.assertEqual((last.state, last.grade), ("overridden", "c"))
        self.assertEqual(last.computed_grade, "a")
        self.assertEqual(last.override_id, override)
        self.assertEqual(self.customer.credit_assessment_id.grade, "a")

    def test_many_late_receivables_are_named_the_worst_first_and_counted(self):
        """R87"""
        for number in range(14):
            self.settle(self.customer, 5 + number, due=-100)
        text = self.assess().reasons
        self.assertEqual(text.count("days late"), 12)
        self.assertLess(text.index("paid 18 days"), text.index("paid 17 days"))
        self.assertNotIn("paid 5 days", text)
        self.assertIn("2 more", text)
        self.assertEqual(text, self.customer.kehu_credit_reasons)

    def test_a_company_by_whose_rules_customers_were_graded_stays(self):
        self.make_c()
        assessment = self.assess()
        self.assertEqual(assessment.company_id, self.company)
        with self.assertRaisesRegex(UserError, "rules of"):
            self.company.unlink()

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
