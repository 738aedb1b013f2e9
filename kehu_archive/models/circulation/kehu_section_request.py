from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class KehuSectionRequest(models.Model):
    """A colleague is asked to fill one section in; sees and writes only that one.

    The record rules open the section of that archive while the request is open: not a
    second longer than it is marked as done or taken back.
    """

    _name = "kehu.section.request"
    _description = "Request to Fill a Section In"
    _inherit = ["mail.thread", "mail.activity.mixin", "kehu.transition.mixin"]
    _order = "id desc"
    _rec_name = "section_id"

    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        index=True,
        ondelete="cascade",
        help="The archive that lacks something.",
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        string="Customer",
        help="The customer whose archive it is.",
    )
    section_id = fields.Many2one(
        "kehu.archive.section",
        required=True,
        domain=[("sensitive", "=", False)],
        help="The one section that opens for the colleague.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        required=True,
        index=True,
        domain=[("share", "=", False)],
        help="Who is asked to fill the section in.",
    )
    requester_id = fields.Many2one(
        "res.users",
        string="Asked By",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        help="Who asked.",
    )
    note = fields.Char(string="What Is Needed", help="What the colleague should add.")
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancelled", "Taken Back")],
        default="open",
        required=True,
        readonly=True,
        help="The section is open to the colleague only as long as this is open.",
    )
    closed_at = fields.Datetime(readonly=True, help="When it was done or taken back.")

    _open_uniq = models.UniqueIndex(
        "(archive_id, section_id, user_id) WHERE state = 'open'",
        "This colleague has been asked for this section already.",
    )
    _user_idx = models.Index("(user_id, archive_id) WHERE state = 'open'")

    # === CONSTRAINT METHODS === #

    @api.constrains("section_id", "user_id")
    def _check_request(self):
        for request in self:
            if request.section_id.sensitive:
                raise ValidationError(
                    self.env._("Personal traits are filled in by the keeper alone.")
                )
            # sudo: the colleague's groups are looked at.
            if request.user_id.sudo().has_group("kehu_archive.group_kehu_auditor"):
                raise ValidationError(self.env._("An auditor changes no archive."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {
                name: value
                for name, value in vals.items()
                if name not in ("requester_id", "closed_at")
            }
            for vals in vals_list
        ]
        requests = super().create(vals_list)
        requests.archive_id._check_kept()
        for request in requests:
            request._tell_colleague()
        return requests

    def write(self, vals):
        mail = self.env["mail.thread"]._fields | self.env["mail.activity.mixin"]._fields
        if vals.keys() - mail.keys() and not self._in_transition():
            raise AccessError(
                self.env._("A request is taken back and made anew, not changed.")
            )
        return super().write(vals)

    # === ACTIONS === #

    def action_done(self):
        """Close the section again: the colleague has filled it in."""
        self.check_access("read")
        if self.filtered(lambda request: request.user_id != self.env.user):
            raise UserError(self.env._("Whoever was asked says when it is done."))
        self._close("done")
        for request in self:
            # sudo: the colleague may not write activities of the keeper.
            request.sudo().archive_id._notify_keeper(
                lambda env, request=request: env._(
                    "%(name)s has filled in: %(section)s",
                    name=request.user_id.name,
                    section=request.section_id.with_env(env).name,
                ),
                request.note or "",
            )

    def action_cancel(self):
        """Take the request back: the section is closed at once."""
        self.check_access("read")
        # sudo: asks for the user's own right on the archive.
        self.sudo().archive_id.sudo(False)._check_own()
        self._close("cancelled")

    def action_open_archive(self):
        """Open the archive; only the section that was asked for can be seen."""
        self.ensure_one()
        self.archive_id.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_action"
        )
        action.update(
            view_mode="form", views=[(False, "form")], res_id=self.archive_id.id
        )
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _get_state_sources(self):
        return {"done": {"open"}, "cancelled": {"open"}}

    def _close(self, state):
        # sudo: the step was checked; nobody edits requests.
        self.sudo()._set_state(state, {"closed_at": fields.Datetime.now()})
        activities_sudo = self.sudo().activity_search(
            ["kehu_archive.mail_activity_section_request"]
        )
        activities_sudo.write({"active": False})

    def _tell_colleague(self):
        self.ensure_one()
        # sudo: the keeper may not write activities on behalf of others.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            {
                "activity_type_id": self.env.ref(
                    "kehu_archive.mail_activity_section_request"
                ).id,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "user_id": self.user_id.id,
                "date_deadline": fields.Date.context_today(self),
                "summary": self.note,
                "automated": True,
            }
        )
