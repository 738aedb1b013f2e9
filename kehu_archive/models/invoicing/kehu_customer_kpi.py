from odoo import api, fields, models
from odoo.tools import SQL

from .kehu_customer_table import _of_card

_FLUSHED = (
    "account.account",
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "crm.lead",
    "kehu.archive",
    "product.product",
    "product.template",
    "res.company",
    "res.partner",
    "sale.order",
)


class KehuCustomerKpi(models.Model):
    """经营指标: cycle days, margin, repeat rate and bad debt of each customer (R109).

    One row for each confirmed order, invoiced line, receivable and loss of a registered
    customer, so that every figure can be looked at by day, team, region or class. A
    percentage of several rows is that of their sums, never the mean of percentages.

    * Cycle: days from the opportunity, without one from the quotation, to the order; an
      order dated before that was entered later and says nothing.
    * Margin: what was invoiced less the present cost of the products; lines whose
      product has no cost say nothing about it and are left out.
    * Repeat rate: orders of customers who had ordered before, of all orders.
    * Bad debt: what was written off, of what was charged with tax; what a loss is, is
      decided as for the credit grade (R90).
    """

    _name = "kehu.customer.kpi"
    _inherit = ["kehu.scoped.table.mixin"]
    _description = "Key Figures of Customers"
    _auto = False
    _order = "date desc, id"
    _rec_name = "document"

    kind = fields.Selection(
        [
            ("order", "Order"),
            ("line", "Invoiced Line"),
            ("receivable", "Receivable"),
            ("loss", "Loss"),
        ],
        readonly=True,
        help="What the row is about.",
    )
    date = fields.Date(readonly=True, help="Day of the order, invoice or loss.")
    document = fields.Char(
        string="Document No.", readonly=True, help="Order, invoice or entry."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, help="The company that sells."
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    customer_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        help="Who ordered; of receivables and losses, who owes.",
    )
    head_office_id = fields.Many2one(
        "res.partner",
        readonly=True,
        help="Head office of the customer; the customer itself without one.",
    )
    user_id = fields.Many2one(
        "res.users", string="Keeper", readonly=True, help="Who keeps the archive."
    )
    team_id = fields.Many2one(
        "crm.team", readonly=True, help="Team that the archive belongs to."
    )
    customer_class_id = fields.Many2one(
        "kehu.customer.class", readonly=True, help="Class of the customer."
    )
    region_id = fields.Many2one(
        "kehu.region", readonly=True, help="Region of the customer."
    )
    industry_id = fields.Many2one(
        "res.partner.industry", readonly=True, help="Industry of the customer."
    )
    customer_category = fields.Selection(
        _of_card("customer_category"), readonly=True, help="Category of the customer."
    )
    credit_grade = fields.Selection(
        _of_card("credit_grade"), readonly=True, help="Credit grade of the customer."
    )

    order_count = fields.Integer(
        string="Orders", readonly=True, help="Number of confirmed orders."
    )
    cycle_days = fields.Float(
        string="Cycle (Days)",
        readonly=True,
        aggregator="avg",
        digits=(8, 1),
        help="Days from the opportunity, without one from the quotation, to the order, "
        "on average.",
    )
    repeat_percent = fields.Float(
        string="Repeat Rate (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Share of the orders that came from customers who had ordered before.",
    )
    invoiced_amount = fields.Monetary(
        readonly=True, help="Posted invoices less credit notes, before tax."
    )
    costed_amount = fields.Monetary(
        string="Invoiced with Known Cost",
        readonly=True,
        help="What of it is of products that have a cost.",
    )
    margin = fields.Monetary(
        readonly=True,
        help="What was invoiced of products that have a cost, less that cost as it is "
        "now.",
    )
    margin_percent = fields.Float(
        string="Margin (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Margin as a share of what was invoiced of products that have a cost.",
    )
    charged_amount = fields.Monetary(
        string="Charged",
        readonly=True,
        help="Receivables of posted invoices less credit notes, with tax.",
    )
    lost_amount = fields.Monetary(
        string="Bad Debt", readonly=True, help="Receivables that were written off."
    )
    lost_percent = fields.Float(
        string="Bad Debt (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Bad debt as a share of what was charged.",
    )

    @api.model
    def _get_ratios(self):
        """Return which percentage is which sum of which other sum.

        :rtype: dict[str, tuple[str, str]]
        """
        return {
            "margin_percent": ("margin", "costed_amount"),
            "lost_percent": ("lost_amount", "charged_amount"),
        }

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function != "avg" or name not in self._get_ratios():
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (
            self._field_to_sql(self._table, one, query)
            for one in self._get_ratios()[name]
        )
        return SQL("SUM(%s) * 100.0 / NULLIF(SUM(%s), 0)", part, whole)

    def _read_group_empty_value(self, spec):
        """An average over nothing is no figure, and not 0."""
        if spec.endswith(":avg"):
            return False
        return super()._read_group_empty_value(spec)

    # === SQL === #

    @property
    def _table_query(self):
        self._flush_documents()
        return SQL(
            """
            SELECT fact.id, fact.kind, fact.date, fact.document, fact.company_id,
                   company.currency_id, fact.customer_id,
                   COALESCE(customer.head_office_id, customer.id) AS head_office_id,
                   archive.user_id, archive.team_id, customer.customer_class_id,
                   customer.region_id, customer.industry_id,
                   customer.customer_category, customer.credit_grade,
                   fact.order_count, fact.cycle_days, fact.repeat_percent,
                   fact.invoiced_amount, fact.costed_amount,
                   fact.costed_amount - fact.cost AS margin,
                   (fact.costed_amount - fact.cost) * 100.0
                       / NULLIF(fact.costed_amount, 0) AS margin_percent,
                   fact.charged_amount, fact.lost_amount,
                   fact.lost_amount * 100.0 / NULLIF(fact.charged_amount, 0)
                       AS lost_percent
              FROM ((%(orders)s) UNION ALL (%(lines)s) UNION ALL (%(receivables)s)
                    UNION ALL (%(losses)s)) AS fact
              JOIN res_partner AS customer ON customer.id = fact.customer_id
              JOIN kehu_archive AS archive ON archive.id = customer.archive_id
              JOIN res_company AS company ON company.id = fact.company_id
             WHERE archive.state <> 'destroyed'
            """,
            orders=self._get_order_query(),
            lines=self._get_line_query(),
            receivables=self._get_receivable_query(),
            losses=self._get_loss_query(),
        )

    @api.model
    def _flush_documents(self):
        for name in _FLUSHED:
            self.env[name].flush_model()

    @api.model
    def _get_order_query(self):
        return SQL(
            """
            SELECT o.id::bigint * 10 + 1 AS id, 'order' AS kind,
                   (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE
                    COALESCE(company.kehu_tz, 'Asia/Shanghai'))::date AS date,
                   o.name AS document, o.company_id,
                   contact.commercial_partner_id AS customer_id, 1 AS order_count,
                   CASE WHEN o.date_order >= begun.at
                        THEN EXTRACT(EPOCH FROM o.date_order - begun.at) / 86400.0
                        END AS cycle_days,
                   CASE WHEN ROW_NUMBER() OVER (
                            PARTITION BY contact.commercial_partner_id, o.company_id
                            ORDER BY o.date_order, o.id) > 1
                        THEN 100.0 ELSE 0.0 END AS repeat_percent,
                   0.0 AS invoiced_amount, 0.0 AS costed_amount, 0.0 AS cost,
                   0.0 AS charged_amount, 0.0 AS lost_amount
              FROM sale_order AS o
              JOIN res_company AS company ON company.id = o.company_id
              JOIN res_partner AS contact ON contact.id = o.partner_id
         LEFT JOIN crm_lead AS lead ON lead.id = o.opportunity_id
                   CROSS JOIN LATERAL (
                       SELECT COALESCE(lead.create_date, o.create_date)) AS begun (at)
             WHERE o.state = 'sale' AND %s
            """,
            self._get_scope_sql("contacts", SQL("o.partner_id")),
        )

    @api.model
    def _get_line_query(self):
        return SQL(
            """
            SELECT id::bigint * 10 + 2 AS id, 'line' AS kind, date, document,
                   company_id, customer_id, 0 AS order_count,
                   NULL::numeric AS cycle_days, NULL::numeric AS repeat_percent,
                   amount AS invoiced_amount,
                   CASE WHEN cost <> 0 THEN amount ELSE 0.0 END AS costed_amount,
                   COALESCE(cost, 0.0) AS cost,
                   0.0 AS charged_amount, 0.0 AS lost_amount
              FROM (SELECT line.id, COALESCE(move.invoice_date, move.date) AS date,
                           move.name AS document, move.company_id,
                           COALESCE(line.kehu_customer_id, move.commercial_partner_id)
                               AS customer_id,
                           -line.balance AS amount,
                           round((line.quantity * unit.factor
                                  / COALESCE(NULLIF(own.factor, 0), 1)
                                  * CASE WHEN move.move_type = 'out_refund'
                                         THEN -1 ELSE 1 END
                                  * (product.standard_price
                                     ->> line.company_id::text)::float8)::numeric,
                                 2) AS cost
                      FROM account_move_line AS line
                      JOIN account_move AS move ON move.id = line.move_id
                 LEFT JOIN product_product AS product ON product.id = line.product_id
                 LEFT JOIN product_template AS template
                        ON template.id = product.product_tmpl_id
                 LEFT JOIN uom_uom AS own ON own.id = template.uom_id
                 LEFT JOIN uom_uom AS unit
                        ON unit.id = COALESCE(line.product_uom_id, template.uom_id)
                     WHERE move.state = 'posted' AND line.display_type = 'product'
                       AND move.move_type IN ('out_invoice', 'out_refund',
                                              'out_receipt') AND %s
                   ) AS sold
            """,
            self._get_scope_sql("moves", SQL("move.id")),
        )

    @api.model
    def _get_receivable_query(self):
        return SQL(
            """
            SELECT line.id::bigint * 10 + 3 AS id, 'receivable' AS kind,
                   COALESCE(move.invoice_date, move.date) AS date,
                   move.name AS document, move.company_id,
                   move.commercial_partner_id AS customer_id, 0 AS order_count,
                   NULL::numeric AS cycle_days, NULL::numeric AS repeat_percent,
                   0.0 AS invoiced_amount, 0.0 AS costed_amount, 0.0 AS cost,
                   line.balance AS charged_amount, 0.0 AS lost_amount
              FROM account_move_line AS line
              JOIN account_move AS move ON move.id = line.move_id
             WHERE move.state = 'posted' AND line.display_type = 'payment_term'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND %s
            """,
            self._get_scope_sql("moves", SQL("move.id")),
        )

    @api.model
    def _get_loss_query(self):
        facts = self.env["kehu.credit.facts"]
        return SQL(
            """
            SELECT part.id::bigint * 10 + 4 AS id, 'loss' AS kind, document.date,
                   document.name AS document, claim.company_id,
                   contact.commercial_partner_id AS customer_id, 0 AS order_count,
                   NULL::numeric AS cycle_days, NULL::numeric AS repeat_percent,
                   0.0 AS invoiced_amount, 0.0 AS costed_amount, 0.0 AS cost,
                   0.0 AS charged_amount,
                   part.amount * loss.share AS lost_amount
              FROM account_partial_reconcile AS part
              JOIN account_move_line AS other ON other.id = part.credit_move_id
              JOIN account_move AS document
                ON document.id = other.move_id AND document.move_type = 'entry'
              JOIN account_move_line AS claim ON claim.id = part.debit_move_id
              JOIN account_account AS claimed
                ON claimed.id = claim.account_id
               AND claimed.account_type = 'asset_receivable'
              JOIN res_partner AS contact ON contact.id = claim.partner_id
              JOIN (%(rules)s) AS rule ON rule.id = claim.company_id
              JOIN LATERAL (%(loss)s) AS loss ON TRUE
             WHERE part.amount * loss.share > claim.balance * %(trifle)s::numeric
               AND %(scope)s
            """,
            scope=self._get_scope_sql("contacts", SQL("claim.partner_id")),
            rules=facts._get_rule_sql(),
            loss=facts._get_loss_sql(SQL("rule.accounts")),
            trifle=facts._get_trifle(),
        )
