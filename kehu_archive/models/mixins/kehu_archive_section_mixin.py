from odoo import api, fields, models


class KehuArchiveSectionMixin(models.AbstractModel):
    """A line of an archive: it follows the archive's rights and its closing."""

    _name = "kehu.archive.section.mixin"
    _description = "Line of an Archive"

    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="cascade",
        index=True,
        help="The archive that the line belongs to.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.archive_id._check_content_is_open()
        return lines

    def write(self, vals):
        self.archive_id._check_content_is_open()
        result = super().write(vals)
        if "archive_id" in vals:
            self.archive_id._check_content_is_open()
            # Rules are asked before the write: ask again where the line went to.
            self.check_access("write")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.archive_id._check_content_is_open()
