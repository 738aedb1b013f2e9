from odoo import api, fields, models
from odoo.exceptions import UserError

from ...wording import comma


class KehuArchive(models.Model):
    """Whoever reads an archive sees that its paper file is missing."""

    _inherit = "kehu.archive"

    is_missing = fields.Boolean(
        string="File Missing",
        compute="_compute_is_missing",
        search="_search_is_missing",
        help="Somebody is looking for the paper file.",
    )

    def _compute_is_missing(self):
        missing = self.env["kehu.missing.case"]._get_open_cases(self)
        for archive in self:
            archive.is_missing = archive._origin.id in missing

    @api.model
    def _search_is_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        # sudo: that a file is missing, whoever reads the archive may know.
        cases_sudo = self.env["kehu.missing.case"].sudo()
        ids = cases_sudo._search([("state", "=", "open")]).subselect("archive_id")
        return fields.Domain("id", "in" if True in value else "not in", ids)

    def action_report_missing(self):
        """Report that the paper files cannot be found.

        :raise UserError: naming those that are lent or reported already
        """
        self._check_may_place()
        self.check_access("write")
        out = self.filtered("holder_id")
        known = self.env["kehu.missing.case"]._get_open_cases(self)
        reported = self.filtered(lambda archive: archive.id in known)
        if out or reported:
            raise UserError(
                self.env._(
                    "Lent, or reported missing already: %(archives)s",
                    archives=comma(self.env).join(
                        (out | reported).mapped("display_name")
                    ),
                )
            )
        cases = self.env["kehu.missing.case"]._open(
            [
                {
                    "archive_id": archive.id,
                    "archive_number": archive.name,
                    "company_id": (archive.company_id or self.env.company).id,
                    "expected_path": archive.place_path,
                    "responsible_id": self.env.uid,
                }
                for archive in self
            ]
        )
        return cases._get_records_action()

    def _move_lines(self, target):
        result = super()._move_lines(target)
        # sudo: nobody moves cases by hand. One open case is enough for one file.
        cases_sudo = self.env["kehu.missing.case"].sudo()
        own = cases_sudo.search([("archive_id", "=", self.id)])
        if self.env["kehu.missing.case"]._get_open_cases(target):
            own -= own.filtered(lambda case: case.state == "open")
        own._write_protected({"archive_id": target.id})
        return result
