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
from operator import itemgetter
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

A, B, C = "a", "b", "c"
# What became of a receivable that counts against the customer.
PAID_LATE, OPEN_LATE, WRITTEN_OFF = 1, 2, 3

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


# Who has no item and nothing overdue is judged by these alone: all such customers of
# which they say the same have the same verdict, and one judgement will do.
PLAIN = (
    "company_id",
    "today",
    "judged",
    "pending",
    "disputed",
    "on_credit",
    "pays_cash",
)


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
    often = _find_often(facts.late, facts.judged, rules)
    if reasons:
        return Verdict(C, (*reasons, *often, *_find_notes(facts, rules)))
    if often:
        return Verdict(B, (*often, *_find_notes(facts, rules)))
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


@lru_cache(maxsize=4096)
def _find_often(late, judged, rules):
    """What makes a customer owe often (R89): the number, and the share, of late ones."""
    reasons = []
    if rules.often_count and late >= rules.often_count:
        reasons.append(Reason("often_count", B, (late, judged, rules.often_count)))
    if rules.often_percent and late and late * _PERCENT >= rules.often_percent * judged:
        share = Facts(None, None, None, judged, late).late_percent
        reasons.append(Reason("often_share", B, (share, rules.often_percent)))
    return tuple(reasons)


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
    day, leaving = facts.today, []
    for _line_id, due, delay, kind in facts.items or ():
        gone = _find_leaving(due, rules.months)
        if gone > day:
            leaving.append((gone, delay if kind != WRITTEN_OFF else None))
    leaving.sort(key=itemgetter(0))
    while True:
        delays = [delay for _gone, delay in leaving if delay is not None]
        grade = _grade_once_paid(
            facts.on_time,
            len(delays),
            max(delays, default=0) > rules.easy_days,
            len(leaving) - len(delays),
            rules,
        )
        if is_better(grade, present):
            return Lift(grade, day)
        if not leaving:
            return None
        day = leaving[0][0]
        leaving = [one for one in leaving if one[0] > day]


@lru_cache(maxsize=4096)
def _find_leaving(due, months):
    """The first day on which a due date is no longer within the window."""
    return date.fromordinal(due) + relativedelta(months=months) + timedelta(days=1)


@lru_cache(maxsize=65536)
def _grade_once_paid(on_time, late, is_slow, lost, rules):
    """The grade once everything was paid; many customers have the same figures.

    :param int on_time: how many receivables were paid in time
    :param int late: how many late ones still count
    :param bool is_slow: whether one of them was late for longer than is easy
    :param int lost: how many written off receivables still count
    """
    facts = Facts(
        None,
        None,
        None,
        # At least one: a customer without late ones has been judged and is good.
        judged=max(1, on_time + late),
        late=late,
        slowest=rules.easy_days + is_slow,
        written_count=lost,
    )
    return judge(facts, rules).grade
