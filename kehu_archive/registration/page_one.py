"""What stands in each cell of page 1 for one customer, before any file is written.

Texts that do not fit even in the smallest print move to the continuation sheet, and
the cell says 见附页 (R93).
"""

from dataclasses import dataclass, field

from .definition import applies, get_field
from .kinds import print_value
from .layout import COLUMN_POINTS, INPUTS, PAGE
from .metrics import fit_size
from .styles import INPUT_SIZES, TABLE_SIZES
from .values import MISSING, NA, SEE_ANNEX, Value

_SEE = Value.filled(SEE_ANNEX)
_MOVABLE = ("char", "text", "code", "party")


@dataclass
class PageOne:
    """The texts and font sizes of page 1, and what had no room on it.

    :param dict texts: ``{Cell: (text, size)}``
    :param list facts: keys of single facts that moved to the continuation sheet
    :param dict lines: ``{(rows_key, line): set of keys}`` that moved
    """

    texts: dict = field(default_factory=dict)
    facts: list = field(default_factory=list)
    lines: dict = field(default_factory=dict)


def getter(form, rows_key="", line=-1):
    """Return the function ``key -> Value`` of a form or of one of its lines.

    What does not concern an individual reads as 无 there (R35, R91).
    """
    if rows_key:
        lines = form.rows.get(rows_key, ())
        values = lines[line] if line < len(lines) else {}
        return lambda key: values.get(key, MISSING)
    nature = form.customer_nature
    if nature != "individual":
        return form.get
    return lambda key: form.get(key) if applies(get_field(key), nature) else NA


def compose_page(form):
    """Return the :class:`PageOne` of a form.

    The remark is composed without its page count, which is only known after the
    continuation sheets are planned: ``set_page_count`` adds it.
    """
    page = PageOne()
    for cell in INPUTS:
        get = getter(form, cell.rows_key, cell.line)
        text, size, moved = _fit(cell, get)
        page.texts[cell] = (text, size)
        if moved and cell.rows_key:
            page.lines.setdefault((cell.rows_key, cell.line), set()).update(moved)
        else:
            page.facts.extend(moved)
    return page


def set_page_count(page, form, pages):
    """Print "另附 n 页" at the end of the remark.

    :param int pages: number of printed continuation pages; None: to be written in
    """
    cell = next(cell for cell in INPUTS if "remark" in cell.keys)
    get = getter(form)
    if "remark" in page.facts:
        text = cell.codec.compose(lambda _key: _SEE, pages)
    else:
        text = cell.codec.compose(get, pages)
    page.texts[cell] = (text, _size(cell, text) or INPUT_SIZES[-1])


def _fit(cell, get):
    """Return text, font size and the keys that had to move, for one cell."""
    text = cell.codec.compose(get)
    size = _size(cell, text)
    moved = []
    candidates = sorted(
        (key for key in cell.keys if get_field(key).kind in _MOVABLE),
        key=lambda key: len(print_value(get_field(key), get(key))),
    )
    while size is None and candidates:
        moved.append(candidates.pop())
        text = cell.codec.compose(lambda key: _SEE if key in moved else get(key))
        size = _size(cell, text)
    return text, size or INPUT_SIZES[-1], moved


def _size(cell, text):
    sizes = TABLE_SIZES if cell.rows_key else INPUT_SIZES
    if not text:
        return sizes[0]
    height = PAGE[cell.row].height
    return fit_size(text, cell.span * COLUMN_POINTS, height, sizes)
