from odoo import api, fields, models
from odoo.exceptions import ValidationError

MAX_SCORE = 5


class KehuServiceRecord(models.Model):
    """One event of service: a repair, a satisfaction answer, a complaint (R07)."""

    _name = "kehu.service.record"
    _description = "Service Record of a Customer"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "date desc, id desc"
    _rec_name = "description"

    kind = fields.Selection(
        [
            ("after_sales", "After-sales Service"),
            ("satisfaction", "Satisfaction"),
            ("complaint", "Complaint"),
        ],
        default="after_sales",
        required=True,
        help="What kind of event it was.",
    )
    date = fields.Date(
        default=fields.Date.context_today, required=True, help="When it happened."
    )
    description = fields.Char(required=True, help="What happened.")
    deadline = fields.Date(help="Until when it has to be settled.")
    result = fields.Char(help="How it ended.")
    score = fields.Integer(help="Satisfaction from 1 (lowest) to 5. 0: not asked.")
    state = fields.Selection(
        [("open", "Open"), ("closed", "Settled")],
        default="open",
        required=True,
        help="An open complaint is shown on the customer card.",
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", help="Still open after its deadline."
    )

    # Open complaints are counted whenever a card is shown.
    _complaint_idx = models.Index("(archive_id, state) WHERE kind = 'complaint'")

    @api.depends("deadline", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for record in self:
            record.is_overdue = bool(
                record.state == "open" and record.deadline and record.deadline < today
            )

    @api.constrains("score")
    def _check_score(self):
        for record in self:
            if not 0 <= record.score <= MAX_SCORE:
                raise ValidationError(
                    self.env._(
                        "Satisfaction goes from 1 to %(max)s (0: not asked).",
                        max=MAX_SCORE,
                    )
                )
