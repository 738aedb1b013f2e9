from odoo import api, fields, models
from odoo.tools import SQL

_CARD = (
    "ref",
    "customer_class_id",
    "region_id",
    "industry_id",
    "customer_category",
    "credit_grade",
    "lifecycle",
    "deal_stage",
    "sales_rank",
    "head_office_id",
    "first_order_on",
    "last_order_on",
)


def _of_card(name):
    return (
        lambda self: self.env["res.partner"]
        ._fields[name]
        ._description_selection(self.env)
    )


class KehuCustomerTable(models.Model):
    """客户档案表: one row for each archive, with card, custody and business (R26)."""

    _name = "kehu.customer.table"
    _description = "Customer Archive Table"
    _inherit = ["kehu.table.mixin"]
    _auto = False
    _order = "ref, id"
    _rec_name = "partner_id"

    archive_id = fields.Many2one("kehu.archive", readonly=True, help="The archive.")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="The customer."
    )
    ref = fields.Char(
        string="Customer Code", readonly=True, help="Code of the customer."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, help="Where the customer is registered."
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    user_id = fields.Many2one(
        "res.users", string="Keeper", readonly=True, help="Who keeps the archive."
    )
    team_id = fields.Many2one(
        "crm.team", readonly=True, help="Team that the archive belongs to."
    )
    state = fields.Selection(
        lambda self: self.env["kehu.archive"]
        ._fields["state"]
        ._description_selection(self.env),
        readonly=True,
        help="Where the archive stands.",
    )
    completeness = fields.Integer(
        readonly=True, aggregator="avg", help="How complete the archive is, in percent."
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
    lifecycle = fields.Selection(
        _of_card("lifecycle"), readonly=True, help="Old, new or future customer."
    )
    deal_stage = fields.Selection(
        _of_card("deal_stage"),
        readonly=True,
        help="Former, present or coming customer.",
    )
    sales_rank = fields.Selection(
        _of_card("sales_rank"),
        readonly=True,
        help="Key, ordinary or sporadic customer.",
    )
    head_office_id = fields.Many2one(
        "res.partner", readonly=True, help="Head office of the customer."
    )
    first_order_on = fields.Date(readonly=True, help="Day of the first deal.")
    last_order_on = fields.Date(readonly=True, help="Day of the last deal.")
    order_count = fields.Integer(
        string="Orders", readonly=True, help="Number of confirmed orders."
    )
    ordered_amount = fields.Monetary(
        readonly=True, help="Confirmed orders, before tax, in the company's currency."
    )
    invoiced_amount = fields.Monetary(
        readonly=True,
        help="What the customer ordered and was invoiced, less credit notes, before tax.",
    )

    @api.model
    def _get_table_columns(self):
        return [
            "ref",
            "partner_id",
            "head_office_id",
            "customer_class_id",
            "region_id",
            "industry_id",
            "customer_category",
            "credit_grade",
            "lifecycle",
            "deal_stage",
            "sales_rank",
            "user_id",
            "state",
            "completeness",
            "first_order_on",
            "last_order_on",
            "order_count",
            "ordered_amount",
            "invoiced_amount",
        ]

    @api.model
    def _get_summed_columns(self):
        return {"order_count", "ordered_amount", "invoiced_amount"}

    @api.model
    def _get_table_title(self):
        return self.env._("Customer Archive Table")

    @property
    def _table_query(self):
        self.env["res.partner"].flush_model()
        self.env["kehu.archive"].flush_model()
        statistics = self.env["kehu.sales.statistics"]
        for name in ("sale.order", "sale.order.line", "account.move"):
            self.env[name].flush_model()
        self.env["account.move.line"].flush_model()
        return SQL(
            """
            SELECT archive.id, archive.id AS archive_id, archive.partner_id,
                   archive.company_id, company.currency_id, archive.user_id,
                   archive.team_id, archive.state, archive.completeness, %(card)s,
                   coalesce(ordered.order_count, 0) AS order_count,
                   coalesce(ordered.amount, 0) AS ordered_amount,
                   coalesce(invoiced.amount, 0) AS invoiced_amount
              FROM kehu_archive AS archive
              JOIN res_partner AS customer ON customer.id = archive.partner_id
         LEFT JOIN res_company AS company ON company.id = archive.company_id
         LEFT JOIN (SELECT f.customer_id, f.company_id,
                           count(DISTINCT f.document) AS order_count,
                           sum(f.ordered_amount) AS amount
                      FROM (%(orders)s) AS f GROUP BY 1, 2) AS ordered
                ON ordered.customer_id = customer.id
               AND ordered.company_id = archive.company_id
         LEFT JOIN (SELECT f.customer_id, f.company_id,
                           sum(f.invoiced_amount) AS amount
                      FROM (%(invoices)s) AS f GROUP BY 1, 2) AS invoiced
                ON invoiced.customer_id = customer.id
               AND invoiced.company_id = archive.company_id
             WHERE archive.state <> 'destroyed'
            """,
            card=SQL(", ").join(SQL.identifier("customer", name) for name in _CARD),
            orders=statistics._get_order_query(),
            invoices=statistics._get_invoice_query(),
        )
