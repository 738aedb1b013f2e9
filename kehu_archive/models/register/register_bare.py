"""Customers without an archive that the rows of a file may be about."""

from collections import defaultdict
from dataclasses import dataclass

from ...registration.folding import fold_code


@dataclass(frozen=True)
class BareCustomer:
    """A partner that the user may read and that nobody registered yet."""

    id: int
    code: str
    number: str
    name: str
    region_id: int


class BareCustomers:
    """Finds them by what stands in a row (R92)."""

    def __init__(self, partners=()):
        """Keep the partners by code, tax number and name, folded.

        :param partners: ``res.partner`` that may be meant
        """
        self._by_code = defaultdict(list)
        self._by_number = defaultdict(list)
        self._by_name = defaultdict(list)
        for partner in partners:
            customer = BareCustomer(
                partner.id,
                fold_code(partner.ref or ""),
                get_number(partner.vat or ""),
                fold_code(partner.name or ""),
                partner.region_id.id or 0,
            )
            if customer.code:
                self._by_code[customer.code].append(customer)
            if customer.number:
                self._by_number[customer.number].append(customer)
            if customer.name:
                self._by_name[customer.name].append(customer)

    def find(self, row, number, region_id):
        """Return those that a row may be about: by code, tax number, name and region.

        :param row: :class:`~.register_row.RegisterRow`
        :param str number: its tax number, folded
        :param int region_id: its region, 0 when it names none
        :rtype: list[BareCustomer]
        """
        if found := row.code and self._by_code.get(row.code):
            return found
        found = number and self._by_number.get(number)
        if found and row.depends:
            # Branches may use the tax number of their head office.
            found = [customer for customer in found if customer.name == row.name]
        return found or [
            customer
            for customer in self._by_name.get(row.name, ())
            # Two codes, two tax numbers are two customers, whatever their names; a
            # region that nobody entered is no other region.
            if not (row.code and customer.code)
            and not (number and customer.number and customer.number != number)
            and not (
                region_id and customer.region_id and customer.region_id != region_id
            )
        ]


def get_number(text):
    """Return a tax number folded, "" for none; Odoo writes a slash for "has none"."""
    folded = fold_code(text)
    return "" if folded == "/" else folded
