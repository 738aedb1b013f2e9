from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_BATCH = 200


class KehuCabinet(models.Model):
    """When a cabinet was counted last; the yearly reminder (R99)."""

    _inherit = "kehu.cabinet"

    counted_on = fields.Date(
        string="Last Counted",
        readonly=True,
        copy=False,
        help="The day on which the last stock-take of the cabinet was finished.",
    )
    reminded_count_on = fields.Date(
        readonly=True, copy=False, help="When the archive room was reminded to count."
    )

    @api.model
    def _get_count_due_domain(self):
        """Cabinets that were not counted for so many months, by the settings.

        :rtype: Domain
        """
        company = self.env.company
        if not company.kehu_count_months:
            return Domain.FALSE
        day = company._kehu_today() - relativedelta(months=company.kehu_count_months)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(COALESCE(%s, %s) < %s)",
                model._field_to_sql(alias, "counted_on", query),
                model._field_to_sql(alias, "in_use_from", query),
                day,
            ),
            predicate=lambda cabinet: bool(
                (cabinet.counted_on or cabinet.in_use_from or day) < day
            ),
        )

    @api.model
    def _remind_company(self):
        return super()._remind_company() and self._remind_counts()

    @api.model
    def _remind_counts(self):
        """Remind of cabinets that are due to be counted, once for each count missed.

        :return: whether there is time left
        """
        today = self.env.company._kehu_today()
        not_told = Domain("reminded_count_on", "=", False) | Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s < %s)",
                model._field_to_sql(alias, "reminded_count_on", query),
                model._field_to_sql(alias, "counted_on", query),
            ),
        )
        domain = (
            Domain("company_id", "in", [self.env.company.id, False])
            & self._get_count_due_domain()
            & not_told
        )
        while cabinets := self.search(domain, limit=_BATCH):
            cabinets._tell_keepers(
                "mail_activity_count_due", dict.fromkeys(cabinets, today)
            )
            cabinets.write({"reminded_count_on": today})
            if not self.env["ir.cron"]._commit_progress(len(cabinets)):
                return False
        return True


class KehuStocktake(models.Model):
    """A finished count is written on the cabinets."""

    _inherit = "kehu.stocktake"

    def action_finish(self):
        result = super().action_finish()
        # sudo: only the day is written.
        cabinets_sudo = self.sudo().count_ids.cabinet_id
        cabinets_sudo.write({"counted_on": self.env.company._kehu_today()})
        cabinets_sudo.activity_search(["kehu_archive.mail_activity_count_due"]).write(
            {"active": False}
        )
        return result
