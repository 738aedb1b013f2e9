import csv
import logging
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import api, fields, models
from odoo.tools import file_open

_logger = logging.getLogger(__name__)
_FOLDER = "kehu_archive/demo"


class KehuDemo(models.AbstractModel):
    """Brings the demonstration's customers to life: everything that depends on today.

    The files in ``demo/history`` say how many days ago something happened; the demo
    data calls :meth:`_load` once. Nothing else does, and without demo data this model
    has nothing to work on.
    """

    _name = "kehu.demo"
    _description = "Demonstration Data"

    @api.model
    def _load(self):
        """Fill archives, do two years of business, then sign, file and close.

        The business comes before the signatures: what is signed shows its figures.
        """
        self = self.with_context(**self._get_quiet_context())  # noqa: PLW0642
        if self.env.ref("kehu_archive.archive_haifeng_demo").state != "draft":
            _logger.info("The demonstration's history is there already.")
            return
        self._load_signatures()
        self._load_sections()
        orders = self._load_deals()
        self._load_cooperations(orders)
        self._load_opportunities(orders)
        self._load_places()
        self._load_custody()
        self._load_loans()
        self._load_room()
        self._load_destructions()
        self._refresh()
        self._load_credit()
        self._load_joint_invoicing()
        self._load_trials()

    @api.model
    def _load_signatures(self):
        """Everybody of the demonstration has signed the secrecy undertaking."""
        users = self.env["res.users"]
        for user in users.search(users._get_kehu_undertaking_domain()):
            self.env["kehu.undertaking"].with_user(user)._sign()

    # === HELPERS === #

    @api.model
    def _get_quiet_context(self):
        """Speak Chinese in what is written down, and send nobody an e-mail."""
        chinese = self.env["res.lang"].search([("code", "=", "zh_CN")])
        return {
            "lang": chinese.code or None,
            "mail_activity_quick_update": True,
            "mail_auto_subscribe_no_notify": True,
            "mail_create_nosubscribe": True,
            "tracking_disable": True,
        }

    @api.model
    def _read_rows(self, name):
        """Read one file of the history.

        :param str name: its name without suffix
        :return: one dict per line; empty cells are left out
        :rtype: list[dict[str, str]]
        """
        with file_open(f"{_FOLDER}/history/{name}.csv") as stream:
            return [
                {column: text for column, text in row.items() if text}
                for row in csv.DictReader(stream)
            ]

    @api.model
    def _prepare_vals(self, row):
        """Turn a line of a file into values.

        ``x_days_ago`` becomes the date ``x``, ``x/id`` the record that an external id
        of this module (or a full one) names.

        :param dict row: as :meth:`_read_rows` gives it
        :rtype: dict
        """
        vals = {}
        for column, text in row.items():
            if column.endswith("_days_ago"):
                vals[column.removesuffix("_days_ago")] = self._days_ago(int(text))
            elif column.endswith("/id"):
                vals[column.removesuffix("/id")] = self._ref(text).id
            else:
                vals[column] = text
        return vals

    @api.model
    def _ref(self, text):
        return self.env.ref(text if "." in text else f"kehu_archive.{text}")

    @api.model
    def _days_ago(self, days):
        """The day ``days`` ago; negative ones lie ahead."""
        return fields.Date.context_today(self) - timedelta(days=days)

    @api.model
    def _moment(self, day, hour=2):
        """A moment of ``day`` within office hours in China, as Odoo stores it (UTC)."""
        return datetime.combine(day, time(hour, 20))

    @contextmanager
    def _at(self, moment):
        """Let the actions stamp a moment gone by; the ledger keeps its own time."""
        with patch.object(fields.Datetime, "now", staticmethod(lambda *args: moment)):
            yield

    @api.model
    def _refresh(self):
        """Do at once what the nightly job would do with these customers."""
        customers = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("archive_id", "!=", False)])
        )
        customers._kehu_refresh_trade()
        customers._kehu_refresh_sales_rank(customers._kehu_get_major_bars())
