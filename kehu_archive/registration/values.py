"""One answer of the form, and all answers of one customer.

A fact has four states (R91): filled, 无 (not applicable, counts as complete), not
filled, refused. Paper knows two more that only hide a fact: the person's consent is
missing (R40), or the reader may not see it. Those two are printed in place of the
content and never read as content.

The words of ``MARKERS`` and what starts with ``SUMMARY_PREFIX`` are reserved: a cell
that holds them means the state, so content can never be those words.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

NA_TEXT = "无"
REFUSED_TEXT = "拒绝提供"
NO_CONSENT_TEXT = "未取得同意"
WITHHELD_TEXT = "未授权"
#: Page 1 says this where the content is on a continuation sheet (R93).
SEE_ANNEX = "见附页"
#: A text that the system made up from other records; it is not the fact itself.
SUMMARY_PREFIX = "【摘要】"
#: Key under which a line of a list carries the identity of its record.
ROW_ID = "id"


class ValueState(str, Enum):
    """What is known about a fact."""

    FILLED = "filled"
    NA = "na"
    MISSING = "missing"
    REFUSED = "refused"
    NO_CONSENT = "no_consent"
    WITHHELD = "withheld"


MARKERS = MappingProxyType(
    {
        ValueState.NA: NA_TEXT,
        ValueState.REFUSED: REFUSED_TEXT,
        ValueState.NO_CONSENT: NO_CONSENT_TEXT,
        ValueState.WITHHELD: WITHHELD_TEXT,
    }
)


@dataclass(frozen=True)
class Value:
    """One answer.

    :param ValueState state: what is known
    :param str text: the words (char, text, the name of a coded record); a missing
        value with text is a summary: printed, never read back
    :param str raw: the machine's form: ISO date, ``YYYY-MM``, plain decimal, option
        code, code of the record; empty for plain words
    """

    state: ValueState
    text: str = ""
    raw: str = ""

    @classmethod
    def filled(cls, text="", raw=""):
        """Return a filled value; empty text and raw make a missing one."""
        if not text and not raw:
            return MISSING
        return cls(ValueState.FILLED, text, raw)

    @classmethod
    def summary(cls, text):
        """Return a value that prints ``text`` in place of a fact nobody filled in."""
        return cls(ValueState.MISSING, text)

    @property
    def is_hidden(self):
        """True when the value only says that the content may not be shown."""
        return self.state in (ValueState.NO_CONSENT, ValueState.WITHHELD)

    def __bool__(self):
        return self.state is not ValueState.MISSING


MISSING = Value(ValueState.MISSING)
NA = Value(ValueState.NA)
REFUSED = Value(ValueState.REFUSED)
NO_CONSENT = Value(ValueState.NO_CONSENT)
WITHHELD = Value(ValueState.WITHHELD)

_BY_MARKER = {
    MARKERS[value.state]: value for value in (NA, REFUSED, NO_CONSENT, WITHHELD)
}


@dataclass
class FormData:
    """All answers of one customer, the interchange between the ORM and the form.

    :param dict archive: ``{key: Value}`` of single facts (``definition.FIELDS``);
        an absent key is a fact nobody filled in
    :param dict rows: ``{rows_key: [{key: Value}]}``; a line may carry the identity
        of its record as ``row[ROW_ID].raw``
    :param str token: opaque identity of the archive, comes back from a filled form
    :param str copy_number: printed in the footer (份号)
    """

    archive: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    token: str = ""
    copy_number: str = ""

    def get(self, key):
        """Return the value of a single fact, missing when absent."""
        return self.archive.get(key, MISSING)

    @property
    def customer_nature(self):
        """The raw nature of the customer, "" when nobody filled it in (R35)."""
        return self.get("partner_id.customer_nature").raw

    def facts(self):
        """Return what is known, without blanks: what two forms are compared by.

        :return: ``(archive, rows)`` with missing values, empty lines and the
            identities of records left out
        """
        archive = {key: value for key, value in self.archive.items() if value}
        rows = {}
        for rows_key, lines in self.rows.items():
            kept = [
                {k: v for k, v in line.items() if v and k != ROW_ID} for line in lines
            ]
            if kept := [line for line in kept if line]:
                rows[rows_key] = kept
        return archive, rows


# XML 1.0 has no place for these, and no fact needs them.
_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_BREAKS = re.compile(r"[\t\n\r\u0085\u2028\u2029]+")


def normalise(text, multiline=False):
    """Return ``text`` as the form keeps it: no control characters, no outer blanks.

    :param str text: what was typed or stored
    :param bool multiline: keep line breaks (as LF); else they become one blank
    :rtype: str
    """
    text = _ILLEGAL.sub("", text)
    if multiline:
        text = re.sub(r"\r\n?|[\u0085\u2028\u2029]", "\n", text)
    else:
        text = _BREAKS.sub(" ", text)
    return text.strip()


def from_marker(text):
    """Return the value that a reserved word stands for, or None."""
    if text.startswith(SUMMARY_PREFIX):
        return MISSING
    return _BY_MARKER.get(text)
