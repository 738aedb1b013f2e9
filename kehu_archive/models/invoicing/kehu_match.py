from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("delivery", "Goods Sent"),
    ("invoice", "Invoice"),
    ("payment", "Payment Received"),
]
_FLUSHED = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "res.partner",
    "sale.order",
    "sale.order.line",
)


class KehuMatch(models.Model):
    """Deliveries, invoices and payments side by side, branch by branch (发货—开票—收款).

    Every receivable entry of a customer is in here exactly once, split over the
    branches: of an invoice by what each of them ordered, of a payment by the invoices
    that it paid. The last share of each takes what rounding leaves, so that invoiced
    less received is the receivable account's balance to the cent.
    """

    _name = "kehu.match"
    _description = "Match of Deliveries, Invoices and Payments"
    _inherit = ["kehu.table.mixin", "kehu.scoped.table.mixin"]
    _auto = False
    _order = "customer_id, date, kind, id"  # sent, invoiced, paid
    _rec_name = "document"

    kind = fields.Selection(KINDS, readonly=True, help="What the row is.")
    date = fields.Date(readonly=True, help="Day of the delivery, invoice or payment.")
    company_id = fields.Many2one(
        "res.company", readonly=True, help="The company that sells."
    )
    party_id = fields.Many2one(
        "res.partner",
        string="Invoiced Party",
        readonly=True,
        help="Who owes the receivable.",
    )
    customer_id = fields.Many2one(
        "res.partner",
        string="Ordered By",
        readonly=True,
        help="The branch. What a payment has not been matched with stands with the "
        "invoiced party itself.",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, help="Who sold."
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, help="The order that was delivered."
    )
    move_id = fields.Many2one(
        "account.move",
        string="Accounting Entry",
        readonly=True,
        help="The invoice or the entry of the payment.",
    )
    document = fields.Char(
        string="Document No.",
        readonly=True,
        help="Delivery, invoice or payment number.",
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="Currency of the company."
    )
    delivered = fields.Monetary(
        readonly=True,
        help="Worth of what was delivered, tax included; of what is invoiced when "
        "ordered, worth of the order.",
    )
    invoiced = fields.Monetary(
        readonly=True, help="Invoiced, tax included; credit notes are below zero."
    )
    received = fields.Monetary(
        readonly=True, help="Paid, or written off against the receivable otherwise."
    )
    to_invoice = fields.Monetary(
        string="Not Invoiced Yet", readonly=True, help="Delivered less invoiced."
    )
    to_receive = fields.Monetary(
        string="Not Paid Yet",
        readonly=True,
        help="Invoiced less received: the balance of the receivable account.",
    )

    @api.model
    def _get_table_columns(self):
        return [
            "customer_id",
            "date",
            "kind",
            "document",
            "order_id",
            "delivered",
            "invoiced",
            "received",
            "to_invoice",
            "to_receive",
        ]

    @api.model
    def _get_table_title(self):
        return self.env._("Match of Deliveries, Invoices and Payments")

    @api.model
    def _get_group_column(self):
        return "customer_id"

    # === SQL === #

    @property
    def _table_query(self):
        self._flush_documents()
        # Shares and matched entries are needed twice, and are not to be computed anew
        # for each row of each other.
        return SQL(
            """
            WITH share AS MATERIALIZED (%(shares)s),
                 part AS MATERIALIZED (%(partials)s)
            SELECT u.*, u.delivered - u.invoiced AS to_invoice,
                   u.invoiced - u.received AS to_receive
              FROM (%(rows)s) AS u
            """,
            shares=self._get_shares_query(),
            partials=self._get_partials_query(),
            rows=SQL(" UNION ALL ").join(
                [
                    *self._get_delivery_queries(),
                    self._get_invoice_query(),
                    self._get_payment_query(),
                    self._get_remainder_query(),
                ]
            ),
        )

    @api.model
    def _flush_documents(self):
        for name in _FLUSHED:
            self.env[name].flush_model()

    @api.model
    def _has_deliveries(self):
        """Whether Inventory tells what was delivered."""
        return "move_ids" in self.env["sale.order.line"]._fields

    @api.model
    def _get_delivery_queries(self):
        """What was delivered, at the price of the order, in the company's currency.

        The deliveries of an order line share its delivered worth by quantity.
        """
        if not self._has_deliveries():
            return [self._get_order_query(SQL("TRUE"))]
        self.env["stock.move"].flush_model()
        self.env["stock.picking"].flush_model()
        moved = SQL(
            """
            SELECT move.id AS move_id, line.id AS line_id, move.date AS moment,
                   coalesce(picking.name, move.reference) AS document,
                   CASE WHEN target.usage = 'customer' THEN move.quantity
                        ELSE -move.quantity END AS quantity
              FROM stock_move AS move
              JOIN sale_order_line AS line ON line.id = move.sale_line_id
              JOIN stock_location AS source ON source.id = move.location_id
              JOIN stock_location AS target ON target.id = move.location_dest_id
         LEFT JOIN stock_picking AS picking ON picking.id = move.picking_id
             WHERE move.state = 'done' AND move.product_id = line.product_id
               AND %(scope)s
               AND (target.usage = 'customer') <> (source.usage = 'customer')
               AND (target.usage = 'customer' OR move.to_refund)
            """,
            scope=self._get_scope_sql("orders", SQL("line.order_id")),
        )
        by_delivery = SQL(
            """
            SELECT d.move_id::bigint * 10 + 4 AS id, 'delivery' AS kind,
                   (d.moment AT TIME ZONE 'UTC' AT TIME ZONE d.tz)::date AS date,
                   d.company_id, d.party_id, d.customer_id, d.user_id, d.order_id,
                   NULL::integer AS move_id, d.document, d.currency_id,
                   round((d.worth * d.after / d.total)::numeric, d.digits)
                   - round((d.worth * d.before / d.total)::numeric, d.digits)
                       AS delivered,
                   0.0 AS invoiced, 0.0 AS received
              FROM (SELECT m.*, o.*,
                           sum(m.quantity) OVER whole AS total,
                           sum(m.quantity) OVER running AS after,
                           sum(m.quantity) OVER running - m.quantity AS before
                      FROM (%(moved)s) AS m
                      JOIN (%(worth)s) AS o ON o.sale_line_id = m.line_id
                    WINDOW whole AS (PARTITION BY m.line_id, o.party_id, o.company_id,
                                                  o.customer_id),
                           running AS (PARTITION BY m.line_id, o.party_id, o.company_id,
                                                    o.customer_id
                                       ORDER BY m.moment, m.move_id)) AS d
             WHERE d.total <> 0
            """,
            moved=moved,
            worth=self._get_worth_query(SQL("line.qty_delivered")),
        )
        without = SQL(
            "NOT EXISTS (SELECT 1 FROM stock_move AS m WHERE m.sale_line_id = line.id)"
        )
        return [by_delivery, self._get_order_query(without)]

    @api.model
    def _get_order_query(self, condition):
        """Order lines that no delivery tells of: as delivered by hand, or as ordered."""
        return SQL(
            """
            SELECT o.sale_line_id::bigint * 10 + 5 AS id, 'delivery' AS kind,
                   (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE o.tz)::date AS date,
                   o.company_id, o.party_id, o.customer_id, o.user_id, o.order_id,
                   NULL::integer AS move_id, o.order_name AS document, o.currency_id,
                   round(o.worth::numeric, o.digits) AS delivered,
                   0.0 AS invoiced, 0.0 AS received
              FROM (%s) AS o
             WHERE o.worth <> 0
            """,
            self._get_worth_query(
                SQL(
                    """CASE WHEN template.invoice_policy = 'order'
                            THEN line.product_uom_qty ELSE line.qty_delivered END"""
                ),
                condition,
            ),
        )

    @api.model
    def _get_worth_query(self, quantity, condition=None):
        """Order lines with the worth of a quantity, tax included.

        The party is whom the newest posted invoice of the line went to, else the head
        office as the card has it now.
        """
        return SQL(
            """
            SELECT line.id AS sale_line_id, o.id AS order_id, o.name AS order_name,
                   o.date_order, o.company_id, o.user_id,
                   customer.id AS customer_id,
                   CASE WHEN billed.party_id IS NOT NULL THEN billed.party_id
                        WHEN customer.archive_id IS NULL THEN addressee.id
                        WHEN addressee.id <> customer.id THEN addressee.id
                        ELSE coalesce(customer.invoicing_partner_id,
                                      office.invoicing_partner_id, office.id,
                                      customer.id) END AS party_id,
                   company.currency_id, currency.decimal_places AS digits,
                   coalesce(company.kehu_tz, 'Asia/Shanghai') AS tz,
                   (%(quantity)s)
                   * line.price_total / nullif(line.product_uom_qty, 0)
                   / coalesce(nullif(o.currency_rate, 0), 1) AS worth
              FROM sale_order_line AS line
              JOIN sale_order AS o ON o.id = line.order_id
              JOIN res_company AS company ON company.id = o.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
              JOIN res_partner AS contact ON contact.id = o.partner_id
              JOIN res_partner AS customer
                ON customer.id = contact.commercial_partner_id
              JOIN res_partner AS address ON address.id = o.partner_invoice_id
              JOIN res_partner AS addressee
                ON addressee.id = address.commercial_partner_id
         LEFT JOIN res_partner AS office ON office.id = customer.head_office_id
         LEFT JOIN (
                    SELECT newest.order_line_id, party.commercial_partner_id AS party_id
                      FROM (SELECT link.order_line_id, max(move.id) AS move_id
                              FROM sale_order_line_invoice_rel AS link
                              JOIN account_move_line AS made
                                ON made.id = link.invoice_line_id
                              JOIN account_move AS move ON move.id = made.move_id
                             WHERE move.state = 'posted' AND %(links)s
                          GROUP BY link.order_line_id) AS newest
                      JOIN account_move AS move ON move.id = newest.move_id
                      JOIN res_partner AS party ON party.id = move.partner_id
                   ) AS billed ON billed.order_line_id = line.id
         LEFT JOIN product_product AS product ON product.id = line.product_id
         LEFT JOIN product_template AS template
                ON template.id = product.product_tmpl_id
             WHERE o.state = 'sale' AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE AND line.product_uom_qty <> 0
               AND %(scope)s AND %(condition)s
            """,
            quantity=quantity,
            scope=self._get_scope_sql("orders", SQL("o.id")),
            links=self._get_link_scope_sql(),
            condition=condition or SQL("TRUE"),
        )

    @api.model
    def _get_shares_query(self):
        """Shares of the branches in the receivable of each posted invoice, running.

        A branch's share is the worth of its lines. What rounding makes of the whole is
        spread by how much each ordered or gave back, so that shares that cancel each
        other out stay what they are.
        """
        return SQL(
            """
            SELECT s.*,
                   CASE WHEN s.weight <> 0
                        THEN s.base_after + (s.receivable - s.base)
                             * s.weight_after / s.weight
                        ELSE s.receivable END AS after,
                   CASE WHEN s.weight <> 0
                        THEN s.base_after - s.share + (s.receivable - s.base)
                             * (s.weight_after - abs(s.share)) / s.weight
                        WHEN s.place = 1 THEN 0
                        ELSE s.receivable END AS before
              FROM (
                SELECT g.*, company.currency_id, currency.decimal_places AS digits,
                       sum(g.share) OVER whole AS base,
                       sum(abs(g.share)) OVER whole AS weight,
                       sum(g.share) OVER running AS base_after,
                       sum(abs(g.share)) OVER running AS weight_after,
                       count(g.first_line_id) OVER running AS place,
                       coalesce(sum(g.due) OVER whole, 0) AS receivable
                  FROM (
                    SELECT move.id AS move_id, party.commercial_partner_id AS party_id,
                           move.company_id, move.name, move.invoice_user_id,
                           coalesce(move.invoice_date, move.date) AS date,
                           customer.commercial_partner_id AS customer_id,
                           min(line.id) FILTER (WHERE line.display_type = 'product')
                               AS first_line_id,
                           sum(line.price_total)
                               FILTER (WHERE line.display_type = 'product')
                           * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                           / coalesce(nullif(move.invoice_currency_rate, 0), 1)::numeric
                               AS share,
                           sum(line.balance) FILTER (WHERE account.id IS NOT NULL)
                               AS due
                      FROM account_move AS move
                      JOIN account_move_line AS line ON line.move_id = move.id
                 LEFT JOIN account_account AS account
                        ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                      JOIN res_partner AS party ON party.id = move.partner_id
                      JOIN res_partner AS customer
                        ON customer.id = coalesce(line.kehu_customer_id,
                                                  move.partner_id)
                     WHERE move.state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund',
                                              'out_receipt')
                       AND (line.display_type = 'product' OR account.id IS NOT NULL)
                       AND %(scope)s
                  GROUP BY move.id, party.commercial_partner_id,
                           customer.commercial_partner_id
                  ) AS g
                  JOIN res_company AS company ON company.id = g.company_id
                  JOIN res_currency AS currency ON currency.id = company.currency_id
                WINDOW whole AS (PARTITION BY g.move_id, g.party_id, g.company_id),
                       running AS (PARTITION BY g.move_id, g.party_id, g.company_id
                                   ORDER BY g.customer_id)
              ) AS s
             WHERE s.first_line_id IS NOT NULL
            """,
            scope=self._get_scope_sql("invoices", SQL("move.id")),
        )

    @api.model
    def _get_invoice_query(self):
        """Each posted invoice, split over the branches on it."""
        return SQL(
            """
            SELECT s.first_line_id::bigint * 10 + 1 AS id, 'invoice' AS kind, s.date,
                   s.company_id, s.party_id, s.customer_id,
                   s.invoice_user_id AS user_id, NULL::integer AS order_id, s.move_id,
                   s.name AS document, s.currency_id, 0.0 AS delivered,
                   round(s.after, s.digits) - round(s.before, s.digits) AS invoiced,
                   0.0 AS received
              FROM share AS s
            """
        )

    @api.model
    def _get_partials_query(self):
        """Receivable entries that are no invoices, with what they match of invoices.

        ``amount`` is above zero for what was received.
        """
        credit, debit = SQL("partial.credit_move_id"), SQL("partial.debit_move_id")
        # Each side by itself: a column that is now one, now the other has no index.
        return SQL(
            "%s UNION ALL %s",
            self._get_partial_side_query(credit, debit, SQL("partial.amount")),
            self._get_partial_side_query(debit, credit, SQL("-partial.amount")),
        )

    @api.model
    def _get_partial_side_query(self, own, other, amount):
        return SQL(
            """
            SELECT partial.id AS partial_id, entry.id AS entry_id,
                   entry.move_id AS entry_move_id, entry.date, entry.move_name,
                   partner.commercial_partner_id AS party_id, entry.company_id,
                   counter.move_id AS invoice_id, %(amount)s AS amount
              FROM account_partial_reconcile AS partial
              JOIN account_move_line AS entry ON entry.id = %(own)s
              JOIN account_move_line AS counter ON counter.id = %(other)s
              JOIN res_partner AS partner ON partner.id = entry.partner_id
              JOIN account_account AS account ON account.id = entry.account_id
              JOIN account_move AS entry_move ON entry_move.id = entry.move_id
              JOIN account_move AS counter_move ON counter_move.id = counter.move_id
             WHERE account.account_type = 'asset_receivable'
               AND entry.parent_state = 'posted'
               AND entry_move.move_type NOT IN ('out_invoice', 'out_refund',
                                                'out_receipt')
               AND counter_move.move_type IN ('out_invoice', 'out_refund',
                                              'out_receipt')
               AND counter_move.state = 'posted'
               AND %(scope)s
            """,
            own=own,
            other=other,
            amount=amount,
            scope=self._get_scope_sql("partials", SQL("partial.id")),
        )

    @api.model
    def _get_payment_query(self):
        """What payments matched, split over the branches of the invoices they paid."""
        return SQL(
            """
            SELECT (p.partial_id::bigint * 10000 + p.place) * 10 + 2 AS id,
                   'payment' AS kind, p.date, p.company_id, p.party_id, p.customer_id,
                   p.invoice_user_id AS user_id, NULL::integer AS order_id,
                   p.entry_move_id AS move_id, p.move_name AS document, p.currency_id,
                   0.0 AS delivered, 0.0 AS invoiced,
                   CASE WHEN p.receivable <> 0
                        THEN round(p.amount * p.after / p.receivable, p.digits)
                             - round(p.amount * p.before / p.receivable, p.digits)
                        WHEN p.place = 1 THEN p.amount ELSE 0 END AS received
              FROM (SELECT part.partial_id, part.entry_move_id, part.date,
                           part.move_name, part.party_id, part.company_id, part.amount,
                           s.customer_id, s.invoice_user_id, s.currency_id, s.place,
                           s.receivable, s.after, s.before, s.digits
                      FROM part
                      JOIN share AS s ON s.move_id = part.invoice_id) AS p
            """
        )

    @api.model
    def _get_remainder_query(self):
        """What of an entry is matched with no invoice: it stands with the party."""
        return SQL(
            """
            SELECT rest.entry_id::bigint * 10 + 3 AS id, 'payment' AS kind, rest.date,
                   rest.company_id, rest.party_id, rest.party_id AS customer_id,
                   NULL::integer AS user_id, NULL::integer AS order_id,
                   rest.entry_move_id AS move_id, rest.move_name AS document,
                   company.currency_id, 0.0 AS delivered, 0.0 AS invoiced,
                   sum(rest.amount) AS received
              FROM (SELECT entry.id AS entry_id, entry.move_id AS entry_move_id,
                           entry.date, entry.move_name,
                           partner.commercial_partner_id AS party_id,
                           entry.company_id, -entry.balance AS amount
                      FROM account_move_line AS entry
                      JOIN account_move AS move ON move.id = entry.move_id
                      JOIN account_account AS account ON account.id = entry.account_id
                      JOIN res_partner AS partner ON partner.id = entry.partner_id
                     WHERE account.account_type = 'asset_receivable'
                       AND entry.parent_state = 'posted'
                       AND move.move_type NOT IN ('out_invoice', 'out_refund',
                                                  'out_receipt')
                       AND %(scope)s
                 UNION ALL
                    SELECT part.entry_id, part.entry_move_id, part.date,
                           part.move_name, part.party_id, part.company_id, -part.amount
                      FROM part
                     WHERE %(scope_part)s) AS rest
              JOIN res_company AS company ON company.id = rest.company_id
          GROUP BY rest.entry_id, rest.entry_move_id, rest.date, rest.move_name,
                   rest.party_id, rest.company_id, company.currency_id
            HAVING sum(rest.amount) <> 0
            """,
            scope=self._get_scope_sql("entries", SQL("entry.id")),
            scope_part=self._get_scope_sql("entries", SQL("part.entry_id")),
        )
