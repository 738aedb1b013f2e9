from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from .common import KehuCommon

# Who consults and borrows: "stranger" is a rep of another team, "employee" has no role
# at all, "deputy" decides beside the leader of the team.
SECOND = timedelta(seconds=1)


class LoanCommon(KehuCommon):
    """Factories of requests, loans and moments in time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls.mate
        cls.team.kehu_deputy_id = cls.deputy
        cls.archive = cls.make_filed(
            {"main_business": "Pumps", "market_area": "North", "remark": "Beware"}
        )

    @classmethod
    def sections(cls, *codes):
        return cls.env["kehu.archive.section"].search([("code", "in", codes)])

    @classmethod
    def make_loan(cls, user=None, archive=None, **vals):
        """A draft request of ``user`` (the stranger by default)."""
        user = user or cls.stranger
        if sections := vals.pop("sections", None):
            vals["section_ids"] = cls.sections(*sections).ids
        return (
            cls.env["kehu.loan"]
            .with_user(user)
            .create(
                {
                    "archive_id": (archive or cls.archive).id,
                    "purpose": "Prepare an offer",
                    **vals,
                }
            )
        )

    @classmethod
    def make_approved(cls, user=None, archive=None, **vals):
        loan = cls.make_loan(user, archive, **vals)
        loan.action_submit()
        loan.with_user(cls.manager).action_approve()
        return loan

    @classmethod
    def make_lent(cls, user=None, archive=None, **vals):
        vals = {"kind": "borrow", "medium": "original", **vals}
        loan = cls.make_approved(user, archive, **vals)
        loan.with_user(cls.archivist).action_lend("Signed", 12)
        return loan

    def at(self, moment):
        """Let the clock stand at ``moment``, with empty caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        return freeze_time(fields.Datetime.to_string(moment))
