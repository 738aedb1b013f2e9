"""What a domain is about at most: conditions that shall reach the inside of a table.

PostgreSQL computes a table of windows and sums whole before it looks at a condition on
the result. Whoever knows which documents a domain can be about at most has only these
read; the domain itself still decides.
"""

from odoo.orm.domains import DomainAnd, DomainCondition, DomainOr


def find_scope(domain, names, find, join):
    """Find what all records of a domain belong to.

    :param Domain domain: optimized
    :param names: fields that tell, the most telling first
    :param find: function of a condition on such a field; None when it does not tell
    :param join: function that puts two scopes together
    :return: a scope, or None when the domain may be about anything
    """
    if isinstance(domain, DomainCondition):
        return find(domain) if domain.field_expr in names else None
    if isinstance(domain, DomainAnd):
        # One of them is enough: the first that tells.
        for child in sorted(domain.children, key=lambda one: _get_place(one, names)):
            scope = find_scope(child, names, find, join)
            if scope is not None:
                return scope
        return None
    if isinstance(domain, DomainOr):
        whole = None
        for child in domain.children:
            scope = find_scope(child, names, find, join)
            if scope is None:
                return None
            whole = scope if whole is None else join(whole, scope)
        return whole
    return None


def _get_place(domain, names):
    """Return how telling the worst condition of a domain is."""
    return max(
        (
            names.index(one.field_expr) if one.field_expr in names else len(names)
            for one in domain.iter_conditions()
        ),
        default=len(names),
    )


def get_ids(condition):
    """Return the ids that a condition names.

    :return: a set, or None when it also lets records without any value through
    """
    if condition.operator not in ("=", "in"):
        return None
    value = condition.value
    values = [value] if isinstance(value, (int, bool)) else value
    if not isinstance(values, (list, tuple, set, frozenset)) and not hasattr(
        values, "__iter__"
    ):
        return None
    found = set(values)
    if not all(type(one) is int for one in found):
        return None
    return found
