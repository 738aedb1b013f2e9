"""The register (台账) of all customers: its columns and its workbook.

One row for each customer, one column for each single fact of ``definition``, in the
order of the form, then the custody facts that no form asks for. Personal traits are
lines of the principals, and never stand in a register (R40).

``columns()`` gives the columns, ``write_register(stream, rows, columns)`` writes them
in constant memory, ``register_reader`` reads them back.
"""

import datetime

import xlsxwriter

from . import definition
from .definition import Field, Option
from .hidden import HIDDEN_SHEET
from .styles import FONT, MARK_COLOR, SHADE, needs_quote
from .values import MARKERS, ValueState

REGISTER_MAGIC = "kehu_archive.register"
SHEET_NAME = "客户台账"
#: Excel's last row, less the watermark and the heading.
MAX_SHEET_ROWS = 1048576 - 2
# Excel takes 1900 for a leap year: days before March 1900 have no safe number.
FIRST_SAFE_SERIAL = 61
_DAY_ZERO = datetime.date(1899, 12, 30)
_MARK_LIMIT = 100

STATE_OPTIONS = (
    Option("draft", "填写中"),
    Option("submitted", "已移交"),
    Option("filed", "已归档"),
    Option("closed", "已结卷"),
    Option("destroyed", "已销毁"),
)
OPTIONS = {**definition.OPTIONS, "state": STATE_OPTIONS}

#: What a register says of the custody of an archive, beside the facts of the form.
CUSTODY_FIELDS = (
    Field("state", "档案状态", "selection", "basic", readonly=True, options="state"),
    Field("completeness", "完整度", "integer", "basic", readonly=True, unit="%"),
    Field("user_id", "销售员", "char", "basic"),
    Field("team_id", "销售团队", "char", "basic", readonly=True),
    Field("registered_at", "登记时间", "date", "basic", readonly=True),
    Field("cabinet_id", "档案柜", "char", "basic", readonly=True),
    Field("slot", "格位", "char", "basic", readonly=True),
    Field("retention_until", "保管至", "date", "basic", readonly=True),
)

_WIDTHS = {
    "text": 40,
    "date": 12,
    "integer": 10,
    "decimal": 14,
    "selection": 12,
    "code": 22,
    "party": 20,
}
_WIDE = {"partner_id.name": 36, "partner_id.street": 36, "partner_id.short_name": 20}


def columns():
    """Return the fields that make the register's columns, in order."""
    facts = tuple(f for f in definition.register_fields() if not f.sensitive)
    return facts + CUSTODY_FIELDS


#: The columns by key.
FIELDS = {field.key: field for field in columns()}


def heading(field):
    """Return the heading of a column: the form's label, with the unit of a number."""
    return f"{field.label}（{field.unit}）" if field.unit else field.label


