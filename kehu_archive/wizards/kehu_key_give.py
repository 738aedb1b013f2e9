from odoo import fields, models


class KehuKeyGive(models.TransientModel):
    """Hands keys over: to whom, signed by whom, and why (R09)."""

    _name = "kehu.key.give"
    _description = "Hand Over Keys"

    key_ids = fields.Many2many(
        "kehu.cabinet.key",
        string="Keys",
        required=True,
        help="The keys that are handed over.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="New Holder",
        domain=[("share", "=", False)],
        help="Who takes the keys. Empty: they go into the safe.",
    )
    signature = fields.Char(
        string="Signed By", help="Whoever takes the keys writes his or her name here."
    )
    note = fields.Char(string="Why", help="Holiday, change of office …")

    def action_confirm(self):
        """Hand over all keys or none."""
        self.ensure_one()
        self.key_ids._hand_over(self.user_id, self.signature, self.note)
        return {"type": "ir.actions.act_window_close"}
