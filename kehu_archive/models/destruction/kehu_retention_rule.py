from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class KehuRetentionRule(models.Model):
    """How long one kind of content is kept, counted from what, by which law (R20, N5).

    Personal traits go after months, the profile after years, contracts and vouchers
    after decades. An archive is destroyed when its longest-lived content is due.
    """

    _name = "kehu.retention.rule"
    _description = "Retention Period"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The kind of content.")
    sequence = fields.Integer(default=10, help="Order in the schedule.")
    active = fields.Boolean(default=True, help="Inactive periods count for nothing.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: holds in every company."
    )
    kind = fields.Selection(
        [
            ("traits", "Personal Traits"),
            ("profile", "Customer Profile"),
            ("contract", "Contracts and Agreements"),
            ("voucher", "Vouchers and Settlement"),
        ],
        required=True,
        help="Which content of an archive the period is for.",
    )
    months = fields.Integer(required=True, help="How many months it is kept.")
    event = fields.Selection(
        string="Counts From",
        selection=[
            ("closing", "Closing of the Archive"),
            ("contract_end", "End of the Last Contract"),
            ("fiscal_year", "End of the Fiscal Year"),
        ],
        default="closing",
        required=True,
        help="From which day the period counts.",
    )
    legal_source = fields.Text(
        required=True, translate=True, help="The law or rule that the period rests on."
    )

    _months_positive = models.Constraint(
        "CHECK (months > 0)", "A retention period has at least one month."
    )

    @api.model
    def _get_rules(self, company):
        """Periods of a company; its own come before those of all companies.

        :return: {kind: rule}
        :rtype: dict
        """
        # sudo: the schedule is the company's; whoever closes an archive applies it.
        rules_sudo = self.sudo().search(
            [("company_id", "in", (False, company.id))], order="company_id, sequence"
        )
        found = {}
        for rule in rules_sudo:
            if rule.kind not in found or not found[rule.kind].company_id:
                found.setdefault(rule.kind, rule)
        return found

    def _get_due_date(self, archive, day):
        """Return the day until which the content has to be kept.

        :param archive: one archive
        :param date day: the day on which it was closed
        :rtype: date
        """
        self.ensure_one()
        start = day
        if self.event == "contract_end":
            ends = [
                line.date_end
                for line in archive.sudo().cooperation_ids
                if "date_end" in line._fields and line.date_end
            ]
            start = max([day, *ends])
        elif self.event == "fiscal_year":
            company = (archive.company_id or self.env.company).sudo()
            start = company.compute_fiscalyear_dates(day)["date_to"]
        return start + relativedelta(months=self.months)
