from odoo import api, fields, models

from ..wording import comma

_SHOWN = 200


class SaleAdvancePaymentInv(models.TransientModel):
    """Says, before drafts are made, whose invoices the orders go onto; a down payment
    goes there under the same conditions (R73, N9).
    """

    _inherit = "sale.advance.payment.inv"

    kehu_parties = fields.Text(
        string="Who Is Invoiced",
        compute="_compute_kehu_parties",
        help="The orders by invoiced party, where a head office is invoiced for others.",
    )

    @api.depends("sale_order_ids", "consolidated_billing")
    @api.depends_context("lang")
    def _compute_kehu_parties(self):
        for wizard in self:
            orders = wizard.sale_order_ids.sorted("name")
            by_party = orders.grouped(
                lambda order: (
                    order.kehu_invoiced_party_id
                    or order.partner_invoice_id.commercial_partner_id
                )
            )
            is_for_others = any(
                order.partner_id.commercial_partner_id != party
                for party, theirs in by_party.items()
                for order in theirs
            )
            wizard.kehu_parties = (
                is_for_others
                and wizard.consolidated_billing
                and len(orders) <= _SHOWN
                and "\n".join(
                    self._kehu_say_party(party, theirs)
                    for party, theirs in by_party.items()
                )
            )

    @api.model
    def _kehu_say_party(self, party, orders):
        return self.env._(
            "%(party)s: %(orders)s",
            party=party.display_name,
            orders=comma(self.env).join(
                order.name
                if order.partner_id.commercial_partner_id == party
                else self.env._(
                    "%(order)s (%(customer)s)",
                    order=order.name,
                    customer=order.partner_id.commercial_partner_id.display_name,
                )
                for order in orders
            ),
        )

    def _create_invoices(self, sale_orders):
        if self.advance_payment_method != "delivered":
            joint = sale_orders.filtered(lambda order: order.kehu_invoiced_party_id)
            joint._kehu_check_invoicing()
        return super()._create_invoices(sale_orders)
