from odoo import api, fields, models
from odoo.tools import SQL, ormcache


class ResPartner(models.Model):
    """Which company's rules, day and currency hold for a customer's figures.

    They are those of the company that keeps the archive; for an archive that all
    companies share they are the main company's, the first in the list of companies.
    """

    _inherit = "res.partner"

    @api.model
    def _kehu_get_company_rates(self):
        """Select what one unit of each company's currency is worth today.

        The rates are those of the main company, chosen as ``_convert`` chooses them;
        rates of companies that the user does not work for count as well.

        :return: a select of id (of the company) and rate, in the main company's
            currency
        :rtype: SQL
        """
        for name in ("res.company", "res.currency.rate"):
            self.env[name].flush_model()
        return SQL(
            """
            SELECT company.id,
                   CASE WHEN company.currency_id = main.currency_id THEN 1
                        ELSE %(ours)s / %(theirs)s END AS rate
              FROM res_company company
              JOIN res_company main ON main.id = %(main)s
             WHERE company.active
            """,
            main=self._kehu_get_main_company().id,
            ours=self._kehu_get_rate_sql(SQL("main.currency_id")),
            theirs=self._kehu_get_rate_sql(SQL("company.currency_id")),
        )

    @api.model
    def _kehu_get_rate_sql(self, currency):
        """Select today's rate of one currency for the company of the alias ``main``.

        :param SQL currency: its id
        :rtype: SQL
        """
        rates = SQL(
            """
            SELECT rate FROM res_currency_rate
             WHERE currency_id = %s AND (company_id = main.id OR company_id IS NULL)
            """,
            currency,
        )
        return SQL(
            """COALESCE((%(rates)s AND name <= %(today)s
                          ORDER BY company_id, name DESC LIMIT 1),
                        (%(rates)s ORDER BY company_id, name LIMIT 1), 1.0)""",
            rates=rates,
            today=fields.Date.today(),
        )

    @api.model
    def _kehu_get_keeper_sql(self):
        """Select the rules of each company, and the day it is there.

        :rtype: SQL
        """
        return SQL(
            """
            SELECT id, tz, new_months, idle_months, major_percent, major_years,
                   sporadic_deals,
                   (%s AT TIME ZONE 'UTC' AT TIME ZONE tz)::date AS today
              FROM (SELECT id, COALESCE(kehu_tz, 'Asia/Shanghai') AS tz,
                           COALESCE(kehu_new_months, 0) AS new_months,
                           COALESCE(kehu_idle_months, 0) AS idle_months,
                           COALESCE(kehu_major_percent, 0) AS major_percent,
                           COALESCE(kehu_major_years, 0) AS major_years,
                           COALESCE(kehu_sporadic_deals, 0) AS sporadic_deals
                      FROM res_company) company
            """,
            fields.Datetime.now(),
        )

    @api.model
    def _kehu_get_main_company(self):
        """The company whose rules hold for archives that all companies share.

        Always the same one, so that a classification does not change with the user
        whose order set it off.
        """
        # sudo: the rules are the same for whoever runs this.
        return self.env["res.company"].sudo().browse(self._kehu_get_main_company_id())

    @api.model
    @ormcache()
    def _kehu_get_main_company_id(self):
        """Remember the main company: Odoo empties the cache when companies come, go,
        are archived or put in another order; none ever becomes another's branch.

        :rtype: int
        """
        main_sudo = (
            self.env["res.company"]
            .sudo()
            .with_context(active_test=True)
            .search([("parent_id", "=", False)], order="sequence, id", limit=1)
        )
        return main_sudo.id
