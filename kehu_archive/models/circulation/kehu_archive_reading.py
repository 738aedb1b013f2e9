from odoo import api, models
from odoo.fields import Domain

from ...registration import definition
from ...registration.values import Value, ValueState
from .sections import FACT_SECTIONS, LIST_SECTIONS, TRAIT_FACTS

_WITHHELD = Value(ValueState.WITHHELD)


class KehuArchive(models.Model):
    """The registration form of a reader by grant: refused, or with parts withheld."""

    _inherit = "kehu.archive"

    @api.model
    def _get_register_sql(self, fields, domain):
        """The register leaves the system: it holds what one reads in one's own right,
        nothing that is open by a grant."""
        return super()._get_register_sql(
            fields, Domain(domain) & self._get_own_domain()
        )

    def _get_form_data(self):
        self.check_access("read")
        self._check_may_copy_out()
        return super()._get_form_data()

    def _prepare_form_data(self):
        """Say 未授权 where a section was not granted, rather than leave it empty."""
        form = super()._prepare_form_data()
        if self._filtered_own():
            return form
        granted = self._get_granted_sections().get(self.id, set())
        for key in form.archive:
            if "." not in key and FACT_SECTIONS.get(key, "basic") not in granted:
                form.archive[key] = _WITHHELD
        for rows_key in form.rows:
            section = LIST_SECTIONS[self._fields[rows_key].comodel_name]
            if section not in granted:
                form.rows[rows_key] = []
            elif section == "principals" and "traits" not in granted:
                for row in form.rows[rows_key]:
                    row.update(
                        {
                            field.key: _WITHHELD
                            for field in definition.ROW_SECTIONS[rows_key].fields
                            if field.key.partition(".")[2] in TRAIT_FACTS
                        }
                    )
        return form
