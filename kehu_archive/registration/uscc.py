"""Check tax numbers: the unified social credit code of GB 32100-2015 and its elders.

A unified social credit code has 18 characters: registering department (1), kind of
organisation (1), region of registration (6 digits), organisation code (9), check
character (1). The alphabet is the digits and the capital letters without I, O, S, V
and Z. The region may be a code that has been retired since.

Why not python-stdnum alone: it takes the first eight characters for digits, and so
refuses the codes of departments that have a letter, such as ``N2330182MF1234567N``.
"""

from .folding import fold_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_CHECKS = "10X98765432"

#: Kinds of number that :func:`check_tax_number` recognises.
KIND_USCC = "uscc"
KIND_LEGACY = "legacy"
KIND_PERSON = "person"

#: Reasons that the checks give; the caller puts them in words.
REASON_EMPTY = "empty"
REASON_LENGTH = "length"
REASON_CHARACTER = "character"
REASON_REGION = "region"
REASON_CHECKSUM = "checksum"


def normalize(text):
    """Return a tax number without blanks and hyphens, in half-width capitals.

    :param str|None|bool text: the number as typed
    :rtype: str
    """
    folded = fold_code(text)
    return "".join(char for char in folded if char != "-" and not char.isspace())


def check_character(body):
    """Return the check character of the first 17 characters of a code.

    :param str body: 17 characters of :data:`ALPHABET`
    :rtype: str
    :raises KeyError: when a character is not in the alphabet
    """
    total = sum(
        _VALUES[char] * weight for char, weight in zip(body, _WEIGHTS, strict=True)
    )
    # The outer remainder makes a sum divisible by 31 give "0", not a 32nd character.
    return ALPHABET[(31 - total % 31) % 31]


def check_uscc(text):
    """Tell what is wrong with a unified social credit code, if anything.

    :param str|None|bool text: the code as typed
    :return: one of the ``REASON_*`` constants, or ``None`` for a valid code
    :rtype: str|None
    """
    code = normalize(text)
    if not code:
        return REASON_EMPTY
    if len(code) != 18:
        return REASON_LENGTH
    if not all(char in _VALUES for char in code):
        return REASON_CHARACTER
    if not _is_digits(code[2:8]):
        return REASON_REGION
    if check_character(code[:17]) != code[17]:
        return REASON_CHECKSUM
    return None


def is_valid_uscc(text):
    """Tell whether ``text`` is a valid unified social credit code.

    :param str|None|bool text: the code as typed
    :rtype: bool
    """
    return check_uscc(text) is None


def check_tax_number(text, *, legacy=False, person=False):
    """Recognise a Chinese tax number and tell what is wrong with it.

    :param str|None|bool text: the number as typed
    :param bool legacy: also accept the 15-character tax number in use until 2015
    :param bool person: also accept the number of a resident's identity card, the tax
        number of an individual customer
    :return: ``(kind, None)`` for a good number, else ``(None, reason)`` with one of the
        ``REASON_*`` constants
    :rtype: tuple
    """
    code = normalize(text)
    if legacy and len(code) == 15:
        reason = _check_legacy(code)
        return (None, reason) if reason else (KIND_LEGACY, None)
    reason = check_uscc(code)
    if reason is None:
        return KIND_USCC, None
    if person and len(code) == 18 and _check_person(code) is None:
        return KIND_PERSON, None
    return None, reason


def get_region_code(text):
    """Return the six-digit region of registration that a code names.

    :param str|None|bool text: a unified social credit code
    :return: the region code (GB/T 2260, possibly retired), ``""`` for a bad code
    :rtype: str
    """
    code = normalize(text)
    return "" if check_uscc(code) else code[2:8]


def _check_legacy(code):
    """Check region (6 digits) + organisation code (9), which has no sum of its own."""
    if not all(char.isascii() and char.isalnum() for char in code):
        return REASON_CHARACTER
    return None if _is_digits(code[:6]) else REASON_REGION


def _check_person(code):
    """Check the number of an identity card (GB 11643): 17 digits and a check."""
    if not _is_digits(code[:17]):
        return REASON_CHARACTER
    total = sum(
        int(digit) * weight
        for digit, weight in zip(code, _PERSON_WEIGHTS, strict=False)
    )
    return None if _PERSON_CHECKS[total % 11] == code[17] else REASON_CHECKSUM


def _is_digits(text):
    return text.isascii() and text.isdigit()
