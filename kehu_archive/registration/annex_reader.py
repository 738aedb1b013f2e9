"""Reads continuation sheets back (R93).

The sheets explain themselves: a heading says which list follows, the first column
which line, a label which fact. Nothing depends on row numbers, so people may insert
or delete rows. Pieces of long texts are put together before they are understood.
"""

import re

from .cells import is_see_annex
from .continuation import (
    AGAIN,
    FACTS_BAR,
    LINE_LAYOUT,
    NUMBER,
    bar_text,
    field_label,
)
from .definition import FIELDS, ROW_SECTIONS, get_field
from .grid import ERROR_VALUE, FORMULA
from .kinds import as_text, parse_value
from .layout import CELL_OF, COLUMNS
from .locate import fold
from .messages import CellProblem
from .results import address, check_content, check_length
from .values import MISSING

_FIRST_ROW = 2
_VALUE_COLUMN = 3
_BARS = {fold(bar_text(rows_key)): rows_key for rows_key in ROW_SECTIONS}
_LABELS = {fold(field_label(key)): key for key, fact in FIELDS.items() if fact.on_form}


class _Piece:
    """What is known about one fact while its pieces are collected."""

    def __init__(self, grid, row, col):
        self.grid, self.row, self.col = grid, row, col
        self.contents = []


def read_annex(form, grids):
    """Read continuation sheets into a form.

    :param ReadForm form: the form whose page 1 has been read
    :param grids: the sheets, in order
    """
    pieces = {}
    for grid in grids:
        _collect(grid, pieces)
    for place, piece in pieces.items():
        if isinstance(place, str):
            _settle_fact(form, place, piece)
        else:
            _settle_line(form, place, piece)


def _collect(grid, pieces):
    """Gather the contents of the sheet's cells under the facts they belong to."""
    rows_key, number, layout = None, None, 0
    last = max((row for row, _col in grid.cells), default=-1)
    for row in range(_FIRST_ROW, last + 1):
        first = grid.get(row, 0)
        head = fold(as_text(first)) if first not in (FORMULA, ERROR_VALUE) else ""
        if head == fold(FACTS_BAR):
            rows_key = ""
        elif head in _BARS and grid.get(row, 1) is None:
            rows_key, number = _BARS[head], None
        elif rows_key == "":
            _collect_fact(grid, row, head, pieces)
        elif rows_key:
            if match := re.fullmatch(rf"(\d{{1,4}})(?:{fold(AGAIN)})?", head):
                number, layout = int(match[1]) - 1, 0
            elif head or number is None:
                number = None
                continue
            else:
                layout += 1
            if number is not None and layout < len(LINE_LAYOUT[rows_key]):
                _collect_line(grid, row, rows_key, number, layout, pieces)


def _collect_fact(grid, row, head, pieces):
    again = fold(AGAIN)
    label = head[: -len(again)] if head.endswith(again) else head
    key = _LABELS.get(label) or _LABELS.get(head)
    if key:
        content, col = _first_content(grid, row)
        pieces.setdefault(key, _Piece(grid, row, col)).contents.append(content)


def _first_content(grid, row):
    for col in range(_VALUE_COLUMN, COLUMNS):
        if (content := grid.get(row, col)) is not None:
            return content, col
    return None, _VALUE_COLUMN


def _collect_line(grid, row, rows_key, number, layout, pieces):
    col = 0
    for name, span in LINE_LAYOUT[rows_key][layout]:
        if name and name != NUMBER:
            place = (rows_key, number, f"{rows_key}.{name}")
            piece = pieces.setdefault(place, _Piece(grid, row, col))
            piece.contents.append(grid.get(row, col))
        col += span


def _settle_fact(form, key, piece):
    """Take a fact, unless page 1 has it: a fact has one place only."""
    on_page = key in CELL_OF and not is_see_annex(form.data.get(key))
    if on_page:
        return
    _settle(form, key, key, piece, form.data.archive)


def _settle_line(form, place, piece):
    rows_key, line, key = place
    lines = form.data.rows.setdefault(rows_key, [])
    lines.extend({} for _ in range(line + 1 - len(lines)))
    values = lines[line]
    on_page = line < ROW_SECTIONS[rows_key].page_rows and (key, line) in CELL_OF
    if on_page and not is_see_annex(values.get(key, MISSING)):
        return
    _settle(form, place, key, piece, values)


def _settle(form, place, key, piece, into):
    fact = get_field(key)
    form.cells[place] = (piece.grid.name, address(piece.row, piece.col))
    try:
        for content in piece.contents:
            check_content(content, fact.label)
        filled = [content for content in piece.contents if content is not None]
        content = filled[0] if len(filled) == 1 else "".join(map(as_text, filled))
        value = parse_value(fact, content or None, piece.grid.date_1904)
        check_length(key, value)
        into[key] = value
    except CellProblem as problem:
        into.pop(key, None)
        form.add_error(piece.grid, piece.row, piece.col, problem.message, key)
