"""Size class of an enterprise by the national statistical table of 2017.

The table (统计上大中小微型企业划分办法, 2017) gives, for each industry, the lower
limits of a large, a medium and a small enterprise in one or two of three indicators:
employees, revenue and total assets, the latter two in 万元 (10,000 CNY). A large,
medium or small enterprise meets **all** lower limits of its class, or drops to the
class below; a micro enterprise falls below **one** of the lower limits of a small one (R05).
"""

LARGE, MEDIUM, SMALL, MICRO = SIZES = ("large", "medium", "small", "micro")

#: Marks an industry that the national table leaves out (finance, education, ...).
NOT_COVERED = "not_covered"

#: Reasons for not giving a class; ``missing_<indicator>`` and ``invalid_<indicator>``
#: are the others. The caller puts them in words.
REASON_NO_RULE = "no_rule"
REASON_NOT_COVERED = NOT_COVERED

#: rule -> indicator -> lower limits of (large, medium, small)
LIMITS = {
    "agriculture": {"revenue": (20000, 500, 50)},
    "industry": {"employees": (1000, 300, 20), "revenue": (40000, 2000, 300)},
    "construction": {"revenue": (80000, 6000, 300), "assets": (80000, 5000, 300)},
    "wholesale": {"employees": (200, 20, 5), "revenue": (40000, 5000, 1000)},
    "retail": {"employees": (300, 50, 10), "revenue": (20000, 500, 100)},
    "transport": {"employees": (1000, 300, 20), "revenue": (30000, 3000, 200)},
    "storage": {"employees": (200, 100, 20), "revenue": (30000, 1000, 100)},
    "post": {"employees": (1000, 300, 20), "revenue": (30000, 2000, 100)},
    # Two rows of the table, 住宿业 and 餐饮业, with the same limits.
    "hospitality": {"employees": (300, 100, 10), "revenue": (10000, 2000, 100)},
    "information": {"employees": (2000, 100, 10), "revenue": (100000, 1000, 100)},
    "software": {"employees": (300, 100, 10), "revenue": (10000, 1000, 50)},
    "real_estate": {"revenue": (200000, 1000, 100), "assets": (10000, 5000, 2000)},
    "property": {"employees": (1000, 300, 100), "revenue": (5000, 1000, 500)},
    "leasing": {"employees": (300, 100, 10), "assets": (120000, 8000, 100)},
    "other": {"employees": (300, 100, 10)},
}


def classify(rule, employees=None, revenue=None, assets=None):
    """Return the size class of an enterprise and what decided it (R05).

    :param str|None|bool rule: a key of :data:`LIMITS`, :data:`NOT_COVERED`, or nothing
        when the industry does not say which row of the table applies
    :param int|None employees: number of employees; ``None`` when unknown
    :param float|None revenue: yearly revenue in 万元; ``None`` when unknown
    :param float|None assets: total assets in 万元; ``None`` when unknown
    :return: ``(size, indicator)`` with the indicator that kept the enterprise from a
        higher class (the first of the rule for a large one), or ``(None, reason)``
    :rtype: tuple
    """
    if rule == NOT_COVERED:
        return None, REASON_NOT_COVERED
    limits = LIMITS.get(rule)
    if limits is None:
        return None, REASON_NO_RULE
    facts = {"employees": employees, "revenue": revenue, "assets": assets}
    for indicator in limits:
        if facts[indicator] is not None and facts[indicator] < 0:
            return None, f"invalid_{indicator}"
    ranks = {
        indicator: _rank(facts[indicator], floors)
        for indicator, floors in limits.items()
        if facts[indicator] is not None
    }
    missing = [indicator for indicator in limits if indicator not in ranks]
    lowest = max(ranks, key=ranks.get, default=None)
    # One indicator is enough for a micro enterprise; any other class needs them all.
    if missing and (lowest is None or SIZES[ranks[lowest]] != MICRO):
        return None, f"missing_{missing[0]}"
    return SIZES[ranks[lowest]], lowest


def _rank(value, floors):
    """Return 0 (large) to 3 (micro): how many lower limits ``value`` falls below."""
    return sum(value < floor for floor in floors)
