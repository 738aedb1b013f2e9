from datetime import timedelta

from odoo import api, models


class KehuDemo(models.AbstractModel):
    """Requests of every state: read, brought back, refused, out, overdue, waiting."""

    _inherit = "kehu.demo"

    @api.model
    def _load_loans(self):
        """Ask, decide, hand over and take back, as the users who do so (R10-R12)."""
        for row in self._read_rows("loans"):
            self._load_loan(row)

    @api.model
    def _load_loan(self, row):
        asked = self._days_ago(int(row["asked"]))
        start = self._moment(asked)
        borrower = self._ref(row["borrower"])
        with self._at(start):
            loan = (
                self.env["kehu.loan"]
                .with_user(borrower)
                .create(
                    {
                        "archive_id": self._ref(f"archive_{row['archive']}_demo").id,
                        "kind": row["kind"],
                        "medium": row.get("medium", False),
                        "purpose": row["purpose"],
                        "date_start": start,
                        "date_end": start + timedelta(days=int(row["days"])),
                    }
                )
            )
            loan.action_submit()
        steps = row.get("steps", "").split()
        for step in steps:
            # An original is back the day before it is due.
            back = int(row["days"]) - 1 if step == "return" else 0
            with self._at(start + timedelta(days=back, hours=1)):
                getattr(self, f"_step_{step}")(loan, row)

    @api.model
    def _step_approve(self, loan, row):
        loan.with_user(self._ref(row["decider"])).action_approve()

    @api.model
    def _step_refuse(self, loan, row):
        loan.with_user(self._ref(row["decider"])).action_refuse(row["note"])

    @api.model
    def _step_lend(self, loan, row):
        self._as_archivist(loan).action_lend(pages=int(row["pages"]))

    @api.model
    def _step_return(self, loan, row):
        if loan.medium == "original":
            self._as_archivist(loan).action_return(pages=int(row["pages"]))
        else:
            loan.with_user(loan.borrower_id).action_return()
