from odoo import models


class KehuDeliveryGate(models.AbstractModel):
    """Deliveries are also held to the credit rules."""

    _inherit = "kehu.delivery.gate"

    def _pass(self, deliveries):  # pylint: disable=missing-return
        super()._pass(deliveries)
        self.env["kehu.credit.gate"]._pass_deliveries(deliveries)
