from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...wording import comma


class KehuCreditRequestMixin(models.AbstractModel):
    """A request that whoever answers for a customer's credit decides (R87).

    Overrides of a grade and releases of a document are such requests.
    """

    _name = "kehu.credit.request.mixin"
    _description = "Request About the Credit of a Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "kehu.approval.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("archive_id", "!=", False)],
        help="The customer that it is about.",
    )
    reason = fields.Text(
        string="Why", help="Why the request should be granted; read by who decides."
    )

    decider_names = fields.Char(
        string="Decided by One of",
        compute="_compute_decider_names",
        help="Who may decide the request.",
    )

    @api.depends("partner_id", "requester_id", "state")
    @api.depends_context("lang")
    def _compute_decider_names(self):
        for request in self:
            # sudo: only names are told, to whoever waits for them.
            deciders_sudo = request.sudo().partner_id and request._get_approvers()
            request.decider_names = deciders_sudo and comma(self.env).join(
                deciders_sudo[:3].mapped("name")
            )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for request in self:
            # sudo: the name is told to whoever may read the request.
            request.display_name = (
                f"{request._description_label()} "
                f"{request.sudo().partner_id.display_name or ''}"
            )

    @api.model
    def _description_label(self):
        return self.env["ir.model"]._get(self._name).name

    # === RIGHTS === #

    def _get_approvers_domain(self):
        """Credit controllers, else the leaders of the customer's team."""
        party_sudo = self.sudo().partner_id.kehu_credit_party_id
        return Domain("id", "in", party_sudo._kehu_get_credit_deciders().ids)

    def _get_interested_users(self):
        """Return the users who gain by the request, and therefore never decide; hook.

        :rtype: res.users
        """
        self.ensure_one()
        return self.env["res.users"]

    def _say_interested(self):
        """Say to one of them why somebody else decides; hook."""

    def _get_approvers(self):
        return super()._get_approvers() - self._get_interested_users()

    def _get_cannot_decide_reason(self):
        reason = super()._get_cannot_decide_reason()
        if (
            reason
            and self.state == "submitted"
            and self.env.user in self._get_interested_users() - self._get_applicants()
        ):
            return f"{reason} {self._say_interested()}"
        return reason

    def _get_cannot_submit_reasons(self):
        return {request: request._get_cannot_submit_reason() for request in self}

    def _get_cannot_submit_reason(self):
        self.ensure_one()
        if self.env.user not in self._get_applicants():
            return self.env._(
                "Only whoever asks hands a request in: %s", self.display_name
            )
        if not (self.reason or "").strip():
            return self.env._("Say why: whoever decides has to know.")
        return False

    # === STEPS === #

    def _get_refuse_action(self):
        """Open the dialog that asks for the reason of a refusal.

        :rtype: dict
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "kehu.credit.refuse",
            "target": "new",
            "views": [(False, "form")],
            "context": {"active_model": self._name, "active_ids": self.ids},
        }

    def _post_submit(self):
        """Ask those who decide; three at most are told."""
        for request in self:
            for user in request._get_approvers()[:3]:
                request._tell(user, self.env._("Decide: %s", request.display_name))
            request._say(self.env._("Handed in: %s", request.reason))

    def _post_approve(self):
        self._close_activities()
        for request in self:
            request._tell(
                request.requester_id, self.env._("Granted: %s", request.display_name)
            )
            request._say(self.env._("Granted."))

    def _post_refuse(self):
        self._close_activities()
        for request in self:
            request._tell(
                request.requester_id,
                self.env._("Refused: %s", request.decision_reason),
            )
            request._say(self.env._("Refused: %s", request.decision_reason))

    def _post_cancel(self):
        self._close_activities()

    def _tell(self, user, summary):
        self.ensure_one()
        # sudo: whoever asks may not write activities of others.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "user_id": user.id,
                "date_deadline": fields.Date.context_today(self),
                "summary": summary,
                "automated": True,
            }
        )

    def _close_activities(self):
        # sudo: also those that were given to somebody else.
        self.sudo().activity_ids.write({"active": False})

    def _say(self, text):
        # sudo: the note is the system's.
        self.sudo()._message_log(body=plaintext2html(text))
