from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .accounting import KehuAccounting


@tagged("post_install", "-at_install")
class TestCooperation(KehuAccounting):
    """What a cooperation brought is what was invoiced for its order (R06)."""

    def setUp(self):
        super().setUp()
        self.archive = self.make_archive()
        self.customer = self.archive.partner_id

    def make_line(self, order=None, **vals):
        return self.env["kehu.cooperation"].create(
            {
                "archive_id": self.archive.id,
                "project": "Pumps",
                "order_id": order and order.id,
                **vals,
            }
        )

    def performance(self, line):
        line.invalidate_recordset(["performance", "collection"])
        return line.performance

    def refund(self, invoice, amount=None):
        """Post a refund of the whole invoice, or of ``amount`` of its first line."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if amount:
            refund.invoice_line_ids[0].price_unit = amount
        refund.action_post()
        return refund

    def test_nothing_is_performed_before_the_invoice_is_posted(self):
        order = self.make_order(self.customer, 128_600)
        line = self.make_line(order)
        self.assertEqual(self.performance(line), 0)
        invoice = order._create_invoices()
        self.assertEqual(self.performance(line), 0)
        invoice.action_post()
        self.assertEqual(self.performance(line), 12.86)

    def test_a_refund_lowers_the_performance_r06(self):
        order = self.make_order(self.customer, 100_000)
        line = self.make_line(order)
        invoice = self.invoice_order(order)
        refund = self.refund(invoice, 30_000)
        self.assertEqual(self.performance(line), 7)
        # A refund that is taken back no longer counts.
        refund.button_draft()
        self.assertEqual(self.performance(line), 10)
        self.refund(invoice)
        self.assertEqual(self.performance(line), 0)

    def test_tax_is_no_performance(self):
        tax = self.env["account.tax"].create({"name": "13%", "amount": 13.0})
        order = self.make_quotation(self.customer, 100_000)
        order.order_line.tax_ids = tax
        order.action_confirm()
        line = self.make_line(order)
        self.invoice_order(order)
        self.assertEqual(self.performance(line), 10)
        self.assertIn("11.30", line.collection)

    def test_several_invoices_of_an_order_add_up(self):
        order = self.make_quotation(self.customer, 10_000)
        order.order_line.write({"product_uom_qty": 3, "price_unit": 10_000})
        order.action_confirm()
        line = self.make_line(order)
        for quantity in (1, 2):
            invoice = order._create_invoices()
            invoice.invoice_line_ids.quantity = quantity
            invoice.action_post()
        self.assertEqual(self.performance(line), 3)

    def test_an_invoice_for_two_orders_counts_for_each_with_its_own_lines(self):
        orders = self.make_order(self.customer, 10_000)
        orders |= self.make_order(self.customer, 30_000)
        one, other = (self.make_line(order) for order in orders)
        invoice = self.invoice_order(orders)
        self.assertEqual(len(invoice), 1)
        self.assertEqual((self.performance(one), self.performance(other)), (1, 3))
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 20_000})._create_payments()
        # Half of the invoice is paid: half of each order.
        self.performance(one)
        self.performance(other)
        self.assertIn("0.50", one.collection)
        self.assertIn("1.50", other.collection)

    def test_a_foreign_invoice_counts_at_its_rate_in_the_companys_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        if self.company.currency_id == euro:
            euro = self.env.ref("base.USD")
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.125,
            }
        )
        order = self.make_quotation(self.customer, 10_000)
        order.currency_id = euro
        order.order_line.price_unit = 10_000
        order.action_confirm()
        line = self.make_line(order)
        invoice = self.invoice_order(order, "2026-01-10")
        self.assertEqual(invoice.currency_id, euro)
        self.assertEqual(self.performance(line), 8)

    def test_without_an_order_the_reps_own_figure_stands(self):
        line = self.make_line(performance=128.6, collection="paid")
        self.assertEqual((self.performance(line), line.collection), (128.6, "paid"))

    def test_a_figure_typed_beside_an_order_changes_nothing(self):
        order = self.make_order(self.customer, 100_000)
        self.invoice_order(order)
        line = self.make_line(order, performance=999)
        self.assertEqual(self.performance(line), 10)

    def test_an_order_of_another_customer_is_refused(self):
        order = self.make_order(self.make_customer())
        with self.assertRaises(ValidationError):
            self.make_line(order)

    def test_the_keeper_links_an_order_on_the_form_of_the_archive(self):
        order = self.make_order(self.customer, 100_000, user_id=self.rep.id)
        self.invoice_order(order)
        with Form(self.archive.with_user(self.rep)) as form:
            with form.cooperation_ids.new() as line:
                line.project = "Pumps"
                line.order_id = order
        self.assertEqual(self.archive.cooperation_ids.performance, 10)

    def test_fifty_lines_take_as_many_queries_as_one(self):
        orders = self.make_order(self.customer)
        self.invoice_order(orders)
        lines = self.env["kehu.cooperation"].create(
            [
                {"archive_id": self.archive.id, "project": "P", "order_id": orders.id}
                for _ in range(50)
            ]
        )
        counts = []
        for some in (lines[:1], lines):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("performance")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
