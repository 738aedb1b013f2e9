import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..registration.folding import fold_code
from ..registration.merge import Outcome, merge
from ..registration.reader import read_uploads
from ..registration.values import ROW_ID

_KEEP_DAYS = 30
_TAKEN = (Outcome.TAKE, Outcome.CONFLICT)


class _Rehearsal(Exception):
    """Ends the rehearsal of a form: everything it wrote is rolled back."""


class KehuRegistrationImport(models.Model):
    """Takes filled registration forms in: first a preview, then customer by customer.

    Acts with the rights of the user. Each form is taken whole or refused whole.
    """

    _name = "kehu.registration.import"
    _description = "Import of Registration Forms"
    _order = "id desc"
    _rec_name = "create_date"

    user_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        help="Who imports: the forms are taken with this user's rights.",
    )
    state = fields.Selection(
        [("draft", "Files"), ("preview", "Preview"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        help="Nothing is written before the preview is applied.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        help="Filled forms as .xlsx or .xls, or a .zip of them. Kept for 30 days.",
    )
    line_ids = fields.One2many(
        "kehu.registration.import.line", "import_id", help="One line for each form."
    )

    def action_preview(self):
        """Read the files and say for each form what would become of it."""
        self.ensure_one()
        if self.state == "done":
            raise UserError(self.env._("These forms were taken over already."))
        if not self.attachment_ids:
            raise UserError(self.env._("Choose the filled forms first."))
        self.line_ids.unlink()
        for number, form in enumerate(self._read_forms()):
            line = self.line_ids.create({"import_id": self.id, "number": number})
            line._examine(form)
        self.state = "preview"

    def action_apply(self):
        """Take the forms over, each whole or not at all."""
        self.ensure_one()
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        lines = {line.number: line for line in self.line_ids}
        for number, form in enumerate(self._read_forms()):
            line = lines.get(number)
            if line and line.outcome in ("create", "update"):
                line._take(form)
        self.state = "done"

    def _read_forms(self):
        files = [(file.name, file.raw or b"") for file in self.attachment_ids]
        return read_uploads(files)

    @api.autovacuum
    def _gc_uploaded_files(self):
        """Uploaded forms hold personal data: they go after 30 days."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=_KEEP_DAYS)
        old = self.search([("create_date", "<", limit)])
        old.attachment_ids.filtered(lambda file: file.res_model == self._name).unlink()


class KehuRegistrationImportLine(models.Model):
    """What becomes of one form: created, updated, unchanged or refused (R96)."""

    _name = "kehu.registration.import.line"
    _description = "Form of an Import"
    _order = "number"
    _rec_name = "filename"

    import_id = fields.Many2one(
        "kehu.registration.import",
        required=True,
        ondelete="cascade",
        index=True,
        help="The import that the form belongs to.",
    )
    number = fields.Integer(readonly=True, help="Position among the forms.")
    filename = fields.Char(readonly=True, help="The file.")
    sheet = fields.Char(readonly=True, help="The sheet in the file.")
    customer = fields.Char(readonly=True, help="The customer, as on the form.")
    archive_id = fields.Many2one(
        "kehu.archive",
        readonly=True,
        ondelete="set null",
        help="The archive found. Empty: a new customer.",
    )
    outcome = fields.Selection(
        [
            ("create", "New"),
            ("update", "Changed"),
            ("unchanged", "Unchanged"),
            ("refused", "Refused"),
        ],
        readonly=True,
        help="What becomes, or became, of the form.",
    )
    change_count = fields.Integer(
        string="Changes", readonly=True, help="Facts and lines that the form changes."
    )
    message = fields.Text(
        readonly=True, help="Why the form is refused, cell by cell, or what conflicts."
    )
    take_conflicts = fields.Boolean(
        string="Take From Form",
        help="Where form and archive were both changed: take what the form says. "
        "Otherwise the archive stays as it is.",
    )

    def _translate(self, source, **params):
        return self.env._(source, **params)

    def _examine(self, form):
        """Fill the line from a form: find the customer, compare, rehearse."""
        self.filename, self.sheet = form.filename, form.sheet
        self.customer = form.data.get("partner_id.name").text
        if form.problem:
            self._refuse(form.problem.render(self._translate))
        elif form.errors:
            self._refuse(
                "\n".join(error.render(self._translate) for error in form.errors)
            )
        else:
            self._perform(form, rehearse=True)

    def _take(self, form):
        self._perform(form, rehearse=False)

    def _refuse(self, message):
        self.write({"outcome": "refused", "message": message, "change_count": 0})

    def _perform(self, form, rehearse):
        """Apply the form in a savepoint; a rehearsal is rolled back."""
        result = {}
        try:
            with self.env.cr.savepoint():
                result = self._apply(form)
                self.env.flush_all()
                if rehearse:
                    raise _Rehearsal
        except _Rehearsal:
            if result["outcome"] == "create":
                result["archive_id"] = False
        except UserError as error:
            self._refuse(str(error))
            return
        except psycopg2.IntegrityError:
            self._refuse(
                self.env._("The form contradicts a customer that exists already.")
            )
            return
        # A later form that fails must not take this one's history with it.
        self.env.cr.flush()
        self.write(result)

    def _apply(self, form):
        """Apply the form and return what to note on the line."""
        archive = self._find_archive(form)
        if archive:
            (current,) = archive._get_form_data()
        else:
            current = None
        verdict = merge(form, current)
        conflicts = verdict.conflicts
        wanted = _TAKEN if self.take_conflicts else (Outcome.TAKE,)
        changes = [change for change in verdict.changes if change.outcome in wanted]
        lines = [
            line
            for line in verdict.lines
            if line.outcome in (Outcome.ADD, Outcome.REMOVE, *wanted)
        ]
        count = len(changes) + len(lines)
        outcome = "update" if archive else "create"
        if archive and not count and not conflicts:
            outcome = "unchanged"
        if not archive:
            archive = self._create_archive(form)
        if count:
            archive._apply_form_data(changes, lines)
        return {
            "archive_id": archive.id,
            "outcome": outcome,
            "change_count": count,
            "message": self._describe_conflicts(conflicts) or False,
        }

    def _describe_conflicts(self, conflicts):
        return "\n".join(
            self.env._(
                "%(cell)s %(label)s: the form says “%(form)s”, the archive “%(now)s”.",
                cell=change.cell,
                label=change.label,
                form=change.incoming.text or change.incoming.raw,
                now=change.current.text or change.current.raw,
            )
            for change in conflicts
        )

    def _find_archive(self, form):
        """Find whose form it is: by its token, else by code or tax number.

        :raise UserError: when the customer is somebody else's, saying whom to ask
        """
        archives = self.env["kehu.archive"]
        prefix = archives._get_form_token_prefix()
        token = form.base.token if form.base else ""
        # sudo: to tell that a customer exists and whom to ask; rights follow below.
        archive_sudo = archives.sudo().browse()
        if token.startswith(prefix) and token[len(prefix) :].isdecimal():
            archive_sudo = archives.sudo().browse(int(token[len(prefix) :])).exists()
        if not archive_sudo:
            # From another database, or of an archive that is gone: without a base.
            form.base = None
            for rows in form.data.rows.values():
                for values in rows:
                    values.pop(ROW_ID, None)
            for name in ("ref", "vat"):
                text = form.data.get(f"partner_id.{name}").text
                partner_sudo = self.env["res.partner"]._kehu_find_customer_sudo(
                    name, fold_code(text)
                )
                archive_sudo = archive_sudo or partner_sudo.archive_id
        archive = archive_sudo.with_env(self.env)
        if archive and not archive.has_access("write"):
            raise UserError(
                self.env._(
                    "This customer is registered, and not in your charge. Ask "
                    "%(keeper)s.",
                    keeper=archive_sudo.user_id.name or self.env._("the archive room"),
                )
            )
        return archive

    def _create_archive(self, form):
        name = form.data.get("partner_id.name").text
        if not name:
            raise UserError(self.env._("The form names no customer."))
        code = form.data.get("partner_id.ref").text
        values = {
            "name": name,
            "is_company": form.data.customer_nature != "individual",
            "user_id": self.env.uid,
            **({"ref": code} if code else {}),
        }
        return self.env["res.partner"].create(values)._kehu_register()
