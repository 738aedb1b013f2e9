from odoo import api, models


class KehuCodePanelMixin(models.AbstractModel):
    """Search panels by code tables that help from the first day on (R50, R68).

    Odoo offers in a search panel what some record has already: where nobody has a class
    yet, nobody can select one for the next customer. Here the panel also offers the
    rows that the table names in ``_get_panel_domain``, counted with zero.
    """

    _name = "kehu.code.panel.mixin"
    _description = "Search Panel by Codes"

    @api.model
    def search_panel_select_range(self, field_name, **kwargs):
        panel = super().search_panel_select_range(field_name, **kwargs)
        table = self.env.get(self._fields[field_name].comodel_name)
        if not hasattr(table, "_get_panel_domain") or "values" not in panel:
            return panel
        values = {value["id"]: value for value in panel["values"]}
        offered = table.search(table._get_panel_domain())
        for record in offered:
            values.setdefault(
                record.id,
                {
                    "id": record.id,
                    "display_name": record.display_name,
                    "parent_id": record.parent_id.id
                    if record.parent_id in offered or record.parent_id.id in values
                    else False,
                    "__count": 0,
                },
            )
        ordered = table.with_context(active_test=False).search(
            [("id", "in", list(values))]
        )
        panel["values"] = [values[record_id] for record_id in ordered.ids]
        return panel
