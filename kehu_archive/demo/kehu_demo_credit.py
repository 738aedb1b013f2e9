from odoo import Command, api, models

# What the demonstration's company has decided; days below a week count for nothing.
_RULES = {
    "kehu_credit_grace_days": 7,
    "kehu_credit_grade_policy": "block",
    "kehu_credit_overdue_policy": "warn",
    "kehu_credit_limit_policy": "block",
    "kehu_credit_terms_policy": "warn",
}
# 坏账损失 of the Chinese chart of accounts.
_BAD_DEBTS = "571101"
# Their grade changes today. It is left for whoever tries the screens to accept.
_LEFT = ("partner_laoshan_demo", "partner_zhongyuan_demo")


class KehuDemo(models.AbstractModel):
    """Grades by the real run, from the demonstration's own invoices and payments."""

    _inherit = "kehu.demo"

    @api.model
    def _begin_grading(self):
        """Set the rules. What was written on forms before there were books gives way.

        As long as it looks back, the company accepts grades by itself: nobody of today
        decided then.
        """
        loss = self.env["account.account"].search([("code", "=", _BAD_DEBTS)])
        self.env.company.write(
            {
                **_RULES,
                "kehu_credit_auto_accept": True,
                "kehu_bad_debt_account_ids": [Command.set(loss.ids)],
            }
        )
        # Whose invoices make the grade of another keeps what the form says.
        self._get_graded().filtered(
            lambda customer: (
                customer.invoiced_party_id.kehu_credit_party_id
                == customer.kehu_credit_party_id
            )
        ).write({"credit_grade": False})

    @api.model
    def _get_graded(self):
        customers = self.env["res.partner"].with_context(active_test=False)
        return customers.search([("archive_id", "!=", False)])

    @api.model
    def _grade_quarter(self, day):
        """Grade everybody by the books as they stand at the end of a quarter."""
        self._mark_litigation(day)
        parties = self._get_graded().kehu_credit_party_id
        with self._at(self._moment(day, hour=10)):
            self.env["kehu.credit.assessment"]._assess(parties, force=True)

    @api.model
    def _mark_litigation(self, day):
        """Mark who is sued on that day, and nobody else (``history/disputes.csv``)."""
        for row in self._read_rows("disputes"):
            vals = self._prepare_vals(row)
            customer = self._ref(f"partner_{vals['customer']}_demo")
            is_sued = vals["sued"] <= day < vals["settled"]
            if customer.kehu_disputed != is_sued:
                customer.kehu_disputed = is_sued

    @api.model
    def _load_credit(self):
        """Grade everybody as of today, and accept most of the grades."""
        if not self.env.company.chart_template:
            return
        self.env.company.kehu_credit_auto_accept = False
        left = self.env["res.partner"].union(*map(self._ref, _LEFT))
        made = self.env["kehu.credit.assessment"]._assess(
            self._get_graded().kehu_credit_party_id, force=True
        )
        controller = self._ref("user_credit_demo")
        made.filtered(
            lambda one: one.state == "proposed" and one.partner_id not in left
        ).with_user(controller).action_accept()
