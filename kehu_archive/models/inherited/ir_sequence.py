from odoo import api, models
from odoo.tools import ormcache

_OURS = "kehu."
_DECIDING = {"code", "company_id", "active"}


class IrSequence(models.Model):
    """The sequences of our registers are looked up once, not for each number."""

    _inherit = "ir.sequence"

    @api.model
    def _kehu_find(self, code):
        """Return the sequence of the present company, else the common one, in sudo.

        :param str code: begins with ``kehu.``
        """
        # sudo: users have no rights on sequences.
        return self.sudo().browse(self._kehu_find_ids(code, self.env.company.id))

    @api.model
    @ormcache("code", "company_id")
    def _kehu_find_ids(self, code, company_id):
        sequence_sudo = self.sudo().search(
            [("code", "=", code), ("company_id", "in", [company_id, False])],
            order="company_id",
            limit=1,
        )
        return tuple(sequence_sudo.ids)

    @api.model_create_multi
    def create(self, vals_list):
        if any((vals.get("code") or "").startswith(_OURS) for vals in vals_list):
            self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if _DECIDING & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
