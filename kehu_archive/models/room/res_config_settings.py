from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_full_place_policy = fields.Selection(
        related="company_id.kehu_full_place_policy",
        readonly=False,
        help="What happens when more files are put somewhere than fit in.",
    )
    kehu_inspection_days = fields.Integer(
        related="company_id.kehu_inspection_days",
        readonly=False,
        help="Days from one inspection of a cabinet to the next.",
    )
    kehu_inspection_remind_days = fields.Integer(
        related="company_id.kehu_inspection_remind_days",
        readonly=False,
        help="How many days before it is due the archive room is reminded.",
    )
    kehu_inspection_policy = fields.Selection(
        related="company_id.kehu_inspection_policy",
        readonly=False,
        help="What happens when files are put into a cabinet whose inspection is "
        "overdue.",
    )
    kehu_count_months = fields.Integer(
        related="company_id.kehu_count_months",
        readonly=False,
        help="Months from one stock-take of a cabinet to the next. 0: no reminder.",
    )
