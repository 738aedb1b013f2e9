import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

DEFAULT_FILING_DAYS = 10
DEFAULT_REMIND_DAYS = 3
DEFAULT_NEW_MONTHS = 12
DEFAULT_IDLE_MONTHS = 12
DEFAULT_MAJOR_PERCENT = 20
DEFAULT_MAJOR_YEARS = 1
DEFAULT_MAIN_YEARS = 1
DEFAULT_SPORADIC_DEALS = 2
MAX_PERCENT = 100
DEFAULT_TZ = "Asia/Shanghai"


class ResCompany(models.Model):
    """The company's rules for its customer archives."""

    _inherit = "res.company"

    kehu_auto_register = fields.Boolean(
        string="Register Customers Automatically",
        default=True,
        help="Make a draft archive when a lead is converted or a quotation is made.",
        prefetch="kehu_settings",
    )
    kehu_filing_days = fields.Integer(
        string="Days to Hand In",
        default=DEFAULT_FILING_DAYS,
        help="Days after registration within which an archive is handed in, the last "
        "one included.",
        prefetch="kehu_settings",
    )
    kehu_remind_days = fields.Integer(
        string="Remind Days Before",
        default=DEFAULT_REMIND_DAYS,
        help="How many days before the deadline the salesperson is reminded.",
        prefetch="kehu_settings",
    )
    kehu_min_completeness = fields.Integer(
        string="Completeness Needed (%)",
        default=0,
        help="An archive below this percentage cannot be handed in. 0: no limit.",
        prefetch="kehu_settings",
    )
    kehu_tz = fields.Char(
        string="Time Zone of Deadlines",
        default=DEFAULT_TZ,
        help="Deadlines end at 23:59:59 in this time zone, and the day begins there.",
        prefetch="kehu_settings",
    )
    kehu_unfiled_policy = fields.Selection(
        [("off", "Off"), ("warn", "Warn"), ("block", "Block")],
        string="Customers Without a Filed Archive",
        default="off",
        required=True,
        help="What happens to orders, invoices and deliveries of a customer whose "
        "archive is not filed. Warn: a banner and a note. Block: they cannot be "
        "confirmed, posted or validated. Private persons who are not registered, and "
        "orders that customers confirm online, are never blocked.",
        prefetch="kehu_settings",
    )
    kehu_new_months = fields.Integer(
        string="Months a Customer Is New",
        default=DEFAULT_NEW_MONTHS,
        help="Months after the first deal during which a customer counts as new.",
        prefetch="kehu_settings",
    )
    kehu_idle_months = fields.Integer(
        string="Months Until a Customer Is Former",
        default=DEFAULT_IDLE_MONTHS,
        help="Months without a deal after which a customer counts as former.",
        prefetch="kehu_settings",
    )
    kehu_major_percent = fields.Integer(
        string="Major Customers (%)",
        default=DEFAULT_MAJOR_PERCENT,
        help="How many percent of the buying customers, by amount, are major ones.",
        prefetch="kehu_settings",
    )
    kehu_major_years = fields.Integer(
        string="Years Until Major",
        default=DEFAULT_MAJOR_YEARS,
        help="How long ago the first deal of a major customer must lie.",
        prefetch="kehu_settings",
    )
    kehu_main_years = fields.Integer(
        string="Years Until Main",
        default=DEFAULT_MAIN_YEARS,
        help="From this many years after the first deal on, a general customer is "
        "suggested as a main one; before that as an ordinary one.",
        prefetch="kehu_settings",
    )
    kehu_sporadic_deals = fields.Integer(
        string="Invoices of a Sporadic Customer",
        default=DEFAULT_SPORADIC_DEALS,
        help="Up to this many invoices a year a customer counts as sporadic.",
        prefetch="kehu_settings",
    )

    @api.constrains("kehu_tz")
    def _check_kehu_tz(self):
        for company in self.filtered("kehu_tz"):
            if company.kehu_tz not in pytz.all_timezones_set:
                raise ValidationError(
                    self.env._(
                        "There is no time zone “%(zone)s”. Write it like "
                        "Asia/Shanghai.",
                        zone=company.kehu_tz,
                    )
                )

    @api.constrains(
        "kehu_new_months",
        "kehu_idle_months",
        "kehu_major_percent",
        "kehu_major_years",
        "kehu_main_years",
        "kehu_sporadic_deals",
    )
    def _check_kehu_classification(self):
        names = (
            "kehu_new_months",
            "kehu_idle_months",
            "kehu_major_years",
            "kehu_main_years",
            "kehu_sporadic_deals",
        )
        for company in self:
            if any(company[name] < 0 for name in names) or not (
                0 <= company.kehu_major_percent <= MAX_PERCENT
            ):
                raise ValidationError(
                    self.env._(
                        "%(company)s: months, years and numbers of invoices are not "
                        "negative, and a percentage goes from 0 to 100.",
                        company=company.name,
                    )
                )

    def _kehu_today(self):
        """Today's date where the company is.

        :rtype: datetime.date
        """
        self.ensure_one()
        zone = pytz.timezone(self.kehu_tz or DEFAULT_TZ)
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
