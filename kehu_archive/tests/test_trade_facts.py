from odoo.tests import freeze_time, tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestTradeFacts(KehuCommon):
    """Life cycle and deal stage follow orders and quotations (R30, R31, R41)."""

    def make_order(self, customer, day=None):
        order = self.env["sale.order"].create({"partner_id": customer.id})
        if day:
            order.action_confirm()
            order.date_order = f"{day} 04:00:00"
        return order

    def stand(self, customer):
        self.cr.precommit.run()
        customer._kehu_refresh_trade()
        return customer.lifecycle, customer.deal_stage

    def test_a_customer_without_a_deal_is_a_future_one(self):
        self.assertEqual(self.stand(self.make_customer()), ("future", False))

    def test_a_quotation_makes_a_customer_about_to_deal_until_it_is_cancelled(self):
        customer = self.make_customer()
        order = self.make_order(customer)
        self.assertEqual(self.stand(customer), ("future", "upcoming"))
        order._action_cancel()
        self.assertEqual(self.stand(customer), ("future", False))

    def test_new_turns_old_and_current_turns_former_twelve_months_after_the_deal(self):
        customer = self.make_customer()
        self.make_order(customer, "2025-03-15")
        for today, expected in (
            ("2026-03-14 04:00:00", ("new", "current")),
            ("2026-03-15 04:00:00", ("old", "past")),
        ):
            with self.subTest(today=today), freeze_time(today):
                self.assertEqual(self.stand(customer), expected)

    def test_an_order_that_changes_hands_refreshes_both_customers(self):
        one, other = self.make_customer(), self.make_customer()
        order = self.make_order(one)
        self.cr.precommit.run()
        self.assertEqual(one.deal_stage, "upcoming")
        order.partner_id = other
        self.cr.precommit.run()
        self.assertFalse(one.deal_stage)
        self.assertEqual(other.deal_stage, "upcoming")

    def test_a_deleted_quotation_no_longer_counts(self):
        customer = self.make_customer()
        order = self.make_order(customer)
        self.cr.precommit.run()
        self.assertEqual(customer.deal_stage, "upcoming")
        order.unlink()
        self.cr.precommit.run()
        self.assertFalse(customer.deal_stage)
