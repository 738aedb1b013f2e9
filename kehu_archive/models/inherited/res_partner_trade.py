from odoo import api, fields, models
from odoo.tools import SQL

_BATCH = 5000
# Parameter that remembers behind which customer the nightly work stopped.
_PLACE = "kehu_archive.trade_place"


class ResPartner(models.Model):
    """Where a customer stands in time, in dealing and in sales (R30, R31, R36, R41).

    Plain columns, computed by SQL over orders, invoices and opportunities: at once for
    the customers whose documents change, nightly for all of them, because time alone
    turns a new customer into an old one and a current one into a former one. The sales
    rank compares a customer with all others and therefore changes nightly only.

    A customer has one archive, however many of our companies deal with it: documents
    of all of them count. The settings, the time zone and the customers to be compared
    with are those of the company that keeps the archive; for an archive that all
    companies share they are the main company's, the first in the list of companies.
    """

    _inherit = "res.partner"

    first_order_on = fields.Date(
        string="First Deal On",
        readonly=True,
        copy=False,
        help="Day of the first confirmed order or posted invoice.",
        prefetch="kehu_card",
    )
    last_order_on = fields.Date(
        string="Last Deal On",
        readonly=True,
        copy=False,
        help="Day of the last confirmed order or posted invoice.",
        prefetch="kehu_card",
    )
    lifecycle = fields.Selection(
        [("future", "Future"), ("new", "New"), ("old", "Old")],
        string="Life Cycle",
        readonly=True,
        copy=False,
        help="Future: no deal yet. New: the first deal is not longer ago than the "
        "settings say. Old: longer.",
        prefetch="kehu_card",
    )
    deal_stage = fields.Selection(
        [("past", "Former"), ("current", "Dealing Now"), ("upcoming", "About to Deal")],
        readonly=True,
        copy=False,
        help="Dealing now: a deal within the months of the settings. About to deal: "
        "none, but an open opportunity or quotation. Former: neither.",
        prefetch="kehu_card",
    )
    sales_rank = fields.Selection(
        [("major", "Major"), ("general", "General"), ("sporadic", "Sporadic")],
        readonly=True,
        copy=False,
        help="Major: among the best by invoiced amount and long enough with us. "
        "Sporadic: few deals. General: the rest.",
        prefetch="kehu_card",
    )

    # === CRON === #

    @api.model
    def _cron_refresh_trade(self):
        """Refresh all archived customers, in batches that are committed one by one.

        Stopped for lack of time, it goes on behind the last customer at its next run.
        """
        # sudo: where the work stopped is a parameter of the system.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        last_id = int(parameters_sudo.get_param(_PLACE) or 0)
        bars = self._kehu_get_major_bars()
        total = self._kehu_count_customers_behind(last_id)
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=total)
        while ids := self._kehu_get_customers_behind(last_id):
            customers = self.browse(ids)
            customers._kehu_refresh_trade()
            customers._kehu_refresh_sales_rank(bars)
            last_id = ids[-1]
            if not progress._commit_progress(len(ids)):
                parameters_sudo.set_param(_PLACE, last_id)
                return
        if parameters_sudo.get_param(_PLACE):
            parameters_sudo.set_param(_PLACE, False)

    @api.model
    def _kehu_get_customers_behind(self, last_id):
        """Return the ids of the next batch of archived customers."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                    WHERE archive_id IS NOT NULL AND id > %s
                    ORDER BY id LIMIT %s""",
                last_id,
                _BATCH,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _kehu_count_customers_behind(self, last_id):
        rows = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM res_partner
                    WHERE archive_id IS NOT NULL AND id > %s""",
                last_id,
            )
        )
        return rows[0][0]

    # === BUSINESS METHODS === #

    def _kehu_queue_trade_refresh(self):
        """Refresh these customers once, when the transaction is about to end."""
        precommit = self.env.cr.precommit
        if "kehu.trade" not in precommit.data:
            precommit.data["kehu.trade"] = set()

            def refresh():
                ids = precommit.data.pop("kehu.trade", set())
                # sudo: facts of the whole company, whoever made the document.
                self.env["res.partner"].sudo().browse(ids)._kehu_refresh_trade()

            precommit.add(refresh)
        precommit.data["kehu.trade"].update(self.ids)

    def _kehu_refresh_trade(self):
        """Recompute deal dates, life cycle and deal stage of ``self`` in one query.

        Each customer is judged by the settings, and on the day, of the company that
        keeps its archive.
        """
        if not self.ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH keeper AS (%(keeper)s), customer AS (
                    SELECT partner.id, keeper.tz, keeper.today, keeper.new_months,
                           keeper.idle_months
                      FROM res_partner partner
                      JOIN kehu_archive archive ON archive.id = partner.archive_id
                      JOIN keeper
                        ON keeper.id = COALESCE(archive.company_id, %(main)s)
                     WHERE partner.id IN (SELECT commercial_partner_id
                                            FROM res_partner WHERE id = ANY(%(ids)s))
                ), deal AS (
                    SELECT customer.id,
                           (so.date_order AT TIME ZONE 'UTC'
                               AT TIME ZONE customer.tz)::date AS day
                      FROM sale_order so
                      JOIN res_partner partner ON partner.id = so.partner_id
                      JOIN customer ON customer.id = partner.commercial_partner_id
                     WHERE so.state = 'sale'
                 UNION ALL
                    SELECT move.commercial_partner_id, move.invoice_date
                      FROM account_move move
                      JOIN customer ON customer.id = move.commercial_partner_id
                     WHERE move.move_type = 'out_invoice' AND move.state = 'posted'
                ), span AS (
                    SELECT id, MIN(day) AS first_day, MAX(day) AS last_day
                      FROM deal GROUP BY id
                ), prospect AS (
                    SELECT customer.id
                      FROM crm_lead lead
                      JOIN res_partner partner ON partner.id = lead.partner_id
                      JOIN customer ON customer.id = partner.commercial_partner_id
                     WHERE lead.type = 'opportunity' AND lead.active
                       AND lead.won_status = 'pending'
                 UNION
                    SELECT customer.id
                      FROM sale_order so
                      JOIN res_partner partner ON partner.id = so.partner_id
                      JOIN customer ON customer.id = partner.commercial_partner_id
                     WHERE so.state IN ('draft', 'sent')
                ), fact AS (
                    SELECT customer.id, span.first_day, span.last_day,
                           CASE WHEN span.first_day IS NULL THEN 'future'
                                WHEN span.first_day > customer.today
                                     - make_interval(months => customer.new_months)
                                THEN 'new' ELSE 'old' END AS lifecycle,
                           CASE WHEN span.last_day > customer.today
                                     - make_interval(months => customer.idle_months)
                                THEN 'current'
                                WHEN prospect.id IS NOT NULL THEN 'upcoming'
                                WHEN span.last_day IS NOT NULL THEN 'past'
                                END AS deal_stage
                      FROM customer
                      LEFT JOIN span ON span.id = customer.id
                      LEFT JOIN prospect ON prospect.id = customer.id
                )
                UPDATE res_partner
                   SET first_order_on = fact.first_day,
                       last_order_on = fact.last_day,
                       lifecycle = fact.lifecycle,
                       deal_stage = fact.deal_stage
                  FROM fact
                 WHERE res_partner.id = fact.id
                   AND (res_partner.first_order_on, res_partner.last_order_on,
                        res_partner.lifecycle, res_partner.deal_stage)
                       IS DISTINCT FROM
                       (fact.first_day, fact.last_day, fact.lifecycle, fact.deal_stage)
                """,
                ids=self.ids,
                keeper=self._kehu_get_keeper_sql(),
                main=self._kehu_get_main_company().id,
            )
        )
        self.env["res.partner"].invalidate_model(
            ["first_order_on", "last_order_on", "lifecycle", "deal_stage"]
        )

    def _kehu_refresh_sales_rank(self, bars):
        """Rank ``self`` by what was invoiced to them in the last year, in one query.

        :param dict bars: of :meth:`_kehu_get_major_bars`
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH sales AS (%(sales)s), bar AS (
                    SELECT * FROM unnest(%(companies)s::int[], %(amounts)s::numeric[])
                        AS t (company_id, amount)
                ), keeper AS (%(keeper)s), fact AS (
                    SELECT customer.id,
                           CASE WHEN sales.id IS NULL
                                THEN CASE WHEN customer.first_order_on IS NOT NULL
                                          THEN 'sporadic' END
                                WHEN sales.amount >= bar.amount
                                 AND customer.first_order_on <= keeper.today
                                     - make_interval(years => keeper.major_years)
                                THEN 'major'
                                WHEN sales.deals <= keeper.sporadic_deals
                                THEN 'sporadic' ELSE 'general' END AS sales_rank
                      FROM res_partner customer
                      JOIN kehu_archive archive ON archive.id = customer.archive_id
                      JOIN keeper
                        ON keeper.id = COALESCE(archive.company_id, %(main)s)
                      LEFT JOIN sales ON sales.id = customer.id
                      LEFT JOIN bar ON bar.company_id = keeper.id
                     WHERE customer.id = ANY(%(ids)s)
                )
                UPDATE res_partner SET sales_rank = fact.sales_rank
                  FROM fact
                 WHERE res_partner.id = fact.id
                   AND res_partner.sales_rank IS DISTINCT FROM fact.sales_rank
                """,
                sales=self._kehu_get_sales_sql(SQL("customer.id = ANY(%s)", self.ids)),
                companies=list(bars),
                amounts=list(bars.values()),
                keeper=self._kehu_get_keeper_sql(),
                main=self._kehu_get_main_company().id,
                ids=self.ids,
            )
        )
        self.env["res.partner"].invalidate_model(["sales_rank"])

    @api.model
    def _kehu_get_major_bars(self):
        """Find the amount from which a customer is among the best of its company.

        Customers without sales, or whose refunds ate up their sales, are not counted.

        :return: {company id: amount}; equal amounts are on the same side of it
        :rtype: dict[int, Decimal]
        """
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    WITH sales AS (%(sales)s), keeper AS (%(keeper)s), placed AS (
                        SELECT company_id, amount,
                               CUME_DIST() OVER (PARTITION BY company_id
                                                     ORDER BY amount DESC) AS place
                          FROM sales WHERE amount > 0
                    )
                    SELECT company_id, MIN(amount)
                      FROM placed JOIN keeper ON keeper.id = placed.company_id
                     WHERE place <= keeper.major_percent / 100.0
                     GROUP BY company_id
                    """,
                    sales=self._kehu_get_sales_sql(SQL("TRUE")),
                    keeper=self._kehu_get_keeper_sql(),
                )
            )
        )

    @api.model
    def _kehu_get_sales_sql(self, condition):
        """Select what each archived customer was invoiced in the last twelve months.

        Refunds lower the amount. All our companies' invoices count, in the currency of
        the company that keeps the archive.

        :param SQL condition: which customers, of the alias ``customer``
        :return: a select of id, company_id, amount, deals
        :rtype: SQL
        """
        rates = self._kehu_get_company_rates()
        return SQL(
            """
            SELECT customer.id, keeper.id AS company_id,
                   SUM(move.amount_untaxed_signed * theirs.rate / ours.rate) AS amount,
                   COUNT(*) FILTER (WHERE move.move_type = 'out_invoice') AS deals
              FROM res_partner customer
              JOIN kehu_archive archive ON archive.id = customer.archive_id
              JOIN (%(keeper)s) keeper
                ON keeper.id = COALESCE(archive.company_id, %(main)s)
              JOIN account_move move
                ON move.commercial_partner_id = customer.id
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.state = 'posted'
               AND move.invoice_date > keeper.today - interval '12 months'
               AND move.invoice_date <= keeper.today
              JOIN (%(rates)s) theirs ON theirs.id = move.company_id
              JOIN (%(rates)s) ours ON ours.id = keeper.id
             WHERE %(condition)s
             GROUP BY customer.id, keeper.id
            """,
            keeper=self._kehu_get_keeper_sql(),
            main=self._kehu_get_main_company().id,
            rates=rates,
            condition=condition,
        )
