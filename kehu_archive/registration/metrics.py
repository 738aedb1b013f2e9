"""How much room a text takes, estimated without a font.

Good enough to choose a font size that keeps a text inside its cell in Excel, WPS and
LibreOffice alike: Chinese characters and full-width forms are one em wide, everything
else is taken a little wider than it is, and lines a little higher.
"""

import unicodedata

LINE_HEIGHT = 1.44
CELL_PADDING = 4.5
_WIDE = frozenset("WFA")
_NARROW = frozenset("iljtfI.,:;'|![]() /1-")
_BROAD = frozenset("mwMW@%")


def char_width(char):
    """Return the width of one character in em."""
    if char < "\x80":
        if char in _NARROW:
            return 0.45
        return 0.95 if char in _BROAD else 0.66 if char.isupper() else 0.58
    return 1.0 if unicodedata.east_asian_width(char) in _WIDE else 0.75


def count_lines(text, width, size):
    """Return the number of lines of a wrapped text.

    :param str text: the text, with its own line breaks
    :param float width: inner width of the cell in points
    :param float size: font size in points
    :rtype: int
    """
    return sum(_paragraph_lines(part, width / size) for part in text.split("\n"))


def _paragraph_lines(text, width):
    """Count the lines of one paragraph, ``width`` in em; words break when too long."""
    lines, used = 1, 0.0
    word = 0.0  # width of the unbreakable run at the end of the line
    for char in text:
        size = char_width(char)
        breakable = char >= "\u2e80" or char == " "
        word = 0.0 if breakable else word + size
        if used + size > width:
            lines += 1
            # The run moves to the next line whole, if a line can hold it.
            used = word if 0 < word < width else size
        else:
            used += size
    return lines


def text_height(text, width, size):
    """Return the height in points of a wrapped text in a cell of that width."""
    return count_lines(text, width - CELL_PADDING, size) * size * LINE_HEIGHT


def fit_size(text, width, height, sizes):
    """Return the largest of ``sizes`` with which the text stays in the cell.

    :param str text: what is printed
    :param float width: width of the cell in points
    :param float height: height of the cell in points
    :param sizes: font sizes, largest first
    :return: a size, or None when even the smallest is too large
    """
    # A quick way out for the many short texts.
    for size in sizes:
        if text_height(text, width, size) <= height:
            return size
    return None
