from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.kehu_trace_field import TraceMany2one

GRADES = [("a", "A"), ("b", "B"), ("c", "C")]


class KehuCreditAssessment(models.Model):
    """How a credit party paid on one day, the grade by the rules, and why (R87-R90).

    A snapshot proposes its grade. It takes effect when somebody else than whoever asked
    for the snapshot accepts it, or at once where the company wants that; a grade that
    the customer has already needs no decision. Snapshots are made by the system and
    never changed but for their status.
    """

    _name = "kehu.credit.assessment"
    _description = "Credit Assessment of a Customer"
    _inherit = ["kehu.transition.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    # Hundreds of thousands may be made in one night: who proposed one, and when, is a
    # fact of its own.
    _log_access = False

    # === FIELDS === #

    partner_id = fields.Many2one(
        "res.partner",
        string="Credit Party",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The customer that answers for the receivables.",
    )
    archive_id = fields.Many2one(
        related="partner_id.archive_id",
        related_sudo=True,
        help="The archive of the credit party.",
    )
    # Without foreign key: in a night it would look the same company up once for each
    # customer. A company with snapshots is kept by ``res.company`` itself.
    company_id = TraceMany2one(
        "res.company",
        required=True,
        readonly=True,
        help="The company whose rules hold: the one that keeps the archive.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="Currency of the amounts."
    )
    date = fields.Date(required=True, readonly=True, help="The day of the snapshot.")
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("overridden", "Overridden"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        help="Proposed: waits for somebody to accept it. Accepted: in effect, or was. "
        "Overridden: somebody set another grade for a time.",
    )
    computed_grade = fields.Selection(
        GRADES,
        string="Grade by the Books",
        readonly=True,
        help="What the rules say. Empty: nothing to judge.",
    )
    grade = fields.Selection(
        GRADES,
        readonly=True,
        help="The grade that this snapshot proposes or brought into effect.",
    )
    present_grade = fields.Selection(
        related="partner_id.credit_grade",
        string="Present Grade",
        related_sudo=True,
        help="The grade that the customer has now.",
    )
    score = fields.Integer(
        string="Grade as Number",
        readonly=True,
        aggregator="avg",
        help="A is 3, B is 2, C is 1: for the chart.",
    )
    signature = fields.Char(
        readonly=True, help="Grade and rules; a new snapshot is made when it changes."
    )
    reason_data = fields.Json(
        readonly=True, help="Codes and figures of the reasons, for the computer."
    )
    item_data = fields.Json(
        readonly=True, help="The late receivables that are named, for the computer."
    )
    reasons = fields.Text(
        compute="_compute_reasons",
        help="Which rules and which invoices led to the grade, and what would lift it.",
    )
    is_last = fields.Boolean(
        string="Last One",
        readonly=True,
        default=True,
        help="Whether it is the customer's last snapshot.",
    )

    # === FIELDS - FIGURES === #

    judged_count = fields.Integer(
        string="Receivables Judged", readonly=True, help="Paid, or open and late."
    )
    late_count = fields.Integer(
        string="Late Receivables", readonly=True, help="Paid late, or open and late."
    )
    on_time_percent = fields.Float(
        string="Paid in Time (%)",
        readonly=True,
        digits=(5, 1),
        aggregator="avg",
        help="Share of the receivables that were paid in time.",
    )
    average_delay = fields.Float(
        string="Average Delay (Days)",
        readonly=True,
        digits=(8, 1),
        aggregator="avg",
        help="How many days late ones are late, on average.",
    )
    longest_delay = fields.Integer(
        string="Longest Delay (Days)",
        readonly=True,
        aggregator="max",
        help="How many days the worst receivable is or was late.",
    )
    recovery_days = fields.Float(
        string="Days to Recover",
        readonly=True,
        digits=(8, 1),
        aggregator="avg",
        help="How many days after the due date late receivables were paid, on average.",
    )
    open_amount = fields.Monetary(
        string="Open Receivables", readonly=True, help="Owed, due or not."
    )
    overdue_amount = fields.Monetary(
        string="Overdue", readonly=True, help="Owed and due."
    )
    overdue_age = fields.Integer(
        string="Oldest Overdue (Days)",
        readonly=True,
        aggregator="max",
        help="How many days ago the oldest open receivable was due.",
    )
    unapplied_amount = fields.Monetary(
        string="Unmatched Payments",
        readonly=True,
        help="Payments and credit notes not matched with invoices.",
    )
    written_amount = fields.Monetary(
        string="Written Off", readonly=True, help="Receivables given up."
    )
    disputed_count = fields.Integer(
        string="Litigation Marks",
        readonly=True,
        help="Invoices in court, and the mark on the customer.",
    )

    # === FIELDS - DECISION === #

    proposer_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        readonly=True,
        help="Who had the snapshot made. Empty: the system, at night.",
    )
    approver_id = fields.Many2one(
        "res.users",
        string="Accepted By",
        readonly=True,
        help="Who accepted it. Empty: nothing had to be decided.",
    )
    decided_at = fields.Datetime(readonly=True, help="When it was accepted.")
    override_id = fields.Many2one(
        "kehu.credit.override",
        readonly=True,
        index="btree_not_null",
        help="The request that set another grade for a time: its reason, who granted "
        "it, and until when.",
    )

    _approver_is_not_proposer = models.Constraint(
        "CHECK (approver_id IS NULL OR approver_id != proposer_id)",
        "Whoever has a credit grade computed does not accept it.",
    )
    _proposed_idx = models.Index("(id) WHERE state = 'proposed' AND is_last")
    _last_uniq = models.UniqueIndex(
        "(partner_id) WHERE is_last", "A customer has one last assessment."
    )

    # === COMPUTE METHODS === #

    @api.depends("reason_data", "item_data", "date", "company_id")
    @api.depends_context("lang")
    def _compute_reasons(self):
        renderer = self.env["kehu.credit.reasons"]
        names = renderer._read_invoice_names(self.mapped("item_data"))
        for assessment in self:
            assessment.reasons = renderer._render(
                assessment.reason_data,
                assessment.item_data,
                assessment.date,
                assessment.company_id.sudo().currency_id,
                names,
            )

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for assessment in self:
            assessment.display_name = (
                f"{assessment.sudo().partner_id.display_name} {assessment.date}"
            )

    # === ACTIONS === #

    def action_accept(self):
        """Let the proposed grades take effect (R87).

        :raise UserError: saying for each snapshot why not
        """
        self.check_access("read")
        if reasons := [
            reason for one in self if (reason := one._get_cannot_accept_reason())
        ]:
            raise UserError("\n".join(reasons))
        # sudo: whoever decides need not be able to edit snapshots or customers.
        self.sudo()._accept()

    def _get_cannot_accept_reason(self):
        """Say why the present user may not accept this snapshot.

        :return: a translated sentence, or False
        """
        self.ensure_one()
        name = self.display_name
        if self.state != "proposed":
            return self.env._("%(assessment)s waits for no decision.", assessment=name)
        if not self.is_last:
            return self.env._(
                "%(assessment)s was followed by a newer assessment.", assessment=name
            )
        if self.proposer_id == self.env.user:
            return self.env._(
                "You had %(assessment)s computed: somebody else accepts it.",
                assessment=name,
            )
        return self.sudo().partner_id._kehu_get_cannot_decide_credit_reason(
            self.env.user
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_state_sources(self):
        return {
            "accepted": {"proposed", "overridden"},
            "overridden": {"proposed", "accepted"},
        }

    def _override(self, override):
        """Let another grade hold meanwhile.

        :param kehu.credit.override override: granted
        """
        values = {"grade": override.grade, "override_id": override.id}
        if self.state == "overridden":
            self._write_protected(values)
        else:
            self._set_state("overridden", values)

    def _accept(self):
        """Accept in the name of the present user, and give the customers their grade."""
        self._set_state(
            "accepted",
            {"approver_id": self.env.uid, "decided_at": fields.Datetime.now()},
        )
        for grade, assessments in self.grouped("grade").items():
            assessments.partner_id._kehu_apply_grade(grade)
