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
