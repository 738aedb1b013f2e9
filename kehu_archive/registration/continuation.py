"""Continuation sheets (附页): everything that page 1 has no room for (R93).

``plan_annex`` turns a form into finished A4 pages: further facts, texts too long for
their cell, the fifth principal, the fourth cooperation, and the lists that live only
here. Each page becomes one sheet of its own, so that the number of printed pages is
the number of planned ones. Texts longer than a page go on in the next line, whose
label or number ends with 续.
"""

from dataclasses import dataclass

from .definition import (
    FIELDS,
    FORM_TITLE,
    ROW_SECTIONS,
    applies,
    get_field,
)
from .kinds import print_value
from .layout import CELL_OF, COLUMN_POINTS, COLUMNS
from .metrics import CELL_PADDING, LINE_HEIGHT, count_lines, text_height
from .page_one import getter
from .styles import ANNEX_SIZE
from .values import Value, ValueState

ANNEX_TITLE = f"{FORM_TITLE}（附页）"
FACTS_BAR = "补充信息"
AGAIN = "（续）"
LABEL_SPAN = 3
MIN_HEIGHT = 17.0
#: Higher lines are split, so that pages fill up; Excel itself stops at 409 points.
MAX_HEIGHT = 240.0
PAGE_CAPACITY = 745.0
NUMBER = "#"

#: How a line of a list is laid out, over one or two rows of twelve columns.
LINE_LAYOUT = {
    "principal_ids": (
        (
            (NUMBER, 1),
            ("role", 1),
            ("name", 1),
            ("job_title", 2),
            ("birth_month", 1),
            ("education", 1),
            ("phone", 2),
            ("wechat", 1),
            ("email", 2),
        ),
        (
            ("", 1),
            ("personality", 3),
            ("family", 2),
            ("background", 3),
            ("ability", 2),
            ("consent_summary", 1),
        ),
    ),
    "cooperation_ids": (
        (
            (NUMBER, 1),
            ("project", 3),
            ("date_start", 1),
            ("date_end", 1),
            ("contract_number", 2),
            ("contract_content", 2),
            ("performance", 1),
            ("collection", 1),
        ),
    ),
    "need_ids": (
        (
            (NUMBER, 1),
            ("kind", 1),
            ("description", 7),
            ("noted_on", 1),
            ("source", 2),
        ),
    ),
    "service_ids": (
        (
            (NUMBER, 1),
            ("kind", 1),
            ("date", 1),
            ("description", 4),
            ("deadline", 1),
            ("result", 2),
            ("score", 1),
            ("state", 1),
        ),
    ),
    "competitor_ids": (
        (
            (NUMBER, 1),
            ("name", 2),
            ("relation", 2),
            ("share", 1),
            ("price_note", 2),
            ("note", 4),
        ),
    ),
    "comparison_ids": (
        (
            (NUMBER, 1),
            ("competitor_id", 2),
            ("date", 1),
            ("price", 1),
            ("quality", 1),
            ("delivery", 1),
            ("service", 1),
            ("note", 4),
        ),
    ),
    "note_ids": (((NUMBER, 1), ("date", 1), ("text", 8), ("source", 2)),),
}


@dataclass(frozen=True)
class AnnexCell:
    """One cell of a continuation page.

    :param int line: 0-based position of the line in its list, -1 for single facts
    """

    col: int
    span: int
    role: str
    text: str = ""
    key: str = ""
    line: int = -1


@dataclass(frozen=True)
class AnnexRow:
    """One row of a continuation page and its height in points."""

    height: float
    cells: tuple


def bar_text(rows_key):
    """Return the heading of a list on the continuation sheet."""
    label = ROW_SECTIONS[rows_key].label
    return label.partition("、")[2] or label


def field_label(key):
    """Return the label of a fact or column on the continuation sheet."""
    field = get_field(key)
    return f"{field.label}({field.unit})" if field.unit else field.label


def line_keys(rows_key):
    """Yield the keys of a list's lines in the order of the continuation sheet."""
    for layout in LINE_LAYOUT[rows_key]:
        for name, _span in layout:
            if name and name != NUMBER:
                yield f"{rows_key}.{name}"


def plan_annex(form, page):
    """Return the continuation pages of a form.

    :param FormData form: the answers
    :param PageOne page: page 1, which says what had no room on it
    :return: list of pages, each a list of :class:`AnnexRow`; empty when page 1 holds
        everything
    """
    blocks = []
    if facts := _fact_units(form, page):
        blocks.append(([_bar(FACTS_BAR)], facts))
    for rows_key in ROW_SECTIONS:
        if units := _line_units(form, page, rows_key):
            blocks.append(([_bar(bar_text(rows_key)), *_heads(rows_key)], units))
    return _paginate(blocks)


def plan_blank_annex():
    """Return one empty continuation page, to be filled in by hand."""
    keys = [field.key for field in FIELDS.values() if _is_annex_fact(field)]
    facts = [
        [row]
        for key in keys
        for row in _fact_rows(
            key, "", 26.0 if get_field(key).kind == "text" else MIN_HEIGHT
        )
    ]
    blocks = [([_bar(FACTS_BAR)], facts)]
    counts = {"principal_ids": (5, 1), "cooperation_ids": (4, 2)}
    for rows_key in ROW_SECTIONS:
        first, count = counts.get(rows_key, (1, 2))
        units = [_empty_unit(rows_key, first - 1 + index) for index in range(count)]
        blocks.append(([_bar(bar_text(rows_key)), *_heads(rows_key)], units))
    return _paginate(blocks)


