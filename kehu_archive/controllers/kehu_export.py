import io

import openpyxl
from openpyxl.styles import Font

from odoo.http import request

from odoo.addons.web.controllers.export import CSVExport, ExcelExport

from ..registration.styles import FONT, MARK_COLOR


def _get_number(model):
    """Return the number under which this request exports archives, if it does.

    :param str model: name of the model
    :rtype: str
    """
    return getattr(request, "kehu_release_number", "") if model else ""


class KehuExcelExport(ExcelExport):
    """Lists of archives leave with user, time and number in sight (R17)."""

    def filename(self, base):
        name = super().filename(base)
        return f"{name} {number}" if (number := _get_number(base)) else name

    def from_data(self, fields, columns_headers, rows):
        data = super().from_data(fields, columns_headers, rows)
        # A file for importing again begins with its headings, the fields' own names.
        is_for_import = columns_headers == [field["name"] for field in fields]
        return self._kehu_mark(data, above=not is_for_import)

    def from_group_data(self, fields, columns_headers, groups):
        return self._kehu_mark(super().from_group_data(fields, columns_headers, groups))

    def _kehu_mark(self, data, above=True):
        """Mark a workbook, on the screen and on each printed page.

        :param bytes data: the workbook
        :param bool above: above the headings, else in a column of its own, which an
            import leaves alone
        :return: the marked workbook
        :rtype: bytes
        """
        number = getattr(request, "kehu_release_number", "")
        if not number:
            return data
        mark = request.env["kehu.release"]._get_mark(number)
        book = openpyxl.load_workbook(io.BytesIO(data))
        for sheet in book.worksheets:
            place = sheet.cell(1, sheet.max_column + 1)
            sheet.freeze_panes = "A2"
            if above:
                sheet.insert_rows(1)
                place = sheet.cell(1, 1)
                sheet.freeze_panes = "A3"
                sheet.print_title_rows = "1:2"
            place.value = mark
            # A name may begin like a formula.
            place.data_type = "s"
            place.font = Font(name=FONT, bold=True, color=MARK_COLOR[1:])
            words = mark.replace("&", "&&")
            sheet.oddHeader.right.text = words
            sheet.oddFooter.left.text = words
            sheet.oddFooter.right.text = "&P / &N"
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


class KehuCSVExport(CSVExport):
    """A text file has no pages: its name carries the number."""

    def filename(self, base):
        name = super().filename(base)
        return f"{name} {number}" if (number := _get_number(base)) else name
