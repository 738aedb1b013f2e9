from odoo import api, fields, models
from odoo.exceptions import UserError

# Whoever looked at the orders holds this object; no remote call can.
_PASSED = object()


class SaleOrder(models.Model):
    """An order of a customer without credit is stopped, and may be released."""

    _inherit = "sale.order"

    kehu_credit_warning = fields.Text(
        string="Credit",
        compute="_compute_kehu_credit_warning",
        groups="base.group_user",
        help="What the credit rules say against this order, with reasons and figures.",
    )
    kehu_credit_blocked = fields.Boolean(
        string="Stopped by Credit",
        compute="_compute_kehu_credit_warning",
        groups="base.group_user",
        help="One of the rules stops the order, and nobody has released it.",
    )
    kehu_release_state = fields.Selection(
        [
            ("submitted", "To Approve"),
            ("approved", "Approved"),
            ("refused", "Turned Down"),
        ],
        string="Release Status",
        compute="_compute_kehu_credit_warning",
        groups="base.group_user",
        help="Where the request to release the order stands.",
    )

    kehu_filing_blocked = fields.Boolean(
        string="Stopped Without a Filed Archive",
        compute="_compute_kehu_filing_blocked",
        groups="base.group_user",
        help="The company blocks customers without a filed archive, and nobody has "
        "released this order (R61).",
    )

    @api.depends("kehu_filing_warning", "company_id", "amount_total")
    def _compute_kehu_filing_blocked(self):
        held = self.filtered(
            lambda order: (
                order.kehu_filing_warning
                and order.company_id.sudo().kehu_unfiled_policy == "block"
            )
        )
        released = self.env["res.partner"]._kehu_get_filing_released(held._origin)
        for order in self:
            order.kehu_filing_blocked = order in held and order._origin not in released

    @api.depends("partner_id", "company_id", "state", "amount_total", "payment_term_id")
    @api.depends_context("lang")
    def _compute_kehu_credit_warning(self):
        live = self.filtered(
            lambda order: order.partner_id and order.state in ("draft", "sent", "sale")
        )
        found = self.env["kehu.credit.gate"]._examine_orders(live)
        releases = self.env["kehu.credit.release"]
        granted = releases._find_released(live._origin)
        asked = self._kehu_get_release_requests()
        for order in self:
            obstacles = found.get(order) or []
            hard = {one.kind for one in obstacles if one.policy == "block"}
            order.kehu_credit_warning = self._kehu_say_obstacles(obstacles)
            order.kehu_credit_blocked = bool(hard) and not releases._covers(
                granted.get(order._origin.id, []), hard, order.amount_total
            )
            order.kehu_release_state = asked.get(order._origin.id, False)

    @api.model
    def _kehu_say_obstacles(self, obstacles):
        """What stops an order first, what does not after it.

        :param list obstacles: of ``kehu.credit.gate``
        :return: False where nothing is to be said
        :rtype: str or bool
        """
        hard = [one.text for one in obstacles if one.policy == "block"]
        soft = [one.text for one in obstacles if one.policy != "block"]
        if hard and soft:
            soft.insert(0, self.env._("Does not stop it, but should be known:"))
        return "\n".join(hard + soft) or False

    def _kehu_get_release_requests(self):
        """Return {order id: state} of the last request for each order."""
        # sudo: where the request stands is told to whoever reads the order.
        releases_sudo = (
            self.env["kehu.credit.release"]
            .sudo()
            .search(
                [
                    ("document_model", "=", "sale.order"),
                    ("document_id", "in", self._origin.ids),
                    ("state", "in", ("submitted", "approved", "refused")),
                ],
                order="id",
            )
        )
        return {release.document_id: release.state for release in releases_sudo}

    def action_confirm(self):
        """Stop quotations of customers without credit.

        :raise UserError: with the exact reasons and figures
        """
        self.env["kehu.credit.gate"]._pass_orders(self)
        return super(SaleOrder, self.with_context(kehu_passed=_PASSED)).action_confirm()

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: for orders that are made as confirmed ones, and stopped"""
        orders = super().create(vals_list)
        self.env["kehu.credit.gate"]._pass_made(
            orders.filtered(lambda order: order.state == "sale")
        )
        return orders

    def write(self, vals):
        """:raise UserError: for orders that are confirmed past the button, or given
        payment terms afterwards that the grade does not allow
        """
        gate = self.env["kehu.credit.gate"]
        terms_changed = self.browse()
        if "payment_term_id" in vals:
            terms_changed = self.filtered(
                lambda order: (
                    order.state == "sale"
                    and order.payment_term_id.id != vals["payment_term_id"]
                )
            )
        if (
            vals.get("state") == "sale"
            and self.env.context.get("kehu_passed") is not _PASSED
        ):
            gate._pass_orders(self.filtered(lambda order: order.state != "sale"))
        result = super().write(vals)
        gate._pass_terms(terms_changed)
        return result

    def action_kehu_view_release(self):
        """Open the last request to release this order.

        :raise UserError: when there is none
        """
        self.ensure_one()
        release = self.env["kehu.credit.release"].search(
            [
                ("document_model", "=", "sale.order"),
                ("document_id", "=", self.id),
                ("state", "in", ("submitted", "approved", "refused")),
            ],
            limit=1,
        )
        if not release:
            raise UserError(
                self.env._(
                    "Somebody else asked for the release of %s.", self.display_name
                )
            )
        return release._get_request_action()

    def action_kehu_request_release(self):
        """Ask for the release of this order; opens the request.

        :raise UserError: when nothing stops the order
        """
        self.ensure_one()
        self.check_access("read")
        obstacles = self.env["kehu.credit.gate"]._examine_orders(self).get(self) or []
        hard = [one for one in obstacles if one.policy == "block"]
        hard += self.partner_id._kehu_get_filing_obstacles(self.company_id)
        if not hard:
            raise UserError(
                self.env._("Nothing stops %(document)s.", document=self.display_name)
            )
        release = self.env["kehu.credit.release"]._request_for(
            self, self.partner_id, self.amount_total, self.currency_id, hard
        )
        return release._get_request_action()
