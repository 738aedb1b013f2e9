from odoo import fields, models


class KehuDisclosureRefuse(models.TransientModel):
    """Asks why a disclosure is refused."""

    _name = "kehu.disclosure.refuse"
    _description = "Refusal of a Disclosure"

    disclosure_ids = fields.Many2many(
        "kehu.disclosure", required=True, readonly=True, help="What is refused."
    )
    reason = fields.Char(required=True, help="Told to whoever asked.")

    def action_confirm(self):
        """Refuse all of them, or none."""
        self.ensure_one()
        self.disclosure_ids.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
