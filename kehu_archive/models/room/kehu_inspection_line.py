from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..mixins.as_user import as_user

CONDITIONS = [
    ("security", "Security"),
    ("fire", "Fire Protection"),
    ("theft", "Theft Protection"),
    ("damp", "Damp Protection"),
    ("pests", "Pest Protection"),
    ("dust", "Dust Protection"),
]


class KehuInspectionLine(models.Model):
    """One condition of a cabinet on one day, and what became of a fault (R09)."""

    _name = "kehu.inspection.line"
    _description = "Inspected Condition of a Cabinet"
    _inherit = ["kehu.transition.mixin"]
    _order = "inspection_id desc, id"
    _rec_name = "condition"

    inspection_id = fields.Many2one(
        "kehu.inspection",
        required=True,
        index=True,
        ondelete="cascade",
        help="The inspection.",
    )
    cabinet_id = fields.Many2one(
        related="inspection_id.cabinet_id",
        store=True,
        index=True,
        help="The cabinet that was inspected.",
    )
    company_id = fields.Many2one(
        related="inspection_id.company_id",
        store=True,
        index=True,
        help="The company that owns the cabinet.",
    )
    inspected_on = fields.Date(
        related="inspection_id.inspected_on",
        store=True,
        help="The day of the inspection.",
    )
    condition = fields.Selection(
        CONDITIONS,
        string="Protection",
        required=True,
        help="What the cabinet has to protect from.",
    )
    finding = fields.Selection(
        [("ok", "In Order"), ("fault", "Fault"), ("unchecked", "Not Checked")],
        default="unchecked",
        required=True,
        string="Check Result",
        help="What was found. What was not checked stays due.",
    )
    note = fields.Char(
        help="What exactly was found, or why it was not checked. Measured values, too."
    )
    rectify_by = fields.Date(help="The day by which the fault is put right.")
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible",
        help="Who sees to it; the inspector when nobody is named.",
    )
    state = fields.Selection(
        [("none", "Nothing to Do"), ("open", "To Put Right"), ("closed", "Put Right")],
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        string="Follow-up",
        help="Whether there is a fault to put right.",
    )
    rectified_on = fields.Date(
        readonly=True, copy=False, help="When the fault was put right."
    )
    rectified_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who closed the fault."
    )
    rectify_note = fields.Char(
        string="What Was Done",
        readonly=True,
        copy=False,
        help="What was done about the fault.",
    )
    reminded = fields.Boolean(
        readonly=True, copy=False, help="Reminded of the day that has passed."
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Not put right although the day has passed.",
    )

    _condition_uniq = models.UniqueIndex(
        "(inspection_id, condition)", "Each condition is on an inspection once."
    )
    _open_idx = models.Index("(cabinet_id, rectify_by) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends("state", "rectify_by")
    def _compute_is_late(self):
        today = self.env.company._kehu_today()
        for line in self:
            line.is_late = bool(
                line.state == "open" and line.rectify_by and line.rectify_by < today
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        late = fields.Domain("state", "=", "open") & fields.Domain(
            "rectify_by", "<", self.env.company._kehu_today()
        )
        return late if True in value else ~late

    @api.depends("condition", "cabinet_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["condition"]._description_selection(self.env))
        for line in self:
            line.display_name = (
                f"{line.cabinet_id.code or ''} {labels.get(line.condition) or ''}"
            ).strip()

    # === CONSTRAINT METHODS === #

    @api.constrains("responsible_id")
    def _check_responsible(self):
        for line in self:
            user = line.responsible_id
            if user and not as_user(line, user).has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot open inspections: name somebody of the "
                        "archive room.",
                        name=user.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        kept = self._get_protected_fields()
        self.env["kehu.inspection"].browse(
            {vals["inspection_id"] for vals in vals_list if vals.get("inspection_id")}
        )._check_is_open()
        return super().create(
            [
                {name: value for name, value in vals.items() if name not in kept}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if not self._in_transition():
            if ({"state"} | self._get_protected_fields()) & vals.keys():
                raise AccessError(
                    self.env._("A fault is closed by its button, with a note.")
                )
            if vals.keys() - {"responsible_id"}:
                self.inspection_id._check_is_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.inspection_id._check_is_open()

    @api.model
    def _get_protected_fields(self):
        return {"rectified_on", "rectified_by_id", "rectify_note", "reminded"}

    # === ACTIONS === #

    def action_rectify(self, note=None):
        """Close faults: say what was done about them.

        :param str note: what was done
        :raise UserError: without a note
        """
        self.check_access("write")
        note = (note or "").strip()
        if not note:
            raise UserError(self.env._("Say what was done about the fault."))
        self._set_state(
            "closed",
            {
                "rectified_on": self.env.company._kehu_today(),
                "rectified_by_id": self.env.uid,
                "rectify_note": note,
            },
        )
        finished = self.inspection_id.filtered(
            lambda inspection: not inspection.open_fault_count
        )
        # sudo: also what somebody else was asked to do.
        finished.sudo().activity_search(
            ["kehu_archive.mail_activity_inspection_fault"]
        ).write({"active": False})

    def action_ask_rectify(self):
        """Open the dialog that closes a fault."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_inspection_rectify_action"
        )
        action["context"] = {"default_line_ids": self.ids}
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _get_state_sources(self):
        return {"open": {"none"}, "closed": {"open"}}

    def _get_gaps(self):
        """What has to be said of this condition before the inspection is done.

        :return: sentences
        :rtype: list[str]
        """
        self.ensure_one()
        name = self.display_name
        gaps = []
        if self.finding == "unchecked" and not self.note:
            gaps.append(self.env._("%(what)s: why was it not checked?", what=name))
        if self.finding == "fault" and not self.note:
            gaps.append(self.env._("%(what)s: describe the fault.", what=name))
        if self.finding == "fault" and not self.rectify_by:
            gaps.append(
                self.env._("%(what)s: by when is the fault put right?", what=name)
            )
        elif self.finding == "fault" and self.rectify_by < self.inspected_on:
            gaps.append(
                self.env._(
                    "%(what)s: a fault cannot be put right before it was found.",
                    what=name,
                )
            )
        return gaps

    def _ask_to_rectify(self):
        """Give whoever is responsible an activity for each fault."""
        activity_type = self.env.ref("kehu_archive.mail_activity_inspection_fault")
        vals_list = []
        for line in self:
            user = line.responsible_id or line.inspection_id.inspector_id
            vals_list.append(line._prepare_activity_vals(activity_type, user))
        # sudo: the register tells people by itself, whoever inspected.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(vals_list)

    def _prepare_activity_vals(self, activity_type, user):
        self.ensure_one()
        return {
            "activity_type_id": activity_type.id,
            "res_model_id": self.env["ir.model"]._get_id("kehu.inspection"),
            "res_id": self.inspection_id.id,
            "user_id": user.id,
            "date_deadline": self.rectify_by,
            "summary": f"{self.cabinet_id.code}: {self.note}",
            "automated": True,
        }
