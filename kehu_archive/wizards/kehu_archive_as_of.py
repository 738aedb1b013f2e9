from markupsafe import Markup

from odoo import api, fields, models


class KehuArchiveAsOf(models.TransientModel):
    """Shows an archive as it was at the end of a day."""

    _name = "kehu.archive.as.of"
    _description = "Archive as of a Day"

    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="cascade",
        readonly=True,
        help="The archive that is looked at.",
    )
    day = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="The archive is shown as it was at the end of this day.",
    )
    content = fields.Html(
        compute="_compute_content",
        sanitize=False,
        help="Every fact that the archive held at that time.",
    )

    @api.depends("archive_id", "day")
    @api.depends_context("uid", "lang")
    def _compute_content(self):
        for question in self:
            question.content = (
                question._render(question.archive_id.get_facts_as_of(question.day))
                if question.archive_id and question.day
                else False
            )

    @api.model
    def _render(self, answer):
        parts = []
        if not answer["complete"]:
            parts.append(
                Markup('<div class="alert alert-warning">%s</div>')
                % self.env._("Some changes since then can no longer be read.")
            )
        for record in answer["records"]:
            rows = Markup().join(
                Markup("<tr><th class='w-25'>%s</th><td>%s</td></tr>")
                % (fact["label"], fact["text"])
                for fact in record["facts"]
            )
            parts.append(
                Markup("<h4>%s</h4><table class='table table-sm'>%s</table>")
                % (record["title"], rows)
            )
        if not answer["records"]:
            parts.append(self.env._("There was no such archive yet."))
        return Markup().join(parts)
