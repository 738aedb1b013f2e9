from odoo import fields, models
from odoo.exceptions import ValidationError

# The 51st archive that somebody takes out on a day is unusual (R18).
DEFAULT_RELEASE_LIMIT = 50
DEFAULT_COPY_DAYS = 30


class ResCompany(models.Model):
    """The company's rules for what leaves archives on paper or as a file."""

    _inherit = "res.company"

    kehu_release_reason = fields.Boolean(
        string="Ask for a Reason",
        default=True,
        help="Whoever prints or exports from archives says why.",
        prefetch="kehu_settings",
    )
    kehu_release_limit = fields.Integer(
        string="Archives a Day",
        default=DEFAULT_RELEASE_LIMIT,
        help="How many archives one user prints or exports on a day before it is "
        "unusual. 0: no limit.",
        prefetch="kehu_settings",
    )
    kehu_release_excess = fields.Selection(
        [
            ("off", "Do Nothing"),
            ("warn", "Alert the Auditors"),
            ("block", "Refuse, and Alert the Auditors"),
        ],
        string="Beyond the Limit",
        default="warn",
        required=True,
        help="What happens when somebody takes out more than that on a day.",
        prefetch="kehu_settings",
    )
    kehu_copy_days = fields.Integer(
        string="Days Until a Copy Is Due",
        default=DEFAULT_COPY_DAYS,
        help="A copy that was neither returned nor destroyed by then is due. 0: never.",
        prefetch="kehu_settings",
    )

    kehu_disclosure_required = fields.Boolean(
        string="Disclosure Required",
        default=True,
        help="What is marked sensitive leaves on paper, as a file or by mail only "
        "while a disclosure of it is running.",
        prefetch="kehu_settings",
    )
    kehu_undertaking_required = fields.Boolean(
        string="Undertaking Required",
        default=True,
        help="Personal traits stay closed to whoever has not signed the secrecy "
        "undertaking within a year.",
        prefetch="kehu_settings",
    )

    def write(self, vals):
        if any(vals.get(name, 0) < 0 for name in self._get_kehu_use_numbers(vals)):
            raise ValidationError(
                self.env._("Limits and days of copies are not negative; 0 is no limit.")
            )
        return super().write(vals)

    def _get_kehu_use_numbers(self, vals):
        return {"kehu_release_limit", "kehu_copy_days"} & vals.keys()
