"""Keeps a form that was read until somebody has looked at it.

``dump`` and ``load`` are each other's inverse for forms without a problem: what lies
between reading and taking over is JSON, and holds nothing but the form.
"""

import json

from .hidden import Base
from .results import ReadForm
from .values import FormData, Value, ValueState


def dump(form):
    """Return a form that was read without complaint as bytes.

    :param ReadForm form: the form; its errors and its problem are not kept
    :rtype: bytes
    """
    base = form.base
    content = {
        "filename": form.filename,
        "sheet": form.sheet,
        "token": form.data.token,
        "facts": _dump_values(form.data.archive),
        "rows": {
            rows_key: [_dump_values(values) for values in lines]
            for rows_key, lines in form.data.rows.items()
        },
        "cells": [
            [list(key) if isinstance(key, tuple) else key, *place]
            for key, place in form.cells.items()
        ],
        "base": base and [base.token, base.salt, base.version, base.facts, base.lines],
    }
    return json.dumps(content, ensure_ascii=False).encode()


def load(content):
    """Return the form that ``dump`` kept.

    :param bytes content: what ``dump`` returned
    :rtype: ReadForm
    """
    kept = json.loads(content)
    form = ReadForm(kept["filename"], kept["sheet"])
    form.data = FormData(
        _load_values(kept["facts"]),
        {
            rows_key: [_load_values(values) for values in lines]
            for rows_key, lines in kept["rows"].items()
        },
        token=kept["token"],
    )
    form.cells = {
        tuple(key) if isinstance(key, list) else key: (sheet, cell)
        for key, sheet, cell in kept["cells"]
    }
    if kept["base"]:
        token, salt, version, facts, lines = kept["base"]
        form.base = Base(
            token,
            salt,
            version,
            _load_entries(facts),
            {
                rows_key: [(row_id, _load_entries(facts)) for row_id, facts in known]
                for rows_key, known in lines.items()
            },
        )
    return form


def _dump_values(values):
    return {
        key: [value.state.value, value.text, value.raw] for key, value in values.items()
    }


def _load_values(values):
    return {
        key: Value(ValueState(state), text, raw)
        for key, (state, text, raw) in values.items()
    }


def _load_entries(entries):
    return {key: tuple(entry) for key, entry in entries.items()}
