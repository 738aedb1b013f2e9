"""The looks of the form's cells, one xlsxwriter format per combination in use."""

FONT = "宋体"
SHADE = "#F2F2F2"
MARK_COLOR = "#808080"
#: Font sizes a cell may be set in, largest first; below the last, text moves to the
#: continuation sheet.
INPUT_SIZES = (9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5)
TABLE_SIZES = INPUT_SIZES[2:]
LABEL_SIZES = {
    "label": (9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5),
    "head": (8, 7.5, 7, 6.5, 6, 5.5, 5),
}
ANNEX_SIZE = 8.5

_BASE = {
    "title": {"bold": True, "font_size": 18, "align": "center"},
    "plain": {"font_size": 9.5, "align": "left"},
    "section": {"bold": True, "font_size": 9.5, "bg_color": SHADE, "border": 1},
    "label": {"align": "center", "bg_color": SHADE, "border": 1, "text_wrap": True},
    "head": {"align": "center", "border": 1, "text_wrap": True, "font_size": 8},
    "input": {"align": "left", "border": 1, "text_wrap": True},
    "line": {"align": "center", "border": 1, "text_wrap": True},
    "notes": {
        "align": "left",
        "valign": "top",
        "border": 1,
        "text_wrap": True,
        "font_size": 7.5,
    },
    "mark": {
        "align": "center",
        "bold": True,
        "border": 1,
        "border_color": MARK_COLOR,
        "font_color": MARK_COLOR,
        "font_size": 11,
        "text_wrap": True,
    },
}
# Typed by people, so that nothing they type turns into a number, date or formula.
_TEXT_FORMAT = "@"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def needs_quote(text):
    """Tell whether Excel would take a text for a formula if somebody retyped it."""
    return text.startswith(_FORMULA_STARTS)


class Styles:
    """Hands out formats; asks xlsxwriter for each combination only once."""

    def __init__(self, workbook):
        self._workbook = workbook
        self._formats = {}

    def get(self, role, size=None, locked=True, text=""):
        """Return the format of a cell.

        :param str role: a key of ``_BASE``
        :param float size: font size in points; the role's own without it
        :param bool locked: labels are locked, inputs are open
        :param str text: what the cell holds: text that looks like a formula gets
            Excel's leading apostrophe as a property, so the text itself stays as it is
        """
        quoted = needs_quote(text)
        key = (role, size, locked, quoted)
        if key not in self._formats:
            self._formats[key] = self._make(role, size, locked, quoted)
        return self._formats[key]

    def _make(self, role, size, locked, quoted):
        properties = {"font_name": FONT, "valign": "vcenter", **_BASE[role]}
        if size:
            properties["font_size"] = size
        if not locked:
            properties.update(locked=False, num_format=_TEXT_FORMAT)
        if quoted:
            properties["quote_prefix"] = True
        return self._workbook.add_format(properties)
