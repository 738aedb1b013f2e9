from odoo import api, fields, models


class KehuKeyHandover(models.Model):
    """Who gave which key to whom: added once, never changed (R09)."""

    _name = "kehu.key.handover"
    _description = "Hand-over of a Cabinet Key"
    _inherit = ["kehu.append.only.mixin"]
    _order = "at desc, id desc"
    _rec_name = "key_id"

    key_id = fields.Many2one(
        "kehu.cabinet.key",
        string="Cabinet Key",
        required=True,
        index=True,
        ondelete="restrict",
        help="The key that was handed over.",
    )
    cabinet_id = fields.Many2one(
        related="key_id.cabinet_id", help="The cabinet that the key opens."
    )
    from_id = fields.Many2one(
        "res.users",
        string="Given By",
        ondelete="restrict",
        help="Who had the key. Empty: the safe.",
    )
    to_id = fields.Many2one(
        "res.users",
        string="Taken By",
        ondelete="restrict",
        help="Who took the key. Empty: the safe.",
    )
    at = fields.Datetime(required=True, help="When it was handed over.")
    by_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        required=True,
        ondelete="restrict",
        help="Who wrote the hand-over down.",
    )
    signature = fields.Char(
        string="Signed By", help="Name signed by whoever took the key."
    )
    note = fields.Char(help="Why it was handed over.")

    @api.depends("key_id", "at")
    def _compute_display_name(self):
        for handover in self:
            handover.display_name = (
                f"{handover.key_id.display_name} "
                f"{fields.Date.to_string(handover.at) or ''}"
            ).strip()
