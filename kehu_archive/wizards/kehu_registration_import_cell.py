import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..registration.merge import Outcome

_CHOOSABLE = ("take", "add", "remove", "conflict")


class KehuRegistrationImportCell(models.Model):
    """One cell, or one line of a list, that a form would change.

    Personal traits are kept with the key of their archive, and not at all while there
    is no archive yet (R40).
    """

    _name = "kehu.registration.import.cell"
    _description = "Cell of an Imported Form"
    _order = "number, id"
    _rec_name = "label"

    line_id = fields.Many2one(
        "kehu.registration.import.line",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The form that the cell belongs to.",
    )
    user_id = fields.Many2one(
        related="line_id.import_id.user_id", help="Who imports the form."
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="The archive whose content is shown; its readers see the cell.",
    )
    number = fields.Integer(readonly=True, help="Position on the form.")
    name = fields.Char(readonly=True, help="Which fact or line it is.")
    kind = fields.Selection(
        [
            ("take", "Changed"),
            ("add", "New Line"),
            ("remove", "Removed Line"),
            ("conflict", "Conflict"),
            ("kept", "Not Yours to See"),
        ],
        required=True,
        readonly=True,
        help="What the form does to the archive here.",
    )
    sheet = fields.Char(readonly=True, help="The sheet in the file.")
    cell = fields.Char(readonly=True, help="The cell on the sheet.")
    label = fields.Char(
        string="Fact", readonly=True, help="What is asked there, as on paper."
    )
    incoming_text = fields.Text(readonly=True, help="What the form says, in the clear.")
    current_text = fields.Text(
        readonly=True, help="What the archive says, in the clear."
    )
    cipher = fields.Char(
        readonly=True, help="What both say of a personal trait, encrypted."
    )
    is_sensitive = fields.Boolean(
        string="Personal", readonly=True, help="A personal trait: needs consent."
    )
    incoming = fields.Text(
        string="On the Form", compute="_compute_words", help="What the form says."
    )
    current = fields.Text(
        string="In the Archive",
        compute="_compute_words",
        help="What the archive says now.",
    )
    changed_by = fields.Char(
        readonly=True,
        help="Who changed the archive here last, and when, as far as it is known.",
    )
    choice = fields.Selection(
        [("take", "Take From Form"), ("keep", "Keep Archive")],
        required=True,
        default="keep",
        help="Whether the form or the archive is followed here.",
    )

    @api.depends("incoming_text", "current_text", "cipher")
    def _compute_words(self):
        for cell in self:
            incoming, current = cell.incoming_text, cell.current_text
            if cell.is_sensitive:
                incoming, current = cell._read_trait()
            cell.incoming, cell.current = incoming, current

    def write(self, vals):
        # Rules are asked before a write: no cell slips onto somebody else's form.
        if "line_id" in vals and any(
            cell.line_id.id != vals["line_id"] for cell in self
        ):
            raise UserError(self.env._("A cell stays on its form."))
        if "choice" in vals:
            if closed := self.filtered(lambda cell: cell.line_id.step == "done"):
                raise UserError(
                    self.env._(
                        "This form is finished: %(form)s",
                        form=closed[0].line_id.customer or closed[0].line_id.filename,
                    )
                )
            if vals["choice"] == "take" and any(
                cell.kind not in _CHOOSABLE for cell in self
            ):
                raise UserError(
                    self.env._("You may not see this fact, so it stays as it is.")
                )
        return super().write(vals)

    @api.model
    def _note(self, line, questions):
        """Keep what a form asks, for the preview.

        :param line: the form's line, with its archive if there is one
        :param list questions: :class:`~..registration.questions.Question`
        """
        editors = self._find_editors(line.archive_id, questions)
        self.create(
            [
                {
                    "line_id": line.id,
                    "archive_id": line.archive_id.id,
                    "number": number,
                    "name": question.name,
                    "kind": question.outcome.value,
                    "sheet": question.sheet,
                    "cell": question.cell,
                    "label": question.label,
                    "is_sensitive": question.sensitive,
                    "changed_by": editors.get(question.name),
                    "choice": "take" if question.is_taken_unasked else "keep",
                    **self._prepare_words(line.archive_id, question),
                }
                for number, question in enumerate(questions)
            ]
        )

    @api.model
    def _prepare_words(self, archive, question):
        if not question.sensitive:
            return {
                "incoming_text": question.incoming,
                "current_text": question.current,
            }
        if not archive:
            return {}
        words = json.dumps([question.incoming, question.current], ensure_ascii=False)
        return {"cipher": self.env["kehu.vault"]._encrypt(archive, words)}

    def _read_trait(self):
        """Return both sides of a personal trait, for whoever may read its archive."""
        hidden = self.env._("personal, not shown here")
        if not self.cipher:
            return hidden, False
        if not self.archive_id.has_access("read"):
            return hidden, hidden
        return json.loads(self.env["kehu.vault"]._decrypt(self.archive_id, self.cipher))

    def _shows(self, question):
        """Whether the archive still says what the user saw when choosing."""
        if self.is_sensitive and not self.cipher:
            return not question.current
        return (self.current or "") == question.current

    # === WHO CHANGED IT === #

    @api.model
    def _find_editors(self, archive, questions):
        """Say for each conflict who changed the archive last, where that is recorded.

        :return: ``{name of the question: "person, day"}``
        :rtype: dict[str, str]
        """
        asked = [each for each in questions if each.outcome is Outcome.CONFLICT]
        editors = {}
        for question in asked:
            if question.row_id:
                rows_key = question.name.partition("[")[0]
                record = archive[rows_key].filtered(
                    lambda rec, row_id=question.row_id: str(rec.id) == row_id
                )
                if record:
                    editors[question.name] = self._sign(
                        record.write_uid, record.write_date
                    )
        return {**editors, **self._find_tracked_editors(archive, asked)}

    @api.model
    def _find_tracked_editors(self, archive, questions):
        places = {}
        for question in questions:
            path, _dot, field = question.name.rpartition(".")
            if path in ("", "partner_id") and not question.row_id:
                record = archive.partner_id if path else archive
                places[record._name, record.id, field] = question.name
        if not places:
            return {}
        # sudo: histories are not open to everybody; whoever may read the fact itself
        # may know who wrote it.
        tracked_sudo = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("mail_message_id.model", "in", [place[0] for place in places]),
                    ("mail_message_id.res_id", "in", [place[1] for place in places]),
                    ("field_id.name", "in", [place[2] for place in places]),
                ],
                order="id",
            )
        )
        editors = {}
        for value in tracked_sudo:
            message = value.mail_message_id
            place = (message.model, message.res_id, value.field_id.name)
            if place in places:
                editors[places[place]] = self._sign(message.author_id, message.date)
        return editors

    @api.model
    def _sign(self, person, moment):
        day = fields.Datetime.context_timestamp(self, moment).date()
        # sudo: the name of a colleague or partner who wrote here, nothing else.
        return f"{person.sudo().name}, {day}"
