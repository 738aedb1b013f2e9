from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...wording import comma


class KehuStocktake(models.Model):
    """Finishing: what was not seen is missing, and becomes a case (R99)."""

    _inherit = "kehu.stocktake"

    def action_finish(self):
        """Finish the count: settle what was not seen, open cases, log every file."""
        self._check_is_archivist()
        self._check_can_move("done")
        for stocktake in self:
            stocktake._settle_unseen()
            stocktake._set_state(
                "done",
                {
                    "finished_at": fields.Datetime.now(),
                    "finished_by_id": self.env.uid,
                },
            )
            stocktake._release_cabinets()
            stocktake._open_cases()
            stocktake._close_answered_cases()
            stocktake._log_outcomes()

    def _settle_unseen(self):
        """Say of each file that nobody saw why, in one statement.

        What is lent now is where it ought to be; what was moved to another cabinet in
        the meantime is not missing either.
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE kehu_stocktake_line line
               SET outcome = CASE
                       WHEN now_out.id IS NOT NULL THEN 'lent'
                       WHEN archive.id IS NULL OR archive.state = 'destroyed'
                         OR archive.cabinet_id IS DISTINCT FROM
                            line.expected_cabinet_id THEN 'left'
                       ELSE 'missing' END,
                   loan_id = now_out.id,
                   write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
              FROM kehu_stocktake_line own
              LEFT JOIN kehu_archive archive ON archive.id = own.archive_id
              LEFT JOIN kehu_loan now_out ON now_out.archive_id = own.archive_id
                    AND now_out.state = 'lent' AND now_out.medium = 'original'
             WHERE own.id = line.id AND line.stocktake_id = %(stocktake)s
               AND line.outcome IN ('open', 'lent')
            """,
            {"stocktake": self.id, "uid": self.env.uid},
        )
        self.env.invalidate_all()

    def _open_cases(self):
        """Open a case for each missing file that has none yet, all at once."""
        self.ensure_one()
        # sudo: the register of a count is read and written by its steps.
        lines_sudo = (
            self.env["kehu.stocktake.line"]
            .sudo()
            .search([("stocktake_id", "=", self.id), ("outcome", "=", "missing")])
        )
        cases = self.env["kehu.missing.case"]
        known = cases._get_open_cases(lines_sudo.archive_id)
        new = lines_sudo.filtered(lambda line: line.archive_id.id not in known)
        cases._open(
            [
                {
                    "name": f"{self.name}-{number:03d}",
                    "archive_id": line.archive_id.id,
                    "archive_number": line.archive_number,
                    "company_id": self.company_id.id,
                    "stocktake_id": self.id,
                    "expected_path": line.expected_path,
                    "responsible_id": self.started_by_id.id,
                }
                for number, line in enumerate(new, start=1)
            ]
        )

    def _close_answered_cases(self):
        """A file that was seen is not missing any more."""
        self.ensure_one()
        # sudo: the register of a count is read and written by its steps.
        seen_sudo = (
            self.env["kehu.stocktake.line"]
            .sudo()
            .search([("stocktake_id", "=", self.id), ("counted_at", "!=", False)])
        )
        cases_sudo = (
            self.env["kehu.missing.case"]
            .sudo()
            .search(
                [
                    ("archive_id", "in", seen_sudo.archive_id.ids),
                    ("state", "=", "open"),
                ]
            )
        )
        if cases_sudo:
            cases_sudo._close(
                "found", self.env._("Seen in the stock-take %(name)s", name=self.name)
            )

    def _log_outcomes(self):
        """Log in the ledger of each file what the count found."""
        self.ensure_one()
        # sudo: the register of a count is read and written by its steps.
        lines_sudo = (
            self.env["kehu.stocktake.line"]
            .sudo()
            .search([("stocktake_id", "=", self.id)])
        )
        for line in lines_sudo:
            payload = {"stocktake": self.name, "outcome": line.outcome}
            if line.outcome != "found":
                payload["expected"] = line.expected_path or None
            if line.found_path:
                payload["found"] = line.found_path
            line.archive_id.with_env(self.env)._log_event("stocktake", payload)


class KehuStocktakeLine(models.Model):
    """What is done about files that were found elsewhere: a step of its own."""

    _inherit = "kehu.stocktake.line"

    def action_correct_register(self):
        """The files stay where they were found; the register follows.

        :raise UserError: naming files of which the register has changed meanwhile
        """
        self._check_to_settle()
        moved_since = self.filtered(
            lambda line: (
                line.archive_id.cabinet_id != line.expected_cabinet_id
                or line.archive_id.slot != line.expected_slot
            )
        )
        if moved_since:
            raise UserError(
                self.env._(
                    "Was moved since the count: %(files)s. Look again.",
                    files=comma(self.env).join(moved_since.mapped("display_name")),
                )
            )
        if out := self.filtered(lambda line: line.loan_id.sudo().state == "lent"):
            raise UserError(
                self.env._(
                    "Is lent by the register: %(files)s. Take the loan back first.",
                    files=comma(self.env).join(out.mapped("display_name")),
                )
            )
        for (stocktake, cabinet, place), lines in self.grouped(
            lambda line: (line.stocktake_id, line.found_cabinet_id, line.found_place_id)
        ).items():
            archives = lines.archive_id.with_context(kehu_move_reason=stocktake.name)
            archives._put_at(cabinet, place, as_found=True)
        self._settle("moved")

    def action_put_back(self):
        """The files were put back where the register says."""
        self._check_to_settle()
        if nowhere := self.filtered(lambda line: not line.expected_cabinet_id):
            raise UserError(
                self.env._(
                    "Has no place by the register: %(files)s. Correct the register "
                    "instead.",
                    files=comma(self.env).join(nowhere.mapped("display_name")),
                )
            )
        self._settle("put_back")

    def _check_to_settle(self):
        """:raise UserError: when one of the files is not waiting to be settled"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(self.env._("Only the archive room does this."))
        self.stocktake_id._check_in_states({"done"})
        other = self.filtered(
            lambda line: (
                line.outcome not in ("misplaced", "unexpected")
                or line.resolution != "none"
            )
        )
        if other:
            raise UserError(
                self.env._(
                    "Nothing to settle here: %(files)s",
                    files=comma(self.env).join(other.mapped("display_name")),
                )
            )

    def _settle(self, resolution):
        # sudo: the register of a count is written by its steps only.
        self.sudo().write(
            {
                "resolution": resolution,
                "resolved_by_id": self.env.uid,
                "resolved_at": fields.Datetime.now(),
            }
        )
