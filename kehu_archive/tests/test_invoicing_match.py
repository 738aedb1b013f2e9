import io
from collections import defaultdict

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .invoicing_common import KehuInvoicing


@tagged("post_install", "-at_install")
class TestMatchTable(KehuInvoicing):
    """Deliveries, invoices and payments by branch tie to the ledger (R73)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency("EUR")
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": cls.foreign.id}
        )

    def pay(self, invoice, amount=None, **vals):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": "2026-11-20", **vals})
        )
        if amount is not None:
            wizard.amount = amount
        return wizard._create_payments()

    def posted(self, *orders):
        invoice = self.invoice(self.env["sale.order"].union(*orders))
        invoice.invoice_date = "2026-11-10"
        invoice.action_post()
        return invoice

    def rows(self, *domain):
        self.env.invalidate_all()
        return self.env["kehu.match"].search(
            [("party_id", "=", self.office.id), *domain]
        )

    def sums(self, field, *domain):
        totals = defaultdict(float)
        for row in self.rows(*domain):
            totals[row.customer_id] += row[field]
        return {customer: round(value, 2) for customer, value in totals.items()}

    def assert_ties(self):
        """The table's balance is the receivable account's, to the cent."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT coalesce(sum(line.balance), 0) FROM account_move_line AS line
                 JOIN account_account AS account ON account.id = line.account_id
                 JOIN res_partner AS partner ON partner.id = line.partner_id
                WHERE account.account_type = 'asset_receivable'
                  AND line.parent_state = 'posted'
                  AND partner.commercial_partner_id = %s""",
            [self.office.id],
        )
        [[ledger]] = self.env.cr.fetchall()
        table = sum(self.rows().mapped("to_receive"))
        self.assertAlmostEqual(table, float(ledger), places=2)

    def test_each_branch_has_its_deliveries_invoices_and_payments(self):
        invoice = self.posted(
            self.order(self.north, 100.0), self.order(self.south, 50.0)
        )
        self.order(self.south, 7.0)
        self.assertEqual(self.sums("delivered"), {self.north: 100.0, self.south: 57.0})
        self.assertEqual(self.sums("invoiced"), {self.north: 100.0, self.south: 50.0})
        self.assertEqual(self.sums("to_invoice"), {self.north: 0.0, self.south: 7.0})
        self.pay(invoice, 75.0)
        self.assertEqual(self.sums("received"), {self.north: 50.0, self.south: 25.0})
        self.assertEqual(self.sums("to_receive"), {self.north: 50.0, self.south: 25.0})
        self.assert_ties()

    def test_odd_cents_are_nobodys_loss(self):
        customers = [self.north, self.south, self.office]
        orders = [
            self.order(customer, 33.33, 0.07 * place, taxed=True)
            for place, customer in enumerate(customers * 3, start=1)
        ]
        invoice = self.posted(*orders)
        for amount in (0.01, 100.0, 33.34):
            self.pay(invoice, amount)
            self.assert_ties()
        total = sum(self.sums("invoiced").values())
        self.assertAlmostEqual(total, invoice.amount_total, places=2)
        received = sum(self.sums("received").values())
        self.assertAlmostEqual(received, 133.35, places=2)

    def test_a_credit_note_lowers_what_its_branch_was_invoiced(self):
        invoice = self.posted(
            self.order(self.north, 100.0), self.order(self.south, 50.0)
        )
        credit = invoice._reverse_moves([{"invoice_date": "2026-11-12"}])
        credit.invoice_line_ids.filtered(
            lambda line: line.kehu_customer_id == self.south
        ).unlink()
        credit.action_post()
        (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self.sums("invoiced"), {self.north: 0.0, self.south: 50.0})
        self.assert_ties()

    def test_a_payment_in_advance_stands_with_the_party(self):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.office.id,
                "amount": 40.0,
                "payment_type": "inbound",
                "partner_type": "customer",
                "date": "2026-11-01",
            }
        )
        payment.action_post()
        self.assertEqual(self.sums("received"), {self.office: 40.0})
        self.assert_ties()
        invoice = self.posted(self.order(self.north, 30.0))
        (invoice.line_ids | payment.move_id.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self.sums("received"), {self.office: 10.0, self.north: 30.0})
        self.assert_ties()

    def test_foreign_currency_and_its_difference_tie_too(self):
        orders = [
            self.order(customer, 99.99, pricelist_id=self.pricelist.id, taxed=True)
            for customer in (self.north, self.south)
        ]
        invoice = self.posted(*orders)
        self.env["res.currency.rate"].create(
            {"name": "2026-11-15", "rate": 3.7, "currency_id": self.foreign.id}
        )
        self.pay(invoice, 150.0, currency_id=self.foreign.id)
        self.assert_ties()
        self.pay(invoice)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assert_ties()
        self.assertAlmostEqual(sum(self.sums("to_receive").values()), 0, places=2)

    def test_down_payments_and_returns_in_one_invoice_tie(self):
        order = self.order(self.north, 100.0, taxed=True)
        down = self.invoice(order, advance_payment_method="percentage", amount=30.0)
        down.invoice_date = "2026-11-01"
        down.action_post()
        self.posted(order, self.order(self.south, 50.0, taxed=True))
        self.assertEqual(
            self.sums("invoiced"),
            {
                self.north: order.amount_total,
                self.south: self.rows(
                    ("customer_id", "=", self.south.id), ("kind", "=", "delivery")
                ).delivered,
            },
        )
        self.assert_ties()

    def test_shares_that_cancel_out_keep_their_branches(self):
        work = self.order(self.north, 30.0, product=self.goods)
        work.order_line.qty_delivered = 1
        self.posted(work)
        work.order_line.qty_delivered = 0
        self.posted(work, self.order(self.south, 30.0))
        self.assertEqual(self.sums("invoiced"), {self.north: 0.0, self.south: 30.0})
        self.assert_ties()

    def test_the_party_fails_over_to_the_order_s_own_address(self):
        self.order(self.north, 9.0, partner_invoice_id=self.outsider.id)
        self.assertFalse(self.rows())
        rows = self.env["kehu.match"].search([("party_id", "=", self.outsider.id)])
        self.assertEqual(rows.customer_id, self.north)

    # === WHO SEES IT === #

    def test_salespeople_see_what_they_sold(self):
        self.posted(
            self.order(self.north, 1.0, user_id=self.rep.id),
            self.order(self.south, 2.0, user_id=self.rep.id),
        )
        self.order(self.north, 4.0, user_id=self.stranger.id)
        Match = self.env["kehu.match"]
        self.assertEqual(
            sum(Match.with_user(self.rep).search([]).mapped("delivered")), 3.0
        )
        self.assertEqual(
            sum(Match.with_user(self.stranger).search([]).mapped("delivered")), 4.0
        )
        self.assertEqual(
            sum(Match.with_user(self.clerk).search([]).mapped("delivered")), 7.0
        )
        with self.assertRaises(AccessError):
            Match.with_user(self.employee).search([])

    # === THE WORKBOOK === #

    def test_the_workbook_has_subtotals_by_branch_and_the_ledger_s_total(self):
        invoice = self.posted(
            self.order(self.north, 100.0), self.order(self.south, 50.0)
        )
        self.pay(invoice, 75.0)
        self.clerk.group_ids += self.env.ref("base.group_allow_export")
        statement = (
            self.env["kehu.statement"]
            .with_user(self.clerk)
            .create({"party_id": self.office.id})
        )
        action = statement.action_xlsx()
        self.assertEqual(action["report_type"], "k_xlsx")
        # What the browser asks for: without it, nothing is handed out.
        report = self.env["ir.actions.report"].browse(action["id"])
        self.assertEqual(report.report_name, action["report_name"])
        self.assertEqual(action["context"]["active_ids"], statement.ids)
        data, name = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            ._kehu_render_xlsx(statement)
        )
        self.assertTrue(name.endswith(".xlsx"))
        self.assertTrue(name.startswith(f"Statement of {self.office.name} up to "))
        sheet = load_workbook(io.BytesIO(data)).active
        self.assertEqual(f"{sheet['A1'].value}.xlsx", name)
        # Printed, all columns are on one page and the headings on each.
        self.assertEqual(sheet.page_setup.orientation, "landscape")
        self.assertTrue(sheet.sheet_properties.pageSetUpPr.fitToPage)
        self.assertEqual(sheet.page_setup.fitToHeight, 0)
        self.assertEqual(sheet.print_title_rows, "$1:$2")
        last = [cell.value for cell in sheet[sheet.max_row]]
        receivable = invoice.amount_residual
        self.assertEqual(last[-1], receivable)
        subtotals = [
            row[-1].value
            for row in sheet.iter_rows(min_row=3)
            if str(row[0].value or "").startswith("Subtotal")
        ]
        self.assertEqual(sorted(subtotals), [25.0, 50.0])

    def test_opening_balance_and_movements_make_the_closing_balance(self):
        """A statement of November begins with what October left open."""
        old = self.posted(self.order(self.north, 100.0), self.order(self.south, 50.0))
        new = self.posted(self.order(self.south, 7.0))
        new.button_draft()
        new.invoice_date = "2026-12-05"
        new.action_post()
        statement = self.env["kehu.statement"].create(
            {"party_id": self.office.id, "date_from": "2026-12-01"}
        )
        data, _name = statement._kehu_render_table()
        rows = [
            [cell.value for cell in row]
            for row in load_workbook(io.BytesIO(data)).active.iter_rows(min_row=3)
        ]
        openings = {row[0]: row[-1] for row in rows if row[3] == "Opening balance"}
        self.assertEqual(
            openings, {self.north.display_name: 100.0, self.south.display_name: 50.0}
        )
        self.assertEqual(rows[-1][-1], 157.0)
        self.assertEqual(rows[-1][-1], sum((old | new).mapped("amount_residual")))

    def test_who_may_not_export_gets_no_workbook(self):
        self.order(self.north, 1.0)
        self.clerk.group_ids -= self.env.ref("base.group_allow_export")
        rows = self.env["kehu.match"].with_user(self.clerk).search([])
        with self.assertRaises(AccessError):
            rows._kehu_render_table()

    def test_text_that_looks_like_a_formula_stays_text(self):
        self.north.short_name = "=1+1"
        self.order(self.north, 1.0)
        data, _name = self.rows()._kehu_render_table()
        sheet = load_workbook(io.BytesIO(data)).active
        self.assertEqual(sheet["A3"].data_type, "s")
        self.assertIn("=1+1", sheet["A3"].value)

    def test_deliveries_of_inventory_stand_by_their_number(self):
        self.need_inventory()
        pump = self.make_product(
            "Pump", type="consu", invoice_policy="delivery", list_price=10.0
        )
        order = self.order(self.north, 10.0, product=pump)
        order.order_line.product_uom_qty = 3
        numbers = []
        for quantity in (1, 2):
            delivery = order.picking_ids.filtered(lambda one: one.state != "done")
            delivery.move_ids.write({"quantity": quantity, "picked": True})
            delivery._action_done()
            numbers.append(delivery.name)
        rows = self.rows(("kind", "=", "delivery"))
        self.assertEqual(sorted(rows.mapped("document")), sorted(numbers))
        self.assertEqual(sum(rows.mapped("delivered")), order.amount_total)


@tagged("post_install", "-at_install")
class TestThreeTables(KehuInvoicing):
    """Sales statistics, archive table, funnel equal an independent sum (R26)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold = (
            cls.order(cls.north, 100.0, 5.0, taxed=True, user_id=cls.rep.id)
            | cls.order(cls.south, 50.0, taxed=True, user_id=cls.mate.id)
            | cls.order(cls.office, 8.0, user_id=cls.rep.id)
            | cls.order(cls.outsider, 2.0, user_id=cls.stranger.id)
        )
        cls.bills = cls.sold._create_invoices()
        cls.bills.action_post()
        cls.credit = cls.bills[:1]._reverse_moves([{"invoice_date": "2026-11-12"}])
        cls.credit.invoice_line_ids.filtered(
            lambda line: line.kehu_customer_id != cls.north
        ).unlink()
        cls.credit.action_post()
        cls.env.flush_all()

    def naive(self):
        """The same sums, order by order and line by line."""
        ordered, invoiced = defaultdict(float), defaultdict(float)
        for order in self.env["sale.order"].search([("state", "=", "sale")]):
            ordered[order.partner_id.commercial_partner_id] += order.amount_untaxed
        moves = self.env["account.move"].search(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        for line in moves.invoice_line_ids.filtered("product_id"):
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            who = line.sale_line_ids.order_id.partner_id or line.move_id.partner_id
            invoiced[who.commercial_partner_id] += sign * line.price_subtotal
        return ordered, invoiced

    def test_sales_statistics_equal_the_naive_sums(self):
        ordered, invoiced = self.naive()
        groups = self.env["kehu.sales.statistics"]._read_group(
            [],
            ["customer_id"],
            ["ordered_amount:sum", "invoiced_amount:sum"],
        )
        self.assertEqual(len(groups), 4)
        for customer, ordered_amount, invoiced_amount in groups:
            with self.subTest(customer=customer.name):
                self.assertAlmostEqual(ordered_amount, ordered[customer], places=2)
                self.assertAlmostEqual(invoiced_amount, invoiced[customer], places=2)

    def test_sales_statistics_know_head_office_and_class(self):
        groups = self.env["kehu.sales.statistics"]._read_group(
            [("kind", "=", "order")], ["head_office_id"], ["ordered_amount:sum"]
        )
        self.assertEqual(dict(groups), {self.office: 163.0, self.outsider: 2.0})

    def test_the_archive_table_equals_the_naive_sums(self):
        ordered, invoiced = self.naive()
        rows = self.env["kehu.customer.table"].search([])
        archives = self.env["kehu.archive"].search([("state", "!=", "destroyed")])
        self.assertEqual(rows.archive_id, archives.sorted("id") & rows.archive_id)
        self.assertEqual(len(rows), len(archives))
        for row in rows:
            with self.subTest(customer=row.partner_id.name):
                who = row.partner_id
                self.assertAlmostEqual(row.ordered_amount, ordered[who], places=2)
                self.assertAlmostEqual(row.invoiced_amount, invoiced[who], places=2)
                self.assertEqual(row.completeness, row.archive_id.completeness)
                self.assertEqual(
                    row.order_count,
                    len(
                        self.sold.filtered(
                            lambda order, who=who: order.partner_id == who
                        )
                    ),
                )

    def test_the_funnel_equals_the_naive_sums(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "partner_id": self.north.id,
                    "expected_revenue": 100.0 * number,
                    "user_id": self.rep.id,
                }
                for number in (1, 2, 3)
            ]
        )
        leads[0].action_set_lost()
        order = self.order(self.north, 70.0, opportunity_id=leads[1].id)
        self.make_quotation(self.north, 30.0, opportunity_id=leads[1].id)
        rows = self.env["kehu.sales.funnel"].search([("lead_id", "in", leads.ids)])
        self.assertEqual(sum(rows.mapped("expected_revenue")), 600.0)
        self.assertEqual(rows[1].ordered_amount, order.amount_untaxed)
        self.assertEqual(rows[1].quoted_amount, 100.0)
        self.assertEqual(rows[0].won_status, "lost")
        by_stage = self.env["kehu.sales.funnel"]._read_group(
            [("lead_id", "in", leads.ids)], ["stage_id"], ["opportunity_count:sum"]
        )
        self.assertEqual(sum(count for _stage, count in by_stage), 3)

    def test_everybody_sees_in_the_tables_what_the_documents_show(self):
        Statistics = self.env["kehu.sales.statistics"]
        for user in (self.rep, self.mate, self.stranger, self.manager):
            with self.subTest(user=user.login):
                orders = (
                    self.env["sale.order"]
                    .with_user(user)
                    .search([("state", "=", "sale")])
                )
                shown = Statistics.with_user(user).search([("kind", "=", "order")])
                self.assertAlmostEqual(
                    sum(shown.mapped("ordered_amount")),
                    sum(orders.mapped("amount_untaxed")),
                    places=2,
                )
                leads = (
                    self.env["crm.lead"]
                    .with_user(user)
                    .search_count(
                        [("type", "=", "opportunity"), ("active", "in", (True, False))]
                    )
                )
                funnel = self.env["kehu.sales.funnel"].with_user(user).search_count([])
                self.assertEqual(funnel, leads)
        for user in (self.rep, self.manager, self.archivist, self.auditor):
            with self.subTest(user=user.login):
                kept = self.env["kehu.archive"].with_user(user).search([])
                shown = self.env["kehu.customer.table"].with_user(user).search([])
                self.assertLessEqual(set(shown.archive_id.ids), set(kept.ids))
        for model in (
            "kehu.sales.statistics",
            "kehu.sales.funnel",
            "kehu.customer.table",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.employee).search([])

    def test_the_customer_opens_its_tables(self):
        for name, model in (
            ("action_kehu_sales_statistics", "kehu.sales.statistics"),
            ("action_kehu_sales_funnel", "kehu.sales.funnel"),
            ("action_kehu_match", "kehu.match"),
        ):
            action = getattr(self.office, name)()
            self.assertEqual(action["res_model"], model)
            self.env[model].search(action["domain"])
        action = self.office.action_kehu_sales_statistics()
        rows = self.env["kehu.sales.statistics"].search(action["domain"])
        self.assertEqual(rows.customer_id, self.office | self.north | self.south)

    def test_each_table_leaves_as_a_workbook(self):
        for model in ("kehu.sales.statistics", "kehu.customer.table"):
            rows = self.env[model].search([])
            data, _name = self.env["ir.actions.report"]._kehu_render_xlsx(rows)
            sheet = load_workbook(io.BytesIO(data)).active
            self.assertEqual(sheet.max_row, len(rows) + 3)
            columns = rows._get_table_columns()
            place = columns.index("invoiced_amount")
            self.assertAlmostEqual(
                sheet[sheet.max_row][place].value,
                sum(rows.mapped("invoiced_amount")),
                places=2,
            )

    def test_products_and_taxes_do_not_double_the_rows(self):
        rows = self.env["kehu.sales.statistics"].search(
            [("document", "=", self.sold[0].name)]
        )
        self.assertEqual(len(rows), 2)
        self.assertEqual(
            [Command.set(rows.product_id.ids)], [Command.set(self.service.ids)]
        )

    def test_a_statement_of_somebody_else_or_of_several_is_refused(self):
        """R51: whoever guesses numbers of dialogs gets a clear refusal."""
        self.clerk.group_ids += self.env.ref("base.group_allow_export")
        statements = self.env["kehu.statement"].with_user(self.clerk)
        mine = statements.create([{"party_id": self.office.id}] * 2)
        report = self.env["ir.actions.report"].with_user(self.clerk)
        with self.assertRaises(UserError):
            report._kehu_render_xlsx(mine)
        foreign = self.env["kehu.statement"].create({"party_id": self.office.id})
        with self.assertRaises(AccessError):
            report._kehu_render_xlsx(foreign.with_user(self.clerk))
