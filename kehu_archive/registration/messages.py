"""Every sentence that reading a form can end with, as English sources.

The package never translates: a :class:`Message` is an id and parameters, and
``render(translate)`` hands the source and the parameters to whoever can, in Odoo
``lambda source, **params: env._(source, **params)``.
"""

# pylint: disable=prefer-env-translation
# There is no env here: `_` only marks the sources, for the export of terms.

from dataclasses import dataclass, field
from types import MappingProxyType


def _(source):
    """Mark a source for extraction, and leave it alone."""
    return source


SOURCES = MappingProxyType(
    {
        # Whole files
        "file_empty": _("%(file)s is empty."),
        "file_too_large": _(
            "%(file)s is larger than %(limit)s MB. Split it into smaller files."
        ),
        "file_type": _(
            "%(file)s is not a workbook. Choose filled registration forms as .xlsx or "
            ".xls files, or a .zip of them."
        ),
        "file_damaged": _(
            "%(file)s is damaged or incomplete. Open it in Excel or WPS, save it "
            "again, and retry."
        ),
        "file_encrypted": _(
            "%(file)s is protected by a password. Save it without a password and retry."
        ),
        "file_macros": _(
            "%(file)s contains macros. Save it as a workbook without macros (.xlsx) "
            "and retry."
        ),
        "file_external": _(
            "%(file)s links to other files. Replace the links by their values and "
            "retry."
        ),
        "file_bomb": _(
            "%(file)s unpacks to far more data than a form can hold. It was not opened."
        ),
        "file_unsafe_xml": _(
            "%(file)s contains XML declarations that no form needs. It was not opened."
        ),
        "file_too_many_sheets": _(
            "%(file)s has more than %(limit)s sheets. Split it into smaller files."
        ),
        "file_too_many_cells": _(
            "%(file)s has a sheet that is far larger than the form. Delete everything "
            "outside the form and retry."
        ),
        "file_no_form": _(
            "%(file)s contains no customer registration form (客户档案登记表)."
        ),
        "file_newer": _(
            "%(file)s was made by a newer version of the form (%(version)s). Print the "
            "form again from this system."
        ),
        "zip_too_many": _(
            "%(file)s contains more than %(limit)s files. Split it into smaller "
            "archives."
        ),
        "zip_nested": _(
            "%(file)s is an archive inside an archive. Unpack it first and retry."
        ),
        "zip_nothing": _("%(file)s contains no .xlsx or .xls file."),
        # Registers
        "register_type": _(
            "%(file)s is not a workbook. Choose a register as .xlsx or .xls file."
        ),
        "register_no_headings": _(
            "%(file)s has no row of headings that the register knows, such as 客户编号 "
            "and 客户名称."
        ),
        "register_too_many_rows": _(
            "%(file)s has more than %(limit)s rows. Split it into smaller files."
        ),
        # Single cells
        "cell_formula": _(
            "The cell holds a formula. Type the value itself (%(label)s)."
        ),
        "cell_error_value": _("The cell shows a calculation error (%(label)s)."),
        "cell_too_long": _(
            "%(label)s is longer than %(limit)s characters (it has %(length)s)."
        ),
        "unknown_option": _(
            "Unknown %(label)s “%(text)s”. Choose one of: %(options)s."
        ),
        "several_options": _(
            "%(label)s has more than one tick (%(text)s). Tick exactly one."
        ),
        "bad_date": _(
            "“%(text)s” is not a date (%(label)s). Write year, month and day, such as "
            "2026-08-03."
        ),
        "bad_month": _(
            "“%(text)s” is not a month (%(label)s). Write year and month, such as "
            "1980年5月."
        ),
        "bad_integer": _("“%(text)s” is not a whole number (%(label)s)."),
        "bad_decimal": _(
            "“%(text)s” is not an amount (%(label)s). Write digits only, in %(unit)s."
        ),
        "negative_number": _("%(label)s cannot be negative (%(text)s)."),
        "annex_missing": _(
            "%(label)s says “see continuation sheet”, and no continuation sheet holds "
            "it."
        ),
    }
)


@dataclass(frozen=True)
class Message:
    """One sentence to be: the id of its source and what to fill in.

    :param str message_id: key of ``SOURCES``
    :param dict params: values for the placeholders, text or numbers
    """

    message_id: str
    params: dict = field(default_factory=dict)

    def render(self, translate=None):
        """Return the sentence.

        :param translate: callable ``(source, **params) -> str``; English without it
        :rtype: str
        """
        source = SOURCES[self.message_id]
        if translate is None:
            return source % self.params if self.params else source
        return translate(source, **self.params)


class CellProblem(ValueError):
    """A cell whose text cannot be taken; carries the :class:`Message`."""

    def __init__(self, message_id, **params):
        super().__init__(message_id)
        self.message = Message(message_id, params)


class RefusedFile(ValueError):
    """A file that is not opened, or not read to the end; carries the sentence."""

    def __init__(self, message_id, **params):
        super().__init__(message_id)
        self.message = Message(message_id, params)


@dataclass(frozen=True)
class CellError:
    """What is wrong with one cell of one sheet, "C8: Unknown …"."""

    sheet: str
    cell: str
    message: Message
    key: str = ""

    def render(self, translate=None):
        """Return the address and the sentence, "C8: Unknown …"."""
        return f"{self.cell}: {self.message.render(translate)}"

    def render_beside(self, sheet, translate=None):
        """Like ``render``, with the sheet before the cell unless it is ``sheet``."""
        sentence = self.render(translate)
        return sentence if self.sheet == sheet else f"{self.sheet}!{sentence}"
