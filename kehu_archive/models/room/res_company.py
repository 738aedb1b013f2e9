from odoo import api, fields, models
from odoo.exceptions import ValidationError

DEFAULT_INSPECTION_DAYS = 30
DEFAULT_INSPECTION_REMIND_DAYS = 3
DEFAULT_COUNT_MONTHS = 12


class ResCompany(models.Model):
    """The company's rules for its archive room."""

    _inherit = "res.company"

    kehu_full_place_policy = fields.Selection(
        [("warn", "Warn"), ("block", "Block")],
        string="Full Places",
        default="block",
        required=True,
        help="What happens when more files are put somewhere than fit in.",
        prefetch="kehu_settings",
    )
    kehu_inspection_days = fields.Integer(
        string="Inspect Cabinets Every (Days)",
        default=DEFAULT_INSPECTION_DAYS,
        help="Days from one inspection of a cabinet to the next; a cabinet may have its "
        "own. 0: not scheduled.",
        prefetch="kehu_settings",
    )
    kehu_inspection_remind_days = fields.Integer(
        string="Remind of Inspections (Days Before)",
        default=DEFAULT_INSPECTION_REMIND_DAYS,
        help="How many days before it is due the archive room is reminded.",
        prefetch="kehu_settings",
    )
    kehu_inspection_policy = fields.Selection(
        [("off", "Off"), ("warn", "Warn"), ("block", "Block")],
        string="Overdue Inspection",
        default="warn",
        required=True,
        help="What happens when files are put into a cabinet whose inspection is "
        "overdue, or that has a fault which was not put right in time.",
        prefetch="kehu_settings",
    )
    kehu_count_months = fields.Integer(
        string="Count Cabinets Every (Months)",
        default=DEFAULT_COUNT_MONTHS,
        help="Months from one stock-take of a cabinet to the next. 0: no reminder.",
        prefetch="kehu_settings",
    )

    @api.constrains(
        "kehu_inspection_days", "kehu_inspection_remind_days", "kehu_count_months"
    )
    def _check_kehu_room(self):
        for company in self:
            if (
                min(
                    company.kehu_inspection_days,
                    company.kehu_inspection_remind_days,
                    company.kehu_count_months,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(company)s: days and months are not negative.",
                        company=company.name,
                    )
                )
