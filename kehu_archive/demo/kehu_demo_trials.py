from odoo import api, models


class KehuDemo(models.AbstractModel):
    """Quotations on which the credit rules can be tried: confirming each shows one."""

    _inherit = "kehu.demo"

    @api.model
    def _load_trials(self):
        """Agree limits and terms, and leave a quotation for each rule to be confirmed.

        Of ``history/limits.csv`` and ``history/trials.csv``.
        """
        if not self.env.company.chart_template:
            return
        self.env.company.account_use_credit_limit = True
        for row in self._read_rows("limits"):
            self._agree(self._ref(f"partner_{row['customer']}_demo"), row)
        quotations = self.env["sale.order"].create(
            [self._prepare_trial(row) for row in self._read_rows("trials")]
        )
        self._date_orders_back(quotations)

    @api.model
    def _agree(self, customer, row):
        """Set the limit and the payment terms that were agreed with a customer."""
        if "limit" in row:
            customer.write(
                {
                    "use_partner_credit_limit": True,
                    "credit_limit": float(row["limit"]),
                }
            )
        if "terms/id" in row:
            customer.property_payment_term_id = self._ref(row["terms/id"])

    @api.model
    def _prepare_trial(self, row):
        customer = self._ref(f"partner_{row['customer']}_demo")
        return {
            "partner_id": customer.id,
            "user_id": customer.user_id.id,
            "client_order_ref": row["about"],
            "date_order": self._moment(self._days_ago(int(row["days_ago"]))),
            "order_line": self._prepare_order_lines(row, 0),
        }
