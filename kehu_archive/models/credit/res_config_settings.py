from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_credit_auto_accept = fields.Boolean(
        related="company_id.kehu_credit_auto_accept",
        readonly=False,
        help="Computed grades take effect at once. Otherwise they are proposals until "
        "somebody accepts them.",
    )
    kehu_bad_debt_account_ids = fields.Many2many(
        related="company_id.kehu_bad_debt_account_ids",
        readonly=False,
        help="A receivable that is settled against one of these accounts was written "
        "off.",
    )
    kehu_credit_grade_policy = fields.Selection(
        related="company_id.kehu_credit_grade_policy",
        readonly=False,
        help="What happens to orders and deliveries of customers of grade C.",
    )
    kehu_credit_overdue_policy = fields.Selection(
        related="company_id.kehu_credit_overdue_policy",
        readonly=False,
        help="What happens to orders and deliveries when a receivable is overdue for longer than the days below.",
    )
    kehu_credit_overdue_days = fields.Integer(
        related="company_id.kehu_credit_overdue_days",
        readonly=False,
        help="Days for which a receivable may be overdue before this matters.",
    )
    kehu_credit_limit_policy = fields.Selection(
        related="company_id.kehu_credit_limit_policy",
        readonly=False,
        help="What happens to orders and deliveries above the credit limit: that of the credit party first, then the customer's own.",
    )
    kehu_credit_terms_policy = fields.Selection(
        related="company_id.kehu_credit_terms_policy",
        readonly=False,
        help="What happens to orders with longer payment terms than the grade allows.",
    )
    kehu_credit_terms_days_a = fields.Integer(
        related="company_id.kehu_credit_terms_days_a",
        readonly=False,
        help="The longest payment terms of customers of grade A.",
    )
    kehu_credit_terms_days_b = fields.Integer(
        related="company_id.kehu_credit_terms_days_b",
        readonly=False,
        help="The longest payment terms of customers of grade B.",
    )
    kehu_credit_terms_days_c = fields.Integer(
        related="company_id.kehu_credit_terms_days_c",
        readonly=False,
        help="The longest payment terms of customers of grade C. 0: cash only.",
    )
