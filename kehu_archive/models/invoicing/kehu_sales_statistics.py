from odoo import api, fields, models
from odoo.tools import SQL


class KehuSalesStatistics(models.Model):
    """销售统计表: what was ordered, delivered and invoiced, by every class (R26)."""

    _name = "kehu.sales.statistics"
    _description = "Sales Statistics"
    _inherit = ["kehu.table.mixin"]
    _auto = False
    _order = "date desc, id"
    _rec_name = "document"

    kind = fields.Selection(
        [("order", "Order"), ("invoice", "Invoice")],
        readonly=True,
        help="Whether the row is a line of an order or of a posted invoice.",
    )
    date = fields.Date(readonly=True, help="Day of the order or of the invoice.")
    document = fields.Char(
        string="Document No.", readonly=True, help="Order or invoice number."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, help="The company that sells."
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    customer_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Who ordered."
    )
    head_office_id = fields.Many2one(
        "res.partner",
        readonly=True,
        help="Head office of the customer; the customer itself without one.",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Who sold."
    )
    team_id = fields.Many2one("crm.team", readonly=True, help="Team that sold.")
    product_id = fields.Many2one(
        "product.product", readonly=True, help="What was sold."
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        readonly=True,
        help="Category of what was sold.",
    )
    customer_class_id = fields.Many2one(
        "kehu.customer.class",
        readonly=True,
        help="Class of the customer, as it is now.",
    )
    region_id = fields.Many2one(
        "kehu.region", readonly=True, help="Region of the customer, as it is now."
    )
    industry_id = fields.Many2one(
        "res.partner.industry",
        readonly=True,
        help="Industry of the customer, as it is now.",
    )
    customer_category = fields.Selection(
        lambda self: (
            self.env["res.partner"]
            ._fields["customer_category"]
            ._description_selection(self.env)
        ),
        readonly=True,
        help="Category of the customer, as it is now.",
    )
    ordered_qty = fields.Float(
        string="Ordered Quantity", readonly=True, help="Quantity of confirmed orders."
    )
    ordered_amount = fields.Monetary(
        readonly=True, help="Confirmed orders, before tax, in the company's currency."
    )
    delivered_amount = fields.Monetary(
        readonly=True, help="What of the orders was delivered, before tax."
    )
    invoiced_qty = fields.Float(
        string="Invoiced Quantity",
        readonly=True,
        help="Quantity of posted invoices less credit notes.",
    )
    invoiced_amount = fields.Monetary(
        readonly=True,
        help="Posted invoices less credit notes, before tax, as in the ledger.",
    )

    @api.model
    def _get_table_columns(self):
        return [
            "customer_id",
            "head_office_id",
            "kind",
            "date",
            "document",
            "product_id",
            "user_id",
            "ordered_qty",
            "ordered_amount",
            "delivered_amount",
            "invoiced_qty",
            "invoiced_amount",
        ]

    @api.model
    def _get_table_title(self):
        return self.env._("Sales Statistics")

    @property
    def _table_query(self):
        for name in ("sale.order", "sale.order.line", "account.move"):
            self.env[name].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["res.partner"].flush_model()
        return SQL(
            """
            SELECT f.*, coalesce(customer.head_office_id, customer.id)
                       AS head_office_id,
                   customer.customer_class_id, customer.region_id,
                   customer.industry_id, customer.customer_category,
                   template.categ_id
              FROM ((%s) UNION ALL (%s)) AS f
              JOIN res_partner AS customer ON customer.id = f.customer_id
         LEFT JOIN product_product AS product ON product.id = f.product_id
         LEFT JOIN product_template AS template
                ON template.id = product.product_tmpl_id
            """,
            self._get_order_query(),
            self._get_invoice_query(),
        )

    @api.model
    def _get_order_query(self):
        return SQL(
            """
            SELECT line.id::bigint * 10 + 1 AS id, 'order' AS kind,
                   (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE
                    coalesce(company.kehu_tz, 'Asia/Shanghai'))::date AS date,
                   o.name AS document, o.company_id, company.currency_id,
                   contact.commercial_partner_id AS customer_id, o.user_id, o.team_id,
                   line.product_id, line.product_uom_qty AS ordered_qty,
                   round((line.price_subtotal / coalesce(nullif(o.currency_rate, 0), 1)
                         )::numeric, currency.decimal_places) AS ordered_amount,
                   round((line.qty_delivered * line.price_subtotal
                          / nullif(line.product_uom_qty, 0)
                          / coalesce(nullif(o.currency_rate, 0), 1)
                         )::numeric, currency.decimal_places) AS delivered_amount,
                   0.0 AS invoiced_qty, 0.0 AS invoiced_amount
              FROM sale_order_line AS line
              JOIN sale_order AS o ON o.id = line.order_id
              JOIN res_company AS company ON company.id = o.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
              JOIN res_partner AS contact ON contact.id = o.partner_id
             WHERE o.state = 'sale' AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
            """
        )

    @api.model
    def _get_invoice_query(self):
        return SQL(
            """
            SELECT line.id::bigint * 10 + 2 AS id, 'invoice' AS kind,
                   coalesce(move.invoice_date, move.date) AS date,
                   move.name AS document, move.company_id, company.currency_id,
                   coalesce(line.kehu_customer_id, move.commercial_partner_id)
                       AS customer_id,
                   move.invoice_user_id AS user_id, move.team_id, line.product_id,
                   0.0 AS ordered_qty, 0.0 AS ordered_amount, 0.0 AS delivered_amount,
                   CASE WHEN move.move_type = 'out_refund' THEN -line.quantity
                        ELSE line.quantity END AS invoiced_qty,
                   -line.balance AS invoiced_amount
              FROM account_move_line AS line
              JOIN account_move AS move ON move.id = line.move_id
              JOIN res_company AS company ON company.id = move.company_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND line.display_type = 'product'
            """
        )
