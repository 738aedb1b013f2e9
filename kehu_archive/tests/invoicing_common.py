from odoo import Command

from .accounting import KehuAccounting


class KehuInvoicing(KehuAccounting):
    """A head office with two branches, and a stranger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env.ref("account.account_payment_term_30days")
        cls.other_term = cls.env.ref("account.account_payment_term_15days")
        cls.office = cls.make_customer(
            name="海风总公司", ref="370001", property_payment_term_id=cls.term.id
        )
        cls.north = cls.make_branch("海风北方分公司", "370002")
        cls.south = cls.make_branch("海风南方分公司", "370003")
        cls.outsider = cls.make_customer(
            name="路人公司", ref="990001", property_payment_term_id=cls.term.id
        )
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 13%", "amount": 13.0, "type_tax_use": "sale"}
        )
        cls.goods = cls.make_product(
            "Delivered Work", invoice_policy="delivery", list_price=10.0
        )

    @classmethod
    def make_branch(cls, name, ref, **vals):
        return cls.make_customer(
            name=name,
            ref=ref,
            head_office_id=cls.office.id,
            property_payment_term_id=cls.term.id,
            **vals,
        )

    @classmethod
    def order(cls, customer, *amounts, product=None, taxed=False, **vals):
        """A confirmed order with one line for each amount."""
        taxes = Command.set(cls.tax.ids) if taxed else Command.clear()
        order = cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.service).id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": [taxes],
                        }
                    )
                    for amount in amounts
                ],
                **vals,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def invoice(cls, orders, final=True, **vals):
        """Invoice through Odoo's own wizard."""
        wizard = (
            cls.env["sale.advance.payment.inv"]
            .with_context(active_ids=orders.ids, active_model="sale.order")
            .create({"deduct_down_payments": final, **vals})
        )
        known = orders.invoice_ids
        wizard.create_invoices()
        return orders.invoice_ids - known

    def sections(self, invoice):
        """``{heading: sum of the lines below it}`` of the sections of an invoice."""
        return {
            line.name: line.get_section_subtotal()
            for line in invoice.invoice_line_ids
            if line.display_type == "line_section"
        }
