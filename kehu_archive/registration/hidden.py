"""The very hidden sheet of a form: who it belongs to and what it said when printed.

It carries, per customer, the archive's token and for each fact the digest of its
printed text with the file's own salt, so that a form which comes back later can be
merged three ways without the file holding a second copy of anything. A raw code is
kept only where the printed text does not already tell it.

The records are JSON, cut into cells. What comes back from outside may be anything:
``load`` checks every part and gives nothing rather than something wrong.
"""

import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field

from .definition import FORM_VERSION, ROW_SECTIONS, get_field
from .kinds import canonical, print_value
from .page_one import getter
from .values import ROW_ID

HIDDEN_SHEET = "_kehu"
LISTS_SHEET = "_kehu_lists"
NAME_PREFIX = "_kehu_form_"
_MAGIC = "kehu_archive.registration"
_CHUNK = 30000


@dataclass
class Base:
    """What one customer's form said when it was printed.

    :param str token: identity of the archive, as the ORM layer gave it
    :param str salt: salt of the file's digests
    :param dict facts: ``{key: (digest, raw or "")}`` of what was filled in
    :param dict lines: ``{rows_key: [(row id, {key: (digest, raw)}), …]}``
    """

    token: str = ""
    salt: str = ""
    version: str = FORM_VERSION
    facts: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)

    def digest(self, key, value):
        """Return the digest of a value as this file would have printed it."""
        return digest(self.salt, printed(key, value))


def printed(key, value):
    """Return the normalised text of a value, "" when it is not filled in."""
    fact = get_field(key)
    return print_value(fact, canonical(fact, value))


def digest(salt, text):
    """Return the digest of a normalised text; nothing printed has no digest."""
    if not text:
        return ""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def new_salt():
    """Return the salt of a new file."""
    return secrets.token_hex(16)


def describe(form, salt):
    """Return what the hidden sheet keeps about a form, ready for JSON."""
    get = getter(form)
    facts = _entries(form.archive, get, salt)
    lines = {
        rows_key: [
            [
                values[ROW_ID].raw if ROW_ID in values else "",
                _entries(values, values.get, salt),
            ]
            for values in form.rows.get(rows_key, ())
        ]
        for rows_key in ROW_SECTIONS
        if form.rows.get(rows_key)
    }
    return {"t": form.token, "f": facts, "r": lines}


def _entries(keys, get, salt):
    entries = {}
    for key in keys:
        if key == ROW_ID:
            continue
        value = get(key)
        fact = get_field(key)
        known = canonical(fact, value)
        text = print_value(fact, known)
        if text:
            lost = value.raw if value.raw and known.raw != value.raw else ""
            if fact.kind in ("date", "month", "integer", "decimal"):
                lost = ""
            entries[key] = [digest(salt, text), *([lost] if lost else [])]
    return entries


def write(workbook, records, salt):
    """Add the hidden sheet.

    :param workbook: the xlsxwriter workbook
    :param list records: results of ``describe``, one per customer, in order
    :param str salt: the file's salt
    """
    sheet = workbook.add_worksheet(HIDDEN_SHEET)
    sheet.very_hidden()
    sheet.write_row(0, 0, [_MAGIC, FORM_VERSION, salt])
    for row, record in enumerate(records, 1):
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        for col, start in enumerate(range(0, len(text), _CHUNK)):
            sheet.write_string(row, col, text[start : start + _CHUNK])


def load(rows):
    """Return the :class:`Base` of each customer from the hidden sheet's rows.

    :param rows: iterable of rows of cell contents
    :return: list of :class:`Base`, None in place of a damaged record; empty when the
        sheet is not ours
    """
    rows = iter(rows)
    head = [cell if isinstance(cell, str) else "" for cell in next(rows, ())][:3]
    if len(head) < 3 or head[0] != _MAGIC or not re.fullmatch(r"[0-9a-f]{32}", head[2]):
        return []
    return [_load_record(row, head[1], head[2]) for row in rows]


def _load_record(row, version, salt):
    text = "".join(cell for cell in row if isinstance(cell, str))
    try:
        record = json.loads(text)
        return Base(
            token=_text(record["t"]),
            salt=salt,
            version=version,
            facts=_load_entries(record["f"]),
            lines={
                rows_key: [
                    (_text(row_id), _load_entries(entries))
                    for row_id, entries in record["r"].get(rows_key, ())
                ]
                for rows_key in ROW_SECTIONS
                if rows_key in record["r"]
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _load_entries(entries):
    return {
        str(key): (_text(entry[0]), _text(entry[1]) if len(entry) > 1 else "")
        for key, entry in entries.items()
    }


def _text(value):
    if not isinstance(value, str):
        raise TypeError(value)
    return value
