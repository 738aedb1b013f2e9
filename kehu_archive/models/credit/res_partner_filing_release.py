from odoo import api, models

from .kehu_credit_gate import Obstacle


class ResPartner(models.Model):
    """A release also lets a customer without a filed archive pass (R61)."""

    _inherit = "res.partner"

    @api.model
    def _kehu_pass_filing_gate(self, documents, customer_of):
        """:raise UserError: naming what is blocked and was not released"""
        return super()._kehu_pass_filing_gate(
            documents - self._kehu_get_filing_released(documents), customer_of
        )

    def _kehu_get_filing_obstacles(self, company):
        """Return what the rule for customers without a filed archive says (R61).

        :param res.company company: the document's
        :rtype: list[Obstacle]
        """
        if company.sudo().kehu_unfiled_policy != "block":
            return []
        faults = self._kehu_get_filing_faults()
        return [Obstacle("filing", "block", fault) for fault in faults.values()]

    @api.model
    def _kehu_get_filing_released(self, documents):
        """Return the orders that were released in spite of this, and the deliveries
        that were, or whose orders were.
        """
        if documents._name not in ("sale.order", "stock.picking"):
            return documents.browse()
        gate = self.env["kehu.delivery.gate"]
        orders = gate._get_orders(documents)
        releases = self.env["kehu.credit.release"]
        granted = {
            "sale.order": releases._find_released(
                self.env["sale.order"].union(*orders.values())
            ),
            documents._name: releases._find_released(documents),
        }

        def is_released(document):
            order = orders[document]
            released = order or document
            return releases._covers(
                granted[released._name].get(released.id, []),
                {"filing"},
                order.amount_total if order else gate._get_goods_value(document),
            )

        return documents.filtered(is_released)
