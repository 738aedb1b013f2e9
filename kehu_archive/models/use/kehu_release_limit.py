from datetime import datetime, time, timedelta
from functools import partial

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import retrying

from ..inherited.res_company import DEFAULT_TZ


class KehuRelease(models.Model):
    """How much one user takes out on a day, and what happens beyond the limit (R18)."""

    _inherit = "kehu.release"

    @api.model
    def _get_day_start(self):
        """The first second of the company's day, in UTC.

        :rtype: datetime.datetime
        """
        company_sudo = self.env.company.sudo()
        zone = pytz.timezone(company_sudo.kehu_tz or DEFAULT_TZ)
        midnight = zone.localize(datetime.combine(company_sudo._kehu_today(), time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_taken_today(self):
        """How many archives the present user took out on the company's day.

        :rtype: int
        """
        # sudo: one's own count.
        ((total,),) = self.sudo()._read_group(
            [
                ("user_id", "=", self.env.uid),
                ("taken_at", ">=", self._get_day_start()),
            ],
            [],
            ["archive_count:sum"],
        )
        return total or 0

    @api.model
    def _check_limit(self, count):
        """Compare what the user takes out on this day with the company's limit.

        :param int count: archives about to leave
        :raise UserError: when the company refuses more
        """
        company_sudo = self.env.company.sudo()
        limit = company_sudo.kehu_release_limit
        if self.env.su or not limit or company_sudo.kehu_release_excess == "off":
            return
        total = self._get_taken_today() + count
        if total <= limit:
            return
        if company_sudo.kehu_release_excess == "warn":
            self.env["kehu.alert"]._raise_alert("volume", total, limit)
            return
        # The refusal takes this transaction back: the alert is written after it.
        self.env.cr.postrollback.add(
            partial(
                self._write_alert,
                self.env.registry,
                (self.env.uid, self.env.company.ids),
                ("refused", total, limit),
            )
        )
        raise UserError(
            self.env._(
                "You may print or export %(limit)s archives a day; this would make "
                "%(total)s. The auditors are told.",
                limit=limit,
                total=total,
            )
        )

    @api.model
    def _write_alert(self, registry, who, alert):
        uid, company_ids = who
        with registry.cursor() as cr:
            env = api.Environment(cr, uid, {"allowed_company_ids": company_ids})
            retrying(partial(env["kehu.alert"]._raise_alert, *alert), env)


class KehuAlert(models.AbstractModel):
    """Which reading is unusual: the ledger is asked, not the users."""

    _name = "kehu.reading.watch"
    _description = "Watch Over Unusual Reading"

    @api.model
    def _cron_watch_reading(self):
        """Alert the auditors to whoever opened the sensitive layer of more archives
        in the last 24 hours than the limit of his company allows on a day (R18)."""
        # sudo: a cron; the ledger is nobody's to read but the auditors'.
        read = self.env["kehu.event"]._read_group(
            [
                ("action", "=", "read"),
                ("at", ">=", fields.Datetime.now() - timedelta(days=1)),
            ],
            ["user_id"],
            ["archive_id:count_distinct"],
        )
        for user, count in read:
            company = user.company_id
            if (
                company.kehu_release_excess != "off"
                and 0 < company.kehu_release_limit < count
            ):
                self.env["kehu.alert"].with_user(user).with_company(
                    company
                )._raise_alert("reading", count, company.kehu_release_limit)
