from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...wording import comma

# What each request looks at: see ``_read_ahead``.
_ARCHIVE_FACTS = ("name", "partner_id", "user_id", "team_id", "company_id", "state")
_CUSTOMER_FACTS = (
    "name",
    "short_name",
    "is_company",
    "type",
    "parent_id",
    "company_name",
    "commercial_partner_id",
    "commercial_company_name",
    "archive_id",
)


class KehuLoan(models.Model):
    """One request to consult or to borrow an archive, and the grant it becomes.

    An approved request of kind *consult*, or to borrow an *electronic copy*, opens the
    granted sections from ``date_start`` until ``date_end``: the record rules compare
    with the time of each query, nothing is switched on or off by a cron (R10). The
    paper original is handed over and comes back; the database holds one holder (R11).
    """

    _name = "kehu.loan"
    _description = "Consultation or Loan of an Archive"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "kehu.approval.mixin",
        "kehu.new.record.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id", "borrower_id"]
    _mail_post_access = "read"

    # === FIELDS === #

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index=True,
        help="Number of the request in the register.",
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="cascade",
        index=True,
        help="The archive that is asked for.",
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        string="Customer",
        store=True,
        index=True,
        help="The customer whose archive it is.",
    )
    team_id = fields.Many2one(
        related="archive_id.team_id",
        store=True,
        index=True,
        help="The team whose leader or deputy decides.",
    )
    keeper_id = fields.Many2one(
        related="archive_id.user_id",
        string="Salesperson",
        help="Who keeps the archive.",
    )
    company_id = fields.Many2one(
        related="archive_id.company_id",
        store=True,
        index=True,
        help="The company that keeps the archive.",
    )
    kind = fields.Selection(
        [("consult", "Consult"), ("borrow", "Borrow")],
        default="consult",
        required=True,
        help="Consulting is reading on the screen, nothing else. Borrowing is taking "
        "the paper original or an electronic copy.",
    )
    medium = fields.Selection(
        [("original", "Paper Original"), ("copy", "Electronic Copy")],
        compute="_compute_medium",
        store=True,
        readonly=False,
        help="What is borrowed. An original is lent to one person at a time.",
    )
    borrower_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        help="Who reads or holds the archive.",
    )
    purpose = fields.Char(
        required=True, help="What the archive is needed for. Use for this only."
    )
    section_ids = fields.Many2many(
        "kehu.archive.section",
        string="Sections",
        default=lambda self: self._default_section_ids(),
        help="Which sections are opened. Personal traits only when named here.",
    )
    date_start = fields.Datetime(
        string="From",
        default=fields.Datetime.now,
        required=True,
        help="The first second of access.",
    )
    date_end = fields.Datetime(
        string="Until",
        default=lambda self: self._default_date_end(),
        required=True,
        index=True,
        help="Access ends at this second; a borrowed original is due then.",
    )
    state = fields.Selection(
        selection_add=[
            ("lent", "Lent"),
            ("returned", "Brought Back"),
            ("refused",),
            ("cancelled",),
        ],
        ondelete={"lent": "set default", "returned": "set default"},
        help="Where the request stands.",
    )
    grants_access = fields.Boolean(
        compute="_compute_grants_access",
        store=True,
        help="Opens the archive on the screen between its two dates.",
    )
    phase = fields.Selection(
        [
            ("waiting", "Not Begun"),
            ("running", "Running"),
            ("over", "Over"),
            ("overdue", "Overdue"),
        ],
        compute="_compute_phase",
        search="_search_phase",
        help="What the clock says about an approved or lent request, at this second.",
    )

    _period = models.Constraint(
        "CHECK (date_end > date_start)", "The end has to come after the beginning."
    )
    _approver_is_not_borrower = models.Constraint(
        "CHECK (approver_id IS NULL OR approver_id != borrower_id)",
        "Nobody approves access for themselves.",
    )
    _medium_of_borrowing = models.Constraint(
        "CHECK ((kind = 'borrow') = (medium IS NOT NULL))",
        "Say what is borrowed, the paper original or an electronic copy; consulting "
        "has no medium.",
    )
    _original_lent_once = models.UniqueIndex(
        "(archive_id) WHERE state = 'lent' AND medium = 'original'",
        "The original is lent to somebody else at this moment. Whoever is next in the "
        "queue is told when it comes back.",
    )
    _running_idx = models.Index("(borrower_id, archive_id) WHERE grants_access")
    _out_idx = models.Index("(date_end) WHERE state = 'lent'")

    # === DEFAULTS === #

    @api.model
    def _default_section_ids(self):
        return self.env["kehu.archive.section"]._get_usual()

    @api.model
    def _default_date_end(self):
        return fields.Datetime.now() + timedelta(days=self.env.company.kehu_loan_days)

    # === COMPUTE METHODS === #

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for loan in self:
            # sudo: the customer's name stands on every request that one may read.
            customer = loan.sudo().partner_id.display_name or ""
            loan.display_name = f"{loan.name or ''} {customer}".strip()

    @api.depends("kind")
    def _compute_medium(self):
        for loan in self:
            if loan.kind == "consult":
                loan.medium = False
            else:
                loan.medium = loan.medium or "original"

    @api.depends("kind", "medium", "state")
    def _compute_grants_access(self):
        for loan in self:
            loan.grants_access = loan.state in ("approved", "lent") and (
                loan.kind == "consult" or loan.medium == "copy"
            )

    @api.depends("state", "date_start", "date_end")
    def _compute_phase(self):
        now = fields.Datetime.now()
        for loan in self:
            if loan.state not in ("approved", "lent"):
                loan.phase = False
            elif loan.date_end <= now:
                loan.phase = "overdue" if loan.state == "lent" else "over"
            else:
                loan.phase = "running" if loan.date_start <= now else "waiting"

    @api.model
    def _search_phase(self, operator, value):
        if operator != "in":
            return NotImplemented
        active = Domain("state", "in", ("approved", "lent"))
        ended = Domain("date_end", "<=", "now")
        domains = {
            "waiting": active & ~ended & Domain("date_start", ">", "now"),
            "running": active & ~ended & Domain("date_start", "<=", "now"),
            "over": Domain("state", "=", "approved") & ended,
            "overdue": Domain("state", "=", "lent") & ended,
            False: ~active,
        }
        return Domain.OR(domains[phase] for phase in value if phase in domains)

    # === CONSTRAINT METHODS === #

    @api.constrains("section_ids", "kind", "medium")
    def _check_sections(self):
        for loan in self:
            if not loan.section_ids and loan.medium != "original":
                raise ValidationError(
                    self.env._("Choose at least one section of the archive.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # The register itself says who asked and when: no note, no follower for that.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        loans = super(KehuLoan, quiet).create(vals_list).with_env(self.env)
        loans._check_borrower()
        return loans

    @api.model
    def _prepare_requests(self, vals_list):
        """Number the requests; sequence and sections are looked up once for all."""
        requests = super()._prepare_requests(vals_list)
        self._read_ahead(vals.get("archive_id") for vals in requests)
        sequence_sudo = self.env["ir.sequence"]._kehu_find("kehu.loan")
        default = {}
        if "default_section_ids" not in self.env.context:
            default["section_ids"] = [Command.set(self._default_section_ids().ids)]
        return [
            {
                **default,
                **vals,
                "name": sequence_sudo._next() if sequence_sudo else False,
            }
            for vals in requests
        ]

    @api.model
    def _read_ahead(self, archive_ids):
        """Read of archives and customers what a request looks at, for all at once.

        Asked for one fact, Odoo reads all of an archive and of its customer, which
        takes longer than the rest of the request.
        """
        # sudo: who decides and what the customer is called is told to who asks.
        archives_sudo = (
            self.env["kehu.archive"].sudo().browse(filter(None, archive_ids))
        )
        archives_sudo.fetch(_ARCHIVE_FACTS)
        archives_sudo.partner_id.fetch(_CUSTOMER_FACTS)

    def write(self, vals):
        result = super().write(vals)
        if "borrower_id" in vals:
            self._check_borrower()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if kept := self.filtered(lambda loan: loan.state != "draft"):
            raise UserError(
                self.env._(
                    "A request that was handed in stays in the register: %(loans)s",
                    loans=comma(self.env).join(kept.mapped("display_name")),
                )
            )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"name", "grants_access"}

    def _check_borrower(self):
        """Only the archive room and managers ask on behalf of somebody else."""
        if self.env.su or self.env.user.has_groups(
            "kehu_archive.group_kehu_archivist,kehu_archive.group_kehu_manager"
        ):
            return
        if self.filtered(lambda loan: loan.borrower_id != self.env.user):
            raise AccessError(
                self.env._("Ask for yourself: others hand in their own requests.")
            )

    # === ACTIONS === #

    def action_open_archive(self):
        """Open the archive, if it is open to the present user at this second."""
        self.ensure_one()
        archive = self.archive_id
        archive.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_action"
        )
        view = self.env.ref("kehu_archive.kehu_archive_view_form_reader")
        view_id = view.id if archive.opened_by_grant else False
        action.update(view_mode="form", views=[(view_id, "form")], res_id=archive.id)
        return action

    def _get_step_action(self, step):
        """Return the dialog of a step for these loans; server actions call it.

        :param str step: refuse, lend, return or renew
        :rtype: dict
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_loan_step_action"
        )
        action["context"] = {
            "default_step": step,
            "default_loan_ids": [Command.set(self.ids)],
        }
        return action

    # === BUSINESS METHODS - APPROVAL === #

    def _get_applicants(self):
        return self.requester_id | self.borrower_id

    def _get_approvers_domain(self):
        """The leader of the archive's team or the named deputy; where there is neither
        (or the leader asks for himself and has no deputy), the archive room."""
        if deciders := self._get_deciders_sudo():
            return Domain("id", "in", deciders.ids)
        archivists = self.env.ref("kehu_archive.group_kehu_archivist")
        return Domain("all_group_ids", "in", archivists.ids)

    def _get_deciders_sudo(self):
        """Return leader and deputy of the team, without those who ask, in sudo."""
        # sudo: a deputy need not be able to read the team.
        loan_sudo = self.sudo()
        team_sudo = loan_sudo.team_id
        deciders_sudo = (team_sudo.user_id | team_sudo.kehu_deputy_id).filtered(
            "active"
        )
        return deciders_sudo - loan_sudo._get_applicants()

    def _get_approvers(self):
        return self._get_deciders_sudo() or super()._get_approvers()

    def _may_decide(self):
        if self.env.user in self._get_deciders_sudo():
            return True
        return super()._may_decide()

    def _get_cannot_submit_reasons(self):
        reasons = super()._get_cannot_submit_reasons()
        late = self._get_late_borrowers()
        now = fields.Datetime.now()
        for loan in self:
            company = loan.company_id.sudo() or self.env.company
            days = company.kehu_loan_max_days
            if loan.date_end <= now:
                reasons[loan] = self.env._(
                    "The period of %(loan)s has passed already.", loan=loan.display_name
                )
            elif days and loan.date_end - max(loan.date_start, now) > timedelta(
                days=days, minutes=1
            ):
                reasons[loan] = self.env._(
                    "%(loan)s: %(days)s days at most; ask for a renewal then.",
                    loan=loan.display_name,
                    days=days,
                )
            elif loan.borrower_id in late and company.kehu_overdue_blocks:
                reasons[loan] = loan._get_late_reason(late[loan.borrower_id])
        return reasons

    def _get_late_borrowers(self):
        """Return what the borrowers of ``self`` ought to have brought back.

        :return: {user: overdue loans}
        :rtype: dict
        """
        # sudo: what somebody owes is asked across all archives.
        overdue_sudo = self.sudo().search(
            [
                ("borrower_id", "in", self.borrower_id.ids),
                ("state", "=", "lent"),
                ("date_end", "<=", fields.Datetime.now()),
            ]
        )
        return dict(overdue_sudo.grouped("borrower_id").items())

    def _get_late_reason(self, overdue_sudo):
        self.ensure_one()
        return self.env._(
            "%(borrower)s has to bring back first: %(loans)s (due %(due)s).",
            borrower=self.borrower_id.name,
            loans=comma(self.env).join(overdue_sudo.mapped("name")),
            due=format_datetime(self.env, min(overdue_sudo.mapped("date_end"))),
        )

    # === BUSINESS METHODS - WHAT FOLLOWS A STEP === #

    def _post_submit(self):
        self._kehu_note_step("submit")
        self._ask_approvers()

    def _post_approve(self):
        self._kehu_note_step("approve")
        self._close_activities("mail_activity_loan_to_approve")

    def _post_refuse(self):
        self._kehu_note_step("refuse")
        self._close_activities("mail_activity_loan_to_approve")
        for loan in self:
            loan._tell(
                loan.requester_id,
                "mail_activity_loan_info",
                self.env._("Refused: %(reason)s", reason=loan.decision_reason),
            )

    def _post_cancel(self):
        self._kehu_note_step("cancel")
        self._close_activities("mail_activity_loan_to_approve")

    def _kehu_note_step(self, step):
        """Log a step of the loans in the ledger of their archives.

        :param str step: submit, approve, refuse, cancel, lend, return, renew, emergency
            or review
        """
        # sudo: the borrower need not be able to read the archive.
        for loan in self.sudo():
            loan.archive_id._log_event(f"loan_{step}", loan._prepare_step_payload())

    def _prepare_step_payload(self):
        """What a step of the loan says of itself, without anything of the archive."""
        self.ensure_one()
        return {
            "loan": self.name,
            "kind": self.kind,
            "medium": self.medium or None,
            "borrower": self.borrower_id.login,
            "until": fields.Datetime.to_string(self.date_end),
        }

    # === BUSINESS METHODS - TELLING PEOPLE === #

    def _ask_approvers(self):
        """Give each approver an activity, in one batch."""
        vals_list = []
        for loans in self.grouped(
            lambda loan: (loan.team_id.id, loan.requester_id.id, loan.borrower_id.id)
        ).values():
            approvers = loans[:1]._get_approvers()
            vals_list += [
                loan._prepare_activity_vals(user, "mail_activity_loan_to_approve")
                for loan in loans
                for user in approvers[:3]
            ]
        self._create_activities(vals_list)

    def _tell(self, user, kind, summary, deadline=None):
        self._create_activities(
            [self._prepare_activity_vals(user, kind, summary, deadline)]
        )

    def _prepare_activity_vals(self, user, kind, summary=None, deadline=None):
        # Not by ref(), which asks each time whether the record is still there.
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            f"kehu_archive.{kind}", raise_if_not_found=True
        )
        activity_type = self.env["mail.activity.type"].browse(type_id)
        return {
            "activity_type_id": activity_type.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": user.id,
            "date_deadline": deadline or fields.Date.context_today(self),
            "summary": summary or activity_type.summary,
            "automated": True,
        }

    @api.model
    def _create_activities(self, vals_list):
        # sudo: the register tells people by itself, whoever takes the step.
        # The name of each loan goes into its activity: all are composed at once.
        loans_sudo = self.sudo().browse(vals["res_id"] for vals in vals_list)
        loans_sudo.partner_id.mapped("display_name")
        names = dict(
            zip(loans_sudo.ids, loans_sudo.mapped("display_name"), strict=True)
        )
        # Given at once, the name is not written in a second turn.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create([{**vals, "res_name": names[vals["res_id"]]} for vals in vals_list])

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Whoever is told by the register itself need not follow the conversation."""
        if self.env.context.get("mail_activity_quick_update"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _close_activities(self, *kinds):
        """The step answers these activities, whoever they were given to: all done."""
        # sudo: also those that were given to somebody else.
        activities_sudo = self.sudo().activity_search(
            [f"kehu_archive.{kind}" for kind in kinds]
        )
        activities_sudo.write({"active": False})
