"""Merges a form that came back with what the database holds now, cell by cell.

Three voices: what the form said when it was printed (digests of the hidden sheet),
what the sheet says now, what the database says now. Whoever alone changed a fact is
followed; when both did, and differently, it is a conflict for a person to settle.
A form without the hidden sheet has no first voice: then a filled cell that differs
from a filled fact is a conflict, and a blank cell says nothing.

Facts that the sheet only hides (未授权, 未取得同意) are left as they are, whatever was
typed over 未授权.
"""

from dataclasses import dataclass, field
from enum import Enum

from .definition import FIELDS, ROW_FIELDS, ROW_SECTIONS, get_field
from .hidden import Base, digest, printed
from .kinds import canonical
from .values import MARKERS, MISSING, ROW_ID, FormData, ValueState


class Outcome(str, Enum):
    """What becomes of one fact, or of one line."""

    UNCHANGED = "unchanged"
    TAKE = "take"
    CONFLICT = "conflict"
    #: The reader may not see the fact: kept as it is.
    KEPT = "kept"
    #: Lines only.
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True)
class Change:
    """The verdict on one fact.

    :param str sheet: where the sheet says it
    :param str cell: address in the sheet, "C8"
    :param Value current: what the database says
    :param Value incoming: what the sheet says
    """

    key: str
    outcome: Outcome
    current: object
    incoming: object
    sheet: str = ""
    cell: str = ""

    @property
    def label(self):
        """The label of the fact, as on paper."""
        return get_field(self.key).label


@dataclass
class LineChange:
    """The verdict on one line of a list.

    :param int line: 0-based position on the form
    :param str row_id: identity of its record, "" for a new line
    :param dict values: what the form says
    :param list changes: :class:`Change` of its facts, without the unchanged ones
    :param dict record: what the database says, empty for a new line
    :param bool whole: the line is added or removed as one, not fact by fact
    """

    rows_key: str
    line: int
    outcome: Outcome
    row_id: str = ""
    values: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)
    record: dict = field(default_factory=dict)
    whole: bool = False


@dataclass
class Merge:
    """The verdict on one form; unchanged facts and lines are left out."""

    changes: list = field(default_factory=list)
    lines: list = field(default_factory=list)

    @property
    def takes(self):
        """Single facts that the sheet changes."""
        return [c for c in self.changes if c.outcome is Outcome.TAKE]

    @property
    def conflicts(self):
        """All conflicts, of single facts and of lines, as :class:`Change`."""
        inner = [c for line in self.lines for c in line.changes]
        return [c for c in [*self.changes, *inner] if c.outcome is Outcome.CONFLICT]

    @property
    def is_empty(self):
        """True when the sheet changes nothing."""
        kept = (Outcome.UNCHANGED, Outcome.KEPT)
        return all(c.outcome in kept for c in [*self.changes, *self.lines])


def merge(form, current=None):
    """Compare a form that was read with what the database holds.

    :param ReadForm form: the form; facts in error are absent and stay untouched
    :param FormData current: the database's facts as they would be printed for the
        reader now, None for a customer that does not exist yet
    :rtype: Merge
    """
    current = current or FormData()
    result = Merge()
    entries = form.base.facts if form.base else None
    for key, fact in FIELDS.items():
        if key not in form.data.archive or fact.readonly or not fact.on_form:
            continue
        sheet, cell = form.cells.get(key, ("", ""))
        change = _compare(
            key,
            form.data.archive[key],
            current.get(key),
            form.base,
            entries,
            (sheet, cell),
        )
        if change.outcome is not Outcome.UNCHANGED:
            result.changes.append(change)
    for rows_key in ROW_SECTIONS:
        result.lines.extend(_merge_lines(form, current, rows_key))
    return result


def _compare(key, incoming, current, base, entries, place):
    """Return the verdict on one fact."""
    fact = get_field(key)
    incoming = canonical(fact, incoming)
    current = canonical(fact, current)
    outcome = _outcome(key, incoming, current, base, entries)
    return Change(key, outcome, current, incoming, *place)


def _outcome(key, incoming, current, base, entries):
    if incoming.is_hidden:
        return Outcome.UNCHANGED
    if entries is None:
        if not incoming or _same(key, incoming, current):
            return Outcome.UNCHANGED
        if current.state is ValueState.WITHHELD:
            return Outcome.KEPT
        return Outcome.CONFLICT if current else Outcome.TAKE
    before = entries.get(key, ("", ""))[0]
    if base.digest(key, incoming) == before or _same(key, incoming, current):
        return Outcome.UNCHANGED
    if current.state is ValueState.WITHHELD or _was_withheld(base, before):
        return Outcome.KEPT
    return Outcome.TAKE if base.digest(key, current) == before else Outcome.CONFLICT


def _was_withheld(base, before):
    return before == digest(base.salt, MARKERS[ValueState.WITHHELD])