def write_register(stream, rows, fields, max_rows=MAX_SHEET_ROWS, mark=""):
    """Write the register, row by row: memory does not grow with their number.

    :param stream: binary file to write to
    :param rows: iterable of ``(cells, marks)``: a content per column (None, text, a
        number; days of Excel for dates; codes for options), and ``{key: state}`` of the
        facts that do not apply or were refused, or None
    :param fields: the columns, :class:`~.definition.Field` each
    :param int max_rows: rows of one sheet; more begin another sheet
    :param str mark: who took it, when, under which number; above the headings, where
        it stays in sight when the list is scrolled, and on every printed page
    :return: number of rows written
    :rtype: int
    """
    workbook = xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = _Formats(workbook)
    head = 1 if mark else 0
    sheet, total, row = None, 0, head
    writers = ()
    for cells, marks in rows:
        if sheet is None or row >= max_rows + head:
            _finish_sheet(sheet, head, row, fields)
            sheet = _new_sheet(workbook, formats, fields, total // max_rows, mark)
            writers = [_cell_writer(sheet, field, formats) for field in fields]
            row = head
        row += 1
        for col, content in enumerate(cells):
            if content is not None:
                writers[col](row, col, content)
        if marks:
            _write_marks(sheet, row, cells, marks, fields)
        total += 1
    if sheet is None:
        sheet = _new_sheet(workbook, formats, fields, 0, mark)
    _finish_sheet(sheet, head, row, fields)
    _write_mark_of_ours(workbook, fields)
    workbook.close()
    return total


class _Formats:
    """The formats of a register, made once."""

    def __init__(self, workbook):
        base = {"font_name": FONT, "font_size": 10}
        self.head = workbook.add_format(
            {
                **base,
                "bold": True,
                "bg_color": SHADE,
                "border": 1,
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        self.mark = workbook.add_format(
            {**base, "bold": True, "font_color": MARK_COLOR}
        )
        self.text = workbook.add_format({**base, "num_format": "@"})
        self.quoted = workbook.add_format(
            {**base, "num_format": "@", "quote_prefix": True}
        )
        self.date = workbook.add_format({**base, "num_format": "yyyy-mm-dd"})
        self.number = workbook.add_format(base)


def _new_sheet(workbook, formats, fields, index, mark):
    sheet = workbook.add_worksheet(f"{SHEET_NAME} {index + 1}" if index else SHEET_NAME)
    head = 1 if mark else 0
    sheet.freeze_panes(head + 1, 0)
    sheet.set_landscape()
    sheet.repeat_rows(0, head)
    if mark:
        words = mark.replace("&", "&&")[:_MARK_LIMIT]
        sheet.set_header(f"&R&9&K{MARK_COLOR[1:]}{words}")
        sheet.set_footer(f"&L&8 {words}&R&8 &P / &N")
        sheet.write_string(0, 0, mark, formats.mark)
    sheet.set_row(head, 30)
    for col, field in enumerate(fields):
        width = _WIDE.get(field.key) or _WIDTHS.get(field.kind, 16)
        sheet.set_column(col, col, width, formats.text)
        sheet.write_string(head, col, heading(field), formats.head)
    return sheet


def _finish_sheet(sheet, head, last, fields):
    if sheet is not None:
        sheet.autofilter(head, 0, max(last, head + 1), len(fields) - 1)


def _cell_writer(sheet, field, formats):
    """Return the function ``(row, col, content)`` that writes cells of a column."""
    write_string, write_number = sheet.write_string, sheet.write_number
    text, quoted = formats.text, formats.quoted
    if field.kind == "selection":
        labels = {option.code: option.label for option in OPTIONS[field.options]}

        def write_option(row, col, content):
            write_string(row, col, labels.get(content, content), text)

        return write_option
    if field.kind in ("integer", "decimal"):

        def write_amount(row, col, content):
            write_number(row, col, content, formats.number)

        return write_amount
    if field.kind == "date":

        def write_day(row, col, content):
            if content >= FIRST_SAFE_SERIAL:
                write_number(row, col, content, formats.date)
            else:
                write_string(row, col, _early_day(content), text)

        return write_day

    def write_text(row, col, content):
        # A text is never a formula here; one that looks like it is marked as text.
        write_string(row, col, content, quoted if needs_quote(content) else text)

    return write_text


def date_of(serial):
    """Return the date behind one of our numbers, also before Excel's first day."""
    return _DAY_ZERO + datetime.timedelta(days=serial)


def _early_day(serial):
    day = date_of(serial)
    return f"{day.year}年{day.month}月{day.day}日"


def _write_marks(sheet, row, cells, marks, fields):
    """Say 无 or 拒绝提供 in the empty cells of facts that are marked so (R91)."""
    for col, field in enumerate(fields):
        state = marks.get(field.key)
        if state and cells[col] is None:
            sheet.write_string(row, col, MARKERS[ValueState(state)])


def _write_mark_of_ours(workbook, fields):
    """Add the very hidden sheet that tells a register of ours from other lists."""
    sheet = workbook.add_worksheet(HIDDEN_SHEET)
    sheet.very_hidden()
    sheet.write_row(0, 0, [REGISTER_MAGIC, definition.FORM_VERSION])
    sheet.write_row(1, 0, [field.key for field in fields])
