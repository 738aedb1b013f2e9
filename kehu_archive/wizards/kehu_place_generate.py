from odoo import fields, models

_WIDE = 2


class KehuPlaceGenerate(models.TransientModel):
    """Divides a cabinet into layers and slots (R09)."""

    _name = "kehu.place.generate"
    _description = "Make Layers and Slots"

    cabinet_id = fields.Many2one(
        "kehu.cabinet", required=True, help="What is divided. Places it has stay."
    )
    layers = fields.Integer(
        default=5, required=True, help="How many layers the cabinet has."
    )
    slots = fields.Integer(
        default=10, required=True, help="How many slots there are in each layer."
    )
    capacity = fields.Integer(
        string="Files per Slot",
        help="How many files fit in one slot. 0: not limited.",
    )
    two_digits = fields.Boolean(
        default=True, help="Write 01, 02 … on the slots instead of 1, 2 …"
    )

    def action_confirm(self):
        """Make the places and show them."""
        self.ensure_one()
        self.cabinet_id.check_access("write")
        self.cabinet_id._make_places(
            self.layers,
            self.slots,
            self.capacity,
            width=_WIDE if self.two_digits else 0,
        )
        return self.cabinet_id.action_view_places()
