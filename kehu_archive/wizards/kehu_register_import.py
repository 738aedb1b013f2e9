import base64
import hashlib
import json
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq, hmac

from ..models.register.register_lookup import RegisterLookup
from ..models.register.register_row import CODE, NAME, RegisterRow
from ..registration import kept_rows, register, register_reader
from ..registration.messages import RefusedFile
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

    def _read_tables(self):
        """Return the lists of the file.

        :raise UserError: saying why it cannot be read
        """
        # The file itself, whatever size the client asked for.
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            return register_reader.read_register(data, self.filename or "")
        except RefusedFile as refusal:
            raise UserError(refusal.message.render(self._translate)) from refusal

    def _translate(self, source, **params):
        return self.env._(source, **params)

    def _read_rows(self):
        """Return the rows of the file, and the columns that the user may write.

        :return: ``(rows, columns)``
        """
        model = self.env["kehu.archive"]
        tables = self._get_kept_tables() or self._lex_tables()
        rows = [
            RegisterRow(table.sheet, number, values, table.letters, list(errors))
            for table in tables
            for number, values, errors in table.rows
        ]
        keys = dict.fromkeys(key for table in tables for key in table.letters)
        columns = [register.FIELDS[key] for key in keys if model._may_access_path(key)]
        return rows, columns

    def _lex_tables(self):
        """Read the file and understand its cells; keep what was understood.

        :rtype: list[kept_rows.LexedTable]
        """
        tables = self._read_tables()
        self.note = self._describe_columns(tables)
        lexed = []
        for table in tables:
            lexer = register_reader.RowLexer(table)
            rows = []
            for number, contents in table.rows:
                values, errors = lexer.read_row(number, contents)
                sentences = [error.render(self._translate) for error in errors]
                rows.append((number, values, sentences))
            lexed.append(kept_rows.LexedTable(table.sheet, lexer.letters, rows))
        text = kept_rows.pack(lexed)
        # sudo: nobody writes it by hand.
        self.sudo().kept_rows = base64.b64encode(
            f"{self._sign_rows(text)}\n{text}".encode()
        )
        return lexed

    def _get_kept_tables(self):
        """Return what was understood before, when it is of the present file.

        :rtype: list[kept_rows.LexedTable] | None
        """
        # sudo: nobody reads it by hand.
        kept = self.sudo().with_context(bin_size=False).kept_rows
        if not kept:
            return None
        signature, _line, text = base64.b64decode(kept).decode().partition("\n")
        if not consteq(signature, self._sign_rows(text)):
            return None
        return kept_rows.unpack(text)

    def _sign_rows(self, text):
        """Tie what was understood to the file, and to us: nobody slips rows in."""
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        digests = [hashlib.sha256(part).hexdigest() for part in (data, text.encode())]
        # sudo: the database's secret.
        return hmac(self.env(su=True), "kehu.register.import", (self.id, *digests))

    def _describe_columns(self, tables):
        notes = []
        for table in tables:
            if table.ignored:
                notes.append(
                    self.env._(
                        "%(sheet)s: unknown headings, not taken: %(headings)s",
                        sheet=table.sheet,
                        headings="、".join(f"{c} {text}" for c, text in table.ignored),
                    )
                )
            if table.readonly:
                notes.append(
                    self.env._(
                        "%(sheet)s: set by the system itself, not taken: %(headings)s",
                        sheet=table.sheet,
                        headings="、".join(table.readonly),
                    )
                )
        return "\n".join(notes)

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


class KehuRegisterImportLine(models.Model):
    """What became of one row of a register (R96)."""

    _name = "kehu.register.import.line"
    _description = "Row of a Register Import"
    _order = "import_id desc, sheet, row, id"
    _rec_name = "customer"

    import_id = fields.Many2one(
        "kehu.register.import",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The import that the row belongs to.",
    )
    sheet = fields.Char(readonly=True, help="The sheet in the file.")
    row = fields.Integer(readonly=True, help="Number of the row on its sheet.")
    customer = fields.Char(readonly=True, help="The customer, as the row names it.")
    outcome = fields.Selection(
        [
            ("create", "New"),
            ("register", "Existing, Registered"),
            ("update", "Changed"),
            ("unchanged", "Unchanged"),
            ("refused", "Not Taken"),
        ],
        readonly=True,
        help="What becomes, or became, of the row.",
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The archive that was made, changed or found.",
    )
    message = fields.Text(
        readonly=True, help="Why the row is refused, cell by cell, or what to check."
    )
