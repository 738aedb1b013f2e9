"""Puts the verdict on a form before a person, question by question, and settles it.

Each :class:`Question` is one fact or one whole line, with the words of both sides as
they would be printed. ``settle`` takes the answers and gives what is to be written.
"""

from dataclasses import dataclass, replace

from .definition import ROW_SECTIONS, get_field
from .hidden import printed
from .merge import Outcome
from .values import ROW_ID

_ASKED = (Outcome.TAKE, Outcome.CONFLICT)


@dataclass(frozen=True)
class Question:
    """One thing that the form would change.

    :param str name: identity: the fact's key, ``rows[line]`` or ``rows[line].fact``
    :param Outcome outcome: TAKE, CONFLICT, KEPT, ADD or REMOVE
    :param str sheet: where the form says it
    :param str cell: address in the sheet, "C8"
    :param str label: the label on paper, "主要人员 2 · 姓名" in a line
    :param str current: the words of the database, "" when it says nothing
    :param str incoming: the words of the form
    :param bool sensitive: a personal trait (R40)
    :param str row_id: identity of the line's record, "" outside of lines
    """

    name: str
    outcome: Outcome
    sheet: str
    cell: str
    label: str
    current: str
    incoming: str
    sensitive: bool = False
    row_id: str = ""

    @property
    def is_taken_unasked(self):
        """Only the form changed it: taken unless somebody objects."""
        return self.outcome not in (Outcome.CONFLICT, Outcome.KEPT)


def ask(form, verdict):
    """Return the questions that the verdict on a form raises, in the form's order.

    :param ReadForm form: the form
    :param Merge verdict: what :func:`~.merge.merge` said about it
    :rtype: list[Question]
    """
    questions = [_about_fact(change, change.key) for change in verdict.changes]
    for line in verdict.lines:
        if line.whole:
            questions.append(_about_line(form, line))
            continue
        title = _title(line)
        for change in line.changes:
            question = _about_fact(change, _fact_name(line, change))
            label = f"{title} · {question.label}"
            questions.append(replace(question, label=label, row_id=line.row_id))
    return questions


def settle(verdict, taken):
    """Return what to write, given what is to be taken from the form.

    :param Merge verdict: what :func:`~.merge.merge` said
    :param set[str] taken: names of questions answered in favour of the form
    :return: ``(changes, lines)``; every change that is left has the outcome TAKE,
        every line TAKE, ADD or REMOVE
    :rtype: tuple[list, list]
    """
    changes = [
        replace(change, outcome=Outcome.TAKE)
        for change in verdict.changes
        if change.outcome in _ASKED and change.key in taken
    ]
    lines = []
    for line in verdict.lines:
        if line.whole:
            if _line_name(line) in taken:
                gone = line.outcome is Outcome.REMOVE or not _words(line.values, True)
                outcome = Outcome.REMOVE if gone else Outcome.ADD
                lines.append(replace(line, outcome=outcome))
            continue
        kept = [
            replace(change, outcome=Outcome.TAKE)
            for change in line.changes
            if change.outcome in _ASKED and _fact_name(line, change) in taken
        ]
        if kept:
            lines.append(replace(line, outcome=Outcome.TAKE, changes=kept))
    return changes, lines


def _about_fact(change, name):
    return Question(
        name,
        change.outcome,
        change.sheet,
        change.cell,
        change.label,
        printed(change.key, change.current),
        printed(change.key, change.incoming),
        get_field(change.key).sensitive,
    )


def _about_line(form, line):
    places = [
        form.cells[line.rows_key, line.line, fact.key]
        for fact in ROW_SECTIONS[line.rows_key].fields
        if (line.rows_key, line.line, fact.key) in form.cells
    ]
    sheet, cell = places[0] if places else ("", "")
    return Question(
        _line_name(line),
        line.outcome,
        sheet,
        cell,
        _title(line),
        _words(line.record),
        _words(line.values),
        row_id=line.row_id,
    )


def _title(line):
    return f"{ROW_SECTIONS[line.rows_key].label} {line.line + 1}"


def _line_name(line):
    return f"{line.rows_key}[{line.line}]"


def _fact_name(line, change):
    return f"{_line_name(line)}.{change.key.partition('.')[2]}"


def _words(values, with_traits=False):
    """Return a line in words; personal traits are not told in passing."""
    return "；".join(
        f"{get_field(key).label}：{text}"
        for key, value in values.items()
        if key != ROW_ID
        and (with_traits or not get_field(key).sensitive)
        and (text := printed(key, value))
    )
