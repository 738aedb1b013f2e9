from odoo import fields, models


class KehuArchiveNote(models.Model):
    """A dated note of the archive, with its source."""

    _name = "kehu.archive.note"
    _description = "Note in an Archive"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "date desc, id desc"
    _rec_name = "text"

    date = fields.Date(
        default=fields.Date.context_today, required=True, help="Day of the note."
    )
    text = fields.Text(required=True, help="What is worth keeping.")
    source = fields.Char(help="Where it comes from.")
