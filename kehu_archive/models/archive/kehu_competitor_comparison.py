from odoo import api, fields, models
from odoo.exceptions import ValidationError

_SCORES = [(str(score), str(score)) for score in range(1, 6)]


class KehuCompetitorComparison(models.Model):
    """Our offer beside one competitor's on one day: price, quality, delivery, service.

    Scores say how we stand: 5 much better than the competitor, 3 even, 1 much worse.
    """

    _name = "kehu.competitor.comparison"
    _description = "Comparison With a Competitor"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "date desc, id desc"
    _rec_name = "competitor_id"

    competitor_id = fields.Many2one(
        "kehu.competitor",
        required=True,
        ondelete="cascade",
        index=True,
        help="The competitor that we compare ourselves with.",
    )
    date = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="The day to which the comparison applies.",
    )
    price = fields.Selection(_SCORES, help="Our price: 5 much better, 1 much worse.")
    quality = fields.Selection(_SCORES, help="Our quality: 5 much better, 1 worse.")
    delivery = fields.Selection(_SCORES, help="Our delivery: 5 much better, 1 worse.")
    service = fields.Selection(_SCORES, help="Our service: 5 much better, 1 worse.")
    note = fields.Char(help="What the scores rest on.")

    @api.constrains("competitor_id", "archive_id")
    def _check_competitor_is_of_archive(self):
        """The name of a competitor shows only in the archive that speaks of it."""
        for line in self:
            # sudo: only the two archives are compared.
            line_sudo = line.sudo()
            if line_sudo.competitor_id.archive_id not in (
                line_sudo.archive_id,
                line_sudo.archive_id.browse(),
            ):
                raise ValidationError(
                    self.env._("Choose a competitor of the same archive.")
                )