def _is_annex_fact(field):
    return field.on_form and field.key not in CELL_OF


# === SINGLE FACTS === #


def _fact_units(form, page):
    """Return the facts to print, each a list of rows that stay together."""
    get = getter(form)
    units = []
    for field in FIELDS.values():
        wanted = field.key in page.facts or (
            _is_annex_fact(field)
            and applies(field, form.customer_nature)
            and get(field.key) != Value(ValueState.MISSING)
        )
        if wanted:
            text = print_value(field, get(field.key))
            units.extend([row] for row in _fact_rows(field.key, text))
    return units


def _fact_rows(key, text, least=MIN_HEIGHT):
    span = COLUMNS - LABEL_SPAN
    rows = []
    for number, chunk in enumerate(_chunks(text, span)):
        label = field_label(key) + (AGAIN if number else "")
        cells = (
            AnnexCell(0, LABEL_SPAN, "label", label),
            AnnexCell(LABEL_SPAN, span, "input", chunk, key),
        )
        rows.append(AnnexRow(max(least, _height(chunk, span)), cells))
    return rows


# === LINES OF LISTS === #


def _line_units(form, page, rows_key):
    section = ROW_SECTIONS[rows_key]
    units = []
    for line, values in enumerate(form.rows.get(rows_key, ())):
        get = getter(form, rows_key, line)
        keys = set(line_keys(rows_key))
        own = frozenset(keys)
        if line < section.page_rows:
            keys = {
                key for key in keys if (key, line) not in CELL_OF and values.get(key)
            } | page.lines.get((rows_key, line), set())
            own = frozenset(keys)
            if keys:
                # For the reader's eye only: whose details these are.
                keys.add(section.fields[1 if rows_key == "principal_ids" else 0].key)
        if any(get(key) for key in keys):
            units.extend(_line_rows(rows_key, line, keys, own, get))
    return units


def _line_rows(rows_key, line, keys, own, get):
    """Return the rows of one line; texts longer than a page give further units.

    :param set keys: what is printed
    :param frozenset own: what is asked for here; the rest is page 1's, and locked
    """
    chunks = {
        key: _chunks(print_value(get_field(key), get(key)), span)
        for layout in LINE_LAYOUT[rows_key]
        for key, span in ((f"{rows_key}.{name}", span) for name, span in layout)
        if key in keys
    }
    count = max(map(len, chunks.values()))
    return [
        _unit(
            rows_key,
            line,
            {key: parts[part] for key, parts in chunks.items() if part < len(parts)},
            AGAIN if part else "",
            own=own,
        )
        for part in range(count)
    ]


def _empty_unit(rows_key, line):
    return _unit(rows_key, line, {}, "", 19.0)


def _unit(rows_key, line, texts, suffix, least=MIN_HEIGHT, own=None):
    rows = []
    for layout in LINE_LAYOUT[rows_key]:
        cells, col, height = [], 0, least
        for name, span in layout:
            key = f"{rows_key}.{name}"
            if name == NUMBER:
                cells.append(AnnexCell(col, span, "label", f"{line + 1}{suffix}"))
            elif not name:
                cells.append(AnnexCell(col, span, "label"))
            else:
                text = texts.get(key, "")
                height = max(height, _height(text, span))
                if own is None or key in own:
                    cells.append(AnnexCell(col, span, "input", text, key, line))
                else:
                    cells.append(AnnexCell(col, span, "label", text))
            col += span
        rows.append(AnnexRow(height, tuple(cells)))
    return rows


def _heads(rows_key):
    rows = []
    for layout in LINE_LAYOUT[rows_key]:
        cells, col = [], 0
        for name, span in layout:
            label = {"": "", NUMBER: "序号"}.get(name)
            if label is None:
                label = field_label(f"{rows_key}.{name}")
            cells.append(AnnexCell(col, span, "head", label))
            col += span
        rows.append(AnnexRow(MIN_HEIGHT, tuple(cells)))
    return rows


def _bar(text):
    return AnnexRow(14.0, (AnnexCell(0, COLUMNS, "section", text),))


# === ROOM === #


def _height(text, span):
    return text_height(text, span * COLUMN_POINTS, ANNEX_SIZE) + 3 if text else 0.0


def _chunks(text, span):
    """Cut a text into pieces that each fit a row; together they are the text."""
    width = span * COLUMN_POINTS - CELL_PADDING
    most = int(MAX_HEIGHT / (ANNEX_SIZE * LINE_HEIGHT))
    pieces = []
    while text and count_lines(text, width, ANNEX_SIZE) > most:
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if count_lines(text[:middle], width, ANNEX_SIZE) <= most:
                low = middle
            else:
                high = middle - 1
        pieces.append(text[:low])
        text = text[low:]
    return [*pieces, text]


def _paginate(blocks):
    """Distribute blocks over pages; a heading is repeated where its block goes on."""
    pages, page, left = [], [], 0.0
    for heading, units in blocks:
        head_height = sum(row.height for row in heading)
        fresh = True
        for unit in units:
            height = sum(row.height for row in unit)
            needed = height + (head_height if fresh else 0)
            if needed > left:
                page, left, fresh = [], PAGE_CAPACITY, True
                pages.append(page)
            if fresh:
                page.extend(heading)
                left -= head_height
                fresh = False
            page.extend(unit)
            left -= height
    return pages
