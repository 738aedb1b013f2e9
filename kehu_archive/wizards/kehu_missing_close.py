from odoo import fields, models


class KehuMissingClose(models.TransientModel):
    """Closes cases of missing files: found where, or given up why (R99)."""

    _name = "kehu.missing.close"
    _description = "Close Case of a Missing File"

    case_ids = fields.Many2many(
        "kehu.missing.case", required=True, help="The cases that are closed."
    )
    outcome = fields.Selection(
        [("found", "Found Again"), ("lost", "Given Up")],
        default="found",
        required=True,
        help="What became of the file.",
    )
    note = fields.Char(
        string="Conclusion",
        required=True,
        help="Where the file was found, or why it is given up.",
    )

    def action_confirm(self):
        """Close all cases or none."""
        self.ensure_one()
        if self.outcome == "found":
            self.case_ids.action_found(self.note)
        else:
            self.case_ids.action_lost(self.note)
        return {"type": "ir.actions.act_window_close"}
