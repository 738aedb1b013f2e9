from odoo import api, models
from odoo.fields import Domain

_MODULE = "kehu_archive"


class IrRule(models.Model):
    """A record rule that refuses an archive, or a line of one, is logged (R16).

    And dialogs of this module belong to whoever opened them: forms that were read in,
    reasons and preparations hold facts of archives until the vacuum takes them.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if (
            not self.env.su
            and model.is_transient()
            and model._original_module == _MODULE
        ):
            return domain & Domain("create_uid", "=", self.env.uid)
        return domain

    def _make_access_error(self, operation, records):
        ledger = self.env["kehu.ledger"]
        if records._name == "kehu.archive":
            ledger._note_refusals(records._origin.ids, operation)
        elif isinstance(records, self.env.registry["kehu.archive.section.mixin"]):
            # sudo: only which archives they are lines of is taken.
            ledger._note_refusals(records.sudo().exists().archive_id.ids, operation)
        return super()._make_access_error(operation, records)
