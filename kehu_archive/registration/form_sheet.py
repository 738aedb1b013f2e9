"""Writes forms as workbooks: page 1, continuation sheets, lists, hidden sheet.

``write_forms`` is the way in. One customer takes one sheet that prints as exactly one
A4 page, and one further sheet per continuation page. Labels are locked and inputs
open, without a password: people fill the form in Excel, WPS or LibreOffice.
"""

import datetime
from dataclasses import dataclass, field

import xlsxwriter

from . import hidden
from .choices import Choices
from .continuation import ANNEX_TITLE, plan_annex
from .definition import FORM_TITLE, FORM_VERSION, get_field
from .kinds import print_value
from .layout import COLUMN_CHARS, COLUMN_POINTS, COLUMNS, PAGE
from .metrics import fit_size
from .page_one import compose_page, set_page_count
from .sheet_names import SheetNames
from .styles import ANNEX_SIZE, LABEL_SIZES, Styles

_MARGINS = {"left": 0.45, "right": 0.45, "top": 0.4, "bottom": 0.5}
_PROTECTION = {"format_rows": True, "format_cells": True}
_FOOTER_LIMIT = 250
# Rows and columns beside the page: in sight when the sheet is opened, outside what is
# printed (the footer says it there) and outside what is read back.
_MARK_ROWS = (0, 3)
_MARK_COLUMNS = (COLUMNS + 1, COLUMNS + 5)


@dataclass
class PrintContext:
    """Who prints, when, and what the footer says.

    :param str printed_by: name of the person who prints
    :param datetime.datetime printed_at: local time of that person
    :param str copy_number: 份号, for forms that carry none of their own
    :param str title: title property of the file
    """

    printed_by: str = ""
    printed_at: datetime.datetime = field(default_factory=datetime.datetime.now)
    copy_number: str = ""
    title: str = FORM_TITLE


def write_forms(stream, forms, context):
    """Write the registration forms of some customers into one workbook.

    :param stream: binary file to write to
    :param forms: iterable of :class:`~.values.FormData`, one per customer
    :param PrintContext context: who prints and when
    :return: number of printed pages
    :rtype: int
    """
    with FormBook(stream, context) as book:
        for form in forms:
            book.add_form(form)
        return book.pages


