import io

import openpyxl

from odoo.http import request

from odoo.addons.web.controllers.export import CSVExport, ExcelExport


def _get_number(model):
    """Return the number under which this request exports archives, if it does.

    :param str model: name of the model
    :rtype: str
    """
    return getattr(request, "kehu_release_number", "") if model else ""


class KehuExcelExport(ExcelExport):
    """Lists of archives leave with user, time and number on each page (R17)."""

    def filename(self, base):
        name = super().filename(base)
        return f"{name} {number}" if (number := _get_number(base)) else name

    def from_data(self, fields, columns_headers, rows):
        return self._kehu_mark(super().from_data(fields, columns_headers, rows))

    def from_group_data(self, fields, columns_headers, groups):
        return self._kehu_mark(super().from_group_data(fields, columns_headers, groups))

    def _kehu_mark(self, data):
        number = getattr(request, "kehu_release_number", "")
        if not number:
            return data
        mark = request.env["kehu.release"]._get_mark(number).replace("&", "&&")
        book = openpyxl.load_workbook(io.BytesIO(data))
        for sheet in book.worksheets:
            sheet.oddHeader.right.text = mark
            sheet.oddFooter.left.text = mark
            sheet.oddFooter.right.text = "&P / &N"
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


class KehuCSVExport(CSVExport):
    """A text file has no pages: its name carries the number."""

    def filename(self, base):
        name = super().filename(base)
        return f"{name} {number}" if (number := _get_number(base)) else name
