from odoo import models


class SaleAdvancePaymentInv(models.TransientModel):
    """A down payment goes to the invoiced party, under the same conditions (R73, N9)."""

    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        if self.advance_payment_method != "delivered":
            joint = sale_orders.filtered(lambda order: order.kehu_invoiced_party_id)
            joint._kehu_check_invoicing()
        return super()._create_invoices(sale_orders)
