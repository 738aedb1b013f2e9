from odoo import fields, models


class KehuRetentionChange(models.TransientModel):
    """Asks for the new end of a retention and its reason."""

    _name = "kehu.retention.change"
    _description = "Change of a Retention"

    archive_ids = fields.Many2many(
        "kehu.archive", required=True, help="The archives whose retention is changed."
    )
    retention_until = fields.Date(required=True, help="The new end of the retention.")
    reason = fields.Char(required=True, help="Kept with the archives.")

    def action_confirm(self):
        """Change the retention of all archives, or of none."""
        self.ensure_one()
        self.archive_ids.action_change_retention(self.retention_until, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
