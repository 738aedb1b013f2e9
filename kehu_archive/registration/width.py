"""Display width: how much room a name takes on a screen or an invoice.

The rules limit names by width, not by length: at most 49 Chinese characters or 98
letters (R64), for short names 30 or 60 (R66). One Chinese character takes the room of
two letters.

The width of a character follows its Unicode property "East Asian Width":

* ``W`` (wide) and ``F`` (full width) count 2: Chinese characters, full-width forms,
  Chinese punctuation, emoji;
* ``A`` (ambiguous: Greek, Cyrillic, ``·``, ``—``, quotation marks) counts 2 as
  well: Chinese fonts draw these in a full cell, and GBK, which the 98 comes from,
  takes two bytes;
* everything else counts 1; marks that combine with the character before them and
  invisible format characters count 0.
"""

import unicodedata
from functools import lru_cache

#: Limits of the registration rules, in display columns.
NAME_LIMIT = 98
SHORT_NAME_LIMIT = 60

_DOUBLE = frozenset("WFA")
_ZERO_CATEGORIES = frozenset(("Mn", "Me", "Cf"))


def display_width(text):
    """Return the number of display columns of ``text`` (R64, R66).

    >>> display_width("青岛ABC")
    7

    :param str|None|bool text: the text to measure
    :rtype: int
    """
    if not text:
        return 0
    return sum(map(_char_width, unicodedata.normalize("NFC", text)))


def fits(text, limit):
    """Tell whether ``text`` takes at most ``limit`` display columns.

    :param str|None|bool text: the text to measure
    :param int limit: the number of columns there are
    :rtype: bool
    """
    return display_width(text) <= limit


# A language has some thousand characters, a register millions of them.
@lru_cache(maxsize=16384)
def _char_width(char):
    if unicodedata.category(char) in _ZERO_CATEGORIES:
        return 0
    return 2 if unicodedata.east_asian_width(char) in _DOUBLE else 1
