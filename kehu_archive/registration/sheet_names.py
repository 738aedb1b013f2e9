"""Names of sheets that Excel, WPS and LibreOffice accept."""

import re

MAX_LENGTH = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class SheetNames:
    """Gives each sheet of a workbook a name of its own."""

    def __init__(self, taken=()):
        self._taken = {name.lower() for name in taken} | {"history"}

    def take(self, wanted, suffix=""):
        """Return a free name near ``wanted``, always ending with ``suffix``.

        :param str wanted: what people know the sheet by, a short name or a code
        :param str suffix: kept whole, such as " 附1"
        :rtype: str
        """
        stem = _FORBIDDEN.sub(" ", wanted).strip().strip("'").strip() or "登记表"
        number = 1
        while True:
            tail = (f"({number})" if number > 1 else "") + suffix
            name = _cut(stem, MAX_LENGTH - len(tail)).rstrip(" '") + tail
            if name.lower() not in self._taken:
                self._taken.add(name.lower())
                return name
            number += 1


def _cut(text, units):
    """Cut to a number of UTF-16 units, which is how Excel counts."""
    while len(text.encode("utf-16-le")) > 2 * units:
        text = text[:-1]
    return text
