"""The blank form, to be filled in with a pen or in Excel, WPS or LibreOffice.

It is the same page as the filled form, written from no answers at all: drop-downs for
every option list, labels locked, inputs open, no password. A blank continuation sheet
comes with it.
"""

from .continuation import plan_blank_annex
from .form_sheet import FormBook
from .layout import INPUTS
from .page_one import compose_page, set_page_count
from .values import FormData

_TITLE = "空白登记表"
_DATE_TO_WRITE = "____年__月__日"


def write_blank(stream, context, with_annex=True):
    """Write one blank form.

    :param stream: binary file to write to
    :param PrintContext context: who prints and when
    :param bool with_annex: add a blank continuation sheet
    :return: number of printed pages
    :rtype: int
    """
    form = FormData()
    page = compose_page(form)
    set_page_count(page, form, None)
    date_cell = next(cell for cell in INPUTS if "filled_on" in cell.keys)
    text, size = page.texts[date_cell]
    page.texts[date_cell] = (text + _DATE_TO_WRITE, size)
    with FormBook(stream, context) as book:
        book.add_pages(form, page, plan_blank_annex() if with_annex else [], _TITLE)
        return book.pages
