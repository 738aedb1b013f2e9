from odoo import api, models


class KehuLoggedMixin(models.AbstractModel):
    """Records whose making, changes and removal are logged with an archive (R16)."""

    _name = "kehu.logged.mixin"
    _description = "Logged With an Archive"

    @api.model
    def _get_ledger_excluded_fields(self):
        """Stored fields that are no facts, or not to be repeated in the ledger."""
        return set()

    def _get_ledger_archive_ids(self):
        """Return whose chain each record is logged in.

        :return: {record: archive id}; records of no archive are left out
        """
        # sudo: what is logged does not depend on what the author may read.
        return {
            record: archive_id
            for record in self
            if (archive_id := record.sudo().archive_id.id)
        }

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        ledger = self.env["kehu.ledger"]
        for record, archive_id in records._get_ledger_archive_ids().items():
            ledger._note_create(archive_id, record)
        return records

    def write(self, vals):
        ledger = self.env["kehu.ledger"]
        names = ledger._get_field_names(self._name) & vals.keys()
        moving = "archive_id" in vals and "archive_id" in self._fields
        if names or moving:
            origin = self._origin
            before = origin._get_ledger_archive_ids()
            env = ledger._get_clean_env()
            for record, archive_id in before.items():
                ledger._note_change(archive_id, record.with_env(env), names)
        result = super().write(vals)
        if moving:
            # The line goes from one chain to another.
            for record, archive_id in origin._get_ledger_archive_ids().items():
                if archive_id != before.get(record):
                    ledger._note_create(archive_id, record)
        return result

    def unlink(self):
        ledger = self.env["kehu.ledger"]
        names = sorted(ledger._get_field_names(self._name))
        env = ledger._get_clean_env()
        gone = [
            (archive_id, record, ledger._get_snapshot(record.with_env(env), names))
            for record, archive_id in self._get_ledger_archive_ids().items()
        ]
        result = super().unlink()
        for archive_id, record, snapshot in gone:
            ledger._note_unlink(archive_id, record, snapshot)
        return result


class KehuArchiveSectionMixin(models.AbstractModel):
    """Every line of an archive is logged."""

    _name = "kehu.archive.section.mixin"
    _inherit = ["kehu.archive.section.mixin", "kehu.logged.mixin"]


class KehuConsent(models.Model):
    """What a person allowed or refused is logged, too."""

    _name = "kehu.consent"
    _inherit = ["kehu.consent", "kehu.logged.mixin"]

    @api.depends("principal_id", "item")
    def _compute_display_name(self):
        labels = dict(self._fields["item"]._description_selection(self.env))
        for consent in self:
            item = labels.get(consent.item) or ""
            consent.display_name = f"{consent.principal_id.name or ''}: {item}"
