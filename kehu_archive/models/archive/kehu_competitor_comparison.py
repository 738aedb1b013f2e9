from odoo import fields, models

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
