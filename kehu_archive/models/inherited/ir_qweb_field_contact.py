from odoo import api, models


class IrQwebFieldContact(models.AbstractModel):
    """Printed documents and portal pages show full names, never short ones (R67)."""

    _inherit = "ir.qweb.field.contact"

    @api.model
    def value_to_html(self, value, options):
        return super().value_to_html(value.with_context(kehu_full_name=True), options)
