from odoo import models

from .allotment import allot


class SaleOrderLine(models.Model):
    """What the invoice line remembers: who ordered, which order, which delivery."""

    _inherit = "sale.order.line"

    def _kehu_read_ahead(self):
        """Read what invoicing asks of each line, for all of them at once."""
        self.mapped("tax_ids")
        self.mapped("invoice_lines")
        if "move_ids" in self._fields:
            # sudo: who invoices need not be able to read deliveries.
            moves_sudo = self.sudo().move_ids
            moves_sudo.fetch()
            moves_sudo.picking_id.fetch(["name"])

    def _prepare_invoice_line(self, **optional_values):
        """Add customer, order and deliveries to the line of a registered customer (R73)."""
        vals = super()._prepare_invoice_line(**optional_values)
        plan = self.order_id._kehu_get_run_plan()
        if plan and not self.display_type and not self.is_downpayment:
            vals["quantity"] = plan.quantities[self.id]
        customer = self.order_id.partner_id.commercial_partner_id
        if customer.archive_id:
            vals["kehu_customer_id"] = customer.id
            vals["kehu_order_ref"] = self.order_id.name
            if not self.display_type and not self.is_downpayment:
                vals["kehu_delivery_ref"] = self._kehu_get_delivery_ref(
                    vals["quantity"]
                )
        return vals

    def _kehu_get_delivery_ref(self, quantity):
        """Name the deliveries that the next invoiced quantity comes from.

        :param float quantity: below zero when it is credited
        :return: delivery numbers, or False without any
        """
        deliveries = [
            (delivery, count) for delivery, _day, count in self._kehu_get_deliveries()
        ]
        if not deliveries:
            return False
        parts = allot(deliveries, self.qty_invoiced, quantity)
        return ", ".join(dict.fromkeys(name for name, _count in parts)) or False

    def _kehu_get_deliveries(self):
        """List what was delivered for the line, by date; without Inventory nothing.

        :return: ``(number, datetime, quantity)`` each; below zero what came back
        :rtype: list[tuple]
        """
        self.ensure_one()
        if "move_ids" not in self._fields or self.qty_delivered_method != "stock_move":
            return []
        # sudo: who invoices need not be able to read deliveries.
        line_sudo = self.sudo()
        outgoing, incoming = line_sudo._get_outgoing_incoming_moves()
        done = []
        for moves, sign in ((outgoing, 1), (incoming, -1)):
            for move in moves.filtered(lambda move: move.state == "done"):
                number = move.picking_id.name or move.reference or ""
                quantity = move.product_uom._compute_quantity(
                    move.quantity, line_sudo.product_uom_id, round=False
                )
                done.append((number, move.date, sign * quantity))
        return sorted(done, key=lambda delivery: delivery[1])
