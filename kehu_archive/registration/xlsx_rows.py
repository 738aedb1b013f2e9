"""Reads the rows of an .xlsx quickly: tens of thousands of them, once.

openpyxl makes an object of every cell; a register needs the contents only. The file
has passed ``safety.identify`` before. Formulas and errors are marked, never evaluated;
dates are told by the format of their cell, as Excel tells them.
"""

import io
import posixpath
import zipfile

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from .grid import ERROR_VALUE, FORMULA

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_MAX_COLUMN = 16384


class XlsxRows:
    """One workbook: ``sheets()`` names its sheets, ``lines(path)`` reads one."""

    def __init__(self, data):
        """Read what all sheets share.

        :param bytes data: the file
        """
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {name.lower(): name for name in self._archive.namelist()}
        self._book = self._parse("xl/workbook.xml")
        settings = self._book.find("{*}workbookPr")
        dates = settings.get("date1904") if settings is not None else None
        self.date_1904 = dates in ("1", "true")
        self._epoch = CALENDAR_MAC_1904 if self.date_1904 else CALENDAR_WINDOWS_1900
        self._strings = self._read_strings()
        self._date_styles = self._read_date_styles()

    def sheets(self):
        """Return ``(title, is visible, path)`` of the worksheets, in order."""
        targets = {
            relation.get("Id"): relation.get("Target")
            for relation in self._parse("xl/_rels/workbook.xml.rels")
        }
        found = []
        for sheet in self._book.find("{*}sheets"):
            target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT)) or ""
            path = posixpath.normpath(posixpath.join("/xl", target))[1:]
            if path.lower() in self._names and "worksheets/" in path.lower():
                state = sheet.get("state", "visible")
                found.append((sheet.get("name", ""), state == "visible", path))
        return found

    def lines(self, path, max_columns):
        """Yield ``(row number, contents)`` of a sheet; rows without cells are left out.

        :param str path: as ``sheets()`` gives it
        :param int max_columns: contents further to the right are not read
        """
        with self._archive.open(self._names[path.lower()]) as part:
            number = 0
            for _event, row in _iterparse(part, "{*}row"):
                number = int(row.get("r") or number + 1)
                line = []
                for cell in row:
                    reference = cell.get("r")
                    column = _column(reference) if reference else len(line)
                    if column >= max_columns:
                        break
                    if column > len(line):
                        line.extend([None] * (column - len(line)))
                    line[column:] = [self._content(cell)]
                if line:
                    yield number, line
                row.clear(keep_tail=False)
                parent = row.getparent()
                while parent is not None and row.getprevious() is not None:
                    del parent[0]

    def _content(self, cell):
        """Return what a person sees in a cell."""
        kind, text = cell.get("t"), None
        for child in cell:
            tag = child.tag
            if tag.endswith("}v"):
                text = child.text
            elif tag.endswith("}f"):
                return FORMULA
            elif tag.endswith("}is"):
                return _words(child) or None
        if text is None:
            return None
        if kind == "s":
            return self._strings[int(text)] or None
        if kind in ("str", "inlineStr"):
            return text or None
        if kind == "e":
            return ERROR_VALUE
        if kind == "b":
            return text == "1"
        if kind == "d":
            return text
        number = float(text)
        if cell.get("s") in self._date_styles:
            return _day(number, self._epoch)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number

    # === PARTS === #

    def _parse(self, name):
        name = self._names[name.lower()]
        with self._archive.open(name) as part:
            return etree.parse(part, _parser()).getroot()

    def _read_strings(self):
        name = self._names.get("xl/sharedstrings.xml")
        if not name:
            return []
        strings = []
        with self._archive.open(name) as part:
            for _event, item in _iterparse(part, "{*}si"):
                strings.append(_words(item))
                item.clear(keep_tail=False)
                while item.getprevious() is not None:
                    del item.getparent()[0]
        return strings

    def _read_date_styles(self):
        """Return the numbers of the cell styles that show dates, as the file has them."""
        if "xl/styles.xml" not in self._names:
            return frozenset()
        styles = self._parse("xl/styles.xml")
        formats = dict(BUILTIN_FORMATS)
        for custom in styles.iterfind("{*}numFmts/{*}numFmt"):
            formats[int(custom.get("numFmtId"))] = custom.get("formatCode")
        dates = set()
        for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
            if is_date_format(formats.get(int(style.get("numFmtId", 0)))):
                dates.add(str(number))
        return frozenset(dates)


def _parser():
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def _iterparse(part, tag):
    return etree.iterparse(
        part, tag=tag, resolve_entities=False, no_network=True, huge_tree=True
    )


def _words(item):
    """Return the text of a string item, without the readings above it."""
    if len(item) == 1 and item[0].tag.endswith("}t"):
        return item[0].text or ""
    return "".join(
        text.text or ""
        for text in item.iter("{*}t")
        if not text.getparent().tag.endswith("}rPh")
    )


def _column(reference):
    """Return the number of the column of a cell such as "C8", from 0."""
    column = 0
    for char in reference:
        if not "A" <= char <= "Z":
            break
        column = column * 26 + ord(char) - 64
    if not 0 < column <= _MAX_COLUMN:
        raise ValueError(reference)
    return column - 1


def _day(number, epoch):
    """Return the date behind a number, or the number when there is none."""
    try:
        return from_excel(number, epoch)
    except (OverflowError, ValueError):
        return number
