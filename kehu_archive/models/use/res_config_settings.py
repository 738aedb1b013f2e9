from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_release_reason = fields.Boolean(
        related="company_id.kehu_release_reason",
        readonly=False,
        help="Whoever prints or exports from archives says why.",
    )
    kehu_release_limit = fields.Integer(
        related="company_id.kehu_release_limit",
        readonly=False,
        help="How many archives one user prints or exports on a day before it is "
        "unusual. 0: no limit.",
    )
    kehu_release_excess = fields.Selection(
        related="company_id.kehu_release_excess",
        readonly=False,
        help="What happens when somebody takes out more than that on a day.",
    )
    kehu_copy_days = fields.Integer(
        related="company_id.kehu_copy_days",
        readonly=False,
        help="A copy that was neither returned nor destroyed by then is due. 0: never.",
    )
    kehu_disclosure_required = fields.Boolean(
        related="company_id.kehu_disclosure_required",
        readonly=False,
        help="What is marked sensitive leaves on paper, as a file or by mail only "
        "while a disclosure of it is running.",
    )
    kehu_undertaking_required = fields.Boolean(
        related="company_id.kehu_undertaking_required",
        readonly=False,
        help="Personal traits stay closed to whoever has not signed the secrecy "
        "undertaking within a year.",
    )
