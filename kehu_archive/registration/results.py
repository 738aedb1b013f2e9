"""What reading a form gives: facts, where they stood, and what is wrong with them."""

import datetime
from dataclasses import dataclass, field

from . import hidden
from .definition import get_field
from .grid import ERROR_VALUE, FORMULA
from .messages import CellError, CellProblem, Message
from .values import FormData

MAX_CHAR = 1000
MAX_TEXT = 100000


@dataclass
class ReadForm:
    """One customer's form as it came back.

    :param str filename: where it was read from
    :param str sheet: name of page 1
    :param FormData data: the facts; an absent key was not on the sheet or is in error
    :param list errors: :class:`~.messages.CellError`, in the order of the form
    :param Base base: what the form said when printed, None for forms from elsewhere
    :param dict cells: ``{key or (rows_key, line, key): (sheet, address)}``
    :param Message problem: why the file was not read at all; nothing else is set then
    """

    filename: str = ""
    sheet: str = ""
    data: FormData = field(default_factory=FormData)
    errors: list = field(default_factory=list)
    base: hidden.Base = None
    cells: dict = field(default_factory=dict)
    problem: Message = None

    def add_error(self, grid, row, col, message, key=""):
        """Record what is wrong with a cell."""
        self.errors.append(CellError(grid.name, address(row, col), message, key))


def address(row, col):
    """Return the name of a cell, "C8"."""
    return f"{column_letters(col)}{row + 1}"


def column_letters(col):
    """Return the letters of a column, "C"."""
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def check_content(content, label):
    """Refuse what is not an answer at all.

    :raise CellProblem: for formulas and errors; they are never evaluated
    """
    if content is FORMULA:
        raise CellProblem("cell_formula", label=label)
    if content is ERROR_VALUE:
        raise CellProblem("cell_error_value", label=label)
    if isinstance(content, datetime.time):
        raise CellProblem("cell_error_value", label=label)


def check_length(key, value, fact=None):
    """Refuse texts that no person typed into a form.

    :param Field fact: the field, where the form's definition does not have it
    :raise CellProblem: when the text is too long
    """
    fact = fact or get_field(key)
    limit = MAX_TEXT if fact.kind == "text" else MAX_CHAR
    length = max(len(value.text), len(value.raw))
    if length > limit:
        raise CellProblem("cell_too_long", label=fact.label, limit=limit, length=length)