class FormBook:
    """One workbook of forms, open until the ``with`` block ends."""

    def __init__(self, stream, context):
        self.context = context
        self.pages = 0
        self._workbook = xlsxwriter.Workbook(
            stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self._workbook.set_properties(
            {
                "title": context.title,
                "author": context.printed_by,
                "created": context.printed_at.replace(tzinfo=None),
                "comments": f"表样版本 {FORM_VERSION}",
            }
        )
        self._styles = Styles(self._workbook)
        self._choices = Choices()
        self._names = SheetNames((hidden.HIDDEN_SHEET, hidden.LISTS_SHEET))
        self._salt = hidden.new_salt()
        self._records = []

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc, traceback):
        if exc_type is None:
            self._choices.add_to(self._workbook)
            hidden.write(self._workbook, self._records, self._salt)
            self._workbook.close()

    def add_form(self, form):
        """Add page 1 and the continuation sheets of a customer."""
        page = compose_page(form)
        annex = plan_annex(form, page)
        set_page_count(page, form, len(annex))
        self.add_pages(form, page, annex, self._sheet_title(form))

    def add_pages(self, form, page, annex, title):
        """Write planned pages as sheets.

        :param FormData form: the answers
        :param PageOne page: page 1, finished
        :param list annex: the continuation pages
        :param str title: what the sheets are named after
        """
        sheet = self._add_sheet(self._names.take(title), form)
        self._write_page(sheet, page)
        self._workbook.define_name(
            f"{hidden.NAME_PREFIX}{len(self._records)}",
            "='{}'!$A$1".format(sheet.name.replace("'", "''")),
        )
        self._records.append(hidden.describe(form, self._salt))
        for number, rows in enumerate(annex, 1):
            name = self._names.take(title, f" 附{number}")
            self._write_annex(self._add_sheet(name, form), form, rows, number, annex)

    @staticmethod
    def _sheet_title(form):
        keys = ("partner_id.short_name", "partner_id.name", "partner_id.ref", "name")
        return next((form.get(key).text for key in keys if form.get(key).text), "")

    # === SHEETS === #

    def _add_sheet(self, name, form):
        sheet = self._workbook.add_worksheet(name)
        self.pages += 1
        sheet.set_paper(9)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(**_MARGINS)
        sheet.center_horizontally()
        sheet.hide_gridlines(2)
        sheet.set_column(0, COLUMNS - 1, COLUMN_CHARS)
        sheet.set_footer(self._footer(form), {"margin": 0.22})
        sheet.protect("", _PROTECTION)
        self._write_mark(sheet, form)
        return sheet

    def _write_mark(self, sheet, form):
        """Write number, user and time beside the page, for whoever opens the file."""
        copy = form.copy_number or self.context.copy_number
        if copy:
            when = self.context.printed_at.strftime("%Y-%m-%d %H:%M")
            text = f"份号：{copy}\n{self.context.printed_by}\n{when}"
            (top, bottom), (left, right) = _MARK_ROWS, _MARK_COLUMNS
            style = self._styles.get("mark")
            sheet.merge_range(top, left, bottom, right, "", style)
            sheet.write_string(top, left, text, style)

    def _footer(self, form):
        copy = form.copy_number or self.context.copy_number
        level = print_value(get_field("confidentiality"), form.get("confidentiality"))
        when = self.context.printed_at.strftime("%Y-%m-%d %H:%M")
        left = f"份号：{copy}" if copy else ""
        right = f"密级：{level}" if level else ""
        who = self.context.printed_by
        while True:
            middle = f"打印：{who} {when}" if who else f"打印：{when}"
            footer = "".join(
                f"&{place}&8 {text.replace('&', '&&')}"
                for place, text in zip("LCR", (left, middle, right), strict=True)
            )
            if len(footer) <= _FOOTER_LIMIT or not who:
                return footer[:_FOOTER_LIMIT]
            who = who[:-1]

    def _write_page(self, sheet, page):
        for row, line in enumerate(PAGE):
            sheet.set_row(row, line.height)
            for cell in line.cells:
                if cell.codec is None:
                    self._write_static(sheet, cell, line.height)
                    continue
                text, size = page.texts[cell]
                role = cell.role
                if cell.rows_key:
                    role = "line"
                locked = cell.keys == ("name",)
                self._put(sheet, cell, role, text, size, locked)
                if choice := self._choices.for_cell(cell):
                    sheet.data_validation(
                        cell.row, cell.col, cell.row, cell.col, choice
                    )
        sheet.print_area(0, 0, len(PAGE) - 1, COLUMNS - 1)

    def _write_static(self, sheet, cell, height):
        size = None
        if cell.role in ("label", "head"):
            width = cell.span * COLUMN_POINTS
            size = fit_size(cell.text, width, height, LABEL_SIZES[cell.role])
        self._put(sheet, cell, cell.role, cell.text, size)

    def _write_annex(self, sheet, form, rows, number, annex):
        head = self._styles.get("plain", 9)
        sheet.set_row(0, 27)
        sheet.merge_range(0, 0, 0, COLUMNS - 1, "", self._styles.get("title", 16))
        sheet.write_string(0, 0, ANNEX_TITLE, self._styles.get("title", 16))
        sheet.set_row(1, 15)
        texts = (
            (0, 3, f"档案编号：{form.get('name').text}"),
            (4, 9, f"客户：{form.get('partner_id.name').text}"),
            (10, 11, f"第 {number} 页 / 共 {len(annex)} 页"),
        )
        for first, last, text in texts:
            sheet.merge_range(1, first, 1, last, "", head)
            sheet.write_string(1, first, text, head)
        for row, line in enumerate(rows, 2):
            sheet.set_row(row, line.height)
            for cell in line.cells:
                self._write_annex_cell(sheet, row, cell)
        sheet.print_area(0, 0, len(rows) + 1, COLUMNS - 1)

    def _write_annex_cell(self, sheet, row, cell):
        size = {"input": ANNEX_SIZE, "label": 8.5}.get(cell.role)
        fmt = self._styles.get(cell.role, size, not cell.key, cell.text)
        _put_text(sheet, row, cell.col, cell.span, cell.text, fmt)
        if choice := self._choices.for_key(cell.key):
            sheet.data_validation(row, cell.col, row, cell.col, choice)

    def _put(self, sheet, cell, role, text, size=None, locked=None):
        if locked is None:
            locked = cell.codec is None
        fmt = self._styles.get(role, size, locked, text)
        _put_text(sheet, cell.row, cell.col, cell.span, text, fmt)


def _put_text(sheet, row, col, span, text, fmt):
    """Write a text, never anything else, over ``span`` merged columns."""
    if span > 1:
        sheet.merge_range(row, col, row, col + span - 1, "", fmt)
    if text:
        sheet.write_string(row, col, text, fmt)
    elif span == 1:
        sheet.write_blank(row, col, None, fmt)
