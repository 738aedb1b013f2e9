from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

# By how much the amount of a category has to change to count as growing or falling.
STEADY = 0.10
PERCENT = 100


class KehuArchive(models.Model):
    """What the customer tends to buy, derived from its orders (R44).

    Shown beside what the rep noted. Computed when the page is opened, from confirmed
    orders with any of our companies: the share of each product category in the last
    twelve months, and whether its amount grew or fell against the twelve months
    before. Amounts stay with the orders; the reader of an archive sees shares.
    """

    _inherit = "kehu.archive"

    buying_tendency = fields.Html(
        compute="_compute_buying_tendency",
        help="Share of each product category in the orders of the last 12 months, and "
        "how it changed against the 12 months before.",
    )

    @api.depends_context("lang")
    def _compute_buying_tendency(self):
        tendencies = self._get_buying_tendencies()
        labels = {
            "new": self.env._("new"),
            "growing": self.env._("growing"),
            "steady": self.env._("steady"),
            "falling": self.env._("falling"),
            "stopped": self.env._("stopped"),
        }
        row = Markup("<tr><td>%s</td><td class='text-end'>%s %%</td><td>%s</td></tr>")
        for archive in self:
            lines = tendencies.get(archive.id)
            archive.buying_tendency = (
                Markup("<table class='table table-sm'><tbody>%s</tbody></table>")
                % Markup().join(
                    row % (line["category"], line["share"], labels[line["trend"]])
                    for line in lines
                )
                if lines
                else False
            )

    def get_buying_tendency(self):
        """Return what the customer tends to buy, the largest share first.

        :return: [{"category", "share" in percent, "trend"}]; the trend is one of new,
            growing, steady, falling and stopped
        :rtype: list[dict]
        :raise AccessError: when the reader may not read the archive
        """
        self.ensure_one()
        self.check_access("read")
        return self._get_buying_tendencies().get(self.id, [])

    def _get_buying_tendencies(self):
        """Derive the tendencies of all archives of ``self`` in one query.

        :return: {archive id: lines as of :meth:`get_buying_tendency`}
        :rtype: dict[int, list[dict]]
        """
        amounts = defaultdict(dict)
        for archive_id, category, now, before in self._query_order_mix():
            amounts[archive_id][category] = (float(now), float(before))
        tendencies = {}
        for archive_id, mix in amounts.items():
            total = sum(now for now, _before in mix.values())
            tendencies[archive_id] = [
                {
                    "category": category or self.env._("without a category"),
                    "share": round(PERCENT * now / total) if total > 0 else 0,
                    "trend": self._get_trend(now, before),
                }
                for category, (now, before) in sorted(
                    mix.items(), key=lambda item: (-item[1][0], item[0] or "")
                )
            ]
        return tendencies

    @staticmethod
    def _get_trend(now, before):
        if before <= 0:
            return "new"
        if now <= 0:
            return "stopped"
        change = (now - before) / before
        if change >= STEADY:
            return "growing"
        return "falling" if change <= -STEADY else "steady"

    def _query_order_mix(self):
        """Sum the order lines by archive and category for the last two years.

        :return: rows of archive id, category, amount of the last twelve months and of
            the twelve before, in one currency
        :rtype: list[tuple]
        """
        if not self.ids:
            return []
        partners = self.env["res.partner"]
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                WITH line AS (
                    SELECT archive.id, category.complete_name AS category,
                           (so.date_order AT TIME ZONE 'UTC'
                               AT TIME ZONE keeper.tz)::date
                               > keeper.today - interval '12 months' AS is_now,
                           sol.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1)
                               * rates.rate AS amount
                      FROM kehu_archive archive
                      JOIN (%(keeper)s) keeper
                        ON keeper.id = COALESCE(archive.company_id, %(main)s)
                      JOIN res_partner contact
                        ON contact.commercial_partner_id = archive.partner_id
                      JOIN sale_order so
                        ON so.partner_id = contact.id AND so.state = 'sale'
                       AND so.date_order > keeper.today - interval '25 months'
                      JOIN (%(rates)s) rates ON rates.id = so.company_id
                      JOIN sale_order_line sol ON sol.order_id = so.id
                       AND sol.display_type IS NULL
                       AND sol.is_downpayment IS NOT TRUE
                      LEFT JOIN product_product product ON product.id = sol.product_id
                      LEFT JOIN product_template template
                        ON template.id = product.product_tmpl_id
                      LEFT JOIN product_category category
                        ON category.id = template.categ_id
                     WHERE archive.id = ANY(%(ids)s)
                       AND (so.date_order AT TIME ZONE 'UTC'
                               AT TIME ZONE keeper.tz)::date
                           > keeper.today - interval '24 months'
                )
                SELECT id, category,
                       COALESCE(SUM(amount) FILTER (WHERE is_now), 0),
                       COALESCE(SUM(amount) FILTER (WHERE NOT is_now), 0)
                  FROM line
                 GROUP BY id, category
                HAVING SUM(amount) > 0
                """,
                keeper=partners._kehu_get_keeper_sql(),
                main=partners._kehu_get_main_company().id,
                rates=partners._kehu_get_company_rates(),
                ids=self.ids,
            )
        )
