from collections import Counter

from odoo import Command, api, fields, models

from ..credit import Rules, judge

GRADES = [("a", "A"), ("b", "B"), ("c", "C")]
_LISTED = 200
_ORDER = {"a": 3, "b": 2, "c": 1, None: 0}


class KehuCreditRules(models.TransientModel):
    """The rules of the grades, and what a change of them would do before it is saved.

    The preview reads the books once by the saved rules and once by those on the screen,
    judges every customer twice, and shows who would change. Nothing is written until
    the rules are saved; grades then follow in the next run, as proposals.
    """

    _name = "kehu.credit.rules"
    _description = "Rules of the Credit Grades"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        help="The company whose rules they are.",
    )
    grace_days = fields.Integer(
        string="Days of Grace",
        help="A receivable is late when it is paid more than this many days after it "
        "was due.",
    )
    months = fields.Integer(
        string="Months Looked Back",
        help="Receivables that were due within this many months count, and all that "
        "are open.",
    )
    often_count = fields.Integer(
        string="Late Often From",
        help="From this many late receivables on, the grade is at best B. 0: the number "
        "does not matter.",
    )
    often_percent = fields.Integer(
        string="Late Often From (%)",
        help="From this share of late receivables on, the grade is at best B. 0: the "
        "share does not matter.",
    )
    easy_days = fields.Integer(
        string="Easily Recovered Within",
        help="A receivable that was paid more than this many days after it was due "
        "makes the grade C.",
    )
    open_days = fields.Integer(
        string="Open at Most",
        help="A receivable that is open more than this many days after it was due "
        "makes the grade C.",
    )
    previewed = fields.Boolean(readonly=True, help="The figures below were computed.")
    summary_ids = fields.One2many(
        "kehu.credit.rules.summary",
        "rules_id",
        string="Customers by Grade",
        readonly=True,
        help="How many customers have each grade, now and after the change.",
    )
    line_ids = fields.One2many(
        "kehu.credit.rules.line",
        "rules_id",
        string="Customers That Would Change",
        readonly=True,
        help="Whose grade would change; the first two hundred.",
    )
    changed_count = fields.Integer(
        string="Grades That Would Change",
        readonly=True,
        help="How many customers would get another grade.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        rules = self.env.company.sudo()._kehu_get_credit_rules()
        return {**rules._asdict(), **values}

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env["ir.model"]._get(self._name).name

    @api.onchange(*Rules._fields)
    def _onchange_rules(self):
        """Figures of other rules would mislead."""
        self.previewed = False

    def write(self, vals):
        """Forget the figures of other rules: the screen does not send that they went."""
        if "previewed" not in vals and vals.keys() & set(Rules._fields):
            vals = {**vals, "previewed": False}
        return super().write(vals)

    def _get_rules(self):
        self.ensure_one()
        return Rules(*(self[name] for name in Rules._fields))

    def action_preview(self):
        """Show what the rules on the screen would do; saves nothing.

        :raise ValidationError: for rules that make no sense
        """
        self.ensure_one()
        self.company_id._kehu_check_credit_rules(self._get_rules())
        before = self._judge_all(self.company_id.sudo()._kehu_get_credit_rules())
        after = self._judge_all(self._get_rules())
        changed = [
            (party_id, before.get(party_id), after.get(party_id))
            for party_id in before.keys() | after.keys()
            if before.get(party_id) != after.get(party_id)
        ]
        # The worst falls first.
        changed.sort(key=lambda one: (_ORDER[one[2]] - _ORDER[one[1]], one[0]))
        counts = (Counter(before.values()), Counter(after.values()))
        self.write(
            {
                "previewed": True,
                "changed_count": len(changed),
                "summary_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "grade": grade,
                                "before": counts[0][grade],
                                "after": counts[1][grade],
                                "change": counts[1][grade] - counts[0][grade],
                            }
                        )
                        for grade, _label in GRADES
                    ),
                ],
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {"partner_id": party, "before": old, "after": new}
                        )
                        for party, old, new in changed[:_LISTED]
                    ),
                ],
            }
        )

    def action_save(self):
        """Save the rules; the grades follow in a run that starts at once.

        :raise ValidationError: for rules that make no sense
        """
        self.ensure_one()
        # sudo: whoever may open this page sets the rules, and nothing else.
        self.company_id.sudo().write(
            {
                f"kehu_credit_{name}": value
                for name, value in self._get_rules()._asdict().items()
            }
        )
        self.previewed = False  # what was “now” is no more
        self.env.ref("kehu_archive.cron_assess_credit").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The rules are saved. The grades follow in a run that starts now."
                ),
            },
        }

    def _judge_all(self, rules):
        """Grade every credit party of the company by some rules.

        :param Rules rules: saved ones, or those to try
        :return: {partner id: grade or None}
        """
        # sudo: sums of the whole company are judged, no document is shown.
        facts = self.env["kehu.credit.facts"].sudo()
        return {
            one.party_id: judge(one, rules).grade
            for one in facts._get_all_facts({self.company_id.id: rules})
            if one.company_id == self.company_id.id
        }


class KehuCreditRulesSummary(models.TransientModel):
    """How many customers have a grade."""

    _name = "kehu.credit.rules.summary"
    _description = "Customers of a Grade, Before and After"

    rules_id = fields.Many2one(
        "kehu.credit.rules",
        required=True,
        ondelete="cascade",
        index=True,
        help="The rules that are tried.",
    )
    grade = fields.Selection(GRADES, readonly=True, help="The grade.")
    before = fields.Integer(
        string="Now", readonly=True, help="Customers of the grade by the saved rules."
    )
    after = fields.Integer(
        string="Afterwards",
        readonly=True,
        help="Customers of the grade by the rules on the screen.",
    )
    change = fields.Integer(readonly=True, help="The difference.")


class KehuCreditRulesLine(models.TransientModel):
    """A customer whose grade would change."""

    _name = "kehu.credit.rules.line"
    _description = "Customer Whose Grade Would Change"

    rules_id = fields.Many2one(
        "kehu.credit.rules",
        required=True,
        ondelete="cascade",
        index=True,
        help="The rules that are tried.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, help="Who would change."
    )
    before = fields.Selection(
        GRADES, string="Now", readonly=True, help="The grade by the saved rules."
    )
    after = fields.Selection(
        GRADES,
        string="Afterwards",
        readonly=True,
        help="The grade by the rules on the screen.",
    )
