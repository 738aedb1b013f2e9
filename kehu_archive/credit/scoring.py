"""Grades A, B and C from facts about receivables; the same facts give the same grade.

* C: owes and is hard to recover from (R90). A receivable open for longer than the rules
  allow, one recovered later than that, one written off, or a dispute in court.
* B: often owes, easy to recover from (R89). Late often, by number or by share.
* A: pays in cash, or on credit and in time (R88); also whoever is late less often than
  the rules call often.

C goes before B, and B before A. Without anything to judge there is no grade.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

A, B, C = "a", "b", "c"
# What became of a receivable that counts against the customer.
PAID_LATE, OPEN_LATE, WRITTEN_OFF, DISPUTED = 1, 2, 3, 4

_ORDER = {A: 2, B: 1, C: 0}
_PERCENT = 100


class Rules(NamedTuple):
    """What a company calls late, often, and easy to recover."""

    grace_days: int = 3
    months: int = 24
    often_count: int = 3
    often_percent: int = 20
    easy_days: int = 60
    open_days: int = 90


class Item(NamedTuple):
    """A receivable that counts against the customer."""

    line_id: int
    due: int  # proleptic ordinal of the due date
    delay: int  # days past due until it was paid, or until today
    kind: int


class Facts(NamedTuple):
    """What the books say of one credit party, in the order in which SQL selects it."""

    party_id: int
    company_id: int
    today: date
    judged: int = 0
    late: int = 0
    late_days: int = 0
    longest: int = 0
    recovered: int = 0
    recovery_days: int = 0
    slowest: int = 0
    pending: int = 0
    open_amount: float = 0
    overdue_amount: float = 0
    overdue_age: int = 0
    unapplied: float = 0
    written_count: int = 0
    written_amount: float = 0
    disputed: int = 0
    on_credit: int = 0
    pays_cash: bool = False
    items: list = None

    @property
    def on_time(self):
        """How many receivables were paid in time."""
        return self.judged - self.late

    @property
    def late_percent(self):
        """Which share of what can be judged was late, in percent."""
        return self.late * _PERCENT / self.judged if self.judged else 0.0

    @property
    def on_time_percent(self):
        """Which share of what can be judged was paid in time, in percent."""
        return self.on_time * _PERCENT / self.judged if self.judged else 0.0

    @property
    def average_delay(self):
        """How many days the late ones are late, on average."""
        return self.late_days / self.late if self.late else 0.0

    @property
    def average_recovery(self):
        """How many days after they were due late ones were paid, on average."""
        return self.recovery_days / self.recovered if self.recovered else 0.0

    @property
    def is_covered(self):
        """Whether unmatched payments cover everything that is overdue."""
        return 0 < self.overdue_amount <= self.unapplied


class Reason(NamedTuple):
    """One line of the explanation: which rule, which grade it asks for, figures."""

    code: str
    grade: str | None
    figures: tuple = ()


class Verdict(NamedTuple):
    """A grade, or None where nothing can be judged, and why."""

    grade: str | None
    reasons: tuple


class Lift(NamedTuple):
    """Which grade comes next, and the first day on which it can come."""

    grade: str
    on: date


def is_better(one, other):
    """Whether grade ``one`` is better than grade ``other``; none is no better."""
    return one is not None and _ORDER[one] > _ORDER.get(other, -1)


def judge(facts, rules):
    """Grade one credit party.

    :param Facts facts: what the books say
    :param Rules rules: the company's thresholds
    :return: the grade with its reasons, the decisive ones first
    :rtype: Verdict
    """
    reasons = _find_hard(facts, rules)
    often = _find_often(facts, rules)
    if reasons:
        return Verdict(C, tuple(reasons + often + _find_notes(facts, rules)))
    if often:
        return Verdict(B, tuple(often + _find_notes(facts, rules)))
    if facts.judged:
        return Verdict(A, (_say_good(facts), *_find_notes(facts, rules)))
    if facts.pays_cash:
        return Verdict(A, (Reason("cash_agreed", A), *_find_notes(facts, rules)))
    return Verdict(None, (Reason("no_history", None, (facts.pending,)),))


def _find_hard(facts, rules):
    """What makes a customer hard to recover from (R90)."""
    reasons = []
    if facts.disputed:
        reasons.append(Reason("litigation", C, (facts.disputed,)))
    if facts.written_count:
        reasons.append(
            Reason("written_off", C, (facts.written_count, facts.written_amount))
        )
    if facts.overdue_age > rules.open_days and not facts.is_covered:
        reasons.append(
            Reason(
                "open_long",
                C,
                (facts.overdue_age, rules.open_days, facts.overdue_amount),
            )
        )
    if facts.slowest > rules.easy_days:
        reasons.append(Reason("slow", C, (facts.slowest, rules.easy_days)))
    return reasons


def _find_often(facts, rules):
    """What makes a customer owe often (R89): the number, and the share, of late ones."""
    reasons = []
    if rules.often_count and facts.late >= rules.often_count:
        reasons.append(
            Reason("often_count", B, (facts.late, facts.judged, rules.often_count))
        )
    if (
        rules.often_percent
        and facts.late
        and facts.late * _PERCENT >= rules.often_percent * facts.judged
    ):
        reasons.append(
            Reason("often_share", B, (facts.late_percent, rules.often_percent))
        )
    return reasons


def _say_good(facts):
    if facts.late:
        return Reason("rarely", A, (facts.late, facts.judged))
    if not facts.on_credit:
        return Reason("cash", A, (facts.judged,))
    return Reason("on_time", A, (facts.judged,))


def _find_notes(facts, rules):
    """What is worth knowing beside the grade."""
    notes = []
    if facts.overdue_age > rules.open_days and facts.is_covered:
        notes.append(Reason("unmatched", None, (facts.unapplied, facts.overdue_amount)))
    return notes


def find_lift(facts, rules, present=None):
    """Find the next better grade if all debts were paid today and none came late again.

    Late receivables stop counting when their due date leaves the window.

    :param Facts facts: with their items
    :param Rules rules: the company's thresholds
    :param str present: the grade that the facts give, where it is known already
    :return: the better grade and its first day; None where only a removed mark of
        litigation helps, or where nothing is to be lifted
    :rtype: Lift or None
    """
    present = present or judge(facts, rules).grade
    if present is None or present == A or facts.disputed:
        return None
    late, written = [], []
    for _line_id, due, delay, kind in facts.items or ():
        leaving = _find_leaving(due, rules.months)
        if kind == WRITTEN_OFF:
            written.append(leaving)
        elif kind in (PAID_LATE, OPEN_LATE):
            late.append((leaving, delay))
    days = {facts.today, *written, *(leaving for leaving, _delay in late)}
    for day in sorted(days):
        if day < facts.today:
            continue
        delays = [delay for leaving, delay in late if leaving > day]
        lost = sum(leaving > day for leaving in written)
        grade = judge(_assume_paid(facts, delays, lost), rules).grade
        if is_better(grade, present):
            return Lift(grade, day)
    return None


@lru_cache(maxsize=4096)
def _find_leaving(due, months):
    """The first day on which a due date is no longer within the window."""
    return date.fromordinal(due) + relativedelta(months=months) + timedelta(days=1)


def _assume_paid(facts, delays, lost):
    """What is left of ``facts`` once everything was paid.

    :param list delays: days by which the receivables that still count were late
    :param int lost: how many written off receivables still count
    """
    return Facts(
        facts.party_id,
        facts.company_id,
        facts.today,
        # At least one: a customer without late ones has been judged and is good.
        judged=max(1, facts.on_time + len(delays)),
        late=len(delays),
        slowest=max(delays, default=0),
        written_count=lost,
    )
