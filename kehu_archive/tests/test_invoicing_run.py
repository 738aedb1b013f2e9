from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .invoicing_common import KehuInvoicing


@tagged("post_install", "-at_install")
class TestInvoiceRun(KehuInvoicing):
    """Month-end: preview, drafts, posting, and back (R73, N9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids += cls.env.ref("account.group_account_invoice")

    def make_run(self, **vals):
        return (
            self.env["kehu.invoice.run"]
            .with_user(self.clerk)
            .create(
                {
                    "date_from": "2026-10-01",
                    "date_to": "2026-10-31",
                    "invoice_date": "2026-10-31",
                    "head_office_ids": [Command.set(self.office.ids)],
                    **vals,
                }
            )
        )

    def dated(self, customer, *amounts, day="2026-10-15", **vals):
        order = self.order(customer, *amounts, **vals)
        order.date_order = f"{day} 04:00:00"
        return order

    def reasons(self, run, order):
        rows = run.line_ids.filtered(lambda row: row.order_id == order)
        return [(row.result, row.reason) for row in rows]

    def test_from_preview_to_posted_invoices_as_the_clerk(self):
        orders = (
            self.dated(self.north, 100.0)
            | self.dated(self.south, 20.0, 0.5)
            | self.dated(self.outsider, 7.0)
        )
        run = self.make_run()
        run.action_preview()
        self.assertEqual(run.in_count, 3)
        self.assertEqual(run.line_ids.party_id, self.office)
        self.assertEqual(sum(run.line_ids.mapped("amount")), 120.5)
        run.action_create_drafts()
        invoice = run.move_ids
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.partner_id, self.office)
        self.assertEqual(invoice.amount_untaxed, 120.5)
        self.assertEqual(str(invoice.invoice_date), "2026-10-31")
        self.assertEqual(run.line_ids.move_id, invoice)
        run.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(
            orders.mapped("invoice_status"), ["invoiced", "invoiced", "to invoice"]
        )

    def test_each_row_says_why_it_is_in_or_out(self):
        quotation = self.make_quotation(self.north, 5.0)
        quotation.date_order = "2026-10-20 04:00:00"
        invoiced = self.dated(self.north, 6.0)
        self.invoice(invoiced).action_post()
        self.north.invoicing_partner_id = False
        elsewhere = self.dated(self.south, 9.0, partner_invoice_id=self.outsider.id)
        cases = {
            self.dated(self.north, 1.0): ("in", "ordered"),
            self.dated(self.north, 2.0, day="2026-09-02"): ("in", "earlier"),
            self.dated(self.north, 3.0, day="2026-11-02"): ("out", "later"),
            self.dated(self.north, 4.0, product=self.goods): ("out", "undelivered"),
            quotation: ("out", "quotation"),
            invoiced: ("out", "invoiced"),
            elsewhere: ("out", "elsewhere"),
        }
        run = self.make_run()
        run.action_preview()
        for order, expected in cases.items():
            with self.subTest(reason=expected[1]):
                self.assertEqual(self.reasons(run, order), [expected])
        row = run.line_ids.filtered(lambda row: row.reason == "invoiced")
        self.assertEqual(row.detail, invoiced.invoice_ids.name)

    def test_a_branch_with_its_own_invoices_stays_out(self):
        self.north.invoicing_partner_id = self.north
        order = self.dated(self.north, 5.0)
        run = self.make_run()
        run.action_preview()
        self.assertEqual(self.reasons(run, order), [("out", "own")])

    def test_a_period_ends_where_the_company_is(self):
        # 23:30 on 31 October in Shanghai, and half an hour later.
        last = self.dated(self.north, 1.0)
        last.date_order = "2026-10-31 15:30:00"
        first = self.dated(self.north, 1.0)
        first.date_order = "2026-10-31 16:30:00"
        run = self.make_run()
        run.action_preview()
        self.assertEqual(self.reasons(run, last), [("in", "ordered")])
        self.assertEqual(self.reasons(run, first), [("out", "later")])

    def test_the_agreement_is_asked_for_in_the_preview(self):
        self.office.vat = "91370200MA9J4K838R"
        self.north.vat = "91370100MAK6W2X63D"
        order = self.dated(self.north, 5.0)
        run = self.make_run()
        run.action_preview()
        self.assertEqual(self.reasons(run, order), [("in", "ordered")])
        self.company.kehu_agreement_policy = "block"
        run.action_preview()
        self.assertEqual(self.reasons(run, order), [("out", "agreement")])

    def test_all_head_offices_are_meant_when_none_is_chosen(self):
        order = self.dated(self.north, 5.0)
        stranger = self.dated(self.outsider, 5.0)
        run = self.make_run(head_office_ids=False)
        run.action_preview()
        self.assertEqual(self.reasons(run, order), [("in", "ordered")])
        self.assertFalse(self.reasons(run, stranger))

    def test_rows_are_left_out_and_taken_in_by_hand(self):
        kept, left = self.dated(self.north, 5.0), self.dated(self.south, 7.0)
        run = self.make_run()
        run.action_preview()
        rows = run.line_ids.filtered(lambda row: row.order_id == left)
        rows.action_leave_out()
        self.assertEqual((rows.reason, rows.detail), ("excluded", "Kehu clerk"))
        self.assertEqual((sum(run.line_ids.mapped("in_amount")), rows.amount), (5, 7))
        rows.action_take_in()
        self.assertEqual((rows.result, rows.reason), ("in", "ordered"))
        rows.action_leave_out()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 5.0)
        self.assertEqual(kept.invoice_status, "invoiced")
        self.assertEqual(left.invoice_status, "to invoice")

    def test_nobody_writes_the_preview_by_hand(self):
        self.dated(self.north, 5.0)
        run = self.make_run()
        run.action_preview()
        with self.assertRaises(AccessError):
            run.line_ids.write({"quantity": 50})
        with self.assertRaises(AccessError):
            run.write({"state": "posted"})
        with self.assertRaises(AccessError):
            run.with_user(self.rep).action_preview()

    def test_a_run_is_taken_back_with_one_click(self):
        order = self.dated(self.north, 5.0)
        run = self.make_run()
        run.action_preview()
        run.action_create_drafts()
        self.assertEqual(order.invoice_status, "invoiced")
        run.action_cancel()
        self.assertFalse(run.move_ids)
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(order.invoice_status, "to invoice")
        run.action_preview()
        self.assertEqual(self.reasons(run, order), [("in", "ordered")])

    def test_a_posted_run_is_reversed_with_credit_notes(self):
        order = self.dated(self.north, 5.0)
        run = self.make_run()
        run.action_preview()
        run.action_create_drafts()
        run.move_ids.action_post()
        with self.assertRaisesRegex(UserError, run.move_ids.name):
            run.action_cancel()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=run.move_ids.ids)
            .create({"journal_id": run.move_ids.journal_id.id})
        )
        wizard.refund_moves()
        credit_note = run.move_ids.reversal_move_ids
        credit_note.action_post()
        goods = credit_note.invoice_line_ids.filtered("product_id")
        self.assertEqual(goods.kehu_customer_id, self.north)
        self.assertEqual(goods.kehu_order_ref, order.name)
        self.assertEqual(order.order_line.qty_to_invoice, 1)
        again = self.make_run()
        again.action_preview()
        self.assertEqual(self.reasons(again, order), [("in", "ordered")])

    def test_what_changed_since_the_preview_is_refused_and_named(self):
        changed, same = self.dated(self.north, 5.0), self.dated(self.south, 7.0)
        other_office = self.make_customer()
        other_branch = self.make_customer(head_office_id=other_office.id)
        other = self.dated(other_branch, 11.0)
        run = self.make_run(
            head_office_ids=[Command.set((self.office | other_office).ids)]
        )
        run.action_preview()
        self.invoice(changed)
        run.action_create_drafts()
        rows = run.line_ids.filtered(lambda row: row.party_id == self.office)
        self.assertEqual(set(rows.mapped("reason")), {"error"})
        self.assertIn(changed.name, rows[0].detail)
        # The other head office has its invoice nevertheless.
        self.assertEqual(run.move_ids.partner_id, other_office)
        self.assertEqual(other.invoice_status, "invoiced")
        self.assertEqual(same.invoice_status, "to invoice")
        self.assertEqual(run.error_count, 2)

    def test_a_large_run_is_drafted_in_the_background(self):
        self.dated(self.north, 5.0)
        run = self.make_run()
        run.action_preview()
        run.sudo()._set_state("drafting")
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["kehu.invoice.run"]._cron_make_drafts()
        run.invalidate_recordset()
        self.assertEqual(run.state, "drafted")
        self.assertEqual(run.move_ids.amount_untaxed, 5.0)

    def test_an_empty_run_says_so(self):
        run = self.make_run()
        run.action_preview()
        with self.assertRaisesRegex(UserError, run.name):
            run.action_create_drafts()

    def test_the_present_month_is_closed_in_the_first_days_of_the_next(self):
        for today, start, end in (
            ("2026-11-03", "2026-10-01", "2026-10-31"),
            ("2026-11-28", "2026-11-01", "2026-11-30"),
        ):
            with self.subTest(today=today), freeze_time(today):
                run = self.env["kehu.invoice.run"].new()
                self.assertEqual(str(run.date_from), start)
                self.assertEqual(str(run.date_to), end)


@tagged("post_install", "-at_install")
class TestInvoiceRunMoney(KehuInvoicing):
    """Down payments, credits, discounts and rounding come out right (R73)."""

    def make_run(self):
        run = self.env["kehu.invoice.run"].create(
            {
                "date_from": "2020-01-01",
                "date_to": "2099-12-31",
                "invoice_date": "2026-10-31",
                "head_office_ids": [Command.set(self.office.ids)],
            }
        )
        run.action_preview()
        return run

    def test_a_down_payment_is_deducted_once(self):
        order = self.order(self.north, 100.0, taxed=True)
        down = self.invoice(order, advance_payment_method="percentage", amount=30.0)
        self.assertEqual(down.partner_id, self.office)
        down.action_post()
        other = self.order(self.south, 50.0, taxed=True)
        run = self.make_run()
        self.assertEqual(
            sorted(run.line_ids.filtered(lambda r: r.result == "in").mapped("reason")),
            ["downpayment", "ordered", "ordered"],
        )
        run.action_create_drafts()
        invoice = run.move_ids
        self.assertEqual(invoice.amount_untaxed, 120.0)
        self.assertEqual(
            self.sections(invoice),
            {"海风北方分公司 (370002)": 70.0, "海风南方分公司 (370003)": 50.0},
        )
        invoice.action_post()
        self.assertEqual((order | other).mapped("invoice_status"), ["invoiced"] * 2)
        self.assertEqual(
            down.amount_total + invoice.amount_total,
            order.amount_total + other.amount_total,
        )

    def test_partial_deliveries_are_invoiced_as_they_come(self):
        order = self.order(self.north, 10.0, product=self.goods)
        order.order_line.product_uom_qty = 10
        order.order_line.qty_delivered = 4
        run = self.make_run()
        due = run.line_ids.filtered(lambda row: row.result == "in")
        self.assertEqual((due.quantity, due.amount), (4, 40.0))
        waiting = run.line_ids - due
        self.assertEqual((waiting.reason, waiting.quantity), ("undelivered", 6))
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 40.0)
        run.action_post()
        order.order_line.qty_delivered = 10
        run = self.make_run()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 60.0)

    def test_what_came_back_is_credited_with_the_rest(self):
        order = self.order(self.north, 10.0, product=self.goods)
        order.order_line.product_uom_qty = 10
        order.order_line.qty_delivered = 10
        self.invoice(order).action_post()
        order.order_line.qty_delivered = 7
        self.order(self.south, 100.0)
        run = self.make_run()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 70.0)
        self.assertEqual(self.sections(run.move_ids)["海风北方分公司 (370002)"], -30.0)

    def test_only_returns_make_a_credit_note(self):
        order = self.order(self.north, 10.0, product=self.goods)
        order.order_line.product_uom_qty = 10
        order.order_line.qty_delivered = 10
        self.invoice(order).action_post()
        order.order_line.qty_delivered = 7
        run = self.make_run()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.move_type, "out_refund")
        self.assertEqual(run.move_ids.amount_untaxed, 30.0)

    def awkward_orders(self):
        """Orders whose lines end in halves of a cent."""
        orders = self.env["sale.order"]
        for number in range(1, 8):
            customer = (self.north, self.south)[number % 2]
            order = self.order(customer, 33.33, 0.07 * number, taxed=True)
            order.order_line[0].discount = 7.5
            order.order_line[0].product_uom_qty = 3
            orders |= order
        return orders

    def test_discounts_and_rounding_make_the_sum_of_the_orders(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        orders = self.awkward_orders()
        run = self.make_run()
        run.action_create_drafts()
        run.action_post()
        for amount in ("amount_untaxed", "amount_total"):
            self.assertAlmostEqual(
                run.move_ids[amount], sum(orders.mapped(amount)), places=2
            )
        self.assertAlmostEqual(
            sum(self.sections(run.move_ids).values()),
            run.move_ids.amount_untaxed,
            places=2,
        )
        previewed = run.line_ids.filtered(lambda row: row.result == "in")
        self.assertAlmostEqual(
            sum(previewed.mapped("amount")), run.move_ids.amount_untaxed, places=2
        )

    def test_rounded_as_a_whole_it_is_what_odoo_makes_of_one_order(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        orders = self.awkward_orders()
        as_one = self.order(self.outsider, 1.0)
        as_one.order_line.product_uom_qty = 0
        as_one.order_line = [
            Command.create(
                {
                    "product_id": self.service.id,
                    "product_uom_qty": line.product_uom_qty,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                }
            )
            for line in orders.order_line
        ]
        run = self.make_run()
        run.action_create_drafts()
        expected = self.invoice(as_one)
        self.assertEqual(run.move_ids.amount_total, expected.amount_total)
        self.assertEqual(run.move_ids.amount_untaxed, expected.amount_untaxed)

    def test_every_line_is_invoiced_exactly_once(self):
        orders = self.env["sale.order"]
        for number in range(6):
            orders |= self.order((self.north, self.south)[number % 2], 1.0, 2.0)
        first, second = self.make_run(), self.make_run()
        first.action_create_drafts()
        second.action_create_drafts()
        self.assertEqual(set(second.line_ids.mapped("reason")), {"error"})
        self.assertFalse(second.move_ids)
        for line in orders.order_line:
            self.assertEqual(len(line.invoice_lines), 1)
