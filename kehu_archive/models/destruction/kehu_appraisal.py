from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...wording import comma


class KehuAppraisal(models.Model):
    """An appraisal of due archives: each is answered by a named reviewer (R20).

    What is answered *keep* gets a new date and is in no destruction list; what is
    answered *destroy* may be applied for. The answers are the written report.
    """

    _name = "kehu.appraisal"
    _description = "Appraisal of Due Archives"
    _inherit = ["mail.thread", "mail.activity.mixin", "kehu.transition.mixin"]
    _order = "id desc"

    name = fields.Char(
        required=True,
        default=lambda self: self.env._(
            "Appraisal of %(date)s", date=fields.Date.context_today(self)
        ),
        help="What the appraisal is called.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        required=True,
        index=True,
        help="The company whose archives are appraised.",
    )
    due_before = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="Archives whose retention ends until then are appraised.",
    )
    reviewer_ids = fields.Many2many(
        "res.users",
        string="Reviewers",
        required=True,
        help="Who answers for the archives; nobody else does.",
    )
    line_ids = fields.One2many(
        "kehu.appraisal.line", "appraisal_id", string="Archives", help="The answers."
    )
    open_count = fields.Integer(
        compute="_compute_open_count", help="Archives that are not answered yet."
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Finished")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        help="A finished appraisal has had its effect.",
    )
    destruction_id = fields.Many2one(
        "kehu.destruction",
        readonly=True,
        copy=False,
        help="The application that its archives to destroy were put in.",
    )

    @api.depends("line_ids.answer")
    def _compute_open_count(self):
        for appraisal in self:
            appraisal.open_count = len(
                appraisal.line_ids.filtered(lambda line: not line.answer)
            )

    @api.model
    def _get_state_sources(self):
        return {**super()._get_state_sources(), "done": {"open"}}

    @api.ondelete(at_uninstall=False)
    def _unlink_open_only(self):
        self._check_in_states({"open"})

    def action_fill(self):
        """Take in all closed archives that are due and in no other open list.

        :return: a notice when there are none, else True
        """
        self._check_in_states({"open"})
        self.check_access("write")
        before = len(self.line_ids)
        for appraisal in self:
            due = self.env["kehu.archive"].search(
                Domain("state", "=", "closed")
                & Domain("retention_until", "<=", appraisal.due_before)
                & Domain("company_id", "in", (False, appraisal.company_id.id))
                & ~Domain("id", "in", appraisal._get_busy_archive_ids())
            )
            appraisal.line_ids = [
                Command.create({"archive_id": archive.id}) for archive in due
            ]
        if len(self.line_ids) > before:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "No other closed archive is due by that day. Those that stand in an "
                    "open appraisal or destruction list are not listed again."
                ),
            },
        }

    def _get_busy_archive_ids(self):
        lines = self.env["kehu.appraisal.line"].search(
            [("appraisal_id.state", "=", "open")]
        )
        listed = self.env["kehu.destruction.line"].search([("state", "=", "open")])
        return lines.archive_id.ids + listed.archive_id.ids

    def action_finish(self):
        """Let the answers take effect; each archive has to be answered.

        :raise UserError: naming the archives that are not answered
        """
        self._check_in_states({"open"})
        self.check_access("write")
        for appraisal in self:
            if missing := appraisal.line_ids.filtered(lambda line: not line.answer):
                raise UserError(
                    self.env._(
                        "Not answered yet: %(archives)s",
                        archives=comma(self.env).join(
                            missing.archive_id.mapped("display_name")
                        ),
                    )
                )
            for line in appraisal.line_ids.filtered(lambda one: one.answer == "keep"):
                line.archive_id.action_change_retention(line.keep_until, line.reason)
            due = appraisal.line_ids.filtered(lambda one: one.answer == "destroy")
            application = due and self.env["kehu.destruction"].create(
                {
                    "reason": appraisal.name,
                    "legal_basis": self.env._(
                        "The retention schedule of the company has run out."
                    ),
                    "line_ids": [
                        Command.create({"archive_id": line.archive_id.id})
                        for line in due
                    ],
                }
            )
            appraisal._set_state(
                "done", {"destruction_id": application.id if application else False}
            )


class KehuAppraisalLine(models.Model):
    """The answer for one archive, and who gave it."""

    _name = "kehu.appraisal.line"
    _description = "Appraised Archive"
    _order = "appraisal_id desc, id"
    _rec_name = "archive_id"

    appraisal_id = fields.Many2one(
        "kehu.appraisal",
        required=True,
        ondelete="cascade",
        index=True,
        help="The appraisal.",
    )
    company_id = fields.Many2one(
        related="appraisal_id.company_id", store=True, help="The company."
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="restrict",
        index=True,
        help="The archive that is appraised.",
    )
    retention_until = fields.Date(
        related="archive_id.retention_until", help="Until when it had to be kept."
    )
    answer = fields.Selection(
        [("destroy", "Destroy"), ("keep", "Keep"), ("transfer", "Hand Over")],
        string="Appraiser's Opinion",
        help="What becomes of the archive. Kept archives are in no destruction list.",
    )
    keep_until = fields.Date(help="New end of the retention, for archives to keep.")
    reason = fields.Char(help="Why; needed for everything but destroying.")
    answered_by_id = fields.Many2one("res.users", readonly=True, help="Who answered.")
    answered_at = fields.Datetime(readonly=True, help="When it was answered.")

    _once = models.UniqueIndex(
        "(appraisal_id, archive_id)", "The archive stands in this appraisal already."
    )
    _keep_has_date = models.Constraint(
        "CHECK (answer IS DISTINCT FROM 'keep' OR (keep_until IS NOT NULL "
        "AND reason IS NOT NULL))",
        "An archive that is kept needs a new date and a reason.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(
            [
                {
                    key: vals[key]
                    for key in ("appraisal_id", "archive_id")
                    if key in vals
                }
                for vals in vals_list
            ]
        )
        lines.appraisal_id._check_in_states({"open"})
        if undated := lines.archive_id.filtered(lambda one: not one.retention_until):
            raise UserError(
                self.env._(
                    "Without a retention date nothing is appraised: %(archives)s",
                    archives=comma(self.env).join(undated.mapped("display_name")),
                )
            )
        return lines

    def write(self, vals):
        answers = {"answer", "keep_until", "reason"} & vals.keys()
        self.appraisal_id._check_in_states({"open"})
        # Whoever keeps the room may correct a line; answering is the reviewers' alone.
        if answers or not self.env.user.has_group("kehu_archive.group_kehu_archivist"):
            foreign = self.filtered(
                lambda line: self.env.user not in line.appraisal_id.reviewer_ids
            )
            if foreign and not self.env.su:
                raise AccessError(
                    self.env._(
                        "Only the named reviewers answer: %(reviewers)s",
                        reviewers=comma(self.env).join(
                            foreign.appraisal_id.reviewer_ids.mapped("name")
                        ),
                    )
                )
        if answers:
            vals = {
                **vals,
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
            }
        result = super().write(vals)
        today = fields.Date.context_today(self)
        if short := self.filtered(
            lambda line: line.answer == "keep"
            and line.keep_until
            and line.keep_until <= today
        ):
            raise UserError(
                self.env._(
                    "The new date of %(archives)s has to lie ahead.",
                    archives=comma(self.env).join(
                        short.archive_id.mapped("display_name")
                    ),
                )
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open_only(self):
        self.appraisal_id._check_in_states({"open"})
