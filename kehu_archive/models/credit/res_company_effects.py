from odoo import api, fields, models
from odoo.exceptions import ValidationError

POLICIES = [("off", "Off"), ("warn", "Warn"), ("block", "Block")]


class ResCompany(models.Model):
    """What the credit of a customer holds up."""

    _inherit = "res.company"

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
