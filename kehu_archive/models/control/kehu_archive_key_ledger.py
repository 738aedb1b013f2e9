from odoo import api, models


class KehuArchiveKey(models.Model):
    """Destroying the key of an archive ends its history, and that of those merged
    into it; the chains can still be verified."""

    _inherit = "kehu.archive.key"

    @api.model
    def _shred_removed(self, archive_ids):
        """Destroy the keys of removed archives, unless others took them over.

        :param list archive_ids: ids of archives that are gone
        """
        merged = self.env["kehu.event.head"].search(
            [("archive_id", "in", archive_ids), ("merged_into_id", "!=", False)]
        )
        kept = {head.archive_id.id for head in merged}
        gone = [archive_id for archive_id in archive_ids if archive_id not in kept]
        self.search([("archive_id", "in", gone)]).unlink()

    def unlink(self):
        merged = self.env["kehu.event.head"].search(
            [("merged_into_id", "in", self.archive_id.ids)]
        )
        inherited = self.search([("archive_id", "in", merged.archive_id.ids)])
        return super(KehuArchiveKey, self | inherited).unlink()
