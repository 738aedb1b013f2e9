"""One row of a register on its way in."""

from dataclasses import dataclass, field
from functools import cached_property

from ...registration.folding import fold_code
from ...registration.values import MISSING

NAME = "partner_id.name"
CODE = "partner_id.ref"
VAT = "partner_id.vat"
REGION = "partner_id.region_id"
OFFICE = "partner_id.head_office_id"
BANK = "partner_id.bank_ids"
PARTIES = ("partner_id.invoicing_partner_id", "partner_id.credit_partner_id")

#: Stands for a customer that a preview sees in the file, and not yet in the database.
PENDING = "pending"
#: Rows are logged in their own way, and customers that were put away count.
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "active_test": False,
}


@dataclass(eq=False)
class RegisterRow:
    """What a row says, and what becomes of it.

    :param dict values: ``{key: Value}`` of what the row states; never changed
    :param dict letters: ``{key: letters of its column}``, of the whole list
    :param list errors: sentences; a row with one is refused whole
    :param list notes: sentences that do not stop the row
    :param int archive_id: the archive that the row is about; 0 makes a new one
    :param int partner_id: the customer that the row is about; without an archive it
        is registered
    :param dict vals: ``{"partner_id"|""|"partner_id.bank_ids": {field: value}}``
    :param dict marks: ``{key: "na"|"refused"|"missing"}``
    :param list changes: ``(key, old text, new text)`` of an update
    """

    sheet: str
    number: int
    values: dict = field(default_factory=dict)
    letters: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    archive_id: int = 0
    partner_id: int = 0
    outcome: str = ""
    vals: dict = field(default_factory=dict)
    marks: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)

    def get(self, key):
        """Return what the row says of a fact, ``MISSING`` when nothing."""
        return self.values.get(key, MISSING)

    def text(self, key):
        """Return the words of a fact, "" when the row says nothing."""
        return self.get(key).text

    @cached_property
    def code(self):
        """The customer code, folded."""
        return fold_code(self.text(CODE))

    @cached_property
    def name(self):
        """The full name, folded."""
        return fold_code(self.text(NAME))

    def names_itself(self, value):
        """Tell whether a value names the very customer of the row (R72)."""
        if value.raw:
            return bool(self.code) and fold_code(value.raw) == self.code
        text = fold_code(value.text)
        return bool(text) and text in (
            self.name,
            fold_code(self.text("partner_id.short_name")),
        )

    @cached_property
    def depends(self):
        """Whether other rows have to be there before this one."""
        office = self.get(OFFICE)
        if office.state == "filled" and not self.names_itself(office):
            return True
        return any(
            value.state == "filled" and value.raw not in ("self", "head_office")
            for value in map(self.get, PARTIES)
        )

    @property
    def office_id(self):
        """The id of the head office that the row writes, 0 when there is none."""
        office_id = self.vals.get("partner_id", {}).get("head_office_id")
        return office_id if type(office_id) is int else 0

    def is_led_by(self, other):
        """Tell whether another row of the file is the head office of this one."""
        office = self.get(OFFICE)
        words = {fold_code(office.raw or office.text)} - {""}
        short = fold_code(other.text("partner_id.short_name"))
        return bool(words & {other.code, other.name, short})

    def cell(self, key):
        """Return the address of the cell of a fact, "" when the list has no column."""
        letters = self.letters.get(key)
        return f"{letters}{self.number}" if letters else ""

    def refuse(self, message, key=""):
        """Refuse the row with a sentence, naming the cell when there is one."""
        cell = self.cell(key)
        self.errors.append(f"{cell}: {message}" if cell else message)
