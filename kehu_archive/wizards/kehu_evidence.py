import hashlib
import io
from datetime import datetime, time, timedelta

import pytz
import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.use.kehu_release import REASON_KEY
from ..registration.styles import MARK_COLOR, SHADE

_AUDITOR = "kehu_archive.group_kehu_auditor"
_WIDTH = 24


class KehuEvidence(models.TransientModel):
    """Evidence that customer archives are kept as a trade secret (N12).

    A court asks for reasonable measures: marking, limiting the people, undertakings,
    registers of use, clearing of leavers. One click writes what the registers hold of
    each, of one archive or of all, with nothing of what the archives say. For auditors
    alone, who read all of these registers; what they may not read is not counted.
    """

    _name = "kehu.evidence"
    _description = "Evidence of Trade Secret Protection"

    archive_id = fields.Many2one(
        "kehu.archive", help="The archive in dispute. Empty: all archives."
    )
    date_from = fields.Date(
        default=lambda self: fields.Date.context_today(self) - timedelta(days=365),
        required=True,
        help="First day of what the registers tell.",
    )
    date_to = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="Last day of what the registers tell.",
    )

    _period = models.Constraint(
        "CHECK (date_to >= date_from)", "The end has to come after the beginning."
    )

    def action_make(self):
        """Make the pack; the print dialog asks what for."""
        self.ensure_one()
        report = self.env.ref("kehu_archive.kehu_evidence_report")
        return report.report_action(self, config=False)

    def _kehu_render_table(self):
        """Return the pack as ``(bytes of a workbook, file name)``.

        Making it is registered, and logged in the chain of every archive that it is
        about, with the digest of the file.

        :raise AccessError: for anybody but auditors, and for another's dialog
        :raise UserError: for several at once, or none that is still there
        """
        if not self.env.user.has_group(_AUDITOR):
            raise AccessError(self.env._("Only auditors make the pack of evidence."))
        self.check_access("read")
        if len(self.exists()) != 1:
            raise UserError(self.env._("There is nothing to write: choose some rows."))
        self.archive_id.check_access("read")
        archives = self.env["kehu.archive"].search(self._get_archive_domain())
        number, _copies = self.env["kehu.release"]._take_out(
            "evidence",
            f"{self._get_scope()} {self.date_from} – {self.date_to}",
            self.env.context.get(REASON_KEY),
            # It tells of measures, not of archives: no copy is made of any.
            count=0,
        )
        data = self._write_book(number, self._get_tables())
        digest = hashlib.sha256(data).hexdigest()
        archives._log_event("evidence", {"evidence": number, "digest": digest})
        title = self.env._("Evidence of Trade Secret Protection")
        return data, f"{title} {fields.Date.context_today(self)} {number}.xlsx"

    # === SCOPE === #

    def _get_scope(self):
        """Return in words what the pack is about."""
        if self.archive_id:
            return self.archive_id.display_name
        return self.env._("All archives of %(company)s", company=self.env.company.name)

    def _get_archive_domain(self, path=""):
        """Return the domain of the archives that the pack is about.

        :param str path: how the archive is reached, with its dot
        """
        if self.archive_id:
            return Domain(f"{path}id", "=", self.archive_id.id)
        return Domain(f"{path}company_id", "in", (False, self.env.company.id))

    def _get_moments(self):
        """Return the first second of the period and the first after it, in UTC."""
        zone = pytz.timezone(self.env.company.sudo().kehu_tz or "UTC")
        return tuple(
            zone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (self.date_from, self.date_to + timedelta(days=1))
        )

    def _get_period_domain(self, name):
        """Return the domain of what happened within the period.

        :param str name: field that holds the time
        """
        start, end = self._get_moments()
        return Domain(name, ">=", start) & Domain(name, "<", end)

    @api.model
    def _get_label(self, model, name, value):
        """Return the words of an option."""
        options = self.env[model]._fields[name]._description_selection(self.env)
        return dict(options).get(value) or ""

    @api.model
    def _say_time(self, moment):
        """Return a time in words, in the reader's own time zone."""
        if not moment:
            return ""
        local = fields.Datetime.context_timestamp(self, moment)
        return local.strftime("%Y-%m-%d %H:%M:%S")

    # === TABLES === #

    def _get_tables(self):
        """Return the tables of the pack.

        :return: title, what it shows, headings, rows of texts and numbers
        :rtype: list[tuple[str, str, list, list]]
        """
        return []

    def _write_book(self, number, tables):
        """Write the cover and each table on a sheet of its own.

        :param str number: number of the act in the register
        :param list tables: of :meth:`_get_tables`
        :return: the workbook
        :rtype: bytes
        """
        stream = io.BytesIO()
        options = {"strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(stream, {**options, "in_memory": True}) as book:
            styles = {
                "title": book.add_format({"bold": True, "font_size": 14}),
                "head": book.add_format(
                    {"bold": True, "border": 1, "bg_color": SHADE, "text_wrap": True}
                ),
                "cell": book.add_format(
                    {"border": 1, "text_wrap": True, "valign": "top"}
                ),
                "mark": book.add_format({"bold": True, "font_color": MARK_COLOR}),
            }
            mark = self.env["kehu.release"]._get_mark(number)
            for table in [self._get_cover(number, tables), *tables]:
                self._write_sheet(book, styles, mark, table)
        return stream.getvalue()

    def _get_cover(self, number, tables):
        rows = [
            [self.env._("Number"), number],
            [self.env._("Scope"), self._get_scope()],
            [self.env._("Period"), f"{self.date_from} – {self.date_to}"],
            [self.env._("Produced By"), self.env.user.name],
            [self.env._("Made At"), self._say_time(fields.Datetime.now())],
            [self.env._("Reason"), self.env.context.get(REASON_KEY) or ""],
            *(
                [title, self.env._("%(count)s rows", count=len(body))]
                for title, _intro, _head, body in tables
            ),
        ]
        intro = self.env._(
            "Drawn from the registers of the system at the time of making. Nothing of "
            "what the archives say is in it. The digest of this file stands in the "
            "ledger."
        )
        title = self.env._("Evidence of Trade Secret Protection")
        return title, intro, [self.env._("Matter"), self.env._("Content")], rows

    @api.model
    def _write_sheet(self, book, styles, mark, table):
        title, intro, head, rows = table
        sheet = book.add_worksheet(title[:31])
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8 {mark.replace('&', '&&')[:100]}&R&8 &P / &N")
        sheet.set_column(0, max(len(head) - 1, 1), _WIDTH)
        sheet.write_string(0, 0, mark, styles["mark"])
        sheet.write_string(1, 0, title, styles["title"])
        sheet.write_string(2, 0, intro)
        sheet.freeze_panes(4, 0)
        sheet.repeat_rows(0, 3)
        for column, label in enumerate(head):
            sheet.write_string(3, column, label, styles["head"])
        for row, cells in enumerate(rows, 4):
            for column, cell in enumerate(cells):
                if isinstance(cell, int) and not isinstance(cell, bool):
                    sheet.write_number(row, column, cell, styles["cell"])
                else:
                    sheet.write_string(row, column, str(cell or ""), styles["cell"])
