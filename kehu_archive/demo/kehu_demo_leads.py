from datetime import timedelta

from odoo import api, fields, models

_FOLLOWED_FOR = timedelta(days=35)


class KehuDemo(models.AbstractModel):
    """Leads and opportunities, from the first talk to the order."""

    _inherit = "kehu.demo"

    @api.model
    def _load_opportunities(self, orders):
        """What may become business: leads and opportunities in every stage.

        What was won is the customer's last order, what is open its quotation.

        :param dict orders: {customer: its orders by date}
        """
        for row in self._read_rows("opportunities"):
            outcome = row.pop("outcome", None)
            since = self._days_ago(int(row.pop("since")))
            vals = self._prepare_vals(row)
            vals["type"] = vals.pop("kind")
            lead = self.env["crm.lead"].create(vals)
            order = orders.get(lead.partner_id, self.env["sale.order"])[-1:]
            if outcome == "won" and order:
                order.opportunity_id = lead
                lead.expected_revenue = order.amount_untaxed
                since = order.date_order.date() - _FOLLOWED_FOR
            elif order.state == "draft":
                order.opportunity_id = lead
            if outcome == "won":
                lead.action_set_won()
            elif outcome == "lost":
                lead.action_set_lost()
            self._date_lead_back(lead, since, order if outcome == "won" else None)

    @api.model
    def _date_lead_back(self, lead, since, order):
        """Date a lead back to its first day, and a won one to the day of its order."""
        if order:
            lead.date_closed = order.date_order
        lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [fields.Datetime.to_string(self._moment(since)), lead.id],
        )
        lead.invalidate_recordset(["create_date"])
