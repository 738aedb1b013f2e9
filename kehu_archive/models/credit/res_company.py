from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...credit import Rules
from ...wording import comma

MAX_PERCENT = 100
_DEFAULTS = Rules()
POLICIES = [("off", "Off"), ("warn", "Warn"), ("block", "Block")]


class ResCompany(models.Model):
    """What the company calls late, often, and easy to recover (R88-R90), and what the
    credit of a customer holds up.
    """

    _inherit = "res.company"

    kehu_credit_grace_days = fields.Integer(
        string="Days of Grace",
        default=_DEFAULTS.grace_days,
        help="A receivable is late when it is paid more than this many days after it "
        "was due.",
        prefetch="kehu_settings",
    )
    kehu_credit_months = fields.Integer(
        string="Months Looked Back",
        default=_DEFAULTS.months,
        help="Receivables that were due within this many months count, and all that "
        "are open.",
        prefetch="kehu_settings",
    )
    kehu_credit_often_count = fields.Integer(
        string="Late Often From",
        default=_DEFAULTS.often_count,
        help="From this many late receivables on, the grade is at best B. 0: the number "
        "does not matter.",
        prefetch="kehu_settings",
    )
    kehu_credit_often_percent = fields.Integer(
        string="Late Often From (%)",
        default=_DEFAULTS.often_percent,
        help="From this share of late receivables on, the grade is at best B. 0: the "
        "share does not matter.",
        prefetch="kehu_settings",
    )
    kehu_credit_easy_days = fields.Integer(
        string="Easily Recovered Within",
        default=_DEFAULTS.easy_days,
        help="A receivable that was paid more than this many days after it was due "
        "makes the grade C.",
        prefetch="kehu_settings",
    )
    kehu_credit_open_days = fields.Integer(
        string="Open at Most",
        default=_DEFAULTS.open_days,
        help="A receivable that is open more than this many days after it was due "
        "makes the grade C.",
        prefetch="kehu_settings",
    )
    kehu_credit_auto_accept = fields.Boolean(
        string="Accept Grades Automatically",
        help="Computed grades take effect at once. Otherwise they are proposals until "
        "somebody accepts them.",
        prefetch="kehu_settings",
    )
    kehu_bad_debt_account_ids = fields.Many2many(
        "account.account",
        "kehu_company_bad_debt_account_rel",
        string="Bad Debt Accounts",
        help="A receivable that is settled against one of these accounts was written "
        "off. Empty: whatever a general entry settles against an expense or against "
        "a provision.",
    )

    # === FIELDS - EFFECTS === #

    kehu_credit_grade_policy = fields.Selection(
        POLICIES,
        string="Customers of Grade C",
        default="off",
        required=True,
        help="What happens to orders and deliveries of customers of grade C.",
        prefetch="kehu_settings",
    )
    kehu_credit_overdue_policy = fields.Selection(
        POLICIES,
        string="Overdue Receivables",
        default="off",
        required=True,
        help="What happens to orders and deliveries when a receivable is overdue for "
        "longer than the days below.",
        prefetch="kehu_settings",
    )
    kehu_credit_overdue_days = fields.Integer(
        string="Overdue at Most",
        default=30,
        help="Days for which a receivable may be overdue before this matters.",
        prefetch="kehu_settings",
    )
    kehu_credit_limit_policy = fields.Selection(
        POLICIES,
        string="Credit Limit Exceeded",
        default="off",
        required=True,
        help="What happens to orders and deliveries above the credit limit: that of "
        "the credit party first, then the customer's own.",
        prefetch="kehu_settings",
    )
    kehu_credit_terms_policy = fields.Selection(
        POLICIES,
        string="Payment Terms Not Allowed",
        default="off",
        required=True,
        help="What happens to orders with longer payment terms than the grade allows.",
        prefetch="kehu_settings",
    )
    kehu_credit_terms_days_a = fields.Integer(
        string="Days for Grade A",
        default=90,
        help="The longest payment terms of customers of grade A.",
        prefetch="kehu_settings",
    )
    kehu_credit_terms_days_b = fields.Integer(
        string="Days for Grade B",
        default=30,
        help="The longest payment terms of customers of grade B.",
        prefetch="kehu_settings",
    )
    kehu_credit_terms_days_c = fields.Integer(
        string="Days for Grade C",
        default=0,
        help="The longest payment terms of customers of grade C. 0: cash only.",
        prefetch="kehu_settings",
    )

    # === CONSTRAINTS === #

    @api.constrains(
        "kehu_credit_grace_days",
        "kehu_credit_months",
        "kehu_credit_often_count",
        "kehu_credit_often_percent",
        "kehu_credit_easy_days",
        "kehu_credit_open_days",
    )
    def _check_kehu_credit_rules(self):
        for company in self:
            company._kehu_check_credit_rules(company._kehu_get_credit_rules())

    @api.constrains(
        "kehu_credit_overdue_days",
        "kehu_credit_terms_days_a",
        "kehu_credit_terms_days_b",
        "kehu_credit_terms_days_c",
    )
    def _check_kehu_credit_days(self):
        for company in self:
            if (
                min(
                    company.kehu_credit_overdue_days,
                    company.kehu_credit_terms_days_a,
                    company.kehu_credit_terms_days_b,
                    company.kehu_credit_terms_days_c,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(company)s: days are not negative.", company=company.name
                    )
                )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_assessed(self):
        """:raise UserError: naming companies by whose rules customers were graded"""
        # sudo: snapshots keep their company whoever may read them.
        assessments_sudo = self.env["kehu.credit.assessment"].sudo()
        if kept := self.filtered(
            lambda company: assessments_sudo.search_count(
                [("company_id", "=", company.id)], limit=1
            )
        ):
            raise UserError(
                self.env._(
                    "Credit assessments were made by the rules of %(companies)s.",
                    companies=comma(self.env).join(kept.mapped("name")),
                )
            )

    # === BUSINESS METHODS === #

    def _kehu_check_credit_rules(self, rules):
        """Refuse rules that make no sense.

        :param Rules rules: thresholds, saved or not
        :raise ValidationError: naming the company
        """
        self.ensure_one()
        if min(rules) < 0 or rules.often_percent > MAX_PERCENT or not rules.months:
            raise ValidationError(
                self.env._(
                    "%(company)s: days and numbers of receivables are not "
                    "negative, a percentage goes from 0 to 100, and at least one "
                    "month is looked back.",
                    company=self.name,
                )
            )
        if min(rules.easy_days, rules.open_days) < rules.grace_days:
            raise ValidationError(
                self.env._(
                    "%(company)s: the days of grace are not longer than what "
                    "makes the grade C.",
                    company=self.name,
                )
            )

    def _kehu_get_credit_rules(self):
        """Return the company's thresholds.

        :rtype: odoo.addons.kehu_archive.credit.Rules
        """
        self.ensure_one()
        names = [f"kehu_credit_{name}" for name in Rules._fields]
        # A form waits for these few, not for the whole company.
        self.fetch([*names, "currency_id"])
        return Rules(*(self[name] for name in names))
