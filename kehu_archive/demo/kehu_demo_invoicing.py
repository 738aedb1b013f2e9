import base64
from datetime import timedelta

from odoo import api, fields, models

_AGREEMENT = "双方约定：{customer}的货款由{party}统一结算，发票开具给{party}。"
#: Who is another legal person than its head office, and has signed.
_AGREED = ("haifeng_jinan", "haifeng_yantai", "beichen_heping", "yunling_dali")


class KehuDemo(models.AbstractModel):
    """What the four head offices and their branches ordered and is not invoiced yet."""

    _inherit = "kehu.demo"

    @api.model
    def _load_joint_invoicing(self):
        """Leave something for month-end: orders of the period, and the agreements."""
        if not self.env.company.chart_template:
            return
        start, _end = self.env["kehu.invoice.run"]._default_period()
        today = fields.Date.context_today(self)
        for row in self._read_rows("joint_orders"):
            customer = self._ref(f"partner_{row['customer']}_demo")
            day = min(start + timedelta(days=int(row["days_into_period"])), today)
            order = self.env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "user_id": customer.user_id.id,
                    "date_order": self._moment(day),
                    "order_line": self._prepare_order_lines(row, 0),
                }
            )
            order.action_confirm()
            order.date_order = self._moment(day, hour=3)
            if row["delivered"] == "all" and "picking_ids" in order._fields:
                self._deliver(order)
        for key in _AGREED:
            self._make_agreement(self._ref(f"partner_{key}_demo"))

    @api.model
    def _make_agreement(self, customer):
        party = customer.invoiced_party_id
        text = _AGREEMENT.format(customer=customer.name, party=party.name)
        self.env["kehu.invoicing.agreement"].create(
            {
                "customer_id": customer.id,
                "party_id": party.id,
                "document": base64.b64encode(text.encode()),
                "document_name": "合并开票协议.txt",
                "date_from": self._days_ago(400),
            }
        )
