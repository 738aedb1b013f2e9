from odoo import api, models


class KehuEvent(models.Model):
    """What the archive room's acts say in the ledger."""

    _inherit = "kehu.event"

    @api.model
    def _get_payload_labels(self):
        return {
            **super()._get_payload_labels(),
            "place_from": self.env._("Old Place"),
            "place_to": self.env._("New Place"),
            "reason": self.env._("Reason"),
            "stocktake": self.env._("Stock-take"),
            "outcome": self.env._("Outcome"),
            "expected": self.env._("Expected At"),
            "found": self.env._("Found At"),
            "case": self.env._("Case"),
            "conclusion": self.env._("Conclusion"),
        }

    @api.model
    def _format_fact(self, key, value):
        if key == "outcome":
            return self._get_selection_label("kehu.stocktake.line", "outcome", value)
        if value is None:
            return ""
        return super()._format_fact(key, value)
