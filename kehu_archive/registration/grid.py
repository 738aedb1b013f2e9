"""Opens .xlsx and .xls alike as plain grids of cell contents.

A :class:`Grid` holds what a person sees in the cells of one sheet: text, numbers,
dates, nothing. Formulas and errors are marked, never evaluated. Only as much as a
form can hold is read; a sheet that goes on beyond is refused.
"""

import contextlib
import datetime
import io
import struct
import warnings
from dataclasses import dataclass, field

import openpyxl
import xlrd
from xlrd.compdoc import CompDoc

from .hidden import HIDDEN_SHEET, LISTS_SHEET, NAME_PREFIX
from .messages import RefusedFile
from .safety import PARSER_FAILURES

MAX_ROWS = 300
MAX_COLUMNS = 40
_HIDDEN_ROWS = 5000


class Formula:
    """Stands in a grid where the sheet has a formula."""


class ErrorValue:
    """Stands in a grid where the sheet shows #REF! and the like."""


FORMULA = Formula()
ERROR_VALUE = ErrorValue()


@dataclass
class Grid:
    """The contents of one visible sheet, ``{(row, col): content}``, 0-based."""

    name: str
    cells: dict = field(default_factory=dict)
    date_1904: bool = False

    def get(self, row, col):
        """Return what a cell holds: text, number, date, FORMULA, … or None."""
        return self.cells.get((row, col))

    def text(self, row, col):
        """Return the text of a cell, "" for anything that is not text."""
        content = self.cells.get((row, col))
        return content if isinstance(content, str) else ""


@dataclass
class Book:
    """A workbook: its visible sheets and the rows of our hidden one.

    :param dict anchors: ``{number of the customer: name of the sheet}``, as far as
        the workbook still says so
    """

    grids: list = field(default_factory=list)
    hidden_rows: list = field(default_factory=list)
    anchors: dict = field(default_factory=dict)


def open_book(data, kind, name):
    """Read a workbook.

    :param bytes data: the file, already passed by ``safety.identify``
    :param str kind: ``xlsx`` or ``xls``
    :param str name: for messages
    :rtype: Book
    :raise RefusedFile: when it cannot be read
    """
    try:
        return (_open_xlsx if kind == "xlsx" else _open_xls)(data, name)
    except RefusedFile:
        raise
    except xlrd.XLRDError as error:
        sentence = "file_encrypted" if "encrypted" in str(error) else "file_damaged"
        raise RefusedFile(sentence, file=name) from error
    except PARSER_FAILURES as error:
        raise RefusedFile("file_damaged", file=name) from error


# === XLSX === #


def _open_xlsx(data, name):
    book = Book()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, keep_links=False
        )
        with contextlib.closing(workbook):
            date_1904 = workbook.epoch.year == 1904
            for sheet in workbook.worksheets:
                if sheet.title == HIDDEN_SHEET:
                    book.hidden_rows = [
                        list(row)
                        for row in sheet.iter_rows(
                            max_row=_HIDDEN_ROWS, max_col=MAX_COLUMNS, values_only=True
                        )
                        if any(row)
                    ]
                elif sheet.title != LISTS_SHEET and sheet.sheet_state == "visible":
                    book.grids.append(_xlsx_grid(sheet, date_1904, name))
            for title, defined in workbook.defined_names.items():
                _add_anchor(book, title, defined.attr_text or "")
    return book


def _xlsx_grid(sheet, date_1904, name):
    grid = Grid(sheet.title, date_1904=date_1904)
    # A wrong dimension in the file would make openpyxl invent or drop rows.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS)):
        filled = [cell for cell in row if cell.value is not None]
        if filled and number >= MAX_ROWS or number > 20 * MAX_ROWS:
            raise RefusedFile("file_too_many_cells", file=name)
        for cell in filled:
            content = cell.value
            if cell.data_type == "f":
                content = FORMULA
            elif cell.data_type == "e":
                content = ERROR_VALUE
            elif isinstance(content, datetime.time):
                content = content.isoformat()
            elif isinstance(content, datetime.timedelta):
                content = str(content)
            grid.cells[cell.row - 1, cell.column - 1] = content
    return grid


