from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...wording import comma


class KehuApprovalMixin(models.AbstractModel):
    """A request that somebody else decides: one guard, one writer, one hook per step.

    The concrete model says in :meth:`_get_approvers_domain` who may decide, adds its
    own reasons to :meth:`_get_cannot_decide_reasons`, and does in ``_post_*`` what a
    step brings about. Whoever asks never decides: checked here and by the database.
    """

    _name = "kehu.approval.mixin"
    _description = "Request That Somebody Else Decides"
    _inherit = ["kehu.transition.mixin"]

    requester_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Who asks. Never the one who decides.",
    )
    approver_id = fields.Many2one(
        "res.users",
        string="Decided By",
        readonly=True,
        copy=False,
        help="Who approved or refused the request.",
    )
    decided_at = fields.Datetime(
        readonly=True, copy=False, help="When the request was approved or refused."
    )
    decision_reason = fields.Char(
        readonly=True, copy=False, help="Why the request was refused or withdrawn."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To Approve"),
            ("approved", "Approved"),
            ("refused", "Turned Down"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Where the request stands.",
    )
    can_decide = fields.Boolean(
        compute="_compute_can_decide",
        help="Whether the present user may approve or refuse the request now.",
    )
    cannot_decide_reason = fields.Char(
        compute="_compute_can_decide",
        help="Why the present user may not decide the request.",
    )

    _approver_is_not_requester = models.Constraint(
        "CHECK (approver_id IS NULL OR approver_id != requester_id)",
        "Whoever asks does not decide.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "requester_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        reasons = self._get_cannot_decide_reasons()
        for request in self:
            request.can_decide = not reasons[request]
            request.cannot_decide_reason = reasons[request]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self._in_transition():
            protected = self._get_protected_fields()
            vals_list = [
                {name: value for name, value in vals.items() if name not in protected}
                for vals in vals_list
            ]
        return super().create(self._prepare_requests(vals_list))

    @api.model
    def _prepare_requests(self, vals_list):
        """Complete what several new requests are made from; hook for what is cheaper
        for many at once than for each."""
        return [self._prepare_request_vals(vals) for vals in vals_list]

    @api.model
    def _prepare_request_vals(self, vals):
        """Complete what a new request is made from, such as its number; hook."""
        return vals

    def write(self, vals):
        if not self._in_transition():
            self._check_request_is_open(vals)
        return super().write(vals)

    @api.model
    def _get_protected_fields(self):
        """Fields that only the steps of the request write; extensions add theirs."""
        return {"requester_id", "approver_id", "decided_at", "decision_reason"}

    @api.model
    def _get_free_fields(self):
        """Fields that may be written whatever the state: those of mail's mixins."""
        return set(
            self.env["mail.thread"]._fields | self.env["mail.activity.mixin"]._fields
        ) - {"id", "display_name"}

    def _check_request_is_open(self, vals):
        """Refuse to change by hand what was handed in.

        :raise AccessError: for a field that only the steps write
        :raise UserError: when a request is no draft any more
        """
        if forged := self._get_protected_fields() & vals.keys():
            raise AccessError(
                self.env._(
                    "Set by the steps of the request only: %(fields)s",
                    fields=comma(self.env).join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(forged)
                    ),
                )
            )
        written = {
            name
            for name in vals
            if name in self._fields
            and self._fields[name].store
            and not self._fields[name].compute
        }
        if written - self._get_free_fields() - {"state"}:
            self._check_in_states({"draft"})

    # === ACTIONS === #

    def action_submit(self):
        """Hand the requests in for a decision.

        :raise UserError: saying for each request why not
        """
        self.check_access("read")
        self._check_can_move("submitted")
        self._raise_reasons(self._get_cannot_submit_reasons())
        self._set_state("submitted")
        self._post_submit()

    def action_approve(self):
        """Approve the requests: all of them or none.

        :raise UserError: saying for each request why not
        """
        self._check_can_decide()
        self._set_state("approved", self._prepare_decision_vals())
        self._post_approve()

    def action_refuse(self, reason=None):
        """Refuse the requests.

        :param str reason: told to whoever asked
        :raise UserError: without a reason, or saying for each request why not
        """
        self._check_can_decide()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: whoever asked has to know."))
        self._set_state("refused", self._prepare_decision_vals(reason))
        self._post_refuse()

    def action_cancel(self, reason=None):
        """Withdraw the requests; only whoever asked does."""
        self.check_access("read")
        if foreign := self.filtered(
            lambda request: self.env.user not in request._get_applicants()
        ):
            raise AccessError(
                self.env._(
                    "Only whoever asked withdraws a request: %(requests)s",
                    requests=comma(self.env).join(foreign.mapped("display_name")),
                )
            )
        self._set_state(
            "cancelled", {"decision_reason": (reason or "").strip() or False}
        )
        self._post_cancel()

    # === BUSINESS METHODS === #

    @api.model
    def _get_state_sources(self):
        return {
            **super()._get_state_sources(),
            "submitted": {"draft"},
            "approved": {"submitted"},
            "refused": {"submitted"},
            "cancelled": {"draft", "submitted"},
        }

    def _get_applicants(self):
        """Return the users who asked, and therefore never decide.

        :rtype: res.users
        """
        self.ensure_one()
        return self.requester_id

    def _get_approvers_domain(self):
        """Say who may decide one request; the concrete model overrides it.

        :return: a domain on ``res.users``; applicants are taken out by the mixin
        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        return Domain.FALSE

    def _get_approvers(self):
        """Return the users who may decide one request, applicants left out.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: who leads which team is asked; only names leave the callers.
        users_sudo = self.env["res.users"].sudo()
        return users_sudo.search(self.sudo()._get_approvers_domain()) - (
            self.sudo()._get_applicants()
        )

    def _get_cannot_decide_reasons(self):
        """Say for each request why the present user may not decide it.

        Feeds the buttons, the guard and the message alike.

        :return: {request: a translated sentence, or False}
        :rtype: dict
        """
        return {request: request._get_cannot_decide_reason() for request in self}

    def _get_cannot_decide_reason(self):
        self.ensure_one()
        if self.state != "submitted":
            return self.env._(
                "%(request)s does not wait for a decision.", request=self.display_name
            )
        if self.env.user in self._get_applicants():
            return self.env._(
                "Whoever asks does not decide: %(request)s", request=self.display_name
            )
        if self._may_decide():
            return False
        return self.env._(
            "%(request)s is decided by %(approvers)s.",
            request=self.display_name,
            approvers=self._get_approver_names(),
        )

    def _may_decide(self):
        """Whether the present user is one of the approvers; cheap to override."""
        return self.env.user in self._get_approvers()

    def _get_approver_names(self):
        """Return the names of the people to turn to, three at most.

        :rtype: str
        """
        return comma(self.env).join(
            self._get_approvers()[:3].mapped("name")
        ) or self.env._("nobody yet: name a leader or deputy of the sales team")

    def _get_cannot_submit_reasons(self):
        """Say for each request why it may not be handed in; hook.

        :return: {request: a translated sentence, or False}
        :rtype: dict
        """
        return dict.fromkeys(self, False)

    def _check_can_decide(self):
        """:raise UserError: with the reasons why not, one line each"""
        self.check_access("read")
        self._raise_reasons(self._get_cannot_decide_reasons())

    @api.model
    def _raise_reasons(self, reasons):
        """:raise UserError: when one of the reasons is more than False"""
        if told := list(filter(None, reasons.values())):
            raise UserError("\n".join(told))

    def _prepare_decision_vals(self, reason=None):
        """Return what is written with a decision.

        :rtype: dict
        """
        return {
            "approver_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
            "decision_reason": reason or False,
        }

    def _write_protected(self, vals):  # pylint: disable=missing-return
        # sudo: the step was checked; who decides need not be able to edit requests.
        super(KehuApprovalMixin, self.sudo())._write_protected(vals)

    def _post_submit(self):
        """What handing in brings about; hook."""

    def _post_approve(self):
        """What the approval brings about; hook."""

    def _post_refuse(self):
        """What the refusal brings about; hook."""

    def _post_cancel(self):
        """What withdrawing brings about; hook."""
