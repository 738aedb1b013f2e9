from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .credit_common import KehuCredit

FIGURES = (
    "order_count:sum",
    "cycle_days:avg",
    "repeat_percent:avg",
    "invoiced_amount:sum",
    "margin:sum",
    "margin_percent:avg",
    "charged_amount:sum",
    "lost_amount:sum",
    "lost_percent:avg",
)


@tagged("post_install", "-at_install")
class TestCustomerKpi(KehuCredit):
    """Cycle days, margin, repeat rate and bad debt equal what a hand reckons (R109).

    One customer ordered three times, the other once; one line has no known cost; one
    invoice was taken back in part, one was written off.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loyal = cls.make_customer(name="海风机械有限公司", user_id=cls.rep.id)
        cls.single = cls.make_customer(name="路人贸易公司", user_id=cls.mate.id)
        cls.machine = cls.make_product("Machine", standard_price=60.0)
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 13%", "amount": 13.0, "type_tax_use": "sale"}
        )
        # 12 days from the opportunity; 4 and 8 from the quotation; 20.
        lead = cls.env["crm.lead"].create(
            {"name": "L", "type": "opportunity", "partner_id": cls.loyal.id}
        )
        cls.confirm(cls.loyal, days=12, lead=lead)
        cls.confirm(cls.loyal, days=4)
        cls.confirm(cls.loyal, days=8)
        cls.confirm(cls.single, days=20)
        # 300 + 100 of machines at a cost of 60 each, 50 back, 40 without a known cost.
        cls.sell(cls.loyal, (cls.machine, 3, 100.0), (cls.service, 1, 40.0))
        cls.sell(cls.loyal, (cls.machine, 1, 100.0), taxed=True)
        cls.sell(cls.loyal, (cls.machine, 0.5, 100.0), kind="out_refund")
        # 80 of 200 are lost.
        cls.book_off(cls.sell(cls.single, (cls.machine, 2, 100.0)), amount=80.0)

    @classmethod
    def confirm(cls, customer, days, lead=None):
        """An order ``days`` after its opportunity, without one after its quotation."""
        order = cls.make_order(customer)
        start = fields.Datetime.now() - timedelta(days=100)
        order.date_order = start + timedelta(days=days)
        (lead or order).flush_recordset()
        cls.env.cr.execute(
            f"UPDATE {(lead or order)._table} SET create_date = %s WHERE id = %s",
            [start, (lead or order).id],
        )
        if lead:
            order.opportunity_id = lead
        return order

    @classmethod
    def sell(cls, customer, *lines, kind="out_invoice", taxed=False):
        return cls.make_invoice(
            customer,
            kind=kind,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.set(cls.tax.ids if taxed else [])],
                    }
                )
                for product, quantity, price in lines
            ],
        )

    def figures(self, domain, user=None):
        table = self.env["kehu.customer.kpi"].with_user(user or self.env.user)
        return table._read_group(domain, [], FIGURES)[0]

    def test_the_figures_of_one_customer(self):
        """R109"""
        cycle = (12 + 4 + 8) / 3
        margin = (300 - 180) + (100 - 60) - (50 - 30)
        found = self.figures([("customer_id", "=", self.loyal.id)])
        expected = (3, cycle, 200 / 3, 390, margin, margin / 350 * 100, 403, 0, 0)
        for name, one, other in zip(FIGURES, found, expected, strict=True):
            with self.subTest(name):
                self.assertAlmostEqual(float(one or 0), other, places=2)

    def test_the_figures_of_several_customers_are_those_of_their_sums(self):
        """R109"""
        cycle = (12 + 4 + 8 + 20) / 4
        margin = 140 + (200 - 120)
        customers = self.loyal | self.single
        found = self.figures([("customer_id", "in", customers.ids)])
        expected = (4, cycle, 50, 590, margin, margin / 550 * 100, 603, 80, 8000 / 603)
        for name, one, other in zip(FIGURES, found, expected, strict=True):
            with self.subTest(name):
                self.assertAlmostEqual(float(one or 0), other, places=2)

    def test_an_order_that_was_entered_later_says_nothing_about_the_cycle(self):
        """R109: neither a negative cycle nor one of no time at all."""
        self.confirm(self.loyal, days=-5)
        count, cycle, *_rest = self.figures([("customer_id", "=", self.loyal.id)])
        self.assertEqual(count, 4)
        self.assertAlmostEqual(cycle, (12 + 4 + 8) / 3, places=2)

    def test_an_average_over_nothing_is_empty_and_not_0(self):
        """R109: who was never sold to in an opportunity has no cycle of 0.0 days"""
        other = self.make_customer()
        self.sell(other, (self.service, 1, 40.0))
        domain = [("customer_id", "=", other.id)]
        found = dict(zip(FIGURES, self.figures(domain), strict=True))
        for name in ("cycle_days:avg", "repeat_percent:avg", "margin_percent:avg"):
            self.assertIs(found[name], False)
        self.assertEqual(found["order_count:sum"], 0)
        self.assertEqual(found["lost_percent:avg"], 0)
        [group] = self.env["kehu.customer.kpi"].formatted_read_group(
            domain, ["customer_id"], ["cycle_days:avg", "order_count:sum"]
        )
        self.assertIs(group["cycle_days:avg"], False)

    def test_a_loss_is_what_the_credit_grade_calls_so(self):
        """R90, R109: cents that are booked off are none."""
        self.assertAlmostEqual(self.facts(self.single).written_amount, 80)
        self.book_off(self.sell(self.loyal, (self.machine, 10, 100.0)), amount=5.0)
        found = self.figures([("customer_id", "=", self.loyal.id)])
        self.assertAlmostEqual(found[FIGURES.index("lost_amount:sum")], 0)

    def test_the_customer_opens_its_figures(self):
        """R109"""
        action = self.loyal.action_kehu_kpi()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.customer_id, self.loyal)
        self.assertTrue(rows.read(["margin_percent", "lost_percent", "kind"]))

    def test_reps_see_the_figures_of_their_own_customers(self):
        """R52, R109"""
        table = self.env["kehu.customer.kpi"]
        self.assertEqual(
            table.with_user(self.rep).search([]).customer_id
            & (self.loyal | self.single),
            self.loyal,
        )
        self.assertIn(self.single, table.with_user(self.auditor).search([]).customer_id)
        with self.assertRaises(AccessError):
            table.with_user(self.employee).search([])
        with self.assertRaises(AccessError):
            table.with_user(self.archivist).search([])
