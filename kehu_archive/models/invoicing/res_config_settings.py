from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_agreement_policy = fields.Selection(
        related="company_id.kehu_agreement_policy",
        readonly=False,
        help="What happens when a customer is invoiced to a party with another tax "
        "number and no agreement about it is on file.",
    )
