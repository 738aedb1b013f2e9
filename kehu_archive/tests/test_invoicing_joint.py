import base64

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..models.invoicing.allotment import allot
from .invoicing_common import KehuInvoicing


@tagged("post_install", "-at_install")
class TestJointInvoice(KehuInvoicing):
    """Customers of one head office may be invoiced together (R73, N9)."""

    def test_the_wizard_says_who_is_invoiced_before_drafts_are_made(self):
        """R73: two branches and a stranger"""
        orders = (
            self.order(self.north, 1.0)
            | self.order(self.south, 2.0)
            | self.order(self.outsider, 3.0)
        )
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=orders.ids, active_model="sale.order")
            .create({})
        )
        office, stranger = sorted(
            wizard.kehu_parties.split("\n"), key=lambda line: orders[2].name in line
        )
        self.assertTrue(office.startswith(self.office.display_name))
        self.assertIn(f"{orders[0].name} ({self.north.display_name})", office)
        self.assertIn(orders[1].name, office)
        self.assertNotIn(self.office.display_name, stranger)
        wizard.consolidated_billing = False
        self.assertFalse(wizard.kehu_parties)

    def test_two_branches_and_a_stranger_make_two_invoices(self):
        orders = (
            self.order(self.north, 100.0)
            | self.order(self.outsider, 7.0)
            | self.order(self.south, 20.0, 3.5)
        )
        invoices = self.invoice(orders)
        self.assertEqual(len(invoices), 2)
        joint = invoices.filtered(lambda move: move.partner_id == self.office)
        stranger = invoices - joint
        self.assertEqual(joint.amount_untaxed, 123.5)
        self.assertEqual(stranger.partner_id, self.outsider)
        self.assertEqual(stranger.amount_untaxed, 7.0)
        self.assertEqual(stranger.invoice_line_ids.kehu_customer_id, self.outsider)
        # The head office alone is enough: no invoiced party was chosen anywhere.
        self.assertFalse((self.north | self.south | self.office).invoicing_partner_id)
        joint.action_post()
        receivable = joint.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(receivable.partner_id, self.office)

    def test_each_branch_has_a_section_with_its_subtotal(self):
        orders = (
            self.order(self.south, 20.0, 3.5)
            | self.order(self.north, 100.0)
            | self.order(self.south, 1.5)
            | self.order(self.office, 5.0)
        )
        invoice = self.invoice(orders)
        self.assertEqual(
            self.sections(invoice),
            {
                "海风总公司 (370001)": 5.0,
                "海风北方分公司 (370002)": 100.0,
                "海风南方分公司 (370003)": 25.0,
            },
        )
        goods = invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        for line in goods:
            order = line.sale_line_ids.order_id
            self.assertEqual(line.kehu_order_ref, order.name)
            self.assertEqual(line.kehu_customer_id, order.partner_id)
        self.assertTrue(invoice.kehu_is_consolidated)
        # In order of the orders, not of a set.
        self.assertEqual(invoice.invoice_origin.split(", "), orders.mapped("name"))

    def test_sections_of_the_orders_become_subsections(self):
        order = self.order(self.north, 10.0)
        order.order_line = [
            Command.create(
                {"display_type": "line_section", "name": "Pumps", "sequence": 1}
            )
        ]
        order.order_line.filtered("product_id").sequence = 2
        order.invalidate_recordset()
        invoice = self.invoice(order | self.order(self.south, 4.0))
        self.assertEqual(
            invoice.invoice_line_ids.mapped("display_type"),
            ["line_section", "line_subsection", "product", "line_section", "product"],
        )
        self.assertEqual(self.sections(invoice)["海风北方分公司 (370002)"], 10.0)

    def test_terms_currency_and_tax_position_are_never_mixed(self):
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": self.setup_other_currency("EUR").id}
        )
        orders = (
            self.order(self.north, 1.0)
            | self.order(self.south, 2.0)
            | self.order(self.south, 4.0, payment_term_id=self.other_term.id)
            | self.order(self.south, 8.0, fiscal_position_id=position.id)
            | self.order(self.south, 16.0, pricelist_id=pricelist.id)
        )
        invoices = self.invoice(orders)
        self.assertEqual(sorted(invoices.mapped("amount_untaxed")), [3, 4, 8, 16])
        self.assertEqual(invoices.partner_id, self.office)
        for invoice in invoices:
            made_from = invoice.line_ids.sale_line_ids.order_id
            self.assertEqual(made_from.payment_term_id, invoice.invoice_payment_term_id)
            self.assertEqual(made_from.currency_id, invoice.currency_id)
            self.assertEqual(made_from.fiscal_position_id, invoice.fiscal_position_id)

    def test_a_branch_may_choose_and_the_head_office_may_choose_for_all(self):
        self.assertEqual(self.north.invoiced_party_id, self.office)
        self.office.invoicing_partner_id = self.outsider
        self.assertEqual(self.north.invoiced_party_id, self.outsider)
        self.north.invoicing_partner_id = self.north
        self.assertEqual(self.north.invoiced_party_id, self.north)
        self.assertEqual(self.south.invoiced_party_id, self.outsider)
        invoices = self.invoice(
            self.order(self.north, 1.0) | self.order(self.south, 2.0)
        )
        self.assertEqual(invoices.partner_id, self.north | self.outsider)

    def test_an_order_that_names_a_third_party_goes_there(self):
        order = self.order(self.north, 9.0, partner_invoice_id=self.outsider.id)
        self.assertFalse(order.kehu_invoiced_party_id)
        invoices = self.invoice(order | self.order(self.south, 1.0))
        self.assertEqual(len(invoices), 2)
        self.assertEqual(order.invoice_ids.partner_id, self.outsider)

    def test_unregistered_customers_are_invoiced_as_odoo_does(self):
        self.company.kehu_auto_register = False
        plain = self.make_partner()
        invoices = self.invoice(self.order(plain, 1.0) | self.order(plain, 2.0))
        self.assertEqual(len(invoices), 1)
        self.assertFalse(invoices.invoice_line_ids.kehu_customer_id)
        self.assertNotIn(
            "line_section", invoices.invoice_line_ids.mapped("display_type")
        )

    def test_without_consolidated_billing_each_order_has_its_invoice(self):
        orders = self.order(self.north, 1.0) | self.order(self.south, 2.0)
        invoices = self.invoice(orders, consolidated_billing=False)
        self.assertEqual(len(invoices), 2)
        self.assertEqual(invoices.partner_id, self.office)

    def test_an_archived_party_is_named(self):
        self.office.active = False
        with self.assertRaisesRegex(UserError, "海风总公司"):
            self.invoice(self.order(self.north, 1.0))

    def test_a_clerk_invoices_without_reading_the_archives(self):
        orders = self.order(self.north, 1.0) | self.order(self.south, 2.0)
        self.clerk.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        invoice = orders.with_user(self.clerk)._create_invoices()
        self.assertEqual(invoice.partner_id, self.office)
        invoice.action_post()

    # === THE AGREEMENT (N9) === #

    def set_tax_numbers(self):
        self.office.vat = "91370200MA9J4K838R"
        self.north.vat = "91370100MAK6W2X63D"

    def test_other_tax_numbers_ask_for_the_agreement(self):
        self.set_tax_numbers()
        self.assertTrue(self.north.invoicing_agreement_lacks)
        self.assertFalse(self.south.invoicing_agreement_lacks)
        orders = self.order(self.north, 1.0) | self.order(self.south, 2.0)
        invoice = self.invoice(orders)
        self.assertIn("海风北方分公司", invoice.kehu_agreement_warning)
        self.assertNotIn("海风南方分公司", invoice.kehu_agreement_warning)
        self.make_agreement()
        invoice.invalidate_recordset()
        self.north.invalidate_recordset()
        self.assertFalse(invoice.kehu_agreement_warning)
        self.assertFalse(self.north.invoicing_agreement_lacks)

    def test_a_company_may_refuse_without_the_agreement(self):
        self.set_tax_numbers()
        self.company.kehu_agreement_policy = "block"
        order = self.order(self.north, 1.0)
        with self.assertRaisesRegex(UserError, "海风北方分公司"):
            self.invoice(order)
        self.make_agreement()
        self.north.invalidate_recordset()
        self.assertEqual(self.invoice(order).partner_id, self.office)

    def test_an_agreement_that_has_ended_does_not_count(self):
        self.set_tax_numbers()
        self.make_agreement(date_from="2020-01-01", date_to="2020-12-31")
        self.assertTrue(self.north.invoicing_agreement_lacks)

    def test_an_agreement_is_between_two(self):
        with self.assertRaises(ValidationError):
            self.make_agreement(party_id=self.north.id)

    def make_agreement(self, **vals):
        return self.env["kehu.invoicing.agreement"].create(
            {
                "customer_id": self.north.id,
                "party_id": self.office.id,
                "document": base64.b64encode(b"signed"),
                "document_name": "agreement.pdf",
                **vals,
            }
        )

    # === AS POSTED (R65, R76, R78) === #

    def test_a_posted_invoice_keeps_name_tax_number_and_bank(self):
        self.office.vat = "91370200MA9J4K838R"
        bank = self.env["res.bank"].create({"name": "中国工商银行"})
        self.env["res.partner.bank"].create(
            {"partner_id": self.office.id, "acc_number": "6222-1", "bank_id": bank.id}
        )
        invoice = self.invoice(self.order(self.north, 1.0))
        invoice.action_post()
        self.office.write({"name": "海风新总公司", "vat": "91370100MAK6W2X63D"})
        self.office.bank_ids.acc_number = "6222-2"
        self.assertEqual(invoice.kehu_partner_bank, "中国工商银行 6222-1")
        printed = (
            self.env["ir.actions.report"]
            ._render_qweb_html("account.report_invoice", invoice.ids)[0]
            .decode()
        )
        for kept in ("海风总公司", "91370200MA9J4K838R", "中国工商银行 6222-1"):
            self.assertIn(kept, printed)
        for later in ("海风新总公司", "91370100MAK6W2X63D", "6222-2"):
            self.assertNotIn(later, printed)
        # Order number under the line, the branch as a heading.
        self.assertIn(invoice.invoice_origin, printed)
        self.assertIn("海风北方分公司 (370002)", printed)


