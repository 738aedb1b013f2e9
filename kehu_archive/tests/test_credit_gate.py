from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_common import KehuGate


@tagged("post_install", "-at_install")
class TestCreditGate(KehuGate):
    """Orders of customers without credit are stopped, with figures (R87)."""

    # === GRADE === #

    def test_an_order_of_a_c_customer_passes_warns_or_is_stopped(self):
        self.make_grade("c")
        for policy in ("off", "warn", "block"):
            with self.subTest(policy=policy):
                self.set_rules(grade_policy=policy)
                order = self.quote()
                self.assertEqual(bool(order.kehu_credit_warning), policy != "off")
                if policy == "block":
                    with self.assertRaisesRegex(UserError, "credit grade C"):
                        self.confirm(order)
                    self.assertEqual(order.state, "draft")
                else:
                    self.confirm(order)
                    self.assertEqual(order.state, "sale")
                noted = "credit grade C" in "".join(order.message_ids.mapped("body"))
                self.assertEqual(noted, policy == "warn")

    def test_the_reasons_of_the_grade_stand_in_the_message(self):
        self.set_rules(grade_policy="block", auto_accept=True)
        invoice = self.owe(self.customer, 1000, due=-120)
        self.customer.with_user(self.rep).action_kehu_assess_credit()
        with self.assertRaisesRegex(UserError, f"(?s)120 days.*{invoice.name}"):
            self.confirm(self.quote())

    def test_a_branch_is_stopped_for_its_credit_party(self):
        branch = self.make_customer(head_office_id=self.customer.id)
        self.make_grade("c")
        self.assertEqual(branch.credit_grade, "c")
        self.set_rules(grade_policy="block")
        with self.assertRaisesRegex(UserError, self.customer.name):
            self.confirm(self.quote(branch))

    def test_a_customer_who_signs_online_is_not_stopped(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote()
        order.sudo().with_user(self.env.ref("base.user_root")).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("credit grade C", "".join(order.message_ids.mapped("body")))

    # === OVERDUE === #

    def test_overdue_debts_stop_from_the_day_after_the_limit_on(self):
        self.set_rules(overdue_policy="block", overdue_days=30)
        invoice = self.owe(self.customer, 1000, due=-30)
        self.confirm(self.quote())
        self.set_rules(overdue_days=29)
        with self.assertRaisesRegex(UserError, r"30 days, more than 29; .*1,000"):
            self.confirm(self.quote())
        self.pay(invoice)
        self.confirm(self.quote())

    # === TERMS === #

    def test_payment_terms_are_allowed_by_grade(self):
        self.set_rules(terms_policy="block", terms_days_b=30, terms_days_c=0)
        self.make_grade("b")
        terms = {
            days: self.env["account.payment.term"].create(
                {
                    "name": f"{days} days",
                    "line_ids": [
                        Command.create(
                            {
                                "value": "percent",
                                "value_amount": 100,
                                "nb_days": days,
                            }
                        )
                    ],
                }
            )
            for days in (0, 30, 31)
        }
        self.confirm(self.quote(payment_term_id=terms[30].id))
        late = self.quote(payment_term_id=terms[31].id)
        with self.assertRaisesRegex(UserError, "31 days; grade B allows 30"):
            self.confirm(late)
        self.make_grade("c")
        with self.assertRaisesRegex(UserError, "grade C allows 0"):
            self.confirm(self.quote(payment_term_id=terms[30].id))
        self.confirm(self.quote(payment_term_id=terms[0].id))

    def test_the_banner_tells_what_stops_an_order_from_what_does_not(self):
        self.make_grade("c")
        self.owe(self.customer, 1000, due=-60)
        self.set_rules(grade_policy="warn", overdue_policy="block", overdue_days=30)
        text = self.quote().kehu_credit_warning
        first, rest = text.split("Does not stop it, but should be known:")
        self.assertIn("overdue for 60 days", first)
        self.assertIn("credit grade C", rest)
        self.set_rules(overdue_policy="warn")
        self.assertNotIn("Does not stop", self.quote().kehu_credit_warning)
