"""Reads filled forms, with or without the hidden sheet, into facts and errors.

``read_forms`` takes one workbook, ``read_uploads`` any number of files and .zip
archives. What cannot be understood becomes a :class:`~.messages.CellError` that names
the sheet and the cell, and the fact stays out of the result: nothing is guessed.
"""

from . import hidden, safety
from .annex_reader import read_annex
from .cells import is_see_annex
from .definition import (
    FIELDS,
    FORM_VERSION,
    ROW_SECTIONS,
    applies,
    get_field,
)
from .grid import open_book
from .layout import CELL_OF, INPUTS, label_of
from .locate import find_places, is_annex
from .messages import CellError, CellProblem, Message, RefusedFile
from .results import ReadForm, address, check_content, check_length
from .values import MISSING, ROW_ID, Value, ValueState


def read_uploads(uploads):
    """Read any number of files; a refused file becomes a form with a ``problem``.

    :param uploads: iterable of ``(filename, bytes)``; .zip archives are opened
    :return: iterator of :class:`ReadForm`
    """
    for upload in safety.expand(uploads):
        if upload.problem:
            yield ReadForm(upload.name, problem=upload.problem)
            continue
        try:
            yield from read_forms(upload.data, upload.name)
        except RefusedFile as refusal:
            yield ReadForm(upload.name, problem=refusal.message)


def read_forms(data, filename):
    """Read all forms of one workbook.

    :param bytes data: the whole file
    :param str filename: for messages; the bytes decide what kind of file it is
    :return: list of :class:`ReadForm`, one per customer
    :raise RefusedFile: when the file must not, or cannot, be read
    """
    kind = safety.identify(data, filename)
    if kind == "zip":
        raise RefusedFile("file_type", file=filename)
    book = open_book(data, kind, filename)
    groups = _group_sheets(book)
    if not groups:
        raise RefusedFile("file_no_form", file=filename)
    bases = _match_bases(book, [grid.name for grid, _places, _annex in groups])
    forms = []
    for grid, places, annexes in groups:
        base = bases.get(grid.name)
        if base and base.version > FORM_VERSION:
            raise RefusedFile("file_newer", file=filename, version=base.version)
        forms.append(_read_form(filename, grid, places, annexes, base))
    return forms


def _group_sheets(book):
    """Return ``(page 1, its places, its continuation sheets)`` in sheet order."""
    groups = []
    for grid in book.grids:
        if is_annex(grid):
            if groups:
                groups[-1][2].append(grid)
        elif places := find_places(grid):
            groups.append((grid, places, []))
    return groups


def _match_bases(book, names):
    """Return ``{sheet: Base}``: by the workbook's own names, else by order."""
    bases = hidden.load(book.hidden_rows)
    by_name = {}
    for number, base in enumerate(bases):
        sheet = book.anchors.get(number)
        if base and sheet in names:
            by_name[sheet] = base
    if not by_name and len(bases) == len(names):
        by_name = {name: base for name, base in zip(names, bases, strict=True) if base}
    return by_name


def _read_form(filename, grid, places, annexes, base):
    form = ReadForm(filename, grid.name, base=base)
    form.data.token = base.token if base else ""
    for cell in INPUTS:
        if not cell.rows_key and cell in places.cells:
            _read_cell(form, grid, cell, places.cells[cell], form.data.archive)
    for rows_key, (first, columns, last) in places.tables.items():
        lines = form.data.rows.setdefault(rows_key, [])
        for line, row in enumerate(range(first, last + 1)):
            values = {}
            for cell, col in columns:
                _read_cell(form, grid, cell, (row, col), values, rows_key, line)
            lines.append(values)
    read_annex(form, annexes)
    _settle_pointers(form, grid)
    _drop_foreign(form)
    _restore(form)
    return form


def _read_cell(form, grid, cell, place, into, rows_key="", line=-1):
    """Read one cell into ``into``; a cell in error adds nothing but its error."""
    row, col = place
    content = grid.get(row, col)
    label = label_of(cell.keys)
    for key in cell.keys:
        place_key = (rows_key, line, key) if rows_key else key
        form.cells[place_key] = (grid.name, address(row, col))
    try:
        check_content(content, label)
        for key, value in cell.codec.parse(content, grid.date_1904).items():
            check_length(key, value)
            into[key] = value
    except CellProblem as problem:
        form.add_error(grid, row, col, problem.message, cell.keys[0])


def _settle_pointers(form, grid):
    """A cell that says 见附页 must have been answered by a continuation sheet."""
    for key in [k for k, v in form.data.archive.items() if is_see_annex(v)]:
        del form.data.archive[key]
        _complain(form, grid, key, form.cells[key][1])
    for rows_key, lines in form.data.rows.items():
        for line, values in enumerate(lines):
            for key in [k for k, v in values.items() if is_see_annex(v)]:
                del values[key]
                place = form.cells[rows_key, line, key]
                _complain(form, grid, key, place[1])


def _complain(form, grid, key, where):
    message = Message("annex_missing", {"label": get_field(key).label})
    form.errors.append(CellError(grid.name, where, message, key))


def _drop_foreign(form):
    """Forget the 无 that stands in an individual's cells for companies (R35)."""
    nature = form.data.customer_nature
    for key, fact in FIELDS.items():
        value = form.data.archive.get(key, MISSING)
        if not applies(fact, nature) and value.state in (
            ValueState.NA,
            ValueState.MISSING,
        ):
            form.data.archive.pop(key, None)


def _restore(form):
    """Give unchanged facts their raw code back, and lines their records."""
    base = form.base
    for rows_key, lines in form.data.rows.items():
        # Lines of known records stay: that they were emptied means something.
        known = len(base.lines.get(rows_key, ())) if base else 0
        while len(lines) > known and not any(lines[-1].values()):
            lines.pop()
    if not base:
        return
    _restore_raw(base, base.facts, form.data.archive)
    for rows_key in ROW_SECTIONS:
        lines = form.data.rows.setdefault(rows_key, [])
        known = base.lines.get(rows_key, [])
        lines.extend({} for _ in range(len(known) - len(lines)))
        for values, (row_id, entries) in zip(lines, known, strict=False):
            _restore_raw(base, entries, values)
            if row_id:
                values[ROW_ID] = Value.filled(raw=row_id)


def _restore_raw(base, entries, values):
    for key, (printed, raw) in entries.items():
        value = values.get(key, MISSING)
        if raw and value and base.digest(key, value) == printed:
            values[key] = Value(value.state, value.text, raw)


def page_one_address(key):
    """Return the address of a fact on page 1 of our own form, "" when it has none."""
    cell = CELL_OF.get(key) or CELL_OF.get((key, 0))
    return cell.address if cell else ""
