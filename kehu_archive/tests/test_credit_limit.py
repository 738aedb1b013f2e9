from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_common import KehuGate


@tagged("post_install", "-at_install")
class TestCreditLimit(KehuGate):
    """Orders above the limit of the group, or of the customer, are stopped (R87)."""

    def test_the_limit_counts_debts_orders_and_the_document_once(self):
        """Odoo's own figure counts a contact's orders apart (anchors 7)."""
        self.set_rules(limit_policy="block")
        self.set_limit(self.customer, 1000)
        contact = self.make_partner(parent_id=self.customer.id, is_company=False)
        self.owe(self.customer, 300, due=20)
        order = self.quote(contact, 400)
        self.confirm(order)
        self.confirm(self.quote(contact, 200))
        with self.assertRaisesRegex(UserError, r"(?s)1,000.*900.*150.*50"):
            self.confirm(self.quote(self.customer, 150))
        self.confirm(self.quote(self.customer, 100))
        # An invoice takes the place of its order.
        self.invoice_order(order)
        exposure = self.env["kehu.credit.gate"]._get_exposure
        self.assertAlmostEqual(exposure(self.customer, self.company, True), 1000)

    def test_a_payment_makes_room_again(self):
        self.set_rules(limit_policy="block")
        self.set_limit(self.customer, 1000)
        invoice = self.owe(self.customer, 1000, due=20)
        with self.assertRaises(UserError):
            self.confirm(self.quote())
        self.pay(invoice, amount=100)
        self.confirm(self.quote())

    def test_the_limit_of_the_group_goes_first_and_the_own_one_second(self):
        """anchors 4"""
        self.set_rules(limit_policy="block")
        branch = self.make_customer(head_office_id=self.customer.id)
        other = self.make_customer(head_office_id=self.customer.id)
        self.set_limit(self.customer, 1000)
        self.set_limit(branch, 300)
        self.owe(other, 600, due=20)
        self.confirm(self.quote(branch, 300))
        with self.assertRaises(UserError) as caught:
            self.confirm(self.quote(branch, 200))
        first, second = str(caught.exception).splitlines()[1:3]
        self.assertIn(self.customer.name, first)
        self.assertIn(branch.name, second)
        self.confirm(self.quote(other, 100))

    def test_an_explicit_limit_of_0_means_no_credit(self):
        """anchors 7, 9"""
        self.set_rules(limit_policy="block")
        self.confirm(self.quote())
        self.set_limit(self.customer, 0)
        self.assertTrue(self.customer.use_partner_credit_limit)
        with self.assertRaisesRegex(UserError, "has no credit: its limit is 0"):
            self.confirm(self.quote())
        self.customer.use_partner_credit_limit = False
        self.assertFalse(self.customer.kehu_zero_credit)
        self.confirm(self.quote())

    def test_the_default_limit_of_the_company_holds_for_who_has_none(self):
        self.set_rules(limit_policy="block")
        self.env["ir.default"].set("res.partner", "credit_limit", 500)
        self.customer.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "500"):
            self.confirm(self.quote(amount=600))

    # === JOINT INVOICES === #

    def make_joint_branch(self, **vals):
        """A branch whose head office is invoiced for what it orders."""
        return self.make_customer(head_office_id=self.customer.id, **vals)

    def test_the_own_limit_of_a_branch_counts_what_its_head_office_is_invoiced(self):
        """anchors 4: group first, own second, also after the joint invoice (R73)"""
        self.set_rules(limit_policy="block")
        branch, other = self.make_joint_branch(), self.make_joint_branch()
        self.set_limit(branch, 300)
        orders = self.quote(branch, 200) + self.quote(other, 600)
        for order in orders:
            self.confirm(order)
        invoice = self.invoice_order(orders)
        self.assertEqual(invoice.commercial_partner_id, self.customer)
        exposure = self.env["kehu.credit.gate"]._get_exposure
        for case in ("posted", "half paid"):
            with self.subTest(case=case):
                part = 1 if case == "posted" else 0.5
                self.assertAlmostEqual(
                    exposure(branch, self.company, False), 200 * part
                )
                self.assertAlmostEqual(
                    exposure(self.customer, self.company, True), 800 * part
                )
                with self.assertRaisesRegex(UserError, branch.name):
                    self.confirm(self.quote(branch, 301 - 200 * part))
            if case == "posted":
                self.pay(invoice, amount=400)
        self.confirm(self.quote(branch, 200))

    def test_a_draft_of_the_head_office_counts_for_the_branch_once(self):
        """R73"""
        branch = self.make_joint_branch()
        order = self.quote(branch, 200)
        self.confirm(order)
        order._create_invoices()
        exposure = self.env["kehu.credit.gate"]._get_exposure
        self.assertAlmostEqual(exposure(branch, self.company, False), 200)

    def test_who_answers_for_itself_answers_for_joint_invoices_too(self):
        """R73, R87: another party is invoiced than the one whose credit is used"""
        self.set_rules(limit_policy="block")
        branch = self.make_joint_branch()
        branch.credit_partner_id = branch
        self.set_limit(branch, 300)
        order = self.quote(branch, 200)
        self.confirm(order)
        self.invoice_order(order)
        with self.assertRaisesRegex(UserError, branch.name):
            self.confirm(self.quote(branch, 101))
        self.confirm(self.quote(branch, 100))

    def test_the_card_says_both_limits_and_what_is_left_of_them(self):
        """R87: an explicit 0 is no credit, and no limit is not 0"""
        office = self.make_customer()
        branch = self.make_customer(head_office_id=office.id)
        self.assertFalse(branch.with_user(self.rep).kehu_own_limit)
        self.set_limit(office, 1000)
        self.set_limit(branch, 0)
        self.owe(branch, 300)
        self.env.invalidate_all()
        card = branch.with_user(self.rep)
        self.assertIn("1,000.00", card.kehu_group_limit)
        self.assertIn("700.00", card.kehu_group_limit)
        self.assertIn("no credit", card.kehu_own_limit)
        self.assertIn("300.00", card.kehu_own_limit)
        self.owe(branch, 900)
        self.env.invalidate_all()
        self.assertIn("too much", card.kehu_group_limit)

    def test_of_a_confirmed_order_it_is_said_that_it_is_counted(self):
        self.set_rules(limit_policy="block")
        order = self.quote(amount=100)
        self.confirm(order)
        self.set_limit(self.customer, 60)
        order.invalidate_recordset()
        self.assertRegex(order.kehu_credit_warning, r"100.00.*included: .*40.00")
        self.set_limit(self.customer, 0)
        order.invalidate_recordset()
        self.assertRegex(order.kehu_credit_warning, r"100.00.*included\.")

    def test_limits_are_on_the_form_where_only_this_module_looks_at_them(self):
        self.company.account_use_credit_limit = False
        self.set_rules(limit_policy="off")
        self.assertFalse(self.customer.show_credit_limit)
        self.set_rules(limit_policy="warn")
        self.customer.invalidate_recordset()
        self.assertTrue(self.customer.show_credit_limit)

    # === A LIMIT OF 0, WHICHEVER WAY IT CAME === #

    def limit(self, partner, company=None):
        partner.invalidate_recordset()
        return partner.with_company(company or self.company)._kehu_get_limit()

    def test_a_limit_of_0_is_told_when_a_customer_is_made(self):
        """Anchors 7: by import or over RPC a 0 is a 0; a form sends it with the mark."""
        for vals, limit in (
            ({"credit_limit": 0}, 0),
            ({"credit_limit": 0, "use_partner_credit_limit": True}, 0),
            ({"use_partner_credit_limit": True}, 0),
            ({"credit_limit": 0, "use_partner_credit_limit": False}, None),
            ({}, None),
        ):
            with self.subTest(**vals):
                self.assertEqual(self.limit(self.make_customer(**vals)), limit)

    def test_a_limit_of_0_is_told_when_a_customer_is_changed(self):
        for vals, limit in (
            ({"credit_limit": 0}, 0),
            ({"credit_limit": 0, "use_partner_credit_limit": False}, None),
            ({"credit_limit": 5, "use_partner_credit_limit": True}, 5),
            ({"credit_limit": 0, "use_partner_credit_limit": True}, 0),
            ({"use_partner_credit_limit": False}, None),
        ):
            with self.subTest(**vals):
                self.customer.write(vals)
                self.assertEqual(self.limit(self.customer), limit)

    def test_a_default_that_comes_later_is_no_limit_of_who_has_none(self):
        self.customer.write({"use_partner_credit_limit": True, "credit_limit": 0})
        self.env["ir.default"].set("res.partner", "credit_limit", 500)
        self.assertEqual(self.limit(self.customer), 0)

    def test_each_company_has_its_own_limit_of_0(self):
        other = self._create_company(name="Second")
        self.customer.with_company(other).write(
            {"use_partner_credit_limit": True, "credit_limit": 0}
        )
        self.assertIsNone(self.limit(self.customer))
        self.assertEqual(self.limit(self.customer, other), 0)

    def test_contacts_are_not_without_credit_because_their_company_is(self):
        """A contact that becomes a customer later has no limit yet."""
        self.customer.write({"use_partner_credit_limit": True, "credit_limit": 0})
        contact = self.make_partner(parent_id=self.customer.id, is_company=False)
        self.customer.write({"credit_limit": 0})
        self.assertFalse(contact.kehu_zero_credit)

    def test_where_one_of_two_merged_customers_has_no_credit_the_result_has_none(self):
        for zero_is_kept in (True, False):
            with self.subTest(zero_is_kept=zero_is_kept):
                zero, rich = self.make_customer(), self.make_customer()
                zero.write({"use_partner_credit_limit": True, "credit_limit": 0})
                rich.write({"use_partner_credit_limit": True, "credit_limit": 900})
                kept = zero if zero_is_kept else rich
                self.env["base.partner.merge.automatic.wizard"]._merge(
                    (zero | rich).ids, kept
                )
                self.assertEqual(self.limit(kept), 0)
                self.assertFalse(kept.credit_limit)
