from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError

from .kehu_credit_gate import Stake


class KehuDeliveryGate(models.AbstractModel):
    """Deliveries are also held to the credit rules, and may be released (R87).

    With an order they pass with its release. A delivery without one is released by
    itself: whoever is stopped while validating it is offered the request.
    """

    _inherit = "kehu.delivery.gate"

    def _pass(self, deliveries):  # pylint: disable=missing-return
        """:raise UserError: with reasons and figures; as a ``RedirectWarning`` with the
        way to ask for a release where there is no order to ask it for
        """
        try:
            super()._pass(deliveries)
            self._pass_credit(deliveries)
        except UserError as error:
            if len(deliveries) != 1 or self._get_orders(deliveries)[deliveries]:
                raise
            raise RedirectWarning(
                error.args[0],
                self.env.ref("kehu_archive.action_kehu_delivery_release").id,
                self.env._("Request Release"),
                {
                    "active_model": deliveries._name,
                    "active_id": deliveries.id,
                    "active_ids": deliveries.ids,
                },
            ) from error

    @api.model
    def _pass_credit(self, deliveries):
        """Let goods leave, with a note, or not at all.

        :raise UserError: naming each delivery that is blocked, with reasons and figures
        """
        stakes, amounts, released = {}, {}, {}
        releases = self.env["kehu.credit.release"]
        gate = self.env["kehu.credit.gate"]
        for delivery, order_sudo in self._get_orders(deliveries).items():
            if order_sudo:
                stakes[delivery] = Stake(
                    order_sudo.partner_id, order_sudo.company_id, order_sudo
                )
                amounts[delivery] = order_sudo.amount_total
                granted = releases._find_released(order_sudo)
                released[delivery.id] = granted.get(order_sudo.id, [])
            else:
                stakes[delivery] = self._get_goods_stake(delivery)
                amounts[delivery] = stakes[delivery].value
        gate._pass(deliveries, stakes, amounts, released)

    @api.model
    def _get_orders(self, documents):
        """Return the order of each document, in sudo: an order's is itself.

        :param documents: orders or deliveries
        :rtype: dict
        """
        # sudo: the warehouse need not be able to read orders.
        if documents._name == "sale.order":
            return {order: order.sudo() for order in documents}
        if "sale_id" in documents._fields:
            return {delivery: delivery.sudo().sale_id for delivery in documents}
        return dict.fromkeys(documents, self.env["sale.order"])

    @api.model
    def _examine_goods(self, delivery):
        """Say what stands in the way of a delivery without an order.

        :rtype: list[Obstacle]
        """
        return (
            self.env["kehu.credit.gate"]
            .sudo()
            ._examine(self._get_goods_stake(delivery))
        )

    @api.model
    def _get_goods_stake(self, delivery):
        """Return what a delivery without an order is judged by.

        :rtype: Stake
        """
        # sudo: debts and limits are looked at whoever delivers; sentences are told.
        return Stake(
            delivery.partner_id.sudo(),
            delivery.company_id.sudo(),
            value=self._get_goods_value(delivery),
        )

    @api.model
    def _get_goods_value(self, delivery):
        """Return what goods without an order are worth, at list prices.

        :return: in the currency of the company that delivers
        :rtype: float
        """
        moves_sudo = delivery.sudo().with_company(delivery.company_id).move_ids
        return sum(
            max(
                move.product_qty,
                move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id
                ),
            )
            * move.product_id.lst_price
            for move in moves_sudo
            if move.state != "cancel"
        )

    @api.model
    def request_release(self, delivery_id):
        """Ask for the release of a delivery without an order; opens the request.

        :param int delivery_id: the stopped delivery
        :raise UserError: when nothing stops it, or it has an order to be released
        """
        delivery = self.env["stock.picking"].browse(delivery_id)
        delivery.check_access("read")
        if order_sudo := self._get_orders(delivery)[delivery]:
            raise UserError(
                self.env._(
                    "Ask for the release of %(order)s: its deliveries pass with it.",
                    order=order_sudo.display_name,
                )
            )
        hard = [one for one in self._examine_goods(delivery) if one.policy == "block"]
        hard += delivery.partner_id._kehu_get_filing_obstacles(delivery.company_id)
        if not hard:
            raise UserError(
                self.env._(
                    "Nothing stops %(document)s.", document=delivery.display_name
                )
            )
        release = self.env["kehu.credit.release"]._request_for(
            delivery,
            delivery.partner_id,
            self._get_goods_value(delivery),
            delivery.company_id.sudo().currency_id,
            hard,
        )
        return release._get_request_action()
