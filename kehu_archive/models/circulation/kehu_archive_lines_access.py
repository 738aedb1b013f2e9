from odoo import models

from .sections import TRAIT_FACTS


class KehuArchiveSectionMixin(models.AbstractModel):
    """Lines of an archive: a grant carries reading, not taking away (R10)."""

    _inherit = "kehu.archive.section.mixin"

    def export_data(self, fields_to_export):
        self.check_access("read")
        self.archive_id._check_own()
        return super().export_data(fields_to_export)

    def copy(self, default=None):
        self.archive_id._check_own()
        return super().copy(default)


class KehuConsent(models.Model):
    """Consents belong to the personal traits: they go with that section."""

    _inherit = "kehu.consent"

    def export_data(self, fields_to_export):
        self.check_access("read")
        self.archive_id._check_own()
        return super().export_data(fields_to_export)


class KehuPrincipal(models.Model):
    """The personal traits of a principal are a section of their own (R40)."""

    _inherit = "kehu.principal"

    def _get_without_traits(self):
        """Principals whose traits are closed to the present user.

        :rtype: kehu.principal
        """
        if self.env.su:
            return self.browse()
        # sudo: which archive a line belongs to, for asking about the grant.
        archives = self.sudo().archive_id.sudo(False)
        foreign = archives - archives._filtered_own()
        granted = foreign._get_granted_sections()
        closed = {
            archive_id for archive_id, codes in granted.items() if "traits" not in codes
        }
        return self.filtered(lambda line: line.sudo().archive_id.id in closed)

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if self.env.su or not set(TRAIT_FACTS) & set(fnames):
            return rows
        closed = set(self._get_without_traits().ids)
        for row in rows:
            if row["id"] in closed:
                row.update({name: False for name in TRAIT_FACTS if name in row})
        return rows

    def onchange(self, values, field_names, fields_spec):
        if self and self._get_without_traits():
            fields_spec = {
                name: spec
                for name, spec in fields_spec.items()
                if name not in TRAIT_FACTS and name != "consent_ids"
            }
        return super().onchange(values, field_names, fields_spec)

    def write(self, vals):
        if set(TRAIT_FACTS) & vals.keys():
            self._get_without_traits().archive_id._check_own()
        return super().write(vals)
