from odoo import api, fields, models
from odoo.tools import SQL

_BATCH = 5000


class ResPartner(models.Model):
    """Where a customer stands in time, in dealing and in sales (R30, R31, R36, R41).

    Plain columns, computed by SQL over orders, invoices and opportunities: at once for
    the customers whose documents change, nightly for all of them, because time alone
    turns a new customer into an old one and a current one into a former one.
    """

    _inherit = "res.partner"

    first_order_on = fields.Date(
        string="First Deal On",
        readonly=True,
        copy=False,
        help="Day of the first confirmed order or posted invoice.",
    )
    last_order_on = fields.Date(
        string="Last Deal On",
        readonly=True,
        copy=False,
        help="Day of the last confirmed order or posted invoice.",
    )
    lifecycle = fields.Selection(
        [("future", "Future"), ("new", "New"), ("old", "Old")],
        string="Life Cycle",
        readonly=True,
        copy=False,
        help="Future: no deal yet. New: the first deal is not longer ago than the "
        "settings say. Old: longer.",
    )
    deal_stage = fields.Selection(
        [("past", "Former"), ("current", "Dealing Now"), ("upcoming", "About to Deal")],
        readonly=True,
        copy=False,
        help="Dealing now: a deal within the months of the settings. About to deal: "
        "none, but an open opportunity or quotation. Former: neither.",
    )
    sales_rank = fields.Selection(
        [("major", "Major"), ("general", "General"), ("sporadic", "Sporadic")],
        readonly=True,
        copy=False,
        help="Major: among the best by invoiced amount and long enough with us. "
        "Sporadic: few deals. General: the rest.",
    )

    # === CRON === #

    @api.model
    def _cron_refresh_trade(self):
        """Refresh all archived customers in batches; can be stopped and continued."""
        self._kehu_refresh_sales_rank()
        self.env["ir.cron"]._commit_progress(remaining=1)
        last_id = 0
        while ids := [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT id FROM res_partner
                        WHERE archive_id IS NOT NULL AND id > %s
                        ORDER BY id LIMIT %s""",
                    last_id,
                    _BATCH,
                )
            )
        ]:
            self.browse(ids)._kehu_refresh_trade()
            last_id = ids[-1]
            self.env["ir.cron"]._commit_progress()
        self.env["ir.cron"]._commit_progress(1)

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
        """Recompute deal dates, life cycle and deal stage of ``self`` in one query."""
        if not self.ids:
            return
        company = self.env.company
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH customer AS (
                    SELECT id FROM res_partner
                     WHERE id IN (SELECT commercial_partner_id FROM res_partner
                                   WHERE id = ANY(%(ids)s))
                       AND archive_id IS NOT NULL
                ), deal AS (
                    SELECT partner.commercial_partner_id AS id,
                           (so.date_order AT TIME ZONE 'UTC'
                               AT TIME ZONE %(tz)s)::date AS day
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
                    SELECT DISTINCT partner.commercial_partner_id AS id
                      FROM crm_lead lead
                      JOIN res_partner partner ON partner.id = lead.partner_id
                      JOIN customer ON customer.id = partner.commercial_partner_id
                     WHERE lead.type = 'opportunity' AND lead.active
                       AND lead.won_status = 'pending'
                 UNION
                    SELECT partner.commercial_partner_id
                      FROM sale_order so
                      JOIN res_partner partner ON partner.id = so.partner_id
                      JOIN customer ON customer.id = partner.commercial_partner_id
                     WHERE so.state IN ('draft', 'sent')
                ), fact AS (
                    SELECT customer.id, span.first_day, span.last_day,
                           CASE WHEN span.first_day IS NULL THEN 'future'
                                WHEN span.first_day > %(today)s::date
                                     - make_interval(months => %(new_months)s)
                                THEN 'new' ELSE 'old' END AS lifecycle,
                           CASE WHEN span.last_day > %(today)s::date
                                     - make_interval(months => %(idle_months)s)
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
                tz=company.kehu_tz,
                today=fields.Date.context_today(self),
                new_months=company.kehu_new_months,
                idle_months=company.kehu_idle_months,
            )
        )
        self.env["res.partner"].invalidate_model(
            ["first_order_on", "last_order_on", "lifecycle", "deal_stage"]
        )

    @api.model
    def _kehu_refresh_sales_rank(self):
        """Rank all archived customers by what was invoiced in the last year (R36).

        The settings say how many percent are major, how long they must have dealt with
        us, and up to how many orders a customer counts as sporadic.
        """
        company = self.env.company
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH sales AS (
                    SELECT customer.id, customer.first_order_on,
                           SUM(move.amount_untaxed_signed) AS amount,
                           COUNT(*) FILTER (WHERE move.move_type = 'out_invoice')
                               AS deals
                      FROM res_partner customer
                      JOIN account_move move
                        ON move.commercial_partner_id = customer.id
                       AND move.move_type IN ('out_invoice', 'out_refund')
                       AND move.state = 'posted'
                       AND move.invoice_date
                           > %(today)s::date - interval '12 months'
                     WHERE customer.archive_id IS NOT NULL
                     GROUP BY customer.id
                ), ranked AS (
                    SELECT id, first_order_on, deals,
                           CUME_DIST() OVER (ORDER BY amount DESC) AS place
                      FROM sales
                ), fact AS (
                    SELECT customer.id,
                           CASE WHEN ranked.id IS NULL
                                THEN CASE WHEN customer.first_order_on IS NOT NULL
                                          THEN 'sporadic' END
                                WHEN ranked.place <= %(major)s / 100.0
                                 AND ranked.first_order_on <= %(today)s::date
                                     - make_interval(years => %(years)s)
                                THEN 'major'
                                WHEN ranked.deals <= %(sporadic)s THEN 'sporadic'
                                ELSE 'general' END AS sales_rank
                      FROM res_partner customer
                      LEFT JOIN ranked ON ranked.id = customer.id
                     WHERE customer.archive_id IS NOT NULL
                )
                UPDATE res_partner SET sales_rank = fact.sales_rank
                  FROM fact
                 WHERE res_partner.id = fact.id
                   AND res_partner.sales_rank IS DISTINCT FROM fact.sales_rank
                """,
                today=fields.Date.context_today(self),
                major=company.kehu_major_percent,
                years=company.kehu_major_years,
                sporadic=company.kehu_sporadic_deals,
            )
        )
        self.env["res.partner"].invalidate_model(["sales_rank"])
