"""How customers pay, judged without database or ORM (R87-R90)."""

from .scoring import (
    A,
    B,
    C,
    PLAIN,
    Facts,
    Item,
    Lift,
    Reason,
    Rules,
    Verdict,
    find_lift,
    is_better,
    judge,
)

__all__ = (
    "A",
    "B",
    "C",
    "PLAIN",
    "Facts",
    "Item",
    "Lift",
    "Reason",
    "Rules",
    "Verdict",
    "find_lift",
    "is_better",
    "judge",
)
