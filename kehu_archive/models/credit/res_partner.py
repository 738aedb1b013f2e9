from odoo import api, fields, models
from odoo.exceptions import UserError

from ...credit import find_lift, judge
from ...wording import comma
from .res_partner_credit_readers import FIGURE_GROUPS

# Whoever brings a grade into effect holds this object; no remote call can.
_GRADING = object()


class ResPartner(models.Model):
    """Whose credit a customer uses, its grade, and what the books say (R05, R87)."""

    _inherit = "res.partner"

    credit_partner_id = fields.Many2one(
        help="Whose credit is used, and whose receivables make the grade. Empty: the "
        "head office's choice, without one the head office itself; a customer without "
        "a head office answers for itself.",
        prefetch="kehu_card",
    )
    kehu_credit_party_id = fields.Many2one(
        "res.partner",
        string="Answers for the Credit",
        compute="_compute_kehu_credit_party_id",
        help="The credit party that results: the customer's own choice, else the head "
        "office's, else the head office, else the customer.",
    )
    kehu_disputed = fields.Boolean(
        string="In Litigation",
        tracking=True,
        copy=False,
        groups="base.group_user",
        help="The company has to sue the customer for its money. As long as this is "
        "set, the credit grade is C.",
        prefetch="kehu_card",
    )
    credit_assessment_id = fields.Many2one(
        "kehu.credit.assessment",
        string="Last Assessment",
        compute="_compute_credit_assessment_id",
        help="The last snapshot of how the customer pays, with the grade it proposes.",
    )
    credit_assessment_ids = fields.One2many(
        "kehu.credit.assessment",
        "partner_id",
        string="Assessments",
        readonly=True,
        help="All snapshots of how the customer pays.",
    )
    kehu_credit_state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("accepted", "Accepted"),
            ("overridden", "Overridden"),
        ],
        string="Grade Status",
        compute="_compute_credit_assessment_id",
        help="Whether the last computed grade is a proposal, accepted or overridden.",
    )

    # What the books say now; read by one query when a form asks.
    kehu_computed_grade = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        string="Grade by the Books",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        help="The grade that the receivables of the credit party give now.",
    )
    kehu_credit_reasons = fields.Text(
        string="Reasons",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        help="Which rules and which invoices lead to the grade, and what would lift it.",
    )
    kehu_on_time_percent = fields.Float(
        string="Paid in Time (%)",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        digits=(5, 1),
        help="Share of the receivables that were paid in time.",
    )
    kehu_late_count = fields.Integer(
        string="Late Receivables",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        help="How many receivables were paid late or are open and late.",
    )
    kehu_judged_count = fields.Integer(
        string="Receivables Judged",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        help="How many receivables were paid, or are open and late.",
    )
    kehu_average_delay = fields.Float(
        string="Average Delay (Days)",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        digits=(8, 1),
        help="How many days late ones are late, on average.",
    )
    kehu_longest_delay = fields.Integer(
        string="Longest Delay (Days)",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        help="How many days the worst receivable is or was late.",
    )
    kehu_recovery_days = fields.Float(
        string="Days to Recover",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        digits=(8, 1),
        help="How many days after the due date late receivables were paid, on average.",
    )
    kehu_open_amount = fields.Monetary(
        string="Open Receivables",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        currency_field="kehu_credit_currency_id",
        help="What the credit party owes, due or not.",
    )
    kehu_overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        currency_field="kehu_credit_currency_id",
        help="What the credit party should have paid by now.",
    )
    kehu_overdue_age = fields.Integer(
        string="Oldest Overdue (Days)",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        help="How many days ago the oldest open receivable was due.",
    )
    kehu_unapplied_amount = fields.Monetary(
        string="Unmatched Payments",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        currency_field="kehu_credit_currency_id",
        help="Payments and credit notes that nobody has matched with invoices yet.",
    )
    kehu_credit_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of Credit",
        compute="_compute_kehu_credit_facts",
        groups=FIGURE_GROUPS,
        help="Currency of the company that keeps the archive.",
    )

    # === COMPUTE METHODS === #

    @api.depends("credit_assessment_ids.is_last", "kehu_credit_party_id")
    def _compute_credit_assessment_id(self):
        # sudo: which one is the last; reading it is a matter of its own rules.
        last_sudo = (
            self.env["kehu.credit.assessment"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.kehu_credit_party_id.ids),
                    ("is_last", "=", True),
                ]
            )
            .grouped("partner_id")
        )
        none = self.env["kehu.credit.assessment"]
        for partner in self:
            one_sudo = last_sudo.get(partner.kehu_credit_party_id.sudo(), none)
            partner.credit_assessment_id = one_sudo.sudo(False)
            partner.kehu_credit_state = one_sudo.state

    @api.depends(
        "credit_partner_id", "head_office_id.credit_partner_id", "commercial_partner_id"
    )
    def _compute_kehu_credit_party_id(self):
        # sudo: who answers is told even where the head office's card is closed.
        customers_sudo = self.sudo().commercial_partner_id
        # Not the whole card: whoever asks for the credit of a customer waits for it.
        customers_sudo.fetch(["credit_partner_id", "head_office_id"])
        for partner in self:
            customer_sudo = partner.sudo().commercial_partner_id
            office_sudo = customer_sudo.head_office_id
            partner.kehu_credit_party_id = (
                customer_sudo.credit_partner_id
                or office_sudo.credit_partner_id
                or office_sudo
                or customer_sudo
            ).sudo(False)

    @api.depends("kehu_credit_party_id", "archive_id", "kehu_disputed")
    @api.depends_context("lang", "uid")
    def _compute_kehu_credit_facts(self):
        seen = self._kehu_filter_credit_seen()
        # sudo: the sums are for whoever keeps the customer; no document is shown.
        parties_sudo = seen.sudo().kehu_credit_party_id.filtered("archive_id")
        facts_by_party = self.env["kehu.credit.facts"].sudo()._get_facts(parties_sudo)
        renderer = self.env["kehu.credit.reasons"].sudo()
        names = renderer._read_invoice_names(
            [facts.items for facts in facts_by_party.values()]
        )
        companies_sudo = self.env["res.company"].sudo()
        for partner in self:
            party_sudo = partner.sudo().kehu_credit_party_id
            facts = facts_by_party.get(party_sudo.id) if partner in seen else None
            company_sudo = (
                companies_sudo.browse(facts.company_id)
                if facts
                else party_sudo.archive_id.company_id or self._kehu_get_main_company()
            )
            verdict = None
            if facts:
                rules = company_sudo._kehu_get_credit_rules()
                verdict = judge(facts, rules)
                partner.kehu_credit_reasons = renderer._render(
                    renderer._prepare_data(
                        verdict.reasons,
                        find_lift(facts, rules, verdict.grade),
                        renderer._count_more(facts.items),
                    ),
                    facts.items,
                    facts.today,
                    company_sudo.currency_id,
                    names,
                )
            else:
                partner.kehu_credit_reasons = False
            partner.kehu_credit_currency_id = company_sudo.currency_id
            partner.kehu_computed_grade = verdict.grade if verdict else False
            partner.kehu_on_time_percent = facts.on_time_percent if facts else 0
            partner.kehu_late_count = facts.late if facts else 0
            partner.kehu_judged_count = facts.judged if facts else 0
            partner.kehu_average_delay = facts.average_delay if facts else 0
            partner.kehu_longest_delay = facts.longest if facts else 0
            partner.kehu_recovery_days = facts.average_recovery if facts else 0
            partner.kehu_open_amount = facts.open_amount if facts else 0
            partner.kehu_overdue_amount = facts.overdue_amount if facts else 0
            partner.kehu_overdue_age = facts.overdue_age if facts else 0
            partner.kehu_unapplied_amount = facts.unapplied if facts else 0

    # === CRUD METHODS === #

    def write(self, vals):
        """:raise UserError: when a grade that the books give is changed by hand"""
        if "credit_grade" in vals and not self.env.su and not self._kehu_is_grading():
            if graded := self.filtered(
                lambda partner: (
                    partner.credit_grade != vals["credit_grade"]
                    and partner.sudo().credit_assessment_id.grade
                )
            ):
                raise UserError(
                    self.env._(
                        "The credit grade follows from the books; ask for an override "
                        "to set another one: %(customers)s",
                        customers=comma(self.env).join(graded.mapped("display_name")),
                    )
                )
        return super().write(vals)

    # === ACTIONS === #

    def action_kehu_assess_credit(self):
        """Take a snapshot of how these customers pay now, and propose the grade (R87).

        :raise AccessError: for customers whose figures are not for the user
        :raise UserError: when none of them has a receivable to judge
        """
        self.check_access("read")
        self._kehu_check_credit_seen(acting=True)
        parties = self.kehu_credit_party_id.filtered("archive_id")
        # sudo: the snapshot is the system's; whoever asks for it is its proposer.
        made = self.env["kehu.credit.assessment"].sudo()._assess(parties, force=True)
        if not made:
            raise UserError(
                self.env._(
                    "There is nothing to judge yet: %(customers)s",
                    customers=comma(self.env).join(self.mapped("display_name")),
                )
            )

    def action_kehu_accept_credit(self):
        """Accept the proposed grade of these customers (R87)."""
        self.check_access("read")
        self.kehu_credit_party_id.credit_assessment_id.action_accept()

    def action_kehu_request_override(self):
        """Ask for another grade than the books give; opens the request."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request Another Grade"),
            "res_model": "kehu.credit.override",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.kehu_credit_party_id.id},
        }

    def action_kehu_view_assessments(self):
        """Open the snapshots of the credit party as a chart, or as a list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_credit_assessment_action"
        )
        chart = self.env.ref("kehu_archive.kehu_credit_assessment_view_graph_history")
        action.update(
            domain=[("partner_id", "=", self.kehu_credit_party_id.id)],
            context={},
            view_mode="graph,list,form",
            views=[(chart.id, "graph"), (False, "list"), (False, "form")],
        )
        return action

    # === BUSINESS METHODS === #

    def _kehu_is_grading(self):
        return self.env.context.get("kehu_grading") is _GRADING

    def _kehu_get_present_grade(self):
        """Return the grade that holds now, to the day even before the nightly run.

        :rtype: str or bool
        """
        self.ensure_one()
        return self._kehu_get_present_grades()[self.id]

    def _kehu_get_present_grades(self):
        """Return the grades that hold now, to the day even before the nightly run.

        :return: {id of the credit party: grade or False}
        :rtype: dict
        """
        running_sudo = self.env["kehu.credit.override"]._get_running(self)
        # The newest one, which comes first, holds.
        overrides = {one.partner_id.id: one for one in reversed(running_sudo)}
        grades = {}
        for party in self:
            override_sudo = overrides.get(party.id)
            if not override_sudo:
                grades[party.id] = party.credit_grade
                continue
            company_sudo = (
                party.sudo().archive_id.company_id or self._kehu_get_main_company()
            )
            if override_sudo.valid_until >= company_sudo._kehu_today():
                grades[party.id] = override_sudo.grade
            else:
                grades[party.id] = party.sudo().credit_assessment_id.computed_grade
        return grades

    def _kehu_apply_grade(self, grade, overriding=False):
        """Give these credit parties, and all whose credit they are, a grade.

        Odoo's degree of trust follows it, in every company.

        :param str grade: a, b or c
        :param bool overriding: also where an override holds
        """
        parties = self
        if not overriding:
            parties -= self.env["kehu.credit.override"]._get_running(self).partner_id
        if not parties.ids:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            self.env["kehu.credit.facts"]._get_member_sql(parties.ids)
        )
        self.browse(row[0] for row in rows)._kehu_set_grade(grade)

    def _kehu_set_grade(self, grade):
        """Write a grade on exactly these customers.

        :param str grade: a, b or c
        """
        # sudo: grades are the system's; whoever decided need not edit customers.
        members_sudo = self.sudo().filtered(
            lambda partner: partner.credit_grade != grade
        )
        members_sudo.with_context(kehu_grading=_GRADING).write({"credit_grade": grade})
        self._kehu_follow_grade()

    def _kehu_get_credit_deciders(self):
        """Return who decides on the credit of one party: the credit controllers, else
        the leaders of the customer's team, else every sales manager.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: who holds which right is asked; only names leave the callers.
        groups = (
            self.env.ref("kehu_archive.group_kehu_credit"),
            self.env.ref("kehu_archive.group_kehu_manager"),
        )
        controllers_sudo = groups[0].sudo().all_user_ids.filtered("active")
        if controllers_sudo:
            return controllers_sudo
        team_sudo = self.sudo().archive_id.team_id
        leaders_sudo = (team_sudo.user_id | team_sudo.kehu_deputy_id).filtered("active")
        return leaders_sudo or groups[1].sudo().all_user_ids.filtered("active")

    def _kehu_get_cannot_decide_credit_reason(self, user):
        """Say why a user may not decide on the credit of this party.

        :return: a translated sentence, or False
        """
        deciders_sudo = self._kehu_get_credit_deciders()
        if user in deciders_sudo:
            return False
        return self.env._(
            "The credit of %(customer)s is decided by %(deciders)s.",
            customer=self.display_name,
            deciders=comma(self.env).join(deciders_sudo[:3].mapped("name"))
            or self.env._("nobody yet: name a credit controller"),
        )
