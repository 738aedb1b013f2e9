"""What a whole file says."""

from dataclasses import dataclass, field

from ...registration.folding import fold_code


@dataclass
class Survey:
    """What a whole file says, so that its rows can lean on each other.

    :param dict codes: ``{folded code: first row with it}``
    :param dict names: ``{folded full or short name: rows}``
    :param set offices: folded codes and names that rows give as their head office
    :param dict customers: ``{partner id: row that is about it}``, as rows are planned
    :param dict news: ``{tax number or (name, region): row}`` of the new customers
    :param bare: :class:`.register_bare.BareCustomers`, those without an archive that
        the rows may be about
    """

    codes: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    offices: set = field(default_factory=set)
    customers: dict = field(default_factory=dict)
    news: dict = field(default_factory=dict)
    bare: object = None

    def find(self, value):
        """Return the row of the file that a value names, or None."""
        text = fold_code(value.raw or value.text)
        if row := self.codes.get(text):
            return row
        rows = self.names.get(text, ())
        return rows[0] if len(rows) == 1 else None
