from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..mixins.as_user import as_user
from ..mixins.kehu_trace_field import TraceMany2one


class KehuMissingCase(models.Model):
    """A file that nobody can find, until it is found or given up (R99).

    Opened by a stock-take or by hand; written by its steps only.
    """

    _name = "kehu.missing.case"
    _description = "Case of a Missing File"
    _inherit = ["kehu.told.mixin", "kehu.transition.mixin"]
    _order = "id desc"

    name = fields.Char(
        string="Number", readonly=True, index=True, help="Number of the case."
    )
    archive_id = TraceMany2one(
        "kehu.archive",
        required=True,
        index=True,
        readonly=True,
        help="The archive whose paper file is missing.",
    )
    archive_number = fields.Char(readonly=True, help="Number of the archive.")
    customer = fields.Char(
        compute="_compute_customer",
        help="The customer, as far as one may read the archive.",
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, help="The company that misses it."
    )
    stocktake_id = fields.Many2one(
        "kehu.stocktake",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The stock-take that did not find it. Empty: reported by hand.",
    )
    expected_path = fields.Char(
        string="Expected At", readonly=True, help="Where the file ought to lie."
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        help="Who looks for the file.",
    )
    opened_at = fields.Datetime(
        default=fields.Datetime.now, readonly=True, help="When it was noticed."
    )
    note = fields.Text(help="Where it was looked for, who was asked.")
    state = fields.Selection(
        [("open", "Open"), ("found", "Found Again"), ("lost", "Given Up")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        help="Whether somebody still looks for the file.",
    )
    closed_at = fields.Datetime(readonly=True, help="When the case was closed.")
    closed_by_id = fields.Many2one("res.users", readonly=True, help="Who closed it.")
    conclusion = fields.Char(
        readonly=True, help="Where the file was found, or why it was given up."
    )

    _open_uniq = models.UniqueIndex(
        "(archive_id) WHERE state = 'open'",
        "This file has been reported missing already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("archive_id")
    @api.depends_context("uid")
    def _compute_customer(self):
        archives = self.archive_id.exists()._filtered_access("read")
        names = {archive.id: archive.partner_id.display_name for archive in archives}
        for case in self:
            case.customer = names.get(case.archive_id.id, False)

    @api.depends("name", "archive_number")
    def _compute_display_name(self):
        for case in self:
            case.display_name = f"{case.name or ''} {case.archive_number or ''}".strip()

    # === CONSTRAINT METHODS === #

    @api.constrains("responsible_id")
    def _check_responsible(self):
        for case in self:
            user = case.responsible_id
            if not as_user(case, user).has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot open this case: name somebody of the archive "
                        "room.",
                        name=user.name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        free = {"note", "responsible_id", *self._get_mail_fields()}
        if vals.keys() - free and not self._in_transition():
            raise AccessError(self.env._("A case is changed by its steps only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A case stays in its register."))

    @api.model
    def _get_state_sources(self):
        # What was given up may turn up after all.
        return {"found": {"open", "lost"}, "lost": {"open"}}

    # === ACTIONS === #

    def action_found(self, note=None):
        """Close the case: the file is there again.

        :param str note: where it was found
        :raise UserError: without a note
        """
        self._close_by_hand("found", note)

    def action_lost(self, note=None):
        """Give the file up.

        :param str note: why
        :raise UserError: without a note
        """
        self._close_by_hand("lost", note)

    def action_ask_close(self):
        """Open the dialog that closes cases."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_missing_close_action"
        )
        action["context"] = {"default_case_ids": self.ids}
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _get_open_cases(self, archives):
        """Return which of these archives have an open case.

        :return: {archive id: case}, in sudo
        :rtype: dict
        """
        # sudo: that a file is missing, whoever reads the archive may know.
        cases_sudo = self.sudo().search(
            [("archive_id", "in", archives.ids), ("state", "=", "open")]
        )
        return {case.archive_id.id: case for case in cases_sudo}

    @api.model
    def _open(self, vals_list):
        """Open cases, tell those who look for the files, and log it.

        :param list[dict] vals_list: values of the cases
        :return: the new cases
        """
        # sudo: users have no rights on sequences, nor to open cases by hand.
        sequence_sudo = self.env["ir.sequence"].sudo()
        cases_sudo = self.sudo().create(
            [
                {
                    **vals,
                    "name": vals.get("name")
                    or sequence_sudo.next_by_code("kehu.missing.case"),
                }
                for vals in vals_list
            ]
        )
        activity_type = self.env.ref("kehu_archive.mail_activity_file_missing")
        model_id = self.env["ir.model"]._get_id(self._name)
        today = fields.Date.context_today(self)
        # sudo: the register tells people by itself.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": model_id,
                    "res_id": case.id,
                    "user_id": case.responsible_id.id,
                    "date_deadline": today,
                    "summary": f"{case.archive_number or ''} {case.expected_path or ''}",
                    "automated": True,
                }
                for case in cases_sudo
            ]
        )
        cases = cases_sudo.with_env(self.env)
        cases._log("missing")
        return cases

    def _close_by_hand(self, state, note):
        self.check_access("write")
        note = (note or "").strip()
        if not note:
            raise UserError(
                self.env._("Say where the file was found, or why it is given up.")
            )
        self._close(state, note)

    def _close(self, state, conclusion):
        self._set_state(
            state,
            {
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
                "conclusion": conclusion,
            },
        )
        # sudo: also what somebody else was asked to do.
        self.sudo().activity_search(["kehu_archive.mail_activity_file_missing"]).write(
            {"active": False}
        )
        self._log("missing_end")

    def _log(self, action):
        """Log in the ledger of each archive."""
        for case in self.sudo():
            payload = {"case": case.name, "expected": case.expected_path or None}
            if case.conclusion:
                payload["conclusion"] = case.conclusion
            case.archive_id.with_env(self.env)._log_event(action, payload)
