import json
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.register.register_lookup import RegisterLookup
from ..models.register.register_row import CODE, NAME
from ..registration.refused_rows import write_refused

_CHUNK = 1000
_KEEP_DAYS = 30
# A request works this long; what is left goes on in the background.
_SECONDS = 45
_OUTCOMES = ("create", "register", "update", "unchanged", "refused")


class KehuRegisterImport(models.Model):
    """Takes a register in: our own, or an old list of the company (R96).

    First a preview that writes nothing, then a thousand rows at a time, each thousand
    kept for good as soon as it is done: what a crash interrupts is continued where it
    stopped. Acts with the rights of the user.
    """

    _name = "kehu.register.import"
    _description = "Import of a Register"
    _order = "id desc"
    _rec_name = "filename"

    user_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        help="Who imports: the rows are taken with this user's rights.",
    )
    state = fields.Selection(
        [
            ("draft", "File"),
            ("preview", "Preview"),
            ("running", "Being Taken Over"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        readonly=True,
        help="Nothing is written before the preview is applied.",
    )
    file = fields.Binary(
        attachment=True,
        help="A register, .xlsx or .xls: one row of headings in the words of the form, "
        "one row for each customer. Kept for 30 days.",
    )
    filename = fields.Char(help="Name of the file.")
    kept_rows = fields.Binary(
        attachment=True,
        groups=fields.NO_ACCESS,
        help="What the preview understood of the file, so that it is not read twice.",
    )
    row_count = fields.Integer(
        string="Rows", readonly=True, help="Rows of the file that hold something."
    )
    done_count = fields.Integer(
        string="Rows Done", readonly=True, help="Rows that were dealt with so far."
    )
    create_count = fields.Integer(
        string="New", readonly=True, help="Customers that are new."
    )
    register_count = fields.Integer(
        string="Existing, Registered",
        readonly=True,
        help="Customers that are in the address book and get an archive.",
    )
    update_count = fields.Integer(
        string="Changed", readonly=True, help="Customers that the file changes."
    )
    unchanged_count = fields.Integer(
        string="Unchanged",
        readonly=True,
        help="Customers of which the file says nothing new.",
    )
    refused_count = fields.Integer(
        string="Not Taken", readonly=True, help="Rows that are not taken."
    )
    progress = fields.Float(
        compute="_compute_progress", help="Share of the rows dealt with, in percent."
    )
    note = fields.Text(
        readonly=True, help="Which columns of the file are not taken, and why."
    )
    line_ids = fields.One2many(
        "kehu.register.import.line", "import_id", help="One line for each row."
    )
    refused_line_ids = fields.One2many(
        "kehu.register.import.line",
        "import_id",
        string="Rows to Look At",
        domain=[("message", "!=", False)],
        help="Rows that are refused or doubtful, with the cell and the reason.",
    )

    @api.depends("row_count", "done_count")
    def _compute_progress(self):
        for job in self:
            job.progress = 100 * job.done_count / (job.row_count or 1)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # The background goes on with the rights of this user: nobody names another.
        return super().create([{**vals, "user_id": self.env.uid} for vals in vals_list])

    def write(self, vals):
        if "user_id" in vals:
            raise AccessError(self.env._("An import belongs to whoever began it."))
        return super().write(vals)

    # === ACTIONS === #

    def action_preview(self):
        """Read the file and say for each row what would become of it."""
        self.ensure_one()
        if self.state in ("running", "done"):
            raise UserError(self.env._("This register was taken over already."))
        self._reset()
        # sudo: as where it is written.
        self.sudo().kept_rows = False
        rows, columns = self._read_rows()
        self._deal_with(rows, columns, preview=True)
        self.state = "preview"

    def action_apply(self):
        """Take the rows over, a thousand at a time, until done or out of time."""
        self.ensure_one()
        if self.state not in ("preview", "running"):
            raise UserError(self.env._("Look at the preview first."))
        if self.state == "preview":
            self._reset()
            self.state = "running"
        rows, columns = self._read_rows()
        if self._deal_with(rows, columns):
            self._finish()
            return None
        self.env.ref("kehu_archive.cron_continue_register_import")._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The rest is taken over in the background."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_lines(self):
        """Open the list of rows, grouped by what became of them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rows of %(file)s", file=self.filename or ""),
            "res_model": "kehu.register.import.line",
            "view_mode": "list",
            "domain": [("import_id", "=", self.id)],
            "context": {"search_default_group_outcome": 1},
            "cache": False,
        }

    def action_download_refused(self):
        """Download the refused rows, as in the file, with the reason behind each."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/kehu/register/refused/{self.id}",
            "target": "download",
        }

    @api.model
    def _cron_continue(self):
        """Go on with the imports that were interrupted, each as its own user."""
        jobs = self.search([("state", "=", "running")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(jobs))
        for job in jobs:
            # The rights are those of the one who imports, never the scheduler's.
            own = job.with_user(job.user_id).with_company(job.user_id.company_id)
            rows, columns = own._read_rows()
            if own._deal_with(rows, columns):
                job._finish()
                self.env["ir.cron"]._commit_progress(1)
            else:
                break

    # === BUSINESS METHODS === #

    def _reset(self):
        if not self.file:
            raise UserError(self.env._("Choose the register first."))
        self.line_ids.unlink()
        self.write(
            {
                "row_count": 0,
                "done_count": 0,
                **{f"{outcome}_count": 0 for outcome in _OUTCOMES},
            }
        )

    def _finish(self):
        # sudo: as where it is written; personal data is not kept longer than needed.
        self.sudo().write({"state": "done", "kept_rows": False})

    def _deal_with(self, rows, columns, preview=False):
        """Plan the rows that are left, and write them unless it is a preview.

        :return: whether all of them were dealt with
        :rtype: bool
        """
        loader = self.env["kehu.register.loader"]
        lookup = RegisterLookup(self.env["kehu.archive"])
        survey = loader._survey_rows(rows)
        # Customers that others name as head office or party come first.
        rows = sorted(rows, key=lambda row: row.depends)
        self.row_count = len(rows)
        begin = time.monotonic()
        leading, added = True, 0
        for start in range(self.done_count, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            if leading and chunk[-1].depends:
                # From here on rows may name customers that came before.
                leading = False
                first = next(i for i, row in enumerate(chunk) if row.depends)
                parts = [chunk[:first], chunk[first:]]
            else:
                parts = [chunk]
            for part in filter(None, parts):
                lookup.forget_customers()
                loader._plan_rows(part, columns, lookup, survey, preview)
                if not preview:
                    loader._write_rows(part)
            self._note_rows(chunk, preview)
            if not preview:
                added += sum(row.outcome in ("create", "register") for row in chunk)
                if loader._refresh_statistics(added):
                    added = 0
                self._keep_chunk()
                if time.monotonic() - begin > _SECONDS and start + _CHUNK < len(rows):
                    return False
        return True

    def _note_rows(self, rows, preview):
        """Count the outcomes and keep a line for each row, at first for doubtful ones."""
        counts = dict.fromkeys(_OUTCOMES, 0)
        for row in rows:
            counts[row.outcome] += 1
        self.write(
            {
                "done_count": self.done_count + len(rows),
                **{
                    f"{outcome}_count": self[f"{outcome}_count"] + count
                    for outcome, count in counts.items()
                },
            }
        )
        lines = [
            {
                "sheet": row.sheet,
                "row": row.number,
                "customer": row.text(NAME) or row.text(CODE) or None,
                "outcome": row.outcome,
                "archive_id": (row.outcome != "refused" and row.archive_id) or None,
                "message": "\n".join(row.errors or row.notes) or None,
            }
            for row in rows
            if row.errors or row.notes or not preview
        ]
        if lines:
            # Nobody else's rows, and nothing follows from them: one statement.
            self.env.cr.execute(
                """INSERT INTO kehu_register_import_line
                       (import_id, create_uid, create_date,
                        sheet, row, customer, outcome, archive_id, message)
                   SELECT %s, %s, %s, line.*
                     FROM json_to_recordset(%s)
                       AS line(sheet varchar, row int, customer varchar,
                               outcome varchar, archive_id int, message text)""",
                [
                    self.id,
                    self.env.uid,
                    self.env.cr.now(),
                    json.dumps(lines, ensure_ascii=False),
                ],
            )
            self.invalidate_recordset(["line_ids", "refused_line_ids"], flush=False)

    def _keep_chunk(self):
        """Keep what was done for good, before the next thousand rows."""
        self.env["ir.cron"]._commit_progress()

    def _write_refused_rows(self, stream):
        """Write the refused rows as a workbook, with the reason in the last column."""
        self.check_access("read")
        refused = {
            (line.sheet, line.row): line.message
            for line in self.line_ids
            if line.outcome == "refused"
        }
        if not refused:
            raise UserError(self.env._("No row was refused."))
        write_refused(stream, self._read_tables(), refused)

    @api.autovacuum
    def _gc_uploaded_files(self):
        """Uploaded lists hold personal data: they go after 30 days."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=_KEEP_DAYS)
        old = self.search([("create_date", "<", limit), ("state", "!=", "running")])
        old.sudo().write({"file": False, "kept_rows": False})
        old.line_ids.unlink()
