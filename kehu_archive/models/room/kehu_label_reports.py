from odoo import api, models
from odoo.exceptions import AccessError


class KehuLabelReport(models.AbstractModel):
    """Labels to stick on: text, and a QR code that only leads to an access check."""

    _name = "kehu.label.report"
    _description = "Labels with QR Codes"

    #: Model of the labelled records.
    _labelled = None

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the label sheet needs.

        :raise AccessError: for others than the archive room; an address typed by hand
            gets as far as here
        """
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(self.env._("Only the archive room prints labels."))
        records = self.env[self._labelled].browse(docids)
        records.check_access("read")
        urls = self.env["kehu.scan.code"]._get_urls(records)
        return {
            "doc_ids": docids,
            "doc_model": self._labelled,
            "docs": records,
            "labels": [
                {"url": urls[record.id], **self._prepare_label(record)}
                for record in records
            ],
        }

    @api.model
    def _prepare_label(self, record):
        """What stands beside the code.

        :return: title, lines
        :rtype: dict
        """
        return {"title": record.display_name, "lines": []}


class KehuArchiveLabelReport(models.AbstractModel):
    _name = "report.kehu_archive.report_kehu_archive_labels"
    _description = "Labels of Archives"
    _inherit = ["kehu.label.report"]
    _labelled = "kehu.archive"

    @api.model
    def _prepare_label(self, record):
        levels = dict(
            record._fields["confidentiality"]._description_selection(self.env)
        )
        partner = record.partner_id
        return {
            "title": record.name or partner.ref or "",
            "lines": [
                partner.short_name or partner.name,
                record.place_path,
                levels[record.confidentiality],
            ],
        }


class KehuCabinetLabelReport(models.AbstractModel):
    _name = "report.kehu_archive.report_kehu_cabinet_labels"
    _description = "Labels of Cabinets"
    _inherit = ["kehu.label.report"]
    _labelled = "kehu.cabinet"

    @api.model
    def _prepare_label(self, record):
        return {"title": record.code, "lines": [record.name, record.location]}


class KehuPlaceLabelReport(models.AbstractModel):
    _name = "report.kehu_archive.report_kehu_place_labels"
    _description = "Labels of Places"
    _inherit = ["kehu.label.report"]
    _labelled = "kehu.place"

    @api.model
    def _prepare_label(self, record):
        return {
            "title": record.path,
            "lines": [record.cabinet_id.name, record.name],
        }
