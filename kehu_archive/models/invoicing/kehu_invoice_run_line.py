import pytz

from odoo import api, fields, models
from odoo.tools import float_is_zero

from .allotment import allot

IN_REASONS = [
    ("delivered", "Delivered in the period"),
    ("ordered", "Ordered in the period"),
    ("earlier", "Left over from before the period"),
    ("returned", "Came back: is credited"),
    ("downpayment", "Down payment: is deducted"),
]
OUT_REASONS = [
    ("quotation", "Not confirmed yet"),
    ("undelivered", "Not delivered yet"),
    ("later", "After the period"),
    ("waits", "Down payment: waits for what was ordered"),
    ("invoiced", "Invoiced already"),
    ("elsewhere", "The order names another invoice address"),
    ("own", "The customer is invoiced separately"),
    ("agreement", "Other tax number, no agreement on file"),
    ("party", "The invoiced party cannot be invoiced"),
    ("excluded", "Left out by hand"),
    ("error", "Could not be invoiced"),
]
_INCLUDED = {code for code, _label in IN_REASONS}
_TO_COME = {"undelivered", "later"}


class KehuInvoiceRunLine(models.Model):
    """One order line or delivery of a run: in or out, and why (N9)."""

    _name = "kehu.invoice.run.line"
    _description = "Row of Month-end Invoicing"
    _order = "run_id desc, party_id, group_name, customer_id, order_id, id"
    _rec_name = "description"

    run_id = fields.Many2one(
        "kehu.invoice.run",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        help="The run that the row belongs to.",
    )
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, help="The company that invoices."
    )
    party_id = fields.Many2one(
        "res.partner", string="Invoiced Party", readonly=True, help="Who is invoiced."
    )
    group_name = fields.Char(
        string="Invoice For",
        readonly=True,
        help="What stands on one invoice: same party, currency, tax position and "
        "payment terms.",
    )
    customer_id = fields.Many2one(
        "res.partner", string="Ordered By", readonly=True, help="Who ordered."
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index=True, help="The order."
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The line of the order.",
    )
    description = fields.Char(
        string="Goods or Service", readonly=True, help="What was ordered."
    )
    delivery_ref = fields.Char(
        string="Delivery No.", readonly=True, help="The delivery, if there is one."
    )
    date = fields.Date(readonly=True, help="Day of the delivery, else of the order.")
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="The quantity that this is about."
    )
    amount = fields.Monetary(
        string="Untaxed Amount", readonly=True, help="What it is worth, before tax."
    )
    in_amount = fields.Monetary(
        string="Amount to Invoice",
        compute="_compute_result",
        store=True,
        help="What goes onto an invoice, before tax: the amount of rows that are in.",
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the order."
    )
    result = fields.Selection(
        [("in", "In"), ("out", "Out")],
        compute="_compute_result",
        store=True,
        help="Whether it goes onto an invoice.",
    )
    reason = fields.Selection(
        [*IN_REASONS, *OUT_REASONS], required=True, readonly=True, help="Why."
    )
    planned_reason = fields.Selection(
        IN_REASONS, readonly=True, help="Why it would be in, had nobody left it out."
    )
    detail = fields.Char(
        readonly=True, help="The invoice, party or fault that the reason speaks of."
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index=True,
        ondelete="set null",
        help="The invoice that was made of it.",
    )

    @api.depends("reason", "amount")
    def _compute_result(self):
        for row in self:
            is_in = row.reason in _INCLUDED
            row.result = "in" if is_in else "out"
            row.in_amount = row.amount if is_in else 0.0

    # === ACTIONS === #

    def action_leave_out(self):
        """Leave rows out of the invoices; they wait for a later run."""
        self.run_id.check_access("write")
        self.run_id._check_in_states({"preview"})
        rows = self.filtered(lambda row: row.result == "in")
        rows |= rows._get_down_payments(left_alone=True)
        # sudo: rows are written by their actions alone; the right was just checked.
        rows.sudo()._set_reason("excluded", self.env.user.name)

    def action_take_in(self):
        """Take rows in again that were left out by hand."""
        self.run_id.check_access("write")
        self.run_id._check_in_states({"preview"})
        rows = self.filtered(lambda row: row.reason == "excluded")
        rows |= rows._get_down_payments()
        for row in rows.filtered(lambda row: row.reason == "excluded"):
            row.sudo().write({"reason": row.planned_reason, "detail": False})

    def _get_down_payments(self, left_alone=False):
        """Return the down payments of the same orders.

        :param bool left_alone: only where nothing else is in without ``self``
        """
        others = self.search(
            [
                ("run_id", "in", self.run_id.ids),
                ("order_id", "in", self.order_id.ids),
                ("planned_reason", "!=", False),
                ("id", "not in", self.ids),
            ]
        )
        paid = others.filtered(lambda row: row.planned_reason == "downpayment")
        if left_alone:
            goods = (others - paid).filtered(lambda row: row.result == "in")
            paid = paid.filtered(
                lambda row: row.result == "in" and row.order_id not in goods.order_id
            )
        return paid

    def _set_reason(self, reason, detail):
        self.write({"reason": reason, "detail": detail})

    # === THE PREVIEW === #

    @api.model
    def _prepare_rows(self, run, orders):
        """Return the values of the rows that tell of some orders (N9).

        :param kehu.invoice.run run: period and head offices
        :param sale.order orders: some of those that the run speaks of
        :rtype: list[dict]
        """
        faults = self._get_faults(run, orders, run._get_parties())
        orders.order_line._kehu_read_ahead()
        bounds = run._get_bounds()
        rows = []
        for order in orders:
            common = {
                "run_id": run.id,
                "party_id": order.kehu_invoiced_party_id.id,
                "customer_id": order.partner_id.commercial_partner_id.id,
                "order_id": order.id,
                "currency_id": order.currency_id.id,
                "group_name": self._get_group_name(order),
            }
            found = [
                (line, row)
                for line in order.order_line
                if not line.display_type
                for row in self._prepare_line_rows(bounds, line)
            ]
            self._hold_down_payments([row for _line, row in found])
            for line, row in found:
                if faults[order] and row["reason"] in _INCLUDED:
                    row["reason"], row["detail"] = faults[order]
                self._finish_row(row, line)
                rows.append({**common, **row})
        return rows

    @api.model
    def _hold_down_payments(self, rows):
        """A down payment is deducted from what was ordered, not paid back before.

        :param list rows: all rows of one order, changed in place
        """
        others = {row["reason"] for row in rows} - {"downpayment"}
        if others & _TO_COME and not others & _INCLUDED:
            for row in rows:
                if row["reason"] == "downpayment":
                    row["reason"] = "waits"

    @api.model
    def _get_faults(self, run, orders, parties):
        """Say of each order what keeps it off the invoices of this run, if anything.

        :return: ``{order: (reason, detail) or False}``
        :rtype: dict
        """
        customers_sudo = orders.partner_id.commercial_partner_id.sudo()
        lacking = set()
        if run.company_id.kehu_agreement_policy == "block":
            lacking = customers_sudo._kehu_get_lacking_agreements(run.invoice_date)
        party_faults = {
            party.id: party._kehu_get_party_fault(party, run.company_id)
            for party in orders.kehu_invoiced_party_id.sudo()
        }
        faults = {}
        # sudo: a party that the user does not see is named all the same.
        for order in orders:
            customer = order.partner_id.commercial_partner_id
            party = order.kehu_invoiced_party_id
            fault = False
            if not party and customer.invoiced_party_id in parties:
                fault = ("elsewhere", order.partner_invoice_id.sudo().display_name)
            elif party not in parties:
                fault = ("own", customer.invoiced_party_id.sudo().display_name)
            elif party_faults[party.id]:
                fault = ("party", party_faults[party.id])
            elif customer.id in lacking:
                fault = ("agreement", party.sudo().display_name)
            faults[order] = fault
        return faults

    @api.model
    def _get_group_name(self, order):
        """Name what may stand on one invoice."""
        return " / ".join(
            filter(
                None,
                (
                    order.kehu_invoiced_party_id.sudo().display_name,
                    order.currency_id.name,
                    order.payment_term_id.name,
                    order.fiscal_position_id.name,
                ),
            )
        )

    @api.model
    def _prepare_line_rows(self, bounds, line):
        """Return the rows of one order line: reason, day, quantity, delivery."""
        order = line.order_id
        if order.state != "sale":
            return [self._row("quotation", line, line.product_uom_qty)]
        rows = []
        quantity = line.qty_to_invoice
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if not float_is_zero(quantity, precision_digits=digits):
            if line.is_downpayment:
                rows.append(self._row("downpayment", line, quantity))
            elif quantity < 0:
                rows.append(self._row("returned", line, quantity))
            else:
                rows += self._prepare_due_rows(bounds, line, quantity)
        if line.is_downpayment:
            return rows
        undelivered = line.product_uom_qty - line.qty_delivered
        if line.product_id.invoice_policy == "delivery" and undelivered > 0:
            rows.append(self._row("undelivered", line, undelivered))
        if line.qty_invoiced and not rows:
            numbers = ", ".join(
                move.name if move.name and move.name != "/" else self.env._("Draft")
                for move in line.invoice_lines.move_id.filtered(
                    lambda move: move.state != "cancel"
                )
            )
            rows.append(self._row("invoiced", line, line.qty_invoiced, detail=numbers))
        return rows

    @api.model
    def _prepare_due_rows(self, bounds, line, quantity):
        """Rows of what is due: delivery by delivery where there are deliveries."""
        start, end = bounds
        parts = []
        if line.product_id.invoice_policy == "delivery":
            parts = allot(
                [
                    ((name, moment), count)
                    for name, moment, count in line._kehu_get_deliveries()
                ],
                line.qty_invoiced,
                quantity,
            )
        rows = []
        for (name, moment), count in parts:
            reason = "delivered" if moment >= start else "earlier"
            if moment >= end:
                reason = "later"
            rows.append(self._row(reason, line, count, moment, delivery_ref=name))
            quantity -= count
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if not float_is_zero(quantity, precision_digits=digits):
            moment = line.order_id.date_order
            reason = "ordered" if moment >= start else "earlier"
            if moment >= end:
                reason = "later"
            elif line.product_id.invoice_policy == "delivery" and reason == "ordered":
                reason = "delivered"
            number = line._kehu_get_delivery_ref(quantity)
            rows.append(self._row(reason, line, quantity, moment, delivery_ref=number))
        return rows

    @api.model
    def _row(self, reason, line, quantity, moment=None, **vals):
        zone = pytz.timezone(line.company_id.kehu_tz or "Asia/Shanghai")
        moment = moment or line.order_id.date_order
        return {
            "reason": reason,
            "quantity": quantity,
            "date": pytz.utc.localize(moment).astimezone(zone).date(),
            **vals,
        }

    @api.model
    def _finish_row(self, row, line):
        """Complete the values of a row: what, its worth, and the reason to return to."""
        row["order_line_id"] = line.id
        row["description"] = line.name.split("\n")[0]
        row["amount"] = self._get_worth(line, row["quantity"])
        if row["reason"] in _INCLUDED:
            row["planned_reason"] = row["reason"]

    @api.model
    def _get_worth(self, line, quantity):
        """What a quantity of an order line is worth by now, before tax."""
        ordered = line.product_uom_qty
        worth = (
            line.price_subtotal * quantity / ordered
            if ordered
            else line.price_unit * quantity
        )
        return line.currency_id.round(worth)
