import itertools
import logging
from datetime import timedelta
from operator import itemgetter

from odoo import Command, api, fields, models
from odoo.tools import date_utils

_logger = logging.getLogger(__name__)

_INVOICED_AFTER = timedelta(days=2)
_REFUNDED_AFTER = timedelta(days=9)
_OPEN = "open"
_LOST = "lost"
_GIVEN_UP_AFTER = timedelta(days=200)
_QUOTATION = "quotation"


class KehuDemo(models.AbstractModel):
    """Two years of orders, invoices, refunds and payments, dated back from today."""

    _inherit = "kehu.demo"

    @api.model
    def _load_deals(self):
        """Do the business of ``history/deals.csv`` through Odoo's own documents.

        Each line makes the orders of one customer; ``pays`` says how many days after
        the due date its invoices are paid, in turn, or that they stay open, or are
        given up in the end.

        The books are kept quarter by quarter, so that at the end of each one they are
        what they were on that day, and customers are graded by them.

        :return: {customer: its orders by date}
        :rtype: dict[res.partner, sale.order]
        """
        if not self.env.company.chart_template:
            _logger.info(
                "No chart of accounts yet: the demonstration goes without orders, "
                "invoices and payments. Install the accounts before the archive."
            )
            return {}
        plans = self._plan_deals()
        orders = self.env["sale.order"].create([plan["vals"] for plan in plans])
        for order, plan in zip(orders, plans, strict=True):
            plan["order"] = order
        sold = [plan for plan in plans if plan["pays"] != _QUOTATION]
        self._confirm(sold)
        self._draft_invoices(sold)
        self._begin_grading()
        for end in self._get_quarter_ends(plans[0]["date"]):
            self._do_business(sold, end)
            self._grade_quarter(end)
        self._do_business(sold, fields.Date.context_today(self))
        self._date_orders_back(orders)
        return orders.grouped("partner_id")

    @api.model
    def _get_quarter_ends(self, start):
        """Return the last days of the quarters that have ended since ``start``."""
        ends, today = [], fields.Date.context_today(self)
        while (end := date_utils.end_of(start, "quarter")) < today:
            ends.append(end)
            start = end + timedelta(days=1)
        return ends

    @api.model
    def _do_business(self, plans, until):
        """Post, take back and collect what falls on a day up to ``until``.

        :param list plans: as :meth:`_plan_deals` makes them, with their invoices
        """
        self._post_invoices(plans, until)
        self._refund(plans, until)
        self._pay(plans, until)
        self._write_off(plans, until)

    @api.model
    def _plan_deals(self):
        """Say what is ordered when, and when it will be paid.

        :return: one dict per order, by date: vals, date, pays, refund
        :rtype: list[dict]
        """
        plans = []
        for row in self._read_rows("deals"):
            customer = self._ref(f"partner_{row['customer']}_demo")
            delays = itertools.cycle(row["pays"].split())
            for number in range(int(row["count"])):
                ago = int(row["first_days_ago"]) - number * int(row["every_days"])
                day = self._days_ago(ago)
                plans.append(
                    {
                        "date": day,
                        "pays": next(delays),
                        "refund": row.get("refund") == str(number + 1),
                        "vals": {
                            "partner_id": customer.id,
                            "user_id": customer.user_id.id,
                            "date_order": self._moment(day),
                            "order_line": self._prepare_order_lines(row, number),
                        },
                    }
                )
        return sorted(plans, key=lambda plan: plan["date"])

    @api.model
    def _prepare_order_lines(self, row, number):
        """Quantities differ from order to order, always in the same way."""
        quantity = int(row["quantity"])
        return [
            Command.create(
                {
                    "product_id": self._ref(f"product_{key}_demo").id,
                    "product_uom_qty": max(
                        1, quantity + quantity * ((number + place) % 3) // 4
                    ),
                }
            )
            for place, key in enumerate(row["products"].split())
        ]

    @api.model
    def _confirm(self, plans):
        orders = self.env["sale.order"].concat(*[plan["order"] for plan in plans])
        orders.action_confirm()
        for plan in plans:
            # Confirming dates an order today.
            plan["order"].date_order = self._moment(plan["date"], hour=3)
        if "picking_ids" in orders._fields:
            self._deliver(orders)

    @api.model
    def _deliver(self, orders):
        """Deliver everything on the day of the invoice (with the stock module only)."""
        orders.warehouse_id.name = "青岛总仓"
        moves = orders.picking_ids.move_ids
        for move in moves:
            move.quantity = move.product_uom_qty
        moves.picked = True
        moves._action_done()
        for order in orders:
            day = order.date_order + _INVOICED_AFTER
            order.picking_ids.write({"date_done": day})
            order.picking_ids.move_ids.write({"date": day})

    @api.model
    def _draft_invoices(self, plans):
        for plan in plans:
            plan["invoice"] = plan["order"]._create_invoices()
            plan["invoice"].invoice_date = plan["date"] + _INVOICED_AFTER

    @api.model
    def _post_invoices(self, plans, until):
        self.env["account.move"].concat(
            *[
                plan["invoice"]
                for plan in plans
                if plan["invoice"].state == "draft"
                and plan["invoice"].invoice_date <= until
            ]
        ).action_post()

    @api.model
    def _refund(self, plans, until):
        """Take a tenth of the first line back, soon after the invoice."""
        for plan in plans:
            invoice = plan["invoice"]
            day = invoice.invoice_date + _REFUNDED_AFTER
            if not plan["refund"] or day > until:
                continue
            plan["refund"] = False
            refund = invoice._reverse_moves(
                [{"invoice_date": day, "date": day, "ref": "到货部分不合格，退货"}]
            )
            lines = refund.invoice_line_ids
            lines[:1].quantity = max(1, lines[:1].quantity // 10)
            lines[1:].unlink()
            refund.action_post()
            self._reconcile(invoice, refund)

    @api.model
    def _reconcile(self, invoice, other):
        (invoice | other).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()

    @api.model
    def _pay(self, plans, until):
        """Register the payments that have come in by then, by bank transfer."""
        coming = []
        for plan in plans:
            invoice = plan["invoice"]
            if (
                plan["pays"] in (_OPEN, _LOST)
                or invoice.state != "posted"
                or invoice.payment_state not in ("not_paid", "partial")
            ):
                continue
            paid_on = max(
                invoice.invoice_date_due + timedelta(days=int(plan["pays"])),
                invoice.invoice_date,
            )
            if paid_on <= until:
                coming.append((paid_on, invoice))
        for paid_on, invoice in sorted(coming, key=itemgetter(0)):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"payment_date": paid_on})._create_payments()

    @api.model
    def _write_off(self, plans, until):
        """Book what is given up by then as a loss, on the account of bad debts."""
        loss = self.env.company.kehu_bad_debt_account_ids[:1]
        for plan in plans:
            invoice = plan["invoice"]
            if plan["pays"] != _LOST or invoice.state != "posted" or not loss:
                continue
            day = invoice.invoice_date_due + _GIVEN_UP_AFTER
            if day > until:
                continue
            plan["pays"] = _OPEN
            claim = invoice.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            entry = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "date": day,
                    "ref": f"{invoice.name} 无法收回，核销坏账",
                    "line_ids": [
                        Command.create(
                            {
                                "name": "坏账核销",
                                "partner_id": claim.partner_id.id,
                                "account_id": account.id,
                                "balance": balance,
                            }
                        )
                        for account, balance in (
                            (loss, claim.amount_residual),
                            (claim.account_id, -claim.amount_residual),
                        )
                    ],
                }
            )
            entry.action_post()
            self._reconcile(invoice, entry)

    @api.model
    def _date_orders_back(self, orders):
        """Lists of orders show when the row was made, which the ORM lets nobody set.

        A quotation was made some days before it became an order.
        """
        orders.flush_recordset()
        self.env.cr.execute(
            """
            UPDATE sale_order
               SET create_date = date_order - CASE WHEN state = 'sale'
                       THEN make_interval(days => 3 + id %% 13) ELSE '0' END
             WHERE id = ANY(%s)
            """,
            [orders.ids],
        )
        orders.invalidate_recordset(["create_date"])