@tagged("post_install", "-at_install")
class TestJointInvoiceOfCompanies(KehuInvoicing):
    """Invoices of two companies stay apart (R73)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"tracking_disable": True})
        cls.product_category = cls.product_category.with_env(cls.env)
        cls.second = cls.setup_other_company()["company"]

    def test_companies_are_never_mixed(self):
        companies = self.company | self.second
        orders = self.env["sale.order"]
        for company in companies:
            env = self.env(context={"allowed_company_ids": companies.ids})
            orders |= env["sale.order"].create(
                {
                    "partner_id": self.north.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.service.id,
                                "price_unit": 5.0,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        orders.action_confirm()
        invoices = orders._create_invoices()
        self.assertEqual(invoices.company_id, companies)
        self.assertEqual(len(invoices), 2)
        self.assertEqual(invoices.partner_id, self.office)


@tagged("post_install", "-at_install")
class TestAllotment(KehuInvoicing):
    """Which deliveries a quantity comes from (R73)."""

    def test_the_oldest_deliveries_come_first(self):
        deliveries = [("A", 10.0), ("B", 5.0)]
        self.assertEqual(allot(deliveries, 0, 15), [("A", 10), ("B", 5)])
        self.assertEqual(allot(deliveries, 10, 5), [("B", 5)])
        self.assertEqual(allot(deliveries, 8, 4), [("A", 2), ("B", 2)])

    def test_what_came_back_takes_away_from_what_went_before(self):
        deliveries = [("A", 10.0), ("R", -4.0), ("B", 2.0)]
        self.assertEqual(allot(deliveries, 0, 8), [("A", 6), ("B", 2)])

    def test_what_is_credited_came_back_last(self):
        deliveries = [("A", 10.0), ("R", -4.0), ("S", -1.0)]
        self.assertEqual(allot(deliveries, 10, -5), [("R", -4), ("S", -1)])
        self.assertEqual(allot(deliveries, 6, -1), [("S", -1)])
