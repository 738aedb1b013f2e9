from odoo import api, fields, models
from odoo.exceptions import ValidationError


class KehuCompetitor(models.Model):
    """A rival at this customer, with its share of the customer's purchases (R118)."""

    _name = "kehu.competitor"
    _description = "Competitor at a Customer"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "share desc, id"

    name = fields.Char(required=True, help="Name of the competitor.")
    relation = fields.Char(help="How close the customer is to this competitor.")
    share = fields.Float(
        string="Share (%)", help="Share of the customer's purchases, in percent."
    )
    price_note = fields.Char(string="Price", help="Its prices beside ours.")
    note = fields.Char(help="Strengths, weaknesses, terms.")

    @api.constrains("share", "archive_id")
    def _check_share(self):
        for archive, competitors in self.grouped("archive_id").items():
            total = sum(archive.competitor_ids.mapped("share"))
            if any(competitor.share < 0 for competitor in competitors) or total > 100:
                raise ValidationError(
                    self.env._(
                        "The competitors' shares at %(customer)s lie between 0 and 100 "
                        "and do not exceed 100 together; now %(total)s.",
                        customer=archive.partner_id.display_name,
                        total=f"{total:g}",
                    )
                )
