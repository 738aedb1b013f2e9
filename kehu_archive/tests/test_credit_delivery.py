from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .credit_common import KehuCredit


@tagged("post_install", "-at_install")
class TestCreditDelivery(KehuCredit):
    """Goods do not leave for customers without credit."""

    def setUp(self):
        super().setUp()
        self.need_inventory()
        self.storeman = self.make_user("storeman", "stock.group_stock_user")
        self.goods = self.make_product(
            "Goods", type="consu", is_storable=False, list_price=40.0
        )

    def hand_out(self, customer, quantity=2):
        """A delivery that nobody ordered, ready to be validated."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        delivery = self.env["stock.picking"].create(
            {
                "partner_id": customer.id,
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": quantity,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                        }
                    )
                ],
            }
        )
        delivery.action_confirm()
        delivery.move_ids.write({"quantity": quantity, "picked": True})
        return delivery

    def ask(self, delivery):
        """Follow the way that the refusal offers; returns the request."""
        with self.assertRaises(RedirectWarning) as stopped:
            delivery.with_user(self.storeman).button_validate()
        message, action_id, _button, context = stopped.exception.args
        action = (
            self.env["ir.actions.server"]
            .browse(action_id)
            .with_user(self.storeman)
            .with_context(**context)
            .run()
        )
        release = self.env[action["res_model"]].browse(action["res_id"])
        return message, release.with_user(self.storeman)

    def test_a_delivery_without_an_order_is_released_by_itself(self):
        """R87: the warehouse asks, somebody else decides, the goods leave."""
        customer = self.make_customer()
        customer._kehu_apply_grade("c")
        self.company.kehu_credit_grade_policy = "block"
        delivery = self.hand_out(customer)
        message, release = self.ask(delivery)
        self.assertIn("credit grade C", message)
        self.assertEqual(release.amount, 80)
        release.reason = "Replacement under guarantee"
        release.action_submit()
        with self.assertRaises(RedirectWarning):
            delivery.with_user(self.storeman).button_validate()
        with self.assertRaises(UserError):
            release.action_approve()
        release.with_user(self.controller).action_approve()
        delivery.with_user(self.storeman).button_validate()
        self.assertEqual(delivery.state, "done")
        self.assertIn("Replacement", delivery.message_ids.mapped("body")[1])

    def test_a_released_delivery_that_grew_is_stopped_again(self):
        """R87"""
        customer = self.make_customer()
        customer._kehu_apply_grade("c")
        self.company.kehu_credit_grade_policy = "block"
        delivery = self.hand_out(customer)
        release = self.ask(delivery)[1]
        release.reason = "Guarantee"
        release.action_submit()
        release.with_user(self.controller).action_approve()
        delivery.move_ids.quantity = 3
        with self.assertRaises(RedirectWarning):
            delivery.with_user(self.storeman).button_validate()

    def test_goods_without_an_order_use_up_the_limit_at_list_prices(self):
        customer = self.make_customer()
        self.company.kehu_credit_limit_policy = "block"
        customer.with_company(self.company).credit_limit = 79.0
        with self.assertRaisesRegex(RedirectWarning, "80"):
            self.hand_out(customer).with_user(self.storeman).button_validate()
        customer.with_company(self.company).credit_limit = 80.0
        delivery = self.hand_out(customer)
        delivery.with_user(self.storeman).button_validate()
        self.assertEqual(delivery.state, "done")

    def test_a_release_lets_goods_leave_for_a_customer_without_a_filed_archive(self):
        """R61"""
        customer = self.make_customer()
        self.company.kehu_unfiled_policy = "block"
        delivery = self.hand_out(customer)
        release = self.ask(delivery)[1]
        self.assertEqual(release.kinds, "filing")
        release.reason = "Sample"
        release.action_submit()
        release.with_user(self.controller).action_approve()
        delivery.with_user(self.storeman).button_validate()
        self.assertEqual(delivery.state, "done")

    def test_what_nothing_stops_or_an_order_explains_is_not_asked_for_here(self):
        customer = self.make_customer()
        gate = self.env["kehu.delivery.gate"].with_user(self.storeman)
        with self.assertRaisesRegex(UserError, "Nothing stops"):
            gate.request_release(self.hand_out(customer).id)
        order = self.make_quotation(customer, 100, self.goods)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, order.name):
            gate.request_release(order.picking_ids.id)
        with self.assertRaises(AccessError):
            gate.with_user(self.employee).request_release(order.picking_ids.id)

    def test_a_delivery_is_stopped_and_passes_with_the_release_of_its_order(self):
        customer = self.make_customer()
        order = self.make_quotation(customer, 100, self.goods, user_id=self.rep.id)
        order.with_user(self.rep).action_confirm()
        delivery = order.picking_ids
        self.assertTrue(delivery)
        customer._kehu_apply_grade("c")
        self.company.kehu_credit_grade_policy = "block"
        self.rep.group_ids += self.env.ref("stock.group_stock_user")
        delivery.move_ids.quantity = 1
        delivery.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "credit grade C"):
            delivery.with_user(self.rep).button_validate()
        action = order.with_user(self.rep).action_kehu_request_release()
        release = self.env["kehu.credit.release"].browse(action["res_id"])
        release.with_user(self.rep).reason = "Paid in advance"
        release.with_user(self.rep).action_submit()
        release.with_user(self.controller).action_approve()
        delivery.with_user(self.rep).button_validate()
        self.assertEqual(delivery.state, "done")

    def test_deliveries_without_orders_use_the_limit_up_together(self):
        """R87: each would fit by itself"""
        customer = self.make_customer()
        self.company.kehu_credit_limit_policy = "block"
        customer.write({"use_partner_credit_limit": True, "credit_limit": 100})
        deliveries = self.hand_out(customer) | self.hand_out(customer)
        with self.assertRaises(UserError) as stopped:
            deliveries.with_user(self.storeman).button_validate()
        self.assertNotIn(deliveries[0].name, str(stopped.exception))
        self.assertIn(deliveries[1].name, str(stopped.exception))
        deliveries[0].with_user(self.storeman).button_validate()
        self.assertEqual(deliveries[0].state, "done")

    def test_an_order_that_grew_after_it_was_confirmed_is_stopped_at_the_delivery(self):
        """R87: also beyond what was released"""
        customer = self.make_customer()
        self.company.kehu_credit_limit_policy = "block"
        customer.write({"use_partner_credit_limit": True, "credit_limit": 1000})
        order = self.make_quotation(
            customer, 600, product=self.goods, user_id=self.rep.id
        )
        order.with_user(self.rep).action_confirm()
        order.order_line.write({"product_uom_qty": 2, "price_unit": 600})
        delivery = order.picking_ids
        delivery.move_ids.write({"quantity": 2, "picked": True})
        with self.assertRaisesRegex(UserError, "200.00.* too much"):
            delivery.with_user(self.storeman).button_validate()
        action = order.with_user(self.rep).action_kehu_request_release()
        release = self.env[action["res_model"]].browse(action["res_id"])
        release.with_user(self.rep).reason = "Guarantee"
        release.with_user(self.rep).action_submit()
        release.with_user(self.controller).action_approve()
        order.order_line.write({"product_uom_qty": 3, "price_unit": 600})
        delivery.move_ids.write({"quantity": 3, "picked": True})
        with self.assertRaisesRegex(UserError, "800.00.* too much"):
            delivery.with_user(self.storeman).button_validate()
        order.order_line.write({"product_uom_qty": 2, "price_unit": 600})
        delivery.move_ids.write({"quantity": 2, "picked": True})
        delivery.with_user(self.storeman).button_validate()
        self.assertEqual(delivery.state, "done")

    def test_rules_that_came_after_an_order_hold_at_its_delivery(self):
        """R87: open orders are looked at anew by the present rules"""
        customer = self.make_customer()
        customer._kehu_apply_grade("c")
        order = self.make_quotation(
            customer, 600, product=self.goods, user_id=self.rep.id
        )
        order.with_user(self.rep).action_confirm()
        self.assertFalse(order.kehu_credit_warning)
        self.company.kehu_credit_grade_policy = "block"
        order.invalidate_recordset()
        self.assertIn("credit grade C", order.kehu_credit_warning)
        delivery = order.picking_ids
        delivery.move_ids.write({"quantity": 1, "picked": True})
        with self.assertRaisesRegex(UserError, "credit grade C"):
            delivery.with_user(self.storeman).button_validate()
