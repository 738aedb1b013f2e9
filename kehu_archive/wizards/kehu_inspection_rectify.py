from odoo import fields, models


class KehuInspectionRectify(models.TransientModel):
    """Closes faults of cabinets: asks what was done (R09)."""

    _name = "kehu.inspection.rectify"
    _description = "Close Fault of a Cabinet"

    line_ids = fields.Many2many(
        "kehu.inspection.line", required=True, help="The faults that were put right."
    )
    note = fields.Char(
        string="What Was Done", required=True, help="Kept with the inspection."
    )

    def action_confirm(self):
        """Close all faults or none."""
        self.ensure_one()
        self.line_ids.action_rectify(self.note)
        return {"type": "ir.actions.act_window_close"}
