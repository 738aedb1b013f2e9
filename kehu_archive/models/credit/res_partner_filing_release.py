from odoo import api, models


class ResPartner(models.Model):
    """A release also lets a customer without a filed archive pass (R61)."""

    _inherit = "res.partner"

    @api.model
    def _kehu_pass_filing_gate(self, documents, customer_of):
        """:raise UserError: naming what is blocked and was not released"""
        return super()._kehu_pass_filing_gate(
            documents - self._kehu_get_filing_released(documents), customer_of
        )

    @api.model
    def _kehu_get_filing_released(self, documents):
        """Return the orders that were released in spite of this, and their deliveries."""
        if documents._name == "sale.order":
            orders = {order: order for order in documents}
        elif "sale_id" in documents._fields:
            # sudo: the warehouse need not be able to read orders.
            orders = {one: one.sudo().sale_id for one in documents}
        else:
            return documents.browse()
        releases = self.env["kehu.credit.release"]
        granted = releases._find_released(
            self.env["sale.order"].union(*orders.values())
        )
        return documents.filtered(
            lambda one: releases._covers(
                granted.get(orders[one].id, []), {"filing"}, orders[one].amount_total
            )
        )
