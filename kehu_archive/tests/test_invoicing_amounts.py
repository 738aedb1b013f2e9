from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.invoicing import sale_order
from .invoicing_common import KehuInvoicing

PRICES = [
    # Quantity, price, discount: what rounding likes to trip over.
    (3, 9.99, 5.0),
    (7, 0.333, 0.0),
    (1.5, 19.955, 12.5),
    (1, 0.005, 0.0),
    (2, -3.335, 0.0),
]


@tagged("post_install", "-at_install")
class TestReadyAmounts(KehuInvoicing):
    """Lines that come with their amounts are the lines Odoo would have made (R73)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["account.account.tag"].create(
            {"name": "base", "applicability": "taxes"}
        )
        cls.tax.invoice_repartition_line_ids.filtered(
            lambda part: part.repartition_type == "base"
        ).tag_ids = cls.tag
        cls.included = cls.env["account.tax"].create(
            {
                "name": "VAT 6% included",
                "amount": 6.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )

    def make_orders(self, *taxes, delivered=1, **vals):
        """Orders of both branches; each line with the next of the taxes, if any."""
        orders = self.env["sale.order"]
        for customer in (self.north, self.south):
            order = self.order(customer, product=self.goods, **vals)
            order.order_line = [
                Command.create(
                    {
                        "product_id": self.goods.id,
                        "product_uom_qty": quantity,
                        "price_unit": price,
                        "discount": discount,
                        "tax_ids": [
                            Command.set(taxes[number % len(taxes)].ids if taxes else [])
                        ],
                    }
                )
                for number, (quantity, price, discount) in enumerate(PRICES)
            ]
            for line in order.order_line:
                line.qty_delivered = line.product_uom_qty * delivered
            orders |= order
        return orders

    def tell(self, invoices):
        """Everything about the amounts of invoices that somebody may look at."""
        return [
            (
                invoice.move_type,
                invoice.amount_untaxed,
                invoice.amount_tax,
                invoice.amount_total_signed,
                [
                    (
                        line.display_type,
                        line.account_id,
                        line.quantity,
                        line.price_subtotal,
                        line.price_total,
                        line.amount_currency,
                        line.balance,
                        line.debit,
                        line.credit,
                        line.amount_residual,
                        line.tax_base_amount,
                        line.tax_tag_ids,
                        line.tax_line_id,
                    )
                    for line in invoice.line_ids.sorted("id")
                ],
            )
            for invoice in invoices
        ]

    def assert_as_odoo(self, make):
        with patch.object(sale_order, "add_amounts"):
            plain = self.invoice(make())
        ready = self.invoice(make())
        self.assertEqual(len(ready), 1)
        self.env.invalidate_all()
        self.assertEqual(self.tell(ready), self.tell(plain))
        return ready

    def test_taxes_on_top_within_and_none_by_line_and_by_invoice(self):
        none = self.env["account.tax"]
        for method in ("round_per_line", "round_globally"):
            self.env.company.tax_calculation_rounding_method = method
            for taxes in (
                (self.tax,),
                (self.included,),
                (self.tax, self.included, none),
                (self.tax | self.included,),
                (),
            ):
                with self.subTest(method=method, taxes=len(taxes)):
                    self.assert_as_odoo(lambda taxes=taxes: self.make_orders(*taxes))

    def test_part_of_the_delivery(self):
        self.assert_as_odoo(
            lambda: self.make_orders(self.tax, self.included, delivered=0.35)
        )

    def test_tags_for_the_tax_return_are_on_the_lines(self):
        self.goods.account_tag_ids = self.env["account.account.tag"].create(
            {"name": "goods", "applicability": "products"}
        )
        invoice = self.assert_as_odoo(lambda: self.make_orders(self.tax))
        lines = invoice.invoice_line_ids.filtered("product_id")
        self.assertEqual(lines.tax_tag_ids, self.goods.account_tag_ids | self.tag)

    def test_a_foreign_currency(self):
        currency = self.env.ref("base.CHF")
        self.assertNotEqual(currency, self.env.company.currency_id)
        currency.active = True
        currency.rate_ids = [
            Command.create({"name": "2020-01-01", "rate": 0.1397}),
        ]
        pricelist = self.env["product.pricelist"].create(
            {"name": "abroad", "currency_id": currency.id}
        )
        self.assert_as_odoo(
            lambda: self.make_orders(self.tax, pricelist_id=pricelist.id)
        )

    def test_what_came_back_is_a_credit_note(self):
        def make():
            orders = self.make_orders(self.tax, self.included)
            self.invoice(orders)
            for line in orders.order_line:
                line.qty_delivered = line.product_uom_qty / 4
            return orders

        note = self.assert_as_odoo(make)
        self.assertEqual(note.move_type, "out_refund")

    def test_a_down_payment_is_deducted(self):
        def make():
            orders = self.make_orders(self.tax)
            self.invoice(
                orders[0], advance_payment_method="percentage", amount=30
            ).action_post()
            return orders

        self.assert_as_odoo(make)

    def test_nobody_writes_amounts_onto_one_line_after_the_other(self):
        # Rounding by invoice moves a cent onto one line of it: that one is written.
        self.env.company.tax_calculation_rounding_method = "round_per_line"
        written = []
        lines = type(self.env["account.move.line"])
        write = lines.write

        def note(records, vals):
            if "balance" in vals and "product" in records.mapped("display_type"):
                written.append(vals)
            return write(records, vals)

        orders = self.make_orders(self.tax, self.included)
        with patch.object(lines, "write", note):
            self.invoice(orders)
        self.assertEqual(written, [])
