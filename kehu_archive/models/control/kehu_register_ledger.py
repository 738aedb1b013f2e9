from odoo import api, models

_ROWS = {"rows_of": "kehu.register.import"}


class KehuRegisterLoader(models.AbstractModel):
    """A register writes past ``create`` and ``write``: its rows are logged here."""

    _inherit = "kehu.register.loader"

    @api.model
    def _insert(self, *sets):  # pylint: disable=missing-return
        super()._insert(*sets)
        (partners, cards, _settled), (archives, contents, _none) = sets
        self.env["kehu.ledger"]._note_made(
            "import", _ROWS, partners, cards, archives, contents
        )

    @api.model
    def _create_rows(self, rows):
        result = super()._create_rows(rows)
        ledger = self.env["kehu.ledger"]
        made = [row for row in rows if not ledger._is_noted_as_made(row.archive_id)]
        for archive in self.env["kehu.archive"].browse(row.archive_id for row in made):
            ledger._note_create(archive.id, archive)
        self._log_import(made)
        return result

    @api.model
    def _register_rows(self, rows):
        result = super()._register_rows(rows)
        self._log_import(rows)
        return result

    @api.model
    def _update_rows(self, rows):
        result = super()._update_rows(rows)
        self._log_import(rows)
        return result

    @api.model
    def _log_import(self, rows):
        archives = self.env["kehu.archive"].browse(row.archive_id for row in rows)
        archives._log_event("import", _ROWS)

    @api.model
    def _write_columns(self, model, vals_by_id):
        ledger = self.env["kehu.ledger"]
        facts = ledger._get_field_names(model._name)
        records = model.browse(key for key, vals in vals_by_id.items() if vals)
        for record in records.with_env(ledger._get_clean_env()):
            archive = record if record._name == "kehu.archive" else record.archive_id
            if archive:
                ledger.with_env(self.env)._note_change(
                    archive.id, record, facts & vals_by_id[record.id].keys()
                )
        return super()._write_columns(model, vals_by_id)
