"""Fold what people type into the one spelling that codes are kept and compared in.

A code typed with a Chinese input method often arrives in full width (``Ａ０１``), in
small letters or with blanks around it. For the company it is one code (clause R62), so
codes are stored folded and every comparison folds first.
"""

import unicodedata


def fold_text(text):
    """Return ``text`` in compatibility form (full width becomes half width), trimmed.

    :param str|None|bool text: anything a user typed; empty values give ``""``
    :return: the folded text; letter case is kept
    :rtype: str
    """
    if not text:
        return ""
    text = str(text)
    # ASCII is in compatibility form already; most codes are.
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def fold_code(text):
    """Return the spelling under which a code is stored and compared (R62, R69).

    >>> fold_code(" ａ－０１ ")
    'A-01'

    :param str|None|bool text: a code as typed
    :return: half-width, upper-case, trimmed code; ``""`` for nothing
    :rtype: str
    """
    folded = fold_text(text).upper()
    # Upper-casing may itself give a character that is not in compatibility form.
    return folded if folded.isascii() else fold_text(folded)


def fold_label(text):
    """Return only the letters, digits and Chinese characters of a label.

    Labels of a paper form are written with every kind of comma and blank between their
    words; two spellings that differ in nothing else mean the same option (R75, R85).

    >>> fold_label("金融、 保险业") == fold_label("金融,保险业")
    True

    :param str|None|bool text: a label as written
    :return: the label's significant characters in upper case
    :rtype: str
    """
    return "".join(char for char in fold_code(text) if char.isalnum())
