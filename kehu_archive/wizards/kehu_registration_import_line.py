import base64
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..registration import store
from ..registration.merge import Outcome, merge
from ..registration.messages import RefusedFile
from ..registration.questions import ask, settle
from ..registration.reader import read_forms
from ..registration.safety import Source, load_source
from ..wording import comma

_logger = logging.getLogger(__name__)


class _Rehearsal(Exception):
    """Ends the rehearsal of a form: everything it wrote is rolled back."""


class KehuRegistrationImportLine(models.Model):
    """What becomes of one form: created, updated, unchanged or refused (R96)."""

    _name = "kehu.registration.import.line"
    _description = "Form of an Import"
    _order = "number, id"
    _rec_name = "filename"

    import_id = fields.Many2one(
        "kehu.registration.import",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The import that the form belongs to.",
    )
    state = fields.Selection(related="import_id.state", help="How far the import is.")
    is_mine = fields.Boolean(
        related="import_id.is_mine", help="Only who imports makes the choices."
    )
    number = fields.Integer(readonly=True, help="Position among the forms.")
    step = fields.Selection(
        [
            ("waiting", "Not Read"),
            ("read", "Read"),
            ("examined", "Looked At"),
            ("done", "Finished"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
        help="How far the work on this form is.",
    )
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Uploaded File",
        readonly=True,
        ondelete="set null",
        help="The upload in which the form was found.",
    )
    member = fields.Integer(
        default=-1, readonly=True, help="Position in the .zip, -1 outside of one."
    )
    form_data = fields.Binary(
        attachment=True,
        readonly=True,
        help="What was read, until it is taken over.",
    )
    filename = fields.Char(string="File", readonly=True, help="The file.")
    sheet = fields.Char(readonly=True, help="The sheet in the file.")
    customer = fields.Char(readonly=True, help="The customer, as on the form.")
    archive_id = fields.Many2one(
        "kehu.archive",
        string="Archive",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The archive found. Empty: a new customer.",
    )
    outcome = fields.Selection(
        [
            ("create", "New"),
            ("update", "Changed"),
            ("unchanged", "Unchanged"),
            ("refused", "Not Accepted"),
        ],
        readonly=True,
        help="What becomes, or became, of the form.",
    )
    change_count = fields.Integer(
        string="Changes", readonly=True, help="Facts and lines that the form changes."
    )
    conflict_count = fields.Integer(
        string="Conflicts",
        readonly=True,
        help="Facts changed on the form and in the archive, differently.",
    )
    message = fields.Text(
        string="Explanation",
        readonly=True,
        help="Why the form is refused, cell by cell, or what was kept.",
    )
    cell_ids = fields.One2many(
        "kehu.registration.import.cell",
        "line_id",
        string="Cells",
        help="What the form changes, cell by cell.",
    )
    conflict_ids = fields.One2many(
        "kehu.registration.import.cell",
        "line_id",
        string="Conflicting Cells",
        domain=[("kind", "=", "conflict")],
        help="Changed on the form and in the archive, differently: somebody decides.",
    )
    plain_ids = fields.One2many(
        "kehu.registration.import.cell",
        "line_id",
        string="Changed Cells",
        domain=[("kind", "!=", "conflict")],
        help="What the form changes without contradiction.",
    )
    is_taken = fields.Boolean(readonly=True, help="The form is in the archive by now.")
    is_seen = fields.Boolean(
        readonly=True, help="Forms that waited for this one were looked at again."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        # Rules are asked before a write: no form slips into somebody else's import.
        if "import_id" in vals and any(
            line.import_id.id != vals["import_id"] for line in self
        ):
            raise UserError(self.env._("A form stays in its import."))
        return super().write(vals)

    # === ACTIONS === #

    def action_take_all(self):
        """Answer every conflict of the form with what the form says."""
        self._answer_conflicts("take")

    def action_keep_all(self):
        """Answer every conflict of the form with what the archive says."""
        self._answer_conflicts("keep")

    def _answer_conflicts(self, choice):
        self.conflict_ids.write({"choice": choice})

    def action_open(self):
        """Show what the form changes, cell by cell."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.customer or self.filename,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "cache": False,
        }

    def action_view_archive(self):
        """Open the archive of the form."""
        self.ensure_one()
        return self.archive_id._get_records_action(cache=False)

    # === STEPS === #

    def _translate(self, source, **params):
        return self.env._(source, **params)

    def _read(self):
        """Read the workbook of the line; each form in it gets a line of its own."""
        self.ensure_one()
        source = Source(self.filename, self.member)
        try:
            data = load_source(self.attachment_id.raw or b"", source)
            forms = read_forms(data, self.filename)
        except RefusedFile as refusal:
            self._refuse(refusal.message.render(self._translate))
            return
        lines = self + self.create(
            [
                {
                    "import_id": self.import_id.id,
                    "number": self.number + position,
                    "attachment_id": self.attachment_id.id,
                    "member": self.member,
                    "filename": self.filename,
                    "step": "read",
                }
                for position in range(1, len(forms))
            ]
        )
        for line, form in zip(lines, forms, strict=True):
            line._keep(form)

    def _keep(self, form):
        """Note what was read, or every cell that cannot be understood."""
        self.write(
            {
                "step": "read",
                "sheet": form.sheet,
                "customer": form.data.get("partner_id.name").text,
            }
        )
        if form.errors:
            sentences = [
                error.render_beside(form.sheet, self._translate)
                for error in form.errors
            ]
            self._refuse("\n".join(sentences))
        else:
            self.form_data = base64.b64encode(store.dump(form))

    def _examine(self):
        """Find the customer, compare, and rehearse; nothing is taken over."""
        self.ensure_one()
        # sudo: also the cells of an archive that went to somebody else meanwhile.
        self.sudo().cell_ids.unlink()
        self._perform(rehearse=True)
        self.step = "examined"

    def _take(self):
        """Take the form over as the preview says, with the choices made there."""
        self.ensure_one()
        self._perform(rehearse=False)
        self.write({"step": "done", "is_taken": self.outcome in ("create", "update")})

    def _refuse(self, message):
        self.write(
            {
                "step": "examined",
                "outcome": "refused",
                "message": message,
                "change_count": 0,
                "conflict_count": 0,
            }
        )

    def _perform(self, rehearse):
        """Apply the form in a savepoint; a rehearsal is rolled back."""
        form = store.load(base64.b64decode(self.form_data))
        result, questions = {}, []
        try:
            with self.env.cr.savepoint():
                result, questions = self._apply(form, rehearse)
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
        except psycopg2.DataError:
            self._refuse(self.env._("A number on the form is too large."))
            return
        except psycopg2.Error:
            # Another transaction was faster: the whole step is tried again.
            raise
        except Exception:
            # One form that fails must not hold up the others for good.
            _logger.exception(
                "Form %s of import %s cannot be taken", self.number, self.import_id.id
            )
            self._refuse(
                self.env._(
                    "The form could not be taken for a reason that only the log of "
                    "the server knows. Tell the administrator; the other forms go on."
                )
            )
            return
        # A later form that fails must not take this one's history with it.
        self.env.cr.flush()
        self.write(result)
        if rehearse:
            self.env["kehu.registration.import.cell"]._note(self, questions)

    def _apply(self, form, rehearse):
        """Apply the form; return what to note on the line, and what it asks.

        :param ReadForm form: the form
        :param bool rehearse: take what nothing contradicts; else what was chosen
        """
        archives = self.env["kehu.archive"]
        archive = archives._find_form_archive(form)
        wanted = self.import_id.archive_id
        if wanted and not archive and not form.data.get("partner_id.ref"):
            wanted._check_kept()
            archive = wanted
        elif wanted and archive != wanted:
            raise UserError(
                self.env._(
                    "This form is of another customer than %(customer)s.",
                    customer=wanted.partner_id.name,
                )
            )
        current = archive._get_form_data()[0] if archive else None
        verdict = merge(form, current)
        questions = ask(form, verdict)
        if rehearse:
            taken = {each.name for each in questions if each.is_taken_unasked}
            message = False
        else:
            taken, message = self._read_choices(questions)
        changes, lines = settle(verdict, taken)
        count = len(changes) + len(lines)
        conflicts = sum(each.outcome is Outcome.CONFLICT for each in questions)
        outcome = "update" if archive else "create"
        if archive and not count and not (rehearse and conflicts):
            outcome = "unchanged"
        if not archive:
            archive = self._create_archive(form)
        if count:
            archive._apply_form_data(changes, lines, form.cells)
        values = {
            "archive_id": archive.id,
            "outcome": outcome,
            "change_count": count,
            "message": message,
        }
        if rehearse:
            values["conflict_count"] = conflicts
        return values, questions

    def _read_choices(self, questions):
        """Return what the user decided to take, and what came up since.

        :return: names of questions, and a sentence about those nobody was asked
        :rtype: tuple[set, str or bool]
        """
        shown = {cell.name: cell for cell in self.cell_ids}
        taken, late = set(), []
        for question in questions:
            cell = shown.get(question.name)
            if cell and cell.choice == "keep":
                continue
            if cell and cell._shows(question):
                taken.add(question.name)
            elif question.outcome is not Outcome.KEPT:
                late.append(f"{question.cell} {question.label}".strip())
        if not late:
            return taken, False
        return taken, self.env._(
            "Changed in the archive after the preview, and left as it is: %(cells)s.",
            cells=comma(self.env).join(late),
        )

    @api.model
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
