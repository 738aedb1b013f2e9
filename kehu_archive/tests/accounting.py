from odoo import SUPERUSER_ID, Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import KehuCommon


class AccountingAsRoot(AccountTestInvoicingCommon):
    """A company with a chart of accounts, prepared by the superuser as elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            user=SUPERUSER_ID,
            context={**cls.env.context, "allowed_company_ids": cls.env.companies.ids},
        )


class KehuAccounting(KehuCommon, AccountingAsRoot):
    """Factories for real orders, invoices, refunds and payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.make_product("Advice")

    @classmethod
    def make_product(cls, name, category=None, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                **({"categ_id": category.id} if category else {}),
                **vals,
            }
        )

    @classmethod
    def make_order(cls, customer, amount=100.0, day=None, product=None, **vals):
        """A confirmed order, of ``day`` when given."""
        order = cls.make_quotation(customer, amount, product, **vals)
        order.action_confirm()
        if day:
            order.date_order = f"{day} 04:00:00"
        return order

    @classmethod
    def make_quotation(cls, customer, amount=100.0, product=None, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.service).id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def make_invoice(
        cls,
        customer,
        amount=100.0,
        day="2026-01-10",
        post=True,
        kind="out_invoice",
        **vals,
    ):
        invoice = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": customer.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Goods",
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **vals,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def invoice_order(cls, order, day="2026-01-10"):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return invoice
