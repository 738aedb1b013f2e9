import secrets
import time

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..registration.safety import list_sources

_KEEP_DAYS = 30
# Numbers of the forms of one workbook follow each other below this distance.
_NUMBERS_PER_FILE = 10000
# How long one step of reading may take before the screen hears of it.
_STEP_SECONDS = 1.5
_RUNNING = ("reading", "applying")


class KehuRegistrationImport(models.Model):
    """Takes filled registration forms in: first a preview, then customer by customer.

    Works in steps. Each step is one request of the user's own browser: it has the
    user's rights, language and companies, no background worker is needed, and it is
    one transaction: some forms read, or one customer taken over. What is finished is
    stored with each form, so that after a crash, or when the window was closed, the
    rest is continued where it stopped.
    """

    _name = "kehu.registration.import"
    _description = "Import of Registration Forms"
    _order = "id desc"

    user_id = fields.Many2one(
        "res.users",
        string="Imported By",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        help="Who imports: the forms are taken with this user's rights.",
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        string="For Archive",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The only archive that the forms may change. Empty: the forms say whose "
        "they are.",
    )
    state = fields.Selection(
        [
            ("draft", "Choose Files"),
            ("reading", "Reading"),
            ("preview", "Preview"),
            ("applying", "Taking Over"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        help="Nothing is written before the preview is taken over.",
    )
    window = fields.Char(
        readonly=True,
        copy=False,
        help="Tells which browser window goes on with the work: only one does.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        copy=False,
        help="Filled forms as .xlsx or .xls, or a .zip of them. Kept for 30 days.",
    )
    line_ids = fields.One2many(
        "kehu.registration.import.line",
        "import_id",
        string="Forms",
        copy=False,
        help="One line for each form.",
    )
    form_count = fields.Integer(
        string="Number of Forms",
        compute="_compute_counts",
        help="How many forms there are.",
    )
    open_count = fields.Integer(
        string="Not Looked At",
        compute="_compute_counts",
        help="Forms that were not read yet.",
    )
    create_count = fields.Integer(
        string="New", compute="_compute_counts", help="Forms of new customers."
    )
    update_count = fields.Integer(
        string="Changed",
        compute="_compute_counts",
        help="Forms that change an archive.",
    )
    unchanged_count = fields.Integer(
        string="Unchanged",
        compute="_compute_counts",
        help="Forms that say what the archive says.",
    )
    refused_count = fields.Integer(
        string="Not Accepted",
        compute="_compute_counts",
        help="Forms that cannot be taken, each with its reason.",
    )
    taken_count = fields.Integer(
        string="Taken Over",
        compute="_compute_counts",
        help="Forms of new or changed customers that are in the archives by now.",
    )
    conflict_count = fields.Integer(
        string="Conflicts",
        compute="_compute_counts",
        help="Facts that were changed on the form and in the archive, differently.",
    )
    is_mine = fields.Boolean(
        compute="_compute_is_mine", help="Only who imports goes on with the work."
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.outcome", "line_ids.step", "line_ids.conflict_count")
    def _compute_counts(self):
        outcomes = ("create", "update", "unchanged", "refused")
        groups = self.env["kehu.registration.import.line"]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "outcome", "step"],
            ["__count", "conflict_count:sum"],
        )
        counts = {
            record.id: dict.fromkeys(
                ("form", "open", "taken", "conflict", *outcomes), 0
            )
            for record in self
        }
        for record, outcome, step, count, conflicts in groups:
            found = counts[record.id]
            found["form"] += count
            found["conflict"] += conflicts
            found[outcome or "open"] += count
            if step == "done" and outcome in ("create", "update"):
                found["taken"] += count
        for record in self:
            for name, count in counts[record.id].items():
                record[f"{name}_count"] = count

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for record in self:
            record.is_mine = record.user_id == self.env.user

    @api.depends("create_date", "attachment_ids.name")
    def _compute_display_name(self):
        for record in self:
            names = record.attachment_ids.sorted("id").mapped("name")
            title = names[0] if names else self.env._("New Import")
            if len(names) > 1:
                title = self.env._(
                    "%(file)s (%(count)s files)", file=title, count=len(names)
                )
            record.display_name = title

    # === CRUD METHODS === #

    def write(self, vals):
        # Rules are asked before a write: nobody hands an import to somebody else.
        if "user_id" in vals and any(
            record.user_id.id != vals["user_id"] for record in self
        ):
            raise UserError(self.env._("An import stays with who began it."))
        return super().write(vals)

    # === ACTIONS === #

    def action_preview(self):
        """Begin to read the files, to say for each form what would become of it.

        :raise UserError: without files, or when the work is going on or finished
        """
        self._check_mine()
        self._lock()
        if self.state in _RUNNING:
            self._refuse_running()
        if self.state == "done":
            raise UserError(self.env._("These forms were taken over already."))
        if self.line_ids.filtered(lambda line: line.step == "done" and line.is_taken):
            raise UserError(
                self.env._(
                    "Some of these forms were taken over already: take over the rest, "
                    "or begin a new import."
                )
            )
        if not self.attachment_ids:
            raise UserError(self.env._("Choose the filled forms first."))
        # Uploaded before the import had a number.
        self.attachment_ids.filtered(
            lambda file: file.res_model == self._name and not file.res_id
        ).res_id = self.id
        self.line_ids.unlink()
        self.line_ids.create(self._prepare_lines())
        return self._begin("reading")

    def action_apply(self):
        """Begin to take the forms over, each whole or not at all.

        :raise UserError: without a preview, or when the work is going on or finished
        """
        self._check_mine()
        self._lock()
        if self.state in _RUNNING:
            self._refuse_running()
        if self.state == "done":
            raise UserError(self.env._("These forms were taken over already."))
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        return self._begin("applying")

    def action_continue(self):
        """Go on in this window with what was interrupted.

        :return: the client action that does the steps, False when there is nothing left
        """
        self._check_mine()
        self._lock()
        if self.state not in _RUNNING:
            return False
        return self._begin(self.state)

    def action_stop(self):
        """Stop between two forms: what is taken over stays, the rest can go on later."""
        self._check_mine()
        self._lock()
        if self.state == "reading":
            taken = self._has_taken()
            if not taken:
                self.line_ids.unlink()
            self.write({"state": "preview" if taken else "draft", "window": False})
        elif self.state == "applying":
            self.write({"state": "preview", "window": False})

    def action_view_forms(self):
        """Open the forms of the import, filtered as the button says."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_registration_import_line_action"
        )
        outcome = self.env.context.get("kehu_outcome")
        return {
            **action,
            "domain": [("import_id", "=", self.id)],
            "context": {f"search_default_{outcome}": 1} if outcome else {},
        }

    def action_view_archives(self):
        """Open the archives that the import made or changed."""
        self.ensure_one()
        return self.line_ids.filtered("is_taken").archive_id._get_records_action(
            name=self.env._("Customer Archives"), cache=False
        )

    # === STEPS === #

    def run_step(self, window):
        """Do the next piece of the work: called by the browser until it is finished.

        :param str window: the ``window`` of whoever began or continued last
        :return: ``{"state", "done", "total"}``; the work is finished, or stopped, when
            the state is neither reading nor applying
        :rtype: dict
        :raise UserError: when another window goes on with the work
        """
        self._check_mine()
        self._lock()
        if self.state in _RUNNING:
            if self.window != window:
                self._refuse_running()
            if self.state == "reading":
                self._read_some()
            else:
                self._take_next()
        return self._get_progress()

    def get_progress(self):
        """Return how far the work is, as :meth:`run_step` does, without doing any."""
        self.ensure_one()
        self.check_access("read")
        return self._get_progress()

    def _get_progress(self):
        self.env.flush_all()
        self.invalidate_recordset(["form_count", "open_count", "taken_count"])
        done, total = self.form_count - self.open_count, self.form_count
        if self.state == "applying":
            done = self.taken_count
            total = done + len(self._get_next_lines(None))
        return {"state": self.state, "done": done, "total": total}

    def _begin(self, state):
        """Return what makes the calling window do the steps; no other one may."""
        self.write({"state": state, "window": secrets.token_hex(8)})
        return {
            "type": "ir.actions.client",
            "tag": "kehu_import_run",
            "params": {"id": self.id, "window": self.window},
        }

    def _read_some(self):
        """Read and examine forms for a moment; nothing of them is taken over."""
        lines = self.env["kehu.registration.import.line"]
        deadline = time.monotonic() + _STEP_SECONDS
        while time.monotonic() < deadline:
            line = lines.search(
                [("import_id", "=", self.id), ("step", "in", ("waiting", "read"))],
                limit=1,
            )
            if not line:
                if self._get_next_lines(1) or not self._has_taken():
                    self.state = "preview"
                else:
                    self._finish()
                return
            if line.step == "waiting":
                line._read()
            else:
                line._examine()

    def _take_next(self):
        """Take one form over; after the last, look again at what was refused."""
        line = self._get_next_lines(1)
        if line:
            line._take()
            return
        # A branch may have waited for its head office, which is a customer now.
        refused = self.line_ids.filtered(lambda rec: rec.step == "examined")
        again = refused.filtered(lambda rec: rec.outcome == "refused" and rec.form_data)
        progress = self.line_ids.filtered(lambda rec: rec.is_taken and not rec.is_seen)
        progress.is_seen = True
        if again and progress:
            again.write({"step": "read", "outcome": False})
            self.state = "reading"
            return
        self._finish()

    def _has_taken(self):
        """Behind a second round of reading there are forms that are taken over."""
        return any(line.step == "done" for line in self.line_ids)

    def _finish(self):
        """What was read is not needed any more; the history stays."""
        self.line_ids.write({"step": "done", "form_data": False})
        self.state = "done"

    def _get_next_lines(self, limit):
        return self.line_ids.search(
            [
                ("import_id", "=", self.id),
                ("step", "=", "examined"),
                ("outcome", "in", ("create", "update")),
            ],
            limit=limit,
        )

    def _prepare_lines(self):
        """Return one line for each workbook among the files, none opened yet."""
        values, number = [], 0
        for file in self.attachment_ids.sorted("id"):
            for source in list_sources(file.name, file.raw or b""):
                line = {
                    "import_id": self.id,
                    "number": number,
                    "attachment_id": file.id,
                    "filename": source.name,
                    "member": source.member,
                }
                if source.problem:
                    line.update(
                        step="examined",
                        outcome="refused",
                        message=source.problem.render(self._translate),
                    )
                values.append(line)
                number += _NUMBERS_PER_FILE
        return values

    def _translate(self, source, **params):
        return self.env._(source, **params)

    # === GUARDS === #

    def _check_mine(self):
        self.ensure_one()
        self.check_access("write")
        if self.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "Only %(user)s goes on with this import: the forms are taken with "
                    "that user's rights.",
                    user=self.user_id.name,
                )
            )

    def _lock(self):
        """Let one transaction at a time work on the import.

        :raise UserError: when another one does right now
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Another window is working on this import right now. Wait a "
                    "moment, then look again."
                )
            ) from error

    def _refuse_running(self):
        raise UserError(
            self.env._(
                "Another window goes on with this import. To go on here, press "
                "Continue."
            )
        )

    @api.autovacuum
    def _gc_uploaded_files(self):
        """Uploaded forms hold personal data: they and what they said go after 30 days."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=_KEEP_DAYS)
        old = self.search([("create_date", "<", limit)])
        old.attachment_ids.filtered(lambda file: file.res_model == self._name).unlink()
        lines = old.line_ids.filtered(lambda line: line.cell_ids or line.form_data)
        lines.cell_ids.unlink()
        lines.form_data = False
        stale = old.filtered(lambda record: record.state != "done")
        stale.write({"state": "done", "window": False})
