"""Drop-downs of the form: which cell offers which list.

The lists stand on a very hidden sheet, because a list written into the cell itself
may hold 255 characters only.
"""

from .cells import Boxes, Graded, Single, Terms
from .definition import OPTIONS, get_field
from .hidden import LISTS_SHEET
from .values import NA_TEXT, REFUSED_TEXT


class Choices:
    """Collects the lists that a workbook needs, and writes them at its end."""

    def __init__(self):
        self._columns = {}
        self._by_cell = {}
        self._by_key = {}

    def for_cell(self, cell):
        """Return the data validation of a cell of page 1, or None."""
        codec = cell.codec
        if codec not in self._by_cell:
            self._by_cell[codec] = self._make(codec)
        return self._by_cell[codec]

    def for_key(self, key):
        """Return the data validation of a continuation cell, or None."""
        if key not in self._by_key:
            self._by_key[key] = self._make(Single(key)) if key else None
        return self._by_key[key]

    def _make(self, codec):
        if isinstance(codec, (Boxes, Graded, Terms)):
            return self._validation(codec.choices(), closed=False)
        field = get_field(codec.keys[0])
        if not field.options or field.readonly:
            return None
        labels = [option.label for option in OPTIONS[field.options]]
        prefix = getattr(codec, "prefix", "")
        if prefix:
            return self._validation([prefix + label for label in labels], closed=True)
        closed = field.kind == "selection"
        return self._validation([*labels, NA_TEXT, REFUSED_TEXT], closed)

    def _validation(self, texts, closed):
        texts = tuple(texts)
        column = self._columns.setdefault(texts, len(self._columns))
        letter = chr(ord("A") + column)
        return {
            "validate": "list",
            "source": f"={LISTS_SHEET}!${letter}$1:${letter}${len(texts)}",
            "error_type": "stop" if closed else "warning",
            "error_title": "请从下拉列表中选择",
            "error_message": "该栏请从下拉列表中选择一项。",
        }

    def add_to(self, workbook):
        """Add the very hidden sheet with the lists."""
        sheet = workbook.add_worksheet(LISTS_SHEET)
        sheet.very_hidden()
        for texts, column in self._columns.items():
            for row, text in enumerate(texts):
                sheet.write_string(row, column, text)
