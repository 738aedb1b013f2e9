import io

import xlsxwriter
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from .kehu_form import XLSX


class KehuDestructionController(http.Controller):
    """Hands out destruction lists as workbooks. All checks are the ORM's."""

    @http.route("/kehu/destruction/<int:destruction_id>/xlsx", type="http", auth="user")
    def certificate(self, destruction_id):
        """Answer with the list and certificate, for whoever may read it.

        :param int destruction_id: the application
        """
        application = request.env["kehu.destruction"].browse(destruction_id).exists()
        if not application or not application.has_access("read"):
            raise NotFound()
        application = application.with_context(lang=application._get_report_lang())
        name = f"{application.number or application.name}.xlsx"
        return request.make_response(
            self._write(application),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )

    def _write(self, application):
        buffer = io.BytesIO()
        # No text of ours is ever a formula.
        workbook = xlsxwriter.Workbook(
            buffer, {"in_memory": True, "strings_to_formulas": False}
        )
        head = workbook.add_format({"bold": True, "border": 1, "text_wrap": True})
        cell = workbook.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        env = application.env
        sheet = workbook.add_worksheet(env._("Destruction List"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 2, 28)
        sheet.set_column(3, 9, 14)
        row = 0
        for label, text in (
            (env._("List Number"), application.number or application.name),
            (env._("Company"), application.company_id.name),
            (env._("Reason"), application.reason),
            (env._("Legal Basis"), application.legal_basis),
            ("SHA-256", application.certificate_digest or ""),
        ):
            sheet.merge_range(row, 0, row, 1, label, head)
            sheet.merge_range(row, 2, row, 9, text, cell)
            row += 1
        for step in application._get_signature_rows():
            for column, text in enumerate(step):
                sheet.write_string(row, column, text, cell)
            row += 1
        sheet.write_row(row, 0, application._get_list_headings(), head)
        sheet.repeat_rows(row)
        for line in application._get_list_rows():
            row += 1
            sheet.write_row(row, 0, line, cell)
        for scan in application.scan_ids[:1]:
            proof = workbook.add_worksheet(env._("Proof of Absence"))
            proof.set_column(0, 0, 20)
            proof.set_column(1, 1, 100)
            rows = [
                *scan._get_proof_rows(),
                (env._("Files Not Opened"), scan.unread_files or ""),
                (env._("Tables Vacuumed"), scan.vacuumed or ""),
            ]
            for number, (label, text) in enumerate(rows):
                proof.write_string(number, 0, label, head)
                proof.write_string(number, 1, text[:32000], cell)
            columns = workbook.add_worksheet(env._("Columns Read"))
            columns.set_column(0, 0, 150)
            for number, text in enumerate((scan.columns or "").splitlines()):
                columns.write_string(number, 0, text)
        workbook.close()
        return buffer.getvalue()
