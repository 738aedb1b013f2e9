"""The refused rows of a register, as they stood in the file, with the reasons."""

import datetime

import xlsxwriter

from .grid import ERROR_VALUE, FORMULA
from .register import heading
from .styles import needs_quote

REASON = "未导入的原因"
_MARKS = {FORMULA: "（公式）", ERROR_VALUE: "（错误值）"}


def write_refused(stream, tables, reasons):
    """Write the rows that were refused, ready to be mended and imported again.

    :param stream: binary file to write to
    :param tables: the lists of the file, :class:`~.register_reader.Table`
    :param dict reasons: ``{(sheet, row number): sentence}``
    """
    workbook = xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    bold = workbook.add_format({"bold": True, "text_wrap": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    quoted = workbook.add_format({"quote_prefix": True})
    for table in tables:
        lines = [line for line in table.rows if (table.sheet, line[0]) in reasons]
        if not lines:
            continue
        sheet = workbook.add_worksheet(table.sheet)
        sheet.freeze_panes(1, 0)
        last = len(table.columns)
        sheet.set_column(0, last - 1, 16)
        sheet.set_column(last, last, 60)
        titles = [heading(fact) for _col, fact in table.columns]
        for col, title in enumerate([*titles, REASON]):
            sheet.write_string(0, col, title, bold)
        for row, (number, contents) in enumerate(lines, 1):
            for col, content in enumerate(contents):
                _write_content(sheet, row, col, content, day, quoted)
            sheet.write_string(row, last, reasons[table.sheet, number], wrapped)
    workbook.close()


def _write_content(sheet, row, col, content, day, quoted):
    if content is None:
        return
    if content is FORMULA or content is ERROR_VALUE:
        content = _MARKS[content]
    if isinstance(content, datetime.date):
        sheet.write_datetime(row, col, content, day)
    elif isinstance(content, (int, float)) and not isinstance(content, bool):
        sheet.write_number(row, col, content)
    else:
        text = str(content)
        sheet.write_string(row, col, text, quoted if needs_quote(text) else None)
