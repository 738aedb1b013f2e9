from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.credit import kehu_credit_facts
from .credit_common import KehuCredit, KehuGate

MANY = 12


@tagged("post_install", "-at_install")
class TestCreditOfMany(KehuCredit):
    """N8: what is asked of many customers at once is not asked of each anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].union(
            *(cls.make_customer() for _number in range(MANY))
        )
        for number, customer in enumerate(cls.customers):
            cls.settle(customer, number)
            cls.owe(customer, 100 + number, due=-number)

    def test_portion_by_portion_the_facts_are_those_of_each_customer(self):
        facts = self.env["kehu.credit.facts"]
        with patch.object(kehu_credit_facts, "_PORTION", 5):
            found = facts._get_facts(self.customers)
        self.assertEqual(
            found, {customer.id: self.facts(customer) for customer in self.customers}
        )

    def test_no_step_of_the_plan_is_repeated_for_each_party(self):
        self.env.flush_all()
        query = self.env["kehu.credit.facts"]._get_facts_sql(self.customers.ids)
        for way in ("hashjoin", "mergejoin"):
            self.env.cr.execute(
                SQL("SET LOCAL %s = off", SQL.identifier(f"enable_{way}"))
            )
        plan = self.env.execute_query(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query))
        steps = [plan[0][0][0]["Plan"]]
        for step in steps:
            steps += step.get("Plans", ())
        whole = [step for step in steps if step["Node Type"] in ("Append", "Sort")]
        self.assertTrue(whole)
        self.assertLessEqual({step["Actual Loops"] for step in whole}, {0, 1})

    def test_many_customers_take_as_many_queries_as_few(self):
        names = ["kehu_overdue_amount", "kehu_computed_grade", "credit_assessment_id"]
        self.customers.archive_id.user_id = self.rep
        for user in (self.env.user, self.rep):
            counts = []
            customers = self.customers.with_user(user)
            for chosen in (customers[:6], customers[:6], customers):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                chosen.read(names)
                counts.append(self.env.cr.sql_log_count - before)
            with self.subTest(user=user.login):
                self.assertLessEqual(counts[2], counts[1])


@tagged("post_install", "-at_install")
class TestManyOrders(KehuGate):
    """Many orders are held against the rules by as many queries as few (R87)."""

    def make_orders(self, count):
        """Orders of customers with every kind of obstacle, each above its limit."""
        orders = self.env["sale.order"]
        term = self.env.ref("account.account_payment_term_30days")
        for _number in range(count):
            customer = self.make_customer()
            self.owe(customer, 1000, due=-120)
            customer.action_kehu_assess_credit()
            self.set_limit(customer, 900)
            orders += self.quote(customer, payment_term_id=term.id)
        orders.partner_id.credit_assessment_id.with_user(
            self.controller
        ).action_accept()
        return orders

    def count(self, orders, call):
        self.env.flush_all()
        self.env.invalidate_all()
        orders.mapped("partner_id.name")
        before = self.cr.sql_log_count
        call(orders)
        return self.cr.sql_log_count - before

    def test_the_banner_and_the_gate_take_no_more_queries_for_many(self):
        self.set_rules(
            grade_policy="warn",
            overdue_policy="warn",
            limit_policy="warn",
            terms_policy="warn",
            terms_days_c=0,
        )
        gate = self.env["kehu.credit.gate"].with_user(self.rep)
        orders = self.make_orders(9)
        found = gate._examine_orders(orders)
        for order in orders:
            kinds = {obstacle.kind for obstacle in found[order]}
            self.assertEqual(kinds, {"grade", "overdue", "group", "terms"})
        few, many = orders[:2], orders[2:]
        self.assertEqual(
            self.count(few, gate._examine_orders),
            self.count(many, gate._examine_orders),
        )
