from odoo import api, models

from .kehu_release import REASON_KEY

# Labels tell no content; they are stuck on the file.
_NO_COPIES = frozenset({"kehu_archive.report_kehu_archive_labels"})


class IrActionsReport(models.Model):
    """Reports on archives ask for a reason and carry number, user and time (R103)."""

    _inherit = "ir.actions.report"

    @api.model
    @api.readonly
    def kehu_is_reason_needed(self, report_name):
        """Whether printing a report asks the present user for a reason.

        :param str report_name: technical name of the report
        :rtype: bool
        """
        # sudo: users may not read report actions.
        report_sudo = self.sudo()._get_report_from_name(report_name)
        return bool(
            report_sudo
            and report_sudo._kehu_makes_copies()
            and self.env["kehu.release"].is_reason_needed()
        )

    def _kehu_makes_copies(self):
        """Whether what the report prints is a copy of archives."""
        return self.model == "kehu.archive" and self.report_name not in _NO_COPIES

    def _kehu_render_xlsx(self, records, reason=None):
        """Return the workbook; a person gives a reason, a program none.

        :param str reason: why; None when a program takes the form
        :raise UserError: when a person gives no reason
        """
        if reason is not None:
            reason = self.env["kehu.release"]._check_reason(reason)
        reasoned = self.with_context(
            **{REASON_KEY: reason or "", "kehu_person": reason is not None}
        )
        records = records.with_context(**{REASON_KEY: reason or ""})
        return super(IrActionsReport, reasoned)._kehu_render_xlsx(records)

    def _kehu_number_forms(self, archives, forms):
        if self.env.context.get("kehu_person"):
            archives._withhold_undisclosed(forms)
        number, copies = self.env["kehu.release"]._take_out(
            "form",
            self.name or "",
            self.env.context.get(REASON_KEY),
            archives=archives,
        )
        for archive, form in zip(archives, forms, strict=True):
            form.copy_number = f"{copies[archive.id]} {number}"

    def _get_rendering_context(self, report, docids, data):
        values = super()._get_rendering_context(report, docids, data)
        if report._kehu_makes_copies() and docids and not self.env.su:
            archives = self.env["kehu.archive"].browse(docids)
            archives.check_access("read")
            archives._check_own()
            releases = self.env["kehu.release"]
            reason = releases._check_reason(self.env.context.get(REASON_KEY))
            number, copies = releases._take_out(
                "report", report.sudo().name, reason, archives=archives
            )
            values["kehu_mark"] = releases._get_mark(number)
            values["kehu_number"] = number
            values["kehu_copies"] = copies
        return values
