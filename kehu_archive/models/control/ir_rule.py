from odoo import models


class IrRule(models.Model):
    """A record rule that refuses an archive, or a line of one, is logged (R16)."""

    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        ledger = self.env["kehu.ledger"]
        if records._name == "kehu.archive":
            ledger._note_refusals(records._origin.ids, operation)
        elif isinstance(records, self.env.registry["kehu.archive.section.mixin"]):
            # sudo: only which archives they are lines of is taken.
            ledger._note_refusals(records.sudo().exists().archive_id.ids, operation)
        return super()._make_access_error(operation, records)
