from odoo import models
from odoo.tools import format_date, format_datetime

# The printed proof names so many files that could not be opened.
_NAMED_FILES = 50


class KehuDestruction(models.Model):
    """The destruction list and certificate, on paper and as a workbook (R22, R24)."""

    _inherit = "kehu.destruction"

    def action_download_certificate(self):
        """Hand out list and certificate as a workbook."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/kehu/destruction/{self.id}/xlsx",
            "target": "download",
        }

    def _get_report_lang(self):
        """The paper is Chinese, whatever language the screen has."""
        return self.env["kehu.archive"]._get_form_lang()

    def _get_list_headings(self):
        """Headings of the destruction list.

        :rtype: list[str]
        """
        return [
            self.env._("No."),
            self.env._("Archive Number"),
            self.env._("Title"),
            self.env._("Years"),
            self.env._("Items"),
            self.env._("Pages"),
            self.env._("Retention Due"),
            self.env._("Years Kept"),
            self.env._("Destroyed At"),
            self.env._("Remark"),
        ]

    def _get_list_rows(self):
        """Lines of the destruction list, as :meth:`_get_list_headings` names them.

        :rtype: list[list]
        """
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: (
                line.state != "dropped" or line.drop_reason or self.state == "cancelled"
            )
        )
        # sudo: the list says number and title of the archives; whoever reads it may.
        entries = {
            entry.archive_id.id: entry
            for entry in self.env["kehu.destruction.register"]
            .sudo()
            .search([("destruction_id", "=", self.id)])
        }
        return [
            self._get_list_row(number, line.sudo(), entries.get(line.archive_id.id))
            for number, line in enumerate(lines, start=1)
        ]

    def _get_list_row(self, number, line, entry):
        archive = line.archive_id
        remark = ""
        if line.drop_reason:
            remark = self.env._("Not destroyed: %(reason)s", reason=line.drop_reason)
        if entry and entry.kept_file_count:
            remark = self.env._(
                "%(count)s files stay: another record owns them.",
                count=entry.kept_file_count,
            )
        years = f"{line.year_from}–{line.year_to}" if line.year_from else ""
        return [
            number,
            line.archive_number or archive.name,
            line.title or archive.partner_id.name,
            years,
            line.item_count,
            line.page_count,
            format_date(self.env, line.due_on or archive.retention_until),
            line.kept_years,
            format_datetime(self.env, line.destroyed_at) if line.destroyed_at else "",
            remark,
        ]

    def _get_signature_rows(self):
        """Who took which step, and when.

        :rtype: list[tuple[str, str, str]]
        """
        self.ensure_one()
        # sudo: names of colleagues.
        one = self.sudo()
        verified = {}
        for check in one.line_ids.check_ids:
            verified[check.user_id] = check.checked_at
        rows = [
            (self.env._("Application"), one.requester_id, one.submitted_at),
            (self.env._("Approval"), one.approver_id, one.decided_at),
            *one._get_countersign_rows(),
            (self.env._("Registered"), one.registered_by_id, one.registered_at),
            *[(self.env._("Verification"), user, at) for user, at in verified.items()],
            (self.env._("Witnessed"), one.witness_id, one.witnessed_at),
            (self.env._("Execution"), one.executor_id, one.executed_at),
        ]
        return [
            (step, user.name or "", format_datetime(self.env, at) if at else "")
            for step, user, at in rows
        ]

    def _get_countersign_rows(self):
        return []


class KehuDestructionScan(models.Model):
    """The proof in words."""

    _inherit = "kehu.destruction.scan"

    def _get_unread_rows(self):
        """Name the files that could not be opened; the workbook has them all."""
        unread = (self.unread_files or "").splitlines()
        if not unread:
            return []
        named = unread[:_NAMED_FILES]
        if len(unread) > len(named):
            named.append(
                self.env._("and %(count)s more", count=len(unread) - len(named))
            )
        return [
            (
                self.env._("Files Not Opened (%(count)s)", count=len(unread)),
                "\n".join(named),
            )
        ]

    def _get_proof_rows(self):
        """What was looked at, what was found, what is not covered.

        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        results = dict(self._fields["result"]._description_selection(self.env))
        kinds = dict(self.finding_ids._fields["kind"]._description_selection(self.env))
        found = [
            f"{finding.place}: {finding.row_count} ({kinds[finding.kind]})"
            for finding in self.finding_ids
        ]
        return [
            (self.env._("Result"), results[self.result]),
            (
                self.env._("What Was Looked For"),
                self.env._(
                    "%(values)s values in %(tables)s tables, %(columns)s columns, "
                    "%(rows)s rows and %(files)s files, at %(at)s",
                    values=self.value_count,
                    tables=self.table_count,
                    columns=self.column_count,
                    rows=self.row_count,
                    files=self.file_count,
                    at=format_datetime(self.env, self.made_at),
                ),
            ),
            (self.env._("What Was Found"), "\n".join(found) or self.env._("nothing")),
            (self.env._("Not Covered"), self.not_covered or ""),
            *self._get_unread_rows(),
        ]
