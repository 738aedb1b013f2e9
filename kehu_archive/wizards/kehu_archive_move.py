from odoo import fields, models
from odoo.exceptions import UserError


class KehuArchiveMove(models.TransientModel):
    """Moves paper files to another place; the ledger says why (R09)."""

    _name = "kehu.archive.move"
    _description = "Move Files"
    _inherit = ["kehu.put.in.mixin"]

    archive_ids = fields.Many2many(
        "kehu.archive", required=True, help="The files that are moved."
    )
    cabinet_id = fields.Many2one(help="Where the paper files go.")
    reason = fields.Char(help="Why they are moved; it stays in the ledger.")

    def action_confirm(self):
        """Move all files or none."""
        self.ensure_one()
        if not self.cabinet_id:
            raise UserError(self.env._("Say where the files go."))
        wizard = self.with_context(kehu_move_reason=(self.reason or "").strip())
        wizard._put_in()
        return self.archive_ids._prepare_step_notice(
            self.env._("%(count)s files moved.", count=len(self.archive_ids))
        )
