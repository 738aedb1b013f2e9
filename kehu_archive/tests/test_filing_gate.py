from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .accounting import KehuAccounting


@tagged("post_install", "-at_install")
class TestFilingGate(KehuAccounting):
    """Business with customers whose archive is not filed: off, warn or block (R61)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            login="kehu_seller",
            groups="base.group_user,sales_team.group_sale_manager,"
            "account.group_account_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer = cls.make_customer(name="Unfiled Ltd")
        cls.filed = cls.make_filed(name="Filed Ltd").partner_id

    def set_policy(self, policy):
        self.company.kehu_unfiled_policy = policy

    def confirm(self, customer, user=None):
        order = self.make_quotation(customer)
        order.with_user(user or self.seller).action_confirm()
        return order

    def post(self, customer, kind="out_invoice"):
        invoice = self.make_invoice(customer, post=False, kind=kind)
        invoice.with_user(self.seller).action_post()
        return invoice

    def notes(self, document):
        return " ".join(document.message_ids.mapped("body"))

    # === THREE MODES === #

    def test_the_company_starts_with_off_and_nothing_is_said(self):
        self.assertEqual(self.env["res.company"].new().kehu_unfiled_policy, "off")
        self.set_policy("off")
        order, invoice = self.confirm(self.customer), self.post(self.customer)
        self.assertEqual((order.state, invoice.state), ("sale", "posted"))
        self.assertFalse(order.kehu_filing_warning)
        self.assertNotIn("Unfiled Ltd", self.notes(order) + self.notes(invoice))

    def test_warn_shows_a_banner_and_leaves_a_note(self):
        self.set_policy("warn")
        order = self.make_quotation(self.customer)
        self.assertIn("Unfiled Ltd", order.kehu_filing_warning)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("Unfiled Ltd", self.notes(order))
        invoice = self.make_invoice(self.customer, post=False)
        self.assertIn("Unfiled Ltd", invoice.kehu_filing_warning)
        invoice.with_user(self.seller).action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertIn("Unfiled Ltd", self.notes(invoice))

    def test_block_stops_the_order_and_says_what_to_do_r61(self):
        """R61"""
        self.set_policy("block")
        with self.assertRaises(UserError) as refusal:
            self.confirm(self.customer)
        self.assertIn("Unfiled Ltd", str(refusal.exception))
        self.assertIn(self.customer.archive_id.state, "draft")

    def test_block_stops_the_invoice(self):
        self.set_policy("block")
        with self.assertRaisesRegex(UserError, "Unfiled Ltd"):
            self.post(self.customer)

    def test_the_message_follows_where_the_archive_stands(self):
        self.set_policy("block")
        said = set()
        archive = self.customer.archive_id
        said.add(*self.customer._kehu_get_filing_faults().values())
        archive.with_user(self.rep).action_submit()
        said.add(*self.customer._kehu_get_filing_faults().values())
        archive.with_user(self.archivist).action_file()
        self.assertEqual(self.customer._kehu_get_filing_faults(), {})
        self.assertEqual(self.confirm(self.customer).state, "sale")
        archive.with_user(self.archivist).action_close("over")
        said.add(*self.customer._kehu_get_filing_faults().values())
        self.assertEqual(len(said), 3)

    def test_one_unfiled_customer_stops_the_whole_batch(self):
        self.set_policy("block")
        orders = self.make_quotation(self.filed) | self.make_quotation(self.customer)
        with self.assertRaises(UserError) as refusal, self.cr.savepoint():
            orders.with_user(self.seller).action_confirm()
        self.assertNotIn("Filed Ltd:", str(refusal.exception).replace("Unf", ""))
        orders.invalidate_recordset()
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_a_filed_customer_passes_everywhere(self):
        self.set_policy("block")
        self.assertEqual(self.confirm(self.filed).state, "sale")
        self.assertEqual(self.post(self.filed).state, "posted")

    def test_a_contact_counts_for_its_company(self):
        self.set_policy("block")
        contact = self.make_partner(is_company=False, parent_id=self.customer.id)
        with self.assertRaises(UserError):
            self.confirm(contact)

    def test_a_company_that_was_never_registered_is_bound_too(self):
        self.set_policy("block")
        self.company.kehu_auto_register = False
        with self.assertRaisesRegex(UserError, "Nobody Ltd"):
            self.confirm(self.make_partner(name="Nobody Ltd"))

    # === WHO IS NOT BOUND === #

    def test_private_persons_are_bound_only_once_they_are_registered(self):
        self.set_policy("block")
        self.company.kehu_auto_register = False
        person = self.make_partner(is_company=False)
        self.assertEqual(self.confirm(person).state, "sale")
        person._kehu_register()
        with self.assertRaises(UserError):
            self.confirm(person)

    def test_our_own_companies_and_colleagues_are_not_bound(self):
        self.set_policy("block")
        for partner in (self.company.partner_id, self.mate.partner_id):
            with self.subTest(partner=partner.name):
                self.assertEqual(self.confirm(partner).state, "sale")

    def test_money_can_always_be_paid_back(self):
        self.set_policy("block")
        self.assertEqual(self.post(self.customer, "out_refund").state, "posted")

    def test_bills_of_suppliers_are_none_of_its_business(self):
        self.set_policy("block")
        self.assertEqual(self.post(self.customer, "in_invoice").state, "posted")

    def test_a_customer_who_confirms_online_is_not_turned_away(self):
        self.set_policy("block")
        portal = new_test_user(
            self.env, login="kehu_portal", groups="base.group_portal"
        )
        order = self.make_quotation(self.customer)
        order.with_user(portal).sudo().action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("Unfiled Ltd", self.notes(order))

    def test_another_company_keeps_its_own_rule(self):
        self.set_policy("block")
        other = self.env["res.company"].create({"name": "Other"})
        order = self.make_quotation(self.customer, company_id=other.id)
        self.assertFalse(order.kehu_filing_warning)

    # === DELIVERIES === #

    def make_delivery(self, customer):
        """A delivery of goods in stock, ready to be validated."""
        goods = self.make_product("Pump", type="consu")
        order = self.make_quotation(customer, product=goods)
        order.action_confirm()
        delivery = order.picking_ids
        self.assertTrue(delivery)
        delivery.move_ids.quantity = 1
        delivery.move_ids.picked = True
        return delivery

    def test_block_stops_the_delivery_and_off_and_warn_let_it_pass(self):
        self.need_inventory()
        deliverer = new_test_user(
            self.env,
            login="kehu_store",
            groups="base.group_user,stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.set_policy("off")
        blocked, warned, passed, filed = (
            self.make_delivery(customer)
            for customer in (self.customer, self.customer, self.customer, self.filed)
        )
        passed.with_user(deliverer).button_validate()
        self.assertEqual(passed.state, "done")
        self.assertNotIn("Unfiled Ltd", self.notes(passed))
        self.set_policy("warn")
        warned.with_user(deliverer).button_validate()
        self.assertEqual(warned.state, "done")
        self.assertIn("Unfiled Ltd", self.notes(warned))
        self.set_policy("block")
        with self.assertRaisesRegex(UserError, "Unfiled Ltd"), self.cr.savepoint():
            blocked.with_user(deliverer).button_validate()
        filed.with_user(deliverer).button_validate()
        self.assertEqual(filed.state, "done")

    def test_what_comes_in_is_never_held_up(self):
        self.need_inventory()
        self.set_policy("block")
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        receipt = self.env["stock.picking"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
            }
        )
        self.env["stock.move"].create(
            {
                "picking_id": receipt.id,
                "product_id": self.make_product("Pump", type="consu").id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picked": True,
                "location_id": receipt.location_id.id,
                "location_dest_id": receipt.location_dest_id.id,
            }
        )
        receipt.with_user(self.seller).sudo().button_validate()
        self.assertEqual(receipt.state, "done")

    # === SCREEN === #

    def test_the_banner_appears_as_soon_as_the_customer_is_chosen(self):
        self.set_policy("warn")
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            self.assertFalse(form.kehu_filing_warning)
            form.partner_id = self.customer
            self.assertIn("Unfiled Ltd", form.kehu_filing_warning)
            form.partner_id = self.filed
            self.assertFalse(form.kehu_filing_warning)

    def test_fifty_orders_take_as_many_queries_as_one(self):
        self.set_policy("warn")
        orders = self.env["sale.order"].union(
            *(self.make_quotation(self.make_customer()) for _ in range(50))
        )
        counts = []
        for some in (orders[:1], orders[:1], orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("kehu_filing_warning")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
