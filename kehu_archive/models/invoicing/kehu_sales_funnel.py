from odoo import api, fields, models
from odoo.tools import SQL


class KehuSalesFunnel(models.Model):
    """销售漏斗表: opportunities stage by stage, down to orders and invoices (R26)."""

    _name = "kehu.sales.funnel"
    _description = "Sales Funnel"
    _inherit = ["kehu.table.mixin"]
    _auto = False
    _order = "stage_sequence, id"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        "crm.lead", string="Opportunity", readonly=True, help="The opportunity."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Who may buy."
    )
    head_office_id = fields.Many2one(
        "res.partner",
        readonly=True,
        help="Head office of the customer; the customer itself without one.",
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, help="The company that sells."
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Who sells."
    )
    team_id = fields.Many2one("crm.team", readonly=True, help="Team that sells.")
    stage_id = fields.Many2one(
        "crm.stage", readonly=True, help="Stage that the opportunity is in."
    )
    stage_sequence = fields.Integer(
        readonly=True, aggregator=None, help="Place of the stage in the funnel."
    )
    won_status = fields.Selection(
        [("won", "Won"), ("lost", "Lost Deal"), ("pending", "Pending")],
        string="Outcome",
        readonly=True,
        help="Won, lost, or still open.",
    )
    created_on = fields.Date(readonly=True, help="Day on which it was written down.")
    closed_on = fields.Date(readonly=True, help="Day on which it was won or lost.")
    days = fields.Integer(
        string="Days Open",
        readonly=True,
        aggregator="avg",
        help="Days from the first note to the end, or to today.",
    )
    opportunity_count = fields.Integer(
        string="Opportunities", readonly=True, help="Number of opportunities."
    )
    expected_revenue = fields.Monetary(
        readonly=True, help="What the opportunity may bring."
    )
    prorated_revenue = fields.Monetary(
        readonly=True, help="Expected revenue times probability."
    )
    quoted_amount = fields.Monetary(
        readonly=True, help="Quotations and orders that came of it, before tax."
    )
    ordered_amount = fields.Monetary(
        readonly=True, help="Confirmed orders that came of it, before tax."
    )

    @api.model
    def _get_table_columns(self):
        return [
            "stage_id",
            "lead_id",
            "partner_id",
            "user_id",
            "won_status",
            "created_on",
            "closed_on",
            "days",
            "opportunity_count",
            "expected_revenue",
            "prorated_revenue",
            "quoted_amount",
            "ordered_amount",
        ]

    @api.model
    def _get_summed_columns(self):
        return super()._get_summed_columns() - {"days"}

    @api.model
    def _get_table_title(self):
        return self.env._("Sales Funnel")

    @api.model
    def _get_group_column(self):
        return "stage_id"

    @property
    def _table_query(self):
        for name in ("crm.lead", "crm.stage", "sale.order", "res.partner"):
            self.env[name].flush_model()
        return SQL(
            """
            SELECT lead.id, lead.id AS lead_id,
                   contact.commercial_partner_id AS partner_id,
                   coalesce(customer.head_office_id, customer.id) AS head_office_id,
                   lead.company_id, company.currency_id, lead.user_id, lead.team_id,
                   lead.stage_id, stage.sequence AS stage_sequence, lead.won_status,
                   lead.create_date::date AS created_on,
                   lead.date_closed::date AS closed_on,
                   coalesce(lead.date_closed::date,
                            (now() AT TIME ZONE 'UTC')::date)
                       - lead.create_date::date AS days,
                   1 AS opportunity_count, lead.expected_revenue,
                   lead.prorated_revenue,
                   coalesce(orders.quoted, 0) AS quoted_amount,
                   coalesce(orders.ordered, 0) AS ordered_amount
              FROM crm_lead AS lead
              JOIN res_company AS company
                ON company.id = coalesce(lead.company_id, %s)
         LEFT JOIN crm_stage AS stage ON stage.id = lead.stage_id
         LEFT JOIN res_partner AS contact ON contact.id = lead.partner_id
         LEFT JOIN res_partner AS customer
                ON customer.id = contact.commercial_partner_id
         LEFT JOIN (
                    SELECT o.opportunity_id,
                           sum(o.amount_untaxed
                               / coalesce(nullif(o.currency_rate, 0), 1)) AS quoted,
                           sum(o.amount_untaxed
                               / coalesce(nullif(o.currency_rate, 0), 1))
                               FILTER (WHERE o.state = 'sale') AS ordered
                      FROM sale_order AS o
                     WHERE o.state <> 'cancel' AND o.opportunity_id IS NOT NULL
                  GROUP BY o.opportunity_id
                   ) AS orders ON orders.opportunity_id = lead.id
             WHERE lead.type = 'opportunity'
            """,
            self.env.company.id,
        )
