from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_auto_register = fields.Boolean(
        related="company_id.kehu_auto_register",
        readonly=False,
        help="Make a draft archive when a lead is converted or a quotation is made.",
    )
    kehu_filing_days = fields.Integer(
        related="company_id.kehu_filing_days",
        readonly=False,
        help="Days after registration within which an archive is handed in.",
    )
    kehu_remind_days = fields.Integer(
        related="company_id.kehu_remind_days",
        readonly=False,
        help="How many days before the deadline the salesperson is reminded.",
    )
    kehu_min_completeness = fields.Integer(
        related="company_id.kehu_min_completeness",
        readonly=False,
        help="An archive below this percentage cannot be handed in. 0: no limit.",
    )
    kehu_tz = fields.Char(
        related="company_id.kehu_tz",
        readonly=False,
        help="Deadlines end at 23:59:59 in this time zone.",
    )
    kehu_new_months = fields.Integer(
        related="company_id.kehu_new_months",
        readonly=False,
        help="Months after the first deal during which a customer is new.",
    )
    kehu_idle_months = fields.Integer(
        related="company_id.kehu_idle_months",
        readonly=False,
        help="Months without a deal after which a customer is former.",
    )
    kehu_major_percent = fields.Integer(
        related="company_id.kehu_major_percent",
        readonly=False,
        help="How many percent of the buying customers are major ones.",
    )
    kehu_major_years = fields.Integer(
        related="company_id.kehu_major_years",
        readonly=False,
        help="How long ago the first deal of a major customer must lie.",
    )
    kehu_sporadic_deals = fields.Integer(
        related="company_id.kehu_sporadic_deals",
        readonly=False,
        help="Up to this many invoices a year a customer is sporadic.",
    )
    kehu_main_years = fields.Integer(
        related="company_id.kehu_main_years",
        readonly=False,
        help="From this many years after the first deal on, a general customer is "
        "suggested as a main one.",
    )
    kehu_unfiled_policy = fields.Selection(
        related="company_id.kehu_unfiled_policy",
        readonly=False,
        help="What happens to orders, invoices and deliveries of a customer whose "
        "archive is not filed.",
    )