def _same(key, one, other):
    """Two values are the same when they print the same and mean the same code."""
    if printed(key, one) != printed(key, other):
        return False
    return not (one.raw and other.raw) or one.raw == other.raw


# === LINES === #


def _merge_lines(form, current, rows_key):
    lines = form.data.rows.get(rows_key, ())
    now = current.rows.get(rows_key, ())
    if form.base:
        return list(_merge_known_lines(form, rows_key, lines, now))
    return list(_merge_foreign_lines(form, rows_key, lines, now))


def _merge_known_lines(form, rows_key, lines, now):
    """Merge lines that the hidden sheet tells apart by their records."""
    by_id = {values[ROW_ID].raw: values for values in now if ROW_ID in values}
    known = form.base.lines.get(rows_key, [])
    for line, values in enumerate(lines):
        row_id, entries = known[line] if line < len(known) else ("", None)
        if not row_id and entries is None:
            if _is_filled(values):
                yield _added(rows_key, line, values)
            continue
        record = by_id.get(row_id, {}) if row_id else _nth(now, line)
        change = LineChange(rows_key, line, Outcome.UNCHANGED, row_id, values)
        change.record = record
        _compare_line(form, change, record, entries)
        if not _is_filled(values) and not _has_error(form, rows_key, line):
            change.outcome = _outcome_of_blank(change, record)
            change.whole = True
        elif not record and change.changes:
            # Somebody deleted the record while somebody else changed the paper.
            change.outcome = Outcome.CONFLICT
            change.whole = True
            change.changes = [
                Change(c.key, Outcome.CONFLICT, c.current, c.incoming, c.sheet, c.cell)
                for c in change.changes
            ]
        if change.outcome is not Outcome.UNCHANGED:
            yield change


def _nth(now, line):
    return now[line] if line < len(now) else {}


def _compare_line(form, change, record, entries):
    """Fill in the verdicts on a line's facts, and the line's own."""
    for key, incoming in change.values.items():
        if key == ROW_ID or get_field(key).readonly:
            continue
        verdict = _compare(
            key,
            incoming,
            record.get(key, MISSING),
            form.base,
            entries,
            form.cells.get((change.rows_key, change.line, key), ("", "")),
        )
        if verdict.outcome is not Outcome.UNCHANGED:
            change.changes.append(verdict)
    outcomes = {verdict.outcome for verdict in change.changes}
    for outcome in (Outcome.CONFLICT, Outcome.TAKE, Outcome.KEPT):
        if outcome in outcomes:
            change.outcome = outcome
            return


def _outcome_of_blank(change, record):
    """A line that was emptied on paper is removed, if nobody changed it since."""
    if not record or not change.changes:
        change.changes = []
        return Outcome.UNCHANGED
    # A line that holds more than its reader may see is not removed unasked.
    if any(c.outcome is not Outcome.TAKE for c in change.changes):
        return Outcome.CONFLICT
    return Outcome.REMOVE


def _merge_foreign_lines(form, rows_key, lines, now):
    """Merge lines that nothing tells apart but what they say."""
    left = list(now)
    naming = _naming_key(rows_key)
    for line, values in enumerate(lines):
        if not _is_filled(values):
            continue
        record = next((r for r in left if _says_the_same(values, r)), None)
        if record is None:
            name = printed(naming, values.get(naming, MISSING))
            record = next(
                (
                    r
                    for r in left
                    if name and printed(naming, r.get(naming, MISSING)) == name
                ),
                None,
            )
        if record is None:
            yield _added(rows_key, line, values)
            continue
        left.remove(record)
        row_id = record[ROW_ID].raw if ROW_ID in record else ""
        change = LineChange(rows_key, line, Outcome.UNCHANGED, row_id, values)
        change.record = record
        _compare_line(form, change, record, None)
        if change.outcome is not Outcome.UNCHANGED:
            yield change


def _naming_key(rows_key):
    keys = [f.key for f in ROW_SECTIONS[rows_key].fields if f.required]
    return f"{rows_key}.name" if f"{rows_key}.name" in ROW_FIELDS else keys[-1]


def _says_the_same(values, record):
    return all(
        printed(key, value) == printed(key, record.get(key, MISSING))
        for key, value in values.items()
        if key != ROW_ID and value
    )


def _added(rows_key, line, values):
    return LineChange(rows_key, line, Outcome.ADD, "", values, whole=True)


def _is_filled(values):
    """Tell whether a line says anything; 未授权 left standing says nothing."""
    return any(
        value and not value.is_hidden for key, value in values.items() if key != ROW_ID
    )


def _has_error(form, rows_key, line):
    """Tell whether a line lost a fact to an error: then it is not blank."""
    places = {
        place
        for key, place in form.cells.items()
        if isinstance(key, tuple) and key[:2] == (rows_key, line)
    }
    return any((error.sheet, error.cell) in places for error in form.errors)


__all__ = ["Base", "Change", "LineChange", "Merge", "Outcome", "merge"]
