import io
from contextlib import contextmanager
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .invoicing_common import KehuInvoicing


@tagged("post_install", "-at_install")
class TestMatchOfFew(KehuInvoicing):
    """N8: of a few customers or one salesperson, only their documents are read."""

    def posted(self, *orders):
        invoice = self.invoice(self.env["sale.order"].union(*orders))
        invoice.invoice_date = "2026-11-10"
        invoice.action_post()
        return invoice

    def pay(self, invoice, amount):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create(
            {"payment_date": "2026-11-20", "amount": amount}
        )._create_payments()

    def make_mixed(self):
        """Joint and own invoices, paid jointly, in part, in advance, or not."""
        self.joint = joint = self.posted(
            self.order(self.north, 100.0, user_id=self.rep.id),
            self.order(self.south, 50.0, user_id=self.mate.id),
        )
        other = self.posted(self.order(self.outsider, 70.0, user_id=self.rep.id))
        self.pay(joint, 60.0)
        self.pay(other, 70.0)
        self.order(self.south, 20.0)
        refund = joint._reverse_moves([{"invoice_date": "2026-11-12"}])
        refund.action_post()
        (joint | refund).line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable" and not line.reconciled
            )
        ).reconcile()
        self.env.flush_all()
        self.env.invalidate_all()

    def assert_same_as_of_all(self, domain, user=None):
        """What is found within the scope is what is found among all."""
        table = self.env["kehu.match"].with_user(user or self.env.user)
        scoped = table.search(domain)
        with patch.object(type(table), "_get_scope", lambda *_args: None):
            self.env.invalidate_all()
            whole = table.search(domain)
            expected = whole.read(["customer_id", "delivered", "invoiced", "received"])
        self.env.invalidate_all()
        found = scoped.read(["customer_id", "delivered", "invoiced", "received"])
        self.assertEqual(found, expected)
        self.assertTrue(found)

    def test_customers_parties_sellers_and_rows_have_what_all_would_show(self):
        self.make_mixed()
        ids = self.env["kehu.match"].search([]).ids
        for domain in (
            [("party_id", "=", self.office.id)],
            [("customer_id", "=", self.north.id)],
            [("customer_id", "in", (self.south | self.outsider).ids)],
            [
                "|",
                ("customer_id", "=", self.office.id),
                ("party_id", "=", self.outsider.id),
            ],
            ["|", ("customer_id", "=", self.north.id), ("user_id", "=", self.mate.id)],
            [("user_id", "=", self.rep.id)],
            [("id", "in", ids[::2])],
            [("customer_id", "!=", self.north.id)],
            [("customer_id.name", "ilike", "北方")],
            [("kind", "=", "payment"), ("party_id", "=", self.office.id)],
        ):
            with self.subTest(domain=domain):
                self.assert_same_as_of_all(domain)
        self.assert_same_as_of_all([], self.rep)
        self.assert_same_as_of_all([("customer_id", "=", self.south.id)], self.mate)

    def test_only_the_documents_of_those_who_are_asked_for_are_read(self):
        self.make_mixed()
        Match = self.env["kehu.match"]
        orders = self.env["sale.order"].search([("partner_id", "=", self.outsider.id)])
        scope = Match._get_scope([("customer_id", "=", self.outsider.id)])
        self.assertEqual(scope["orders"], orders.ids)
        self.assertIn(orders.invoice_ids.id, scope["invoices"])
        self.assertNotIn(self.joint.id, scope["invoices"])
        self.assertIsNone(Match._get_scope([]))
        self.assertIsNone(Match._get_scope([("customer_id", "!=", self.north.id)]))
        self.assertIsNotNone(Match.with_user(self.rep)._get_scope([]))

    # === THE WORKBOOK === #

    def test_who_may_read_the_accounts_but_no_orders_gets_the_workbook(self):
        """A list shows the name of each order; so does the file."""
        order = self.order(self.north, 1.0)
        accountant = new_test_user(
            self.env,
            login="kehu_accountant",
            groups="account.group_account_readonly,base.group_allow_export",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.env.invalidate_all()
        rows = self.env["kehu.match"].with_user(accountant).search([])
        data, _name = rows._kehu_render_table()
        sheet = load_workbook(io.BytesIO(data)).active
        place = rows._get_table_columns().index("order_id")
        self.assertIn(order.name, [row[place].value for row in sheet.iter_rows()])

    def test_the_table_is_computed_once_for_a_workbook_however_long(self):
        for amount in (1.0, 2.0, 3.0, 4.0):
            self.order(self.north, amount)
        rows = self.env["kehu.match"].search([])
        self.env.invalidate_all()
        with self.watch_queries() as queries, patch("odoo.orm.fields.PREFETCH_MAX", 2):
            rows._kehu_render_table()
        read = [query for query in queries if "AS delivered" in query]
        self.assertEqual(len(read), 1)

    @contextmanager
    def watch_queries(self):
        """Give the texts of the queries of a block."""
        queries = []
        execute = type(self.env.cr).execute

        def watched(cr, query, params=None, **options):
            queries.append(query.code if isinstance(query, SQL) else str(query))
            return execute(cr, query, params, **options)

        with patch.object(type(self.env.cr), "execute", watched):
            yield queries

    def test_a_scope_that_a_remote_call_sends_changes_nothing(self):
        self.make_mixed()
        rows = self.env["kehu.match"].search([("party_id", "=", self.office.id)])
        names = ["document", "invoiced", "received"]
        told = rows.read(names)
        self.assertTrue(told)
        forged = {kind: [] for kind in ("orders", "invoices", "entries", "partials")}
        self.env.invalidate_all()
        self.assertEqual(rows.with_context(kehu_scope=forged).read(names), told)
        self.assertEqual(
            rows.with_context(kehu_scope=forged)._get_scope_sql("orders", SQL("id")),
            SQL("TRUE"),
        )