def _add_anchor(book, title, reference):
    number = title[len(NAME_PREFIX) :]
    if title.startswith(NAME_PREFIX) and number.isdecimal() and "!" in reference:
        sheet = reference.rpartition("!")[0].strip("=")
        if sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        book.anchors[int(number)] = sheet


# === XLS === #


def _open_xls(data, name):
    book = Book()
    log = io.StringIO()
    workbook = xlrd.open_workbook(
        file_contents=data, logfile=log, ragged_rows=True, on_demand=True
    )
    with workbook:
        formulas = xls_formulas(data)
        for index in range(workbook.nsheets):
            sheet = workbook.sheet_by_index(index)
            if sheet.name == HIDDEN_SHEET:
                book.hidden_rows = [
                    sheet.row_values(row) for row in range(min(sheet.nrows, 5000))
                ]
            elif sheet.name != LISTS_SHEET and not sheet.visibility:
                book.grids.append(
                    _xls_grid(sheet, workbook.datemode, formulas.get(index, ()), name)
                )
        for defined in workbook.name_obj_list:
            if defined.name.startswith(NAME_PREFIX):
                with contextlib.suppress(xlrd.XLRDError):
                    _add_anchor(book, defined.name, f"{defined.area2d()[0].name}!A1")
    return book


def _xls_grid(sheet, datemode, formulas, name):
    if sheet.nrows > 20 * MAX_ROWS:
        raise RefusedFile("file_too_many_cells", file=name)
    grid = Grid(sheet.name, date_1904=datemode == 1)
    for row in range(sheet.nrows):
        for col, cell in enumerate(sheet.row(row)[:MAX_COLUMNS]):
            content = xls_content(cell, datemode)
            if content is None:
                continue
            if row >= MAX_ROWS:
                raise RefusedFile("file_too_many_cells", file=name)
            grid.cells[row, col] = content
    for row, col in formulas:
        if row < MAX_ROWS and col < MAX_COLUMNS:
            grid.cells[row, col] = FORMULA
    return grid


def xls_content(cell, datemode):
    """Return what a cell of an .xls holds, as a grid has it."""
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell.value or None
    if cell.ctype == xlrd.XL_CELL_DATE:
        with contextlib.suppress(xlrd.xldate.XLDateError, OverflowError):
            return xlrd.xldate_as_datetime(cell.value, datemode)
        return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return ERROR_VALUE if cell.ctype == xlrd.XL_CELL_ERROR else cell.value


_BOF, _EOF, _FORMULA, _BOUNDSHEET = 0x0809, 0x000A, 0x0006, 0x0085


def xls_formulas(data):
    """Return ``{sheet index: {(row, col)}}`` of formulas, which xlrd does not tell."""
    document = CompDoc(data, logfile=io.StringIO())
    stream = document.get_named_stream("Workbook") or b""
    starts = []
    for kind, start, length in _records(stream, 0):
        # Byte 5 is the kind of sheet, 0 for a worksheet; xlrd counts only those.
        if kind == _BOUNDSHEET and length > 6 and stream[start + 5] == 0:
            starts.append(struct.unpack_from("<I", stream, start)[0])
    found = {}
    for index, offset in enumerate(starts):
        for kind, start, length in _records(stream, offset):
            if kind == _FORMULA and length >= 4:
                found.setdefault(index, set()).add(
                    struct.unpack_from("<HH", stream, start)
                )
    return found


def _records(stream, position):
    """Yield ``(kind, start, length)`` of the records of one substream."""
    depth = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        depth += kind == _BOF
        yield kind, position + 4, length
        position += 4 + length
        if kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
