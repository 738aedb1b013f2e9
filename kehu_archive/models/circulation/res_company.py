from odoo import fields, models

DEFAULT_LOAN_DAYS = 7
DEFAULT_LOAN_MAX_DAYS = 14
DEFAULT_MAX_RENEWALS = 1
DEFAULT_BLIND_LIMIT = 20
# Nobody enters so many customers by hand; whoever tries them all gets nowhere.
DEFAULT_TYPING_LIMIT = 600


class ResCompany(models.Model):
    """The company's rules for consulting and borrowing archives."""

    _inherit = "res.company"

    kehu_loan_days = fields.Integer(
        string="Usual Days of Access",
        default=DEFAULT_LOAN_DAYS,
        help="Period that a request proposes, in days.",
        prefetch="kehu_settings",
    )
    kehu_loan_max_days = fields.Integer(
        string="Longest Period (Days)",
        default=DEFAULT_LOAN_MAX_DAYS,
        help="Longer requests are refused. 0: no limit.",
        prefetch="kehu_settings",
    )
    kehu_max_renewals = fields.Integer(
        string="Renewals Allowed",
        default=DEFAULT_MAX_RENEWALS,
        help="How often a loan may be renewed.",
        prefetch="kehu_settings",
    )
    kehu_overdue_blocks = fields.Boolean(
        string="Overdue Blocks",
        default=True,
        help="Whoever has not brought back an archive in time gets no other one.",
        prefetch="kehu_settings",
    )
    kehu_typing_limit = fields.Integer(
        string="Values Typed per Hour",
        default=DEFAULT_TYPING_LIMIT,
        help="For how many typed names, codes, tax and telephone numbers one user is "
        "told of doubles within an hour. 0: no limit.",
        prefetch="kehu_settings",
    )
    kehu_blind_limit = fields.Integer(
        string="Questions per Hour",
        default=DEFAULT_BLIND_LIMIT,
        help="How often one user may ask within an hour whether a customer is taken. "
        "0: no limit.",
        prefetch="kehu_settings",
    )
