from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...wording import comma
from .kehu_inspection_line import CONDITIONS


class KehuInspection(models.Model):
    """A cabinet is looked at: fire, theft, damp, pests, dust, security (R09).

    What was found stands as it is once the inspection is done. Each fault has a day by
    which it is put right, and stays open until somebody says what was done about it.
    """

    _name = "kehu.inspection"
    _description = "Inspection of a Cabinet"
    _inherit = ["kehu.told.mixin", "kehu.transition.mixin"]
    _order = "inspected_on desc, id desc"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index=True,
        help="Number of the inspection in its register.",
    )
    cabinet_id = fields.Many2one(
        "kehu.cabinet",
        required=True,
        index=True,
        ondelete="restrict",
        help="What is inspected.",
    )
    company_id = fields.Many2one(
        related="cabinet_id.company_id",
        store=True,
        index=True,
        help="The company that owns the cabinet.",
    )
    inspected_on = fields.Date(
        string="Date",
        default=lambda self: self.env.company._kehu_today(),
        required=True,
        copy=False,
        help="The day of the inspection.",
    )
    inspector_id = fields.Many2one(
        "res.users",
        string="Inspector",
        default=lambda self: self.env.user,
        required=True,
        help="Who looked.",
    )
    line_ids = fields.One2many(
        "kehu.inspection.line",
        "inspection_id",
        string="Conditions",
        default=lambda self: self._default_line_ids(),
        copy=False,
        help="The six conditions and what was found.",
    )
    note = fields.Text(help="Anything else that was noticed.")
    state = fields.Selection(
        [("draft", "Being Done"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="What is done stays as it is.",
    )
    fault_count = fields.Integer(
        string="Faults", compute="_compute_fault_count", help="Faults that were found."
    )
    open_fault_count = fields.Integer(
        string="Open Faults",
        compute="_compute_fault_count",
        help="Faults that are not put right yet.",
    )

    # === DEFAULTS AND COMPUTE METHODS === #

    @api.model
    def _default_line_ids(self):
        return [Command.create({"condition": name}) for name, _label in CONDITIONS]

    @api.depends("line_ids.finding", "line_ids.state")
    def _compute_fault_count(self):
        for inspection in self:
            lines = inspection.line_ids
            faults = lines.filtered(lambda line: line.finding == "fault")
            inspection.fault_count = len(faults)
            inspection.open_fault_count = len(
                faults.filtered(lambda line: line.state == "open")
            )

    @api.depends("name", "cabinet_id")
    def _compute_display_name(self):
        for inspection in self:
            inspection.display_name = (
                f"{inspection.name or ''} {inspection.cabinet_id.display_name or ''}"
            ).strip()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: users have no rights on sequences.
        sequence_sudo = self.env["ir.sequence"].sudo()
        inspections = super().create(
            [
                {**vals, "name": sequence_sudo.next_by_code("kehu.inspection")}
                for vals in vals_list
            ]
        )
        inspections._complete_lines()
        return inspections

    def write(self, vals):
        if (
            vals.keys() - self._get_mail_fields() - {"state"}
            and not self._in_transition()
        ):
            self._check_is_open()
            if "name" in vals:
                raise AccessError(self.env._("The number of an inspection stays."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_is_open()

    def _check_is_open(self):
        """:raise UserError: naming inspections that are done"""
        if done := self.filtered(lambda inspection: inspection.state == "done"):
            raise UserError(
                self.env._(
                    "Is done, and stays as it is: %(inspections)s",
                    inspections=comma(self.env).join(done.mapped("display_name")),
                )
            )

    def _complete_lines(self):
        """All six conditions are on every inspection, whatever the caller named."""
        self.env["kehu.inspection.line"].create(
            [
                {"inspection_id": inspection.id, "condition": name}
                for inspection in self
                for name, _label in CONDITIONS
                if name not in inspection.line_ids.mapped("condition")
            ]
        )

    # === ACTIONS === #

    def action_done(self):
        """Fix what was found; each fault becomes something to put right.

        :raise UserError: naming what is not said yet
        """
        self.check_access("write")
        self._check_can_move("done")
        if gaps := [text for inspection in self for text in inspection._get_gaps()]:
            raise UserError("\n".join(gaps))
        self._set_state("done")
        faults = self.line_ids.filtered(lambda line: line.finding == "fault")
        for inspector, lines in faults.grouped(
            lambda line: line.inspection_id.inspector_id
        ).items():
            lines.filtered(lambda line: not line.responsible_id).write(
                {"responsible_id": inspector.id}
            )
        faults._set_state("open")
        faults._ask_to_rectify()
        # sudo: only the day of the last inspection is written on the cabinet.
        cabinets_sudo = self.cabinet_id.sudo()
        cabinets_sudo._refresh_inspected_on()
        cabinets_sudo._close_inspection_reminders()

    def action_all_ok(self):
        """Mark everything that was not looked at yet as being in order."""
        self.check_access("write")
        self.line_ids.filtered(lambda line: line.finding == "unchecked").write(
            {"finding": "ok"}
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_state_sources(self):
        return {"done": {"draft"}}

    def _get_gaps(self):
        """What has to be said before an inspection is done.

        :return: sentences
        :rtype: list[str]
        """
        self.ensure_one()
        gaps = []
        company = self.company_id or self.env.company
        if self.inspected_on > company.sudo()._kehu_today():
            gaps.append(
                self.env._(
                    "%(inspection)s: the date lies in the future.",
                    inspection=self.display_name,
                )
            )
        if all(line.finding == "unchecked" for line in self.line_ids):
            gaps.append(
                self.env._(
                    "%(inspection)s: nothing was looked at yet.",
                    inspection=self.display_name,
                )
            )
            return gaps
        for line in self.line_ids:
            gaps += line._get_gaps()
        return gaps
