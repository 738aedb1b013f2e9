from unittest.mock import patch

from odoo.tests import tagged

from .invoicing_common import KehuInvoicing


@tagged("post_install", "-at_install")
class TestKpiOfFew(KehuInvoicing):
    """N8: of a few customers, or of a keeper's, only their documents are read."""

    def make_figures(self):
        """Orders, invoices and repeats of three customers."""
        for customer in (self.north, self.north, self.south, self.outsider):
            invoice = self.invoice(self.order(customer, 100.0))
            invoice.invoice_date = "2026-11-10"
            invoice.action_post()
        self.north.archive_id.user_id = self.rep
        self.env.flush_all()

    def get_figures(self, domain, user):
        table = self.env["kehu.customer.kpi"].with_user(user)
        self.env.invalidate_all()
        names = ["customer_id", "order_count", "repeat_percent", "invoiced_amount"]
        return table.search(domain).read([*names, "charged_amount", "margin"])

    def test_customers_offices_keepers_and_teams_have_what_all_would_show(self):
        self.make_figures()
        kind = type(self.env["kehu.customer.kpi"])
        me = self.env.user
        for domain, user in (
            ([("customer_id", "=", self.north.id)], me),
            ([("head_office_id", "=", self.office.id)], me),
            ([("customer_id", "in", (self.south | self.outsider).ids)], me),
            ([("user_id", "=", self.rep.id)], me),
            ([("customer_id", "!=", self.north.id)], me),
            (
                [
                    "|",
                    ("customer_id", "=", self.office.id),
                    ("head_office_id", "=", self.office.id),
                ],
                me,
            ),
            ([], self.rep),
            ([], self.manager),
        ):
            with self.subTest(domain=domain, user=user.login):
                found = self.get_figures(domain, user)
                with patch.object(kind, "_get_scope", lambda *_args: None):
                    self.assertEqual(found, self.get_figures(domain, user))
        self.assertTrue(self.get_figures([], self.rep))

    def test_only_the_invoices_of_those_who_are_asked_for_are_read(self):
        self.make_figures()
        table = self.env["kehu.customer.kpi"]
        scope = table._get_scope([("customer_id", "=", self.outsider.id)])
        moves = self.env["account.move"].browse(scope["moves"])
        self.assertEqual(moves.commercial_partner_id, self.outsider)
        self.assertIsNone(table._get_scope([]))
        self.assertIsNotNone(table.with_user(self.rep)._get_scope([]))
        self.assertIsNotNone(table.with_user(self.manager)._get_scope([]))
