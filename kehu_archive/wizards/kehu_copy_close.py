from odoo import fields, models


class KehuCopyClose(models.TransientModel):
    """Takes copies back, or notes that they were destroyed (R103)."""

    _name = "kehu.copy.close"
    _description = "Return or Destruction of Copies"

    copy_ids = fields.Many2many(
        "kehu.archive.copy",
        string="Copies",
        required=True,
        readonly=True,
        help="The copies that come off the list.",
    )
    step = fields.Selection(
        [("returned", "Brought Back"), ("destroyed", "Destroyed")],
        default="returned",
        required=True,
        help="What became of the copies.",
    )
    note = fields.Char(
        help="How they were destroyed and who saw it, or in which condition they are."
    )

    def action_confirm(self):
        """Close all copies, or none."""
        self.ensure_one()
        self.copy_ids._close(self.step, self.note)
        return {"type": "ir.actions.act_window_close"}
