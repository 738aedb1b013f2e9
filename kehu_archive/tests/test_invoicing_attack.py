from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .invoicing_common import KehuInvoicing

_MODELS = (
    "kehu.invoice.run",
    "kehu.invoice.run.line",
    "kehu.invoicing.agreement",
    "kehu.match",
    "kehu.statement",
    "kehu.sales.statistics",
    "kehu.sales.funnel",
    "kehu.customer.table",
    "kehu.customer.kpi",
)


class InvoicingAttack(KehuInvoicing):
    def make_run(self, user=None, **vals):
        run = (
            self.env["kehu.invoice.run"]
            .with_user(user or self.clerk)
            .create(
                {
                    "date_from": "2020-01-01",
                    "date_to": "2099-12-31",
                    "invoice_date": "2026-10-31",
                    "head_office_ids": [Command.set(self.office.ids)],
                    **vals,
                }
            )
        )
        run.action_preview()
        return run

    def posted(self, *orders):
        invoice = self.invoice(self.env["sale.order"].union(*orders))
        invoice.action_post()
        return invoice


@tagged("post_install", "-at_install")
class TestInvoicingForged(InvoicingAttack):
    """What a remote call tries with guessed numbers and made-up contexts (R51, R73)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "kehu_portal", groups="base.group_portal")

    def test_nobody_without_a_part_in_it_reads_or_writes_anything(self):
        self.posted(self.order(self.north, 1.0))
        run = self.make_run()
        ids = {"kehu.invoice.run": run.ids, "kehu.invoice.run.line": run.line_ids.ids}
        for user in (self.employee, self.portal):
            for name in _MODELS:
                with self.subTest(user=user.login, model=name):
                    model = self.env[name].with_user(user)
                    with self.assertRaises(AccessError):
                        model.search_read([], limit=1)
                    with self.assertRaises(AccessError):
                        model.browse(ids.get(name, [1])).read()
                    with self.assertRaises(AccessError):
                        model.create({})

    def test_every_step_of_a_run_is_the_invoicing_clerks(self):
        self.order(self.north, 1.0)
        run = self.make_run()
        for user in (self.employee, self.portal, self.rep, self.manager):
            for owner in (run, run.line_ids):
                steps = [
                    name
                    for name in dir(type(owner))
                    if name.startswith("action_") and "kehu" in type(owner)._name
                ]
                for name in steps:
                    if name.startswith(("action_view", "action_archive", "action_una")):
                        continue
                    with self.subTest(user=user.login, step=name):
                        with self.assertRaises(AccessError):
                            getattr(owner.with_user(user), name)()
        self.assertEqual(run.state, "preview")

    def test_salespeople_read_every_field_of_ours_of_customers_and_orders(self):
        order = self.order(self.north, 1.0, user_id=self.rep.id)
        self.order(self.office, 1.0, user_id=self.rep.id)
        for record in (self.north, self.office, order, order.order_line):
            with self.subTest(model=record._name):
                record = record.with_user(self.rep)
                ours = [
                    name
                    for name in record.fields_get(attributes=[])
                    if record._fields[name]._module == "kehu_archive"
                ]
                self.assertTrue(record.read(ours))

    def test_a_clerk_of_another_company_sees_no_run_and_no_row(self):
        self.order(self.north, 1.0)
        run = self.make_run()
        rows = run.line_ids.ids
        other = self.env["res.company"].create({"name": "Elsewhere"})
        clerk = new_test_user(
            self.env,
            "kehu_clerk_elsewhere",
            groups="base.group_user,account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        run = run.with_context(allowed_company_ids=other.ids)
        for owner in (run, self.env["kehu.invoice.run.line"].browse(rows)):
            owner = owner.with_context(allowed_company_ids=other.ids)
            with self.assertRaises(AccessError):
                owner.with_user(clerk).read()
        for step in ("action_preview", "action_create_drafts", "action_cancel"):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(run.with_user(clerk), step)()
        match = run.with_user(clerk).env["kehu.match"]
        self.assertFalse(match.search([("party_id", "=", self.office.id)]))

    def test_a_made_up_context_joins_nothing(self):
        address = self.make_partner(parent_id=self.outsider.id, is_company=False)
        orders = self.order(self.outsider, 1.0) | self.order(
            self.outsider, 2.0, partner_shipping_id=address.id
        )
        forged = orders.with_context(kehu_joint_invoice=True, kehu_run_plan=1)
        invoices = forged._create_invoices()
        self.assertEqual(len(invoices), 2)
        self.assertFalse(invoices.kehu_run_id)

    def test_name_tax_number_and_bank_of_the_posting_cannot_be_written(self):
        invoice = self.posted(self.order(self.north, 1.0))
        moves = self.env["account.move"].with_user(self.clerk)
        for name in ("kehu_partner_name", "kehu_partner_vat", "kehu_partner_bank"):
            with self.subTest(field=name):
                for context in ({}, {"kehu_posting": True}):
                    with self.assertRaises(AccessError):
                        invoice.with_user(self.clerk).with_context(**context).write(
                            {name: "Forged"}
                        )
                plain = self.make_partner()
                forged = moves.with_context(**{f"default_{name}": "Forged"}).create(
                    {
                        "move_type": "out_invoice",
                        "partner_id": plain.id,
                        name: "Forged",
                    }
                )
                self.assertFalse(forged[name])
        self.assertEqual(invoice.kehu_partner_name, self.office.name)

    def test_who_ordered_stays_on_a_posted_invoice(self):
        invoice = self.posted(self.order(self.north, 1.0))
        goods = invoice.invoice_line_ids.filtered("product_id")
        with self.assertRaises(AccessError):
            goods.with_user(self.clerk).kehu_customer_id = self.south
        with self.assertRaises(AccessError):
            goods.with_user(self.clerk).kehu_order_ref = "S1"
        self.assertEqual(goods.kehu_customer_id, self.north)

    def test_a_previewed_run_stays_with_its_company(self):
        self.order(self.north, 1.0)
        run = self.make_run()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.clerk.company_ids += other
        with self.assertRaises(UserError):
            run.company_id = other


@tagged("post_install", "-at_install")
class TestInvoicingEdges(InvoicingAttack):
    """What happens between and after the clicks that everybody thinks of (R73, N9)."""

    # === DOWN PAYMENTS === #

    def paid_in_advance(self, customer=None, **vals):
        order = self.order(customer or self.north, 100.0, **vals)
        self.invoice(
            order, advance_payment_method="percentage", amount=30.0
        ).action_post()
        return order

    def test_a_down_payment_waits_for_what_was_ordered(self):
        order = self.paid_in_advance(product=self.goods)
        self.order(self.south, 50.0)
        run = self.make_run()
        reasons = run.line_ids.filtered(lambda row: row.order_id == order)
        self.assertEqual(set(reasons.mapped("reason")), {"waits", "undelivered"})
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 50.0)
        order.order_line.filtered(lambda line: line.product_id == self.goods)[
            :1
        ].qty_delivered = 1
        run = self.make_run()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 70.0)

    def test_goods_left_out_by_hand_leave_their_down_payment_out(self):
        order = self.paid_in_advance()
        self.order(self.south, 50.0)
        run = self.make_run()
        rows = run.line_ids.filtered(lambda row: row.order_id == order)
        goods = rows.filtered(lambda row: row.reason == "ordered")
        goods.action_leave_out()
        self.assertEqual(set(rows.mapped("reason")) - {"invoiced"}, {"excluded"})
        goods.action_take_in()
        self.assertIn("downpayment", rows.mapped("reason"))
        goods.action_leave_out()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 50.0)

    def test_a_down_payment_asks_for_the_agreement_too(self):
        self.office.vat = "91370200MA9J4K838R"
        self.north.vat = "91370100MAK6W2X63D"
        self.company.kehu_agreement_policy = "block"
        with self.assertRaisesRegex(UserError, self.north.name):
            self.paid_in_advance()

    # === HEADINGS === #

    def test_a_run_brings_no_heading_of_lines_that_stay_out(self):
        order = self.order(self.north, 1.0, 2.0, 4.0)
        first, second, third = order.order_line
        order.order_line = [
            Command.update(first.id, {"sequence": 12}),
            Command.update(second.id, {"sequence": 14}),
            Command.update(third.id, {"sequence": 16}),
            *[
                Command.create({"display_type": kind, "name": name, "sequence": place})
                for kind, name, place in (
                    ("line_section", "A", 10),
                    ("line_note", "of A", 11),
                    ("line_subsection", "A1", 13),
                    ("line_subsection", "A2", 15),
                )
            ],
        ]
        order.invalidate_recordset()
        run = self.make_run()
        run.line_ids.filtered(
            lambda row: row.order_line_id in first | second
        ).action_leave_out()
        run.action_create_drafts()
        names = run.move_ids.invoice_line_ids.filtered("display_type").mapped("name")
        self.assertIn("A", names)
        self.assertIn("A2", names)
        self.assertNotIn("A1", names)

    # === WHAT CHANGES BETWEEN PREVIEW AND DRAFTS, AND WHAT IS ARCHIVED === #

    def test_another_price_since_the_preview_is_refused_and_named(self):
        order = self.order(self.north, 100.0)
        run = self.make_run()
        order.order_line.price_unit = 90.0
        run.action_create_drafts()
        self.assertFalse(run.move_ids)
        self.assertIn(order.name, run.line_ids.detail)
        run = self.make_run()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 90.0)

    def test_another_head_office_since_the_preview_is_refused_and_named(self):
        order = self.order(self.north, 100.0)
        run = self.make_run()
        self.north.head_office_id = self.make_customer(name="Other office")
        run.action_create_drafts()
        self.assertFalse(run.move_ids)
        self.assertIn(order.name, run.line_ids.detail)

    def test_an_archived_branch_is_invoiced_for_what_it_ordered(self):
        self.order(self.north, 100.0)
        self.north.active = False
        for offices in (self.office, self.office.browse()):
            with self.subTest(chosen=len(offices)):
                run = self.make_run(head_office_ids=[Command.set(offices.ids)])
                self.assertEqual(run.line_ids.customer_id, self.north)
                self.assertEqual(run.line_ids.mapped("reason"), ["ordered"])
        run.action_create_drafts()
        self.assertEqual(run.move_ids.partner_id, self.office)

    def test_a_party_of_another_company_is_named_and_not_invoiced(self):
        order = self.order(self.north, 100.0)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.office.company_id = other
        self.env.flush_all()
        self.env.invalidate_all()
        run = self.make_run(head_office_ids=False)
        rows = run.line_ids.filtered(lambda row: row.order_id == order)
        self.assertEqual(rows.mapped("reason"), ["party"])
        self.assertIn(self.office.name, rows.detail)

    def test_a_merged_branch_keeps_its_part_of_the_invoices(self):
        invoice = self.posted(self.order(self.north, 100.0))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.north.id, self.south.id], self.south
        )
        self.env.invalidate_all()
        goods = invoice.invoice_line_ids.filtered("product_id")
        self.assertEqual(goods.kehu_customer_id, self.south)
        self.assertEqual(self.match(self.office, "invoiced"), {self.south: 100.0})
        self.assertEqual(self.match(self.office, "to_invoice"), {self.south: 0.0})

    def test_invoicing_journals_are_never_mixed(self):
        special = self.company_data["default_journal_sale"].copy({"name": "Special"})
        orders = (
            self.order(self.north, 1.0)
            | self.order(self.south, 2.0, journal_id=special.id)
            | self.order(self.south, 4.0)
        )
        invoices = self.invoice(orders)
        self.assertEqual(
            {move.journal_id: move.amount_untaxed for move in invoices},
            {special: 2.0, self.company_data["default_journal_sale"]: 5.0},
        )

    # === ORDERS THAT ARE CANCELLED === #

    def test_a_cancelled_order_takes_its_own_lines_off_the_joint_draft(self):
        gone = self.order(self.north, 100.0, taxed=True)
        gone.order_line = [
            Command.create(
                {"display_type": "line_section", "name": "Pumps", "sequence": 1}
            )
        ]
        orders = self.order(self.south, 50.0, taxed=True) | self.order(
            self.south, 7.0, taxed=True
        )
        invoice = self.invoice(gone | orders)
        with self.assertRaises(AccessError):
            gone.with_user(self.rep).action_cancel()
        gone.action_cancel()
        self.assertEqual((gone.state, invoice.state), ("cancel", "draft"))
        self.assertEqual(self.sections(invoice), {self.heading(self.south): 57.0})
        self.assertEqual(len(invoice.invoice_line_ids), 3)
        self.assertEqual(invoice.amount_total, sum(orders.mapped("amount_total")))
        self.assertEqual(invoice.invoice_origin.split(", "), orders.mapped("name"))
        orders[0].action_cancel()
        self.assertEqual(self.sections(invoice), {self.heading(self.south): 7.0})
        orders[1].action_cancel()
        self.assertEqual(invoice.state, "cancel")

    def heading(self, customer):
        return f"{customer.name} ({customer.ref})"

    # === COPIES AND CREDIT NOTES === #

    def test_only_what_bills_the_order_bears_its_number(self):
        order = self.order(self.north, 1.0)
        invoice = self.posted(order)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        instead = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        for move in invoice.reversal_move_ids | instead:
            goods = move.invoice_line_ids.filtered("product_id")
            self.assertEqual(goods.kehu_order_ref, order.name)
            self.assertEqual(goods.kehu_customer_id, self.north)
        copy = invoice.copy().invoice_line_ids.filtered("product_id")
        self.assertFalse(copy.sale_line_ids)
        self.assertFalse(copy.kehu_order_ref)
        self.assertEqual(copy.kehu_customer_id, self.north)

    # === THE MATCH TABLE === #

    def match(self, party, field="to_receive"):
        self.env.invalidate_all()
        groups = self.env["kehu.match"]._read_group(
            [("party_id", "=", party.id)], ["customer_id"], [f"{field}:sum"]
        )
        return {customer: round(amount, 2) for customer, amount in groups}

    def test_shares_that_nearly_cancel_out_stay_what_they_are(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "A tenth",
                "rounding": 0.1,
                "strategy": "add_invoice_line",
                "rounding_method": "DOWN",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        work = self.order(self.north, 100.0, product=self.goods)
        work.order_line.qty_delivered = 1
        self.posted(work)
        work.order_line.qty_delivered = 0
        invoice = self.invoice(work | self.order(self.south, 100.03))
        invoice.invoice_cash_rounding_id = rounding
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 0)
        sums = self.match(self.office, "invoiced")
        self.assertAlmostEqual(sums[self.north], 0, delta=0.03)
        self.assertAlmostEqual(sums[self.south], 100.03, delta=0.03)
        self.assertAlmostEqual(sum(sums.values()), 100.0, places=2)

    def test_deliveries_stay_with_whom_they_were_invoiced_to(self):
        other = self.make_customer(name="Other office")
        self.posted(self.order(self.north, 100.0))
        self.north.head_office_id = other
        self.order(self.north, 7.0)
        self.assertEqual(self.match(self.office, "to_invoice"), {self.north: 0})
        self.assertEqual(self.match(other, "to_invoice"), {self.north: 7})

    def test_a_party_that_becomes_a_department_takes_its_ledger_along(self):
        invoice = self.posted(self.order(self.north, 100.0))
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 40.0})._create_payments()
        parent = self.make_customer(name="Parent")
        self.office.write({"is_company": False, "parent_id": parent.id})
        self.assertEqual(self.office.commercial_partner_id, parent)
        self.assertFalse(self.match(self.office))
        self.assertEqual(sum(self.match(parent).values()), 60.0)
