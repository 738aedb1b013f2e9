from odoo import Command
from odoo.tests import tagged

from .invoicing_common import KehuInvoicing


@tagged("post_install", "-at_install")
class TestInvoicingDeliveries(KehuInvoicing):
    """Deliveries of Inventory, which the test databases have, are named (R73)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.need_inventory()
        cls.clerk.group_ids += cls.env.ref("account.group_account_invoice")
        cls.pump = cls.make_product(
            "Pump", type="consu", invoice_policy="delivery", list_price=10.0
        )
        cls.second_warehouse = cls.env["stock.warehouse"].create(
            {"name": "Second", "code": "W2", "company_id": cls.company.id}
        )

    def deliver(self, order, quantity, day):
        """Deliver a part; the rest becomes a backorder. Returns the delivery."""
        delivery = order.picking_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )
        delivery.move_ids.quantity = quantity
        delivery.move_ids.picked = True
        delivery._action_done()
        delivery.move_ids.date = f"{day} 04:00:00"
        delivery.date_done = f"{day} 04:00:00"
        return delivery

    def ten_pumps(self, customer, **vals):
        order = self.order(customer, 10.0, product=self.pump, **vals)
        order.order_line.product_uom_qty = 10
        order.date_order = "2026-10-02 04:00:00"
        return order

    def make_run(self, month):
        run = (
            self.env["kehu.invoice.run"]
            .with_user(self.clerk)
            .create(
                {
                    "date_from": f"2026-{month}-01",
                    "date_to": f"2026-{month}-28",
                    "invoice_date": f"2026-{month}-28",
                    "head_office_ids": [Command.set(self.office.ids)],
                }
            )
        )
        run.action_preview()
        return run

    def test_nothing_is_invoiced_before_it_is_delivered(self):
        order = self.ten_pumps(self.north)
        run = self.make_run("10")
        self.assertEqual(run.line_ids.mapped("reason"), ["undelivered"])
        self.assertEqual(run.line_ids.order_id, order)

    def test_only_the_deliveries_of_the_period_are_invoiced(self):
        order = self.ten_pumps(self.north)
        first = self.deliver(order, 4, "2026-10-10")
        second = self.deliver(order, 3, "2026-11-10")
        run = self.make_run("10")
        self.assertEqual(
            [
                (row.delivery_ref, row.quantity, row.reason)
                for row in run.line_ids.sorted("id")
            ],
            [
                (first.name, 4, "delivered"),
                (second.name, 3, "later"),
                (False, 3, "undelivered"),
            ],
        )
        run.action_create_drafts()
        goods = run.move_ids.invoice_line_ids.filtered("product_id")
        self.assertEqual(goods.quantity, 4)
        self.assertEqual(goods.kehu_delivery_ref, first.name)
        self.assertEqual(goods.kehu_papers, f"{goods.kehu_order_ref}\n{first.name}")
        self.assertEqual(run.move_ids.amount_untaxed, 40.0)
        run.action_post()
        november = self.make_run("11")
        november.action_create_drafts()
        goods = november.move_ids.invoice_line_ids.filtered("product_id")
        self.assertEqual((goods.quantity, goods.kehu_delivery_ref), (3, second.name))

    def test_a_row_of_two_deliveries_may_be_left_out(self):
        order = self.ten_pumps(self.north)
        self.deliver(order, 4, "2026-10-10")
        left = self.deliver(order, 6, "2026-10-12")
        run = self.make_run("10")
        run.line_ids.filtered(
            lambda row: row.delivery_ref == left.name
        ).action_leave_out()
        run.action_create_drafts()
        self.assertEqual(run.move_ids.amount_untaxed, 40.0)
        self.assertEqual(order.order_line.qty_to_invoice, 6)

    def test_several_warehouses_stand_on_one_invoice(self):
        orders = self.ten_pumps(self.north) | self.ten_pumps(
            self.south, warehouse_id=self.second_warehouse.id
        )
        for order in orders:
            self.deliver(order, 10, "2026-10-10")
        invoice = self.invoice(orders)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(
            set(
                invoice.invoice_line_ids.filtered("product_id").mapped(
                    "kehu_delivery_ref"
                )
            ),
            set(orders.picking_ids.mapped("name")),
        )

    def test_returned_goods_are_credited_with_the_number_of_the_return(self):
        order = self.ten_pumps(self.north)
        delivery = self.deliver(order, 10, "2026-10-10")
        self.invoice(order).action_post()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 3
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.write({"quantity": 3, "picked": True})
        back._action_done()
        self.assertEqual(order.order_line.qty_to_invoice, -3)
        credit = self.invoice(order)
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.amount_untaxed, 30.0)
        goods = credit.invoice_line_ids.filtered("product_id")
        self.assertEqual(goods.kehu_delivery_ref, back.name)

    def test_goods_that_are_packed_are_not_delivered_yet(self):
        """Of two steps the second one delivers: its number, on its day."""
        self.second_warehouse.delivery_steps = "pick_ship"
        order = self.ten_pumps(self.north, warehouse_id=self.second_warehouse.id)
        packed = self.deliver(order, 10, "2026-10-05")
        sent = []
        for quantity, day in ((4, "2026-10-20"), (6, "2026-11-03")):
            sent.append(self.deliver(order, quantity, day))
        self.assertNotIn(packed, sent)
        run = self.make_run("10")
        self.assertEqual(
            [
                (row.delivery_ref, row.quantity, row.reason)
                for row in run.line_ids.sorted("id")
            ],
            [(sent[0].name, 4, "delivered"), (sent[1].name, 6, "later")],
        )
