from odoo import models


class IrActionsReport(models.Model):
    """Tables of figures leave through the Print menu like our forms do (R26)."""

    _inherit = "ir.actions.report"

    def _kehu_render_xlsx(self, records):
        if hasattr(records, "_kehu_render_table"):
            return records._kehu_render_table()
        return super()._kehu_render_xlsx(records)
