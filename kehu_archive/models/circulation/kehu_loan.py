from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

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
