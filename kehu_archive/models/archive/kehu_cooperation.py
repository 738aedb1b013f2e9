from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Money on the customer card and the registration form is in 万元.
WAN = 10_000


class KehuCooperation(models.Model):
    """A project or contract with us and what it brought (R06).

    Linked to an order, its performance is what was invoiced for that order, less
    refunds, from posted invoices only; otherwise what the rep entered.
    """

    _name = "kehu.cooperation"
    _description = "Cooperation With a Customer"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "sequence, date_start desc, id"
    _rec_name = "project"

    sequence = fields.Integer(default=10, help="Order on the registration form.")
    project = fields.Char(required=True, help="Project or goods supplied.")
    date_start = fields.Date(help="When the cooperation began.")
    date_end = fields.Date(help="When it ended or is to end.")
    contract_number = fields.Char(help="Number of the contract.")
    contract_content = fields.Char(help="What was agreed, in short.")
    order_id = fields.Many2one(
        "sale.order",
        index="btree_not_null",
        help="The sales order behind it: performance and payment are computed from "
        "its posted invoices.",
    )
    performance_entered = fields.Float(
        digits=(16, 4), help="Performance in 万元 where there is no order in Odoo."
    )
    collection_entered = fields.Char(
        help="State of payment, where there is no order in Odoo."
    )
    performance = fields.Float(
        string="Performance (10k CNY)",
        digits=(16, 4),
        compute="_compute_figures",
        inverse="_inverse_performance",
        help="Invoiced without tax less refunds, in 万元 of the company's currency.",
    )
    collection = fields.Char(
        compute="_compute_figures",
        inverse="_inverse_collection",
        help="What was paid of what was invoiced.",
    )

    _dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A cooperation ends after it begins.",
    )

    @api.constrains("order_id", "archive_id")
    def _check_order_is_of_customer(self):
        """The figures of an order show only in its own customer's archive."""
        for line in self.filtered("order_id"):
            # sudo: the order of a colleague may stand in the archive.
            line_sudo = line.sudo()
            customer_sudo = line_sudo.order_id.partner_id.commercial_partner_id
            if customer_sudo != line_sudo.archive_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(project)s: choose an order of this customer.",
                        project=line.project,
                    )
                )

    @api.depends("order_id", "performance_entered", "collection_entered")
    def _compute_figures(self):
        figures = self._get_invoiced_figures()
        for line in self:
            if not line.order_id:
                line.performance = line.performance_entered
                line.collection = line.collection_entered
                continue
            untaxed, total, residual = figures.get(line.order_id.id, (0.0, 0.0, 0.0))
            line.performance = untaxed / WAN
            line.collection = (
                self.env._(
                    "%(paid)s of %(total)s paid",
                    paid=f"{(total - residual) / WAN:.2f}",
                    total=f"{total / WAN:.2f}",
                )
                if total
                else self.env._("not invoiced yet")
            )

    def _inverse_performance(self):
        for line in self:
            if not line.order_id:
                line.performance_entered = line.performance

    def _inverse_collection(self):
        for line in self:
            if not line.order_id:
                line.collection_entered = line.collection

    def _get_invoiced_figures(self):
        """Sum the posted invoices and refunds of the orders in one query.

        An invoice may bill several orders: each gets the lines that bill it, and of
        tax and payments the same share. Amounts are those of the books, that is, in
        the company's currency at the rate of the invoice.

        :return: {order id: (untaxed, total, residual)}, signed, company currency
        :rtype: dict[int, tuple[float, float, float]]
        """
        if not self.order_id:
            return {}
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["sale.order.line"].flush_model(["invoice_lines", "order_id"])
        self.env.cr.execute(
            """
            WITH billed AS (
                SELECT DISTINCT sol.order_id, aml.id, aml.move_id, aml.balance,
                       aml.price_total
                  FROM sale_order_line sol
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
                  JOIN account_move_line aml ON aml.id = rel.invoice_line_id
                 WHERE sol.order_id = ANY(%s)
            ), share AS (
                SELECT billed.order_id, move.amount_total_signed AS total,
                       move.amount_residual_signed AS residual,
                       -SUM(billed.balance) AS untaxed,
                       SUM(billed.price_total) / NULLIF(move.amount_total, 0) AS part
                  FROM billed
                  JOIN account_move move ON move.id = billed.move_id
                 WHERE move.state = 'posted'
                   AND move.move_type IN ('out_invoice', 'out_refund')
                 GROUP BY billed.order_id, move.id
            )
            SELECT order_id, SUM(untaxed), SUM(COALESCE(part, 0) * total),
                   SUM(COALESCE(part, 0) * residual)
              FROM share
             GROUP BY order_id
            """,
            [self.order_id.ids],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}
