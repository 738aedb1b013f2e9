from odoo import models
from odoo.http import request

from .kehu_release import REASON_KEY


class KehuArchive(models.Model):
    """Exports of archives need a reason, and make numbered copies."""

    _inherit = "kehu.archive"

    def export_data(self, fields_to_export):
        """Export, stating the reason in the context's ``kehu_reason`` (R18, R103).

        :raise UserError: without a reason, or beyond the limit of the day
        """
        self._take_out_list(self, fields_to_export)
        return super().export_data(fields_to_export)

    def _take_out_list(self, lines, fields_to_export):
        """Register that a list of lines of these archives leaves.

        :param lines: the archives themselves, or lines of theirs
        :param list fields_to_export: columns
        """
        archives = self._origin
        facts = {"model": lines._name, "fields": list(fields_to_export)}
        if self.env.su:
            # The system takes no numbered copy; the ledger knows of it all the same.
            archives._log_event("export", facts)
            return
        if not archives:
            return
        lines.check_access("read")
        archives._check_own()
        releases = self.env["kehu.release"]
        reason = releases._check_reason(self.env.context.get(REASON_KEY))
        label = self.env["ir.model"]._get(lines._name).name
        number, _copies = releases._take_out(
            "export",
            f"{label}: {', '.join(map(str, fields_to_export))}"[:500],
            reason,
            archives=archives,
            facts=facts,
        )
        if request:
            # The file that the request makes is marked with it.
            request.kehu_release_number = number


class KehuArchiveSectionMixin(models.AbstractModel):
    """Exports of lines are exports of their archives."""

    _inherit = "kehu.archive.section.mixin"

    def export_data(self, fields_to_export):
        self.check_access("read")
        # sudo: the lines are readable; only which archives they are of is taken.
        self.sudo().archive_id.sudo(self.env.su)._take_out_list(self, fields_to_export)
        return super().export_data(fields_to_export)


class KehuConsent(models.Model):
    """Consents are of an archive, too."""

    _inherit = "kehu.consent"

    def export_data(self, fields_to_export):
        self.check_access("read")
        # sudo: as for lines.
        self.sudo().archive_id.sudo(self.env.su)._take_out_list(self, fields_to_export)
        return super().export_data(fields_to_export)
