from odoo import models


class KehuArchive(models.Model):
    """Copies that are still out stand against the destruction (R20)."""

    _inherit = "kehu.archive"

    def _get_blocker_finders(self):
        return [*super()._get_blocker_finders(), "_find_copy_blockers"]

    def _find_copy_blockers(self):
        copies = self.env["kehu.archive.copy"].search(
            [("archive_id", "in", self.ids), ("state", "=", "out")]
        )
        for copy in copies:
            yield (
                copy.archive_id,
                "copy",
                copy,
                self.env._(
                    "copy %(number)s is still with %(user)s.",
                    number=copy.number,
                    user=copy.user_id.name,
                ),
                self._get_clearer("room"),
            )
