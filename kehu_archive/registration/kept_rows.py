"""The rows of a register as they were understood, kept between preview and taking over.

Reading a workbook of twenty thousand rows and understanding its cells takes longer
than planning what becomes of them; the preview has done it already.

``pack(tables)`` gives a text, ``unpack(text)`` the same tables back. A content that
occurs a thousand times stands there once.
"""

import json
from dataclasses import dataclass, field

from .definition import FORM_VERSION
from .values import Value, ValueState

# Goes up when cells are understood in another way than before.
_VERSION = f"1 {FORM_VERSION}"


@dataclass
class LexedTable:
    """One list of customers, understood cell by cell.

    :param str sheet: name of the sheet
    :param dict letters: ``{key: letters of its column}``
    :param list rows: ``(row number, {key: Value}, [sentence])``
    """

    sheet: str
    letters: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)


def pack(tables):
    """Return a text that holds tables.

    :param list[LexedTable] tables: understood lists
    :rtype: str
    """
    values, positions, packed = [], {}, []
    for table in tables:
        keys = list(table.letters)
        rows = []
        for number, found, errors in table.rows:
            line = []
            for key in keys:
                value = found.get(key)
                if value is None:
                    line.append(-1)
                    continue
                if value not in positions:
                    positions[value] = len(values)
                    values.append((value.state.value, value.text, value.raw))
                line.append(positions[value])
            rows.append((number, line, errors))
        packed.append((table.sheet, table.letters, rows))
    content = {"version": _VERSION, "values": values, "tables": packed}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def unpack(text):
    """Return the tables of a text, or None when another version has packed them.

    :param str text: from :func:`pack`
    :rtype: list[LexedTable] | None
    """
    content = json.loads(text)
    if content["version"] != _VERSION:
        return None
    states = {state.value: state for state in ValueState}
    values = [
        Value(states[state], words, raw) for state, words, raw in content["values"]
    ]
    tables = []
    for sheet, letters, lines in content["tables"]:
        keys = list(letters)
        rows = [
            (
                number,
                {
                    key: values[at]
                    for key, at in zip(keys, line, strict=True)
                    if at >= 0
                },
                errors,
            )
            for number, line, errors in lines
        ]
        tables.append(LexedTable(sheet, letters, rows))
    return tables
