"""Finds any of many values in texts, however many there are. No ORM here."""

import html
import re

# Shorter words are said of everybody: they prove nothing.
MIN_WIDTH = 8
MIN_CHARS = 4
# A longer value is looked for by how it begins.
MAX_CHARS = 120
# Of so many values each is looked for; more are looked for by how they begin.
_FEW = 48
_PREFIX = 4


def is_telling(text):
    """Tell whether a text is long enough to be found without mistake.

    :param str text: a value
    :rtype: bool
    """
    width = sum(2 if ord(char) > 0x2E7F else 1 for char in text)
    return (
        len(text) >= MIN_CHARS
        and width >= MIN_WIDTH
        and not re.fullmatch(r"[\d\s:.,\-/]{1,10}", text)
    )


class Needles:
    """The values that are looked for.

    The time for a text depends on its length, hardly on the number of values: they
    are kept by their first letters and their length.
    """

    def __init__(self, values):
        self.values = sorted(values)
        self._heads = {}
        if len(self.values) > _FEW:
            for value in self.values:
                lengths = self._heads.setdefault(value[:_PREFIX], {})
                lengths.setdefault(len(value), set()).add(value)

    def find(self, text):
        """Return the values that stand in a text.

        :param str text: where to look
        :rtype: set[str]
        """
        if not text or len(text) < MIN_CHARS:
            return set()
        found = self._find_plain(text)
        if "&" in text:
            found |= self._find_plain(html.unescape(text))
        if "\\u" in text:
            # As JSON writes letters that are not ASCII.
            found |= self._find_plain(
                re.sub(
                    r"\\u([0-9a-fA-F]{4})",
                    lambda match: chr(int(match[1], 16)),
                    text,
                )
            )
        return found

    def _find_plain(self, text):
        if not self._heads:
            return {value for value in self.values if value in text}
        heads = self._heads
        return {
            piece
            for place in range(len(text) - _PREFIX + 1)
            if (lengths := heads.get(text[place : place + _PREFIX]))
            for length, values in lengths.items()
            if (piece := text[place : place + length]) in values
        }
