from unittest.mock import patch

from odoo import api, models


class KehuDemo(models.AbstractModel):
    """Where each archive stands: signed, filed, returned or closed, on days gone by."""

    _inherit = "kehu.demo"

    @api.model
    def _load_custody(self):
        """Move the archives by their real actions, as the users who do so.

        The actions stamp the present; :meth:`_date_back` corrects that afterwards.
        The oldest is filed first, so that the numbers follow the calendar. No archive
        is destroyed: there is no procedure for it in the demonstration.
        """
        rows = self._read_rows("custody")
        rows.sort(key=lambda row: -int(row.get("filed", row["registered"])))
        for row in rows:
            archive = self._ref(f"archive_{row['archive']}_demo")
            archive._write_protected(
                {"registered_at": self._moment(self._days_ago(int(row["registered"])))}
            )
            archive.filled_on = self._days_ago(
                int(row.get("submitted", row["registered"]))
            )
            if "submitted" in row:
                archive.with_user(archive.user_id).action_submit()
            if "returned" in row:
                self._as_archivist(archive).action_return_to_draft(row["returned"])
            if "filed" in row:
                self._file(archive, row)
            if "closed" in row:
                self._as_archivist(archive).action_close(row["close_reason"])
            self._date_back(archive, row)
        self._ref("partner_xintao_demo").active = False
        self._ref("archive_heishan_demo").legal_hold = True

    @api.model
    def _as_archivist(self, archive):
        return archive.with_user(self._ref("user_archivist_demo"))

    @api.model
    def _file(self, archive, row):
        """File under the number that the day of filing would have given."""
        day = self._days_ago(int(row["filed"]))
        with patch.object(
            self.env.registry["kehu.archive"],
            "_get_company_today",
            lambda archive: day,
        ):
            self._as_archivist(archive).action_file()
        self._as_archivist(archive).write(
            {
                "cabinet_id": self._ref(row["cabinet"]).id,
                "slot": row["slot"],
                # Kept for ten years from the day of filing.
                "retention_until": self._days_ago(int(row["filed"]) - 3652),
            }
        )

    @api.model
    def _date_back(self, archive, row):
        """Put the stamps of the actions on the days of the file.

        The only place that writes them by hand. It goes through the archive's own
        protected write, which no remote call can reach.
        """
        stamps = {}
        if "submitted" in row and "returned" not in row:
            stamps["submitted_at"] = self._moment(
                self._days_ago(int(row["submitted"])), hour=7
            )
        if "filed" in row:
            stamps["filed_at"] = self._moment(self._days_ago(int(row["filed"])), hour=8)
        if "closed" in row:
            stamps["closed_on"] = self._days_ago(int(row["closed"]))
        if stamps:
            archive._write_protected(stamps)
