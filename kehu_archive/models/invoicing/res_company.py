from odoo import fields, models


class ResCompany(models.Model):
    """How strictly the company asks for the paper of consolidated invoicing (N9)."""

    _inherit = "res.company"

    kehu_agreement_policy = fields.Selection(
        [("off", "Do not ask"), ("warn", "Warn"), ("block", "Block")],
        string="Invoicing Agreement",
        default="warn",
        required=True,
        help="What happens when a customer is invoiced to a party with another tax "
        "number and no agreement about it is on file.",
        prefetch="kehu_settings",
    )
