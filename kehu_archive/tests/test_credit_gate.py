from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import tagged

from .credit_common import KehuCredit


@tagged("post_install", "-at_install")
class TestCreditGate(KehuCredit):
    """Documents of customers without credit are stopped, with figures (R87)."""

    def setUp(self):
        super().setUp()
        self.customer = self.make_customer()

    def set_rules(self, **policies):
        self.company.write({f"kehu_credit_{key}": val for key, val in policies.items()})

    def confirm(self, order, user=None):
        return order.with_user(user or self.rep).action_confirm()

    def quote(self, customer=None, amount=100.0, **vals):
        return self.make_quotation(
            customer or self.customer, amount, user_id=self.rep.id, **vals
        )

    def make_grade(self, grade, customer=None):
        (customer or self.customer).sudo()._kehu_apply_grade(grade)

    def request_release(self, order, reason="Guarantee given"):
        action = order.with_user(self.rep).action_kehu_request_release()
        release = self.env[action["res_model"]].browse(action["res_id"])
        release = release.with_user(self.rep)
        release.reason = reason
        release.action_submit()
        return release

    # === GRADE === #

    def test_an_order_of_a_c_customer_passes_warns_or_is_stopped(self):
        self.make_grade("c")
        for policy in ("off", "warn", "block"):
            with self.subTest(policy=policy):
                self.set_rules(grade_policy=policy)
                order = self.quote()
                self.assertEqual(bool(order.kehu_credit_warning), policy != "off")
                if policy == "block":
                    with self.assertRaisesRegex(UserError, "credit grade C"):
                        self.confirm(order)
                    self.assertEqual(order.state, "draft")
                else:
                    self.confirm(order)
                    self.assertEqual(order.state, "sale")
                noted = "credit grade C" in "".join(order.message_ids.mapped("body"))
                self.assertEqual(noted, policy == "warn")

    def test_the_reasons_of_the_grade_stand_in_the_message(self):
        self.set_rules(grade_policy="block", auto_accept=True)
        invoice = self.owe(self.customer, 1000, due=-120)
        self.customer.with_user(self.rep).action_kehu_assess_credit()
        with self.assertRaisesRegex(UserError, f"(?s)120 days.*{invoice.name}"):
            self.confirm(self.quote())

    def test_a_branch_is_stopped_for_its_credit_party(self):
        branch = self.make_customer(head_office_id=self.customer.id)
        self.make_grade("c")
        self.assertEqual(branch.credit_grade, "c")
        self.set_rules(grade_policy="block")
        with self.assertRaisesRegex(UserError, self.customer.name):
            self.confirm(self.quote(branch))

    def test_a_customer_who_signs_online_is_not_stopped(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote()
        order.sudo().with_user(self.env.ref("base.user_root")).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("credit grade C", "".join(order.message_ids.mapped("body")))

    # === OVERDUE === #

    def test_overdue_debts_stop_from_the_day_after_the_limit_on(self):
        self.set_rules(overdue_policy="block", overdue_days=30)
        invoice = self.owe(self.customer, 1000, due=-30)
        self.confirm(self.quote())
        self.set_rules(overdue_days=29)
        with self.assertRaisesRegex(UserError, r"30 days, more than 29; .*1,000"):
            self.confirm(self.quote())
        self.pay(invoice)
        self.confirm(self.quote())

    # === LIMIT === #

    def set_limit(self, partner, limit):
        partner.with_company(self.company).write(
            {"use_partner_credit_limit": True, "credit_limit": limit}
        )

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

    # === TERMS === #

    def test_payment_terms_are_allowed_by_grade(self):
        self.set_rules(terms_policy="block", terms_days_b=30, terms_days_c=0)
        self.make_grade("b")
        terms = {
            days: self.env["account.payment.term"].create(
                {
                    "name": f"{days} days",
                    "line_ids": [
                        Command.create(
                            {
                                "value": "percent",
                                "value_amount": 100,
                                "nb_days": days,
                            }
                        )
                    ],
                }
            )
            for days in (0, 30, 31)
        }
        self.confirm(self.quote(payment_term_id=terms[30].id))
        late = self.quote(payment_term_id=terms[31].id)
        with self.assertRaisesRegex(UserError, "31 days; grade B allows 30"):
            self.confirm(late)
        self.make_grade("c")
        with self.assertRaisesRegex(UserError, "grade C allows 0"):
            self.confirm(self.quote(payment_term_id=terms[30].id))
        self.confirm(self.quote(payment_term_id=terms[0].id))

    def test_the_banner_tells_what_stops_an_order_from_what_does_not(self):
        self.make_grade("c")
        self.owe(self.customer, 1000, due=-60)
        self.set_rules(grade_policy="warn", overdue_policy="block", overdue_days=30)
        text = self.quote().kehu_credit_warning
        first, rest = text.split("Does not stop it, but should be known:")
        self.assertIn("overdue for 60 days", first)
        self.assertIn("credit grade C", rest)
        self.set_rules(overdue_policy="warn")
        self.assertNotIn("Does not stop", self.quote().kehu_credit_warning)

    # === RELEASE === #

    def test_a_released_order_goes_ahead_and_the_release_is_on_record(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote(amount=500)
        release = self.request_release(order)
        self.assertEqual(release.kinds, "grade")
        self.assertIn("credit grade C", release.obstacles)
        with self.assertRaises(UserError):
            self.confirm(order)
        with self.assertRaisesRegex(UserError, "does not decide"):
            release.action_approve()
        with self.assertRaises(UserError):
            release.with_user(self.manager).action_approve()
        release.with_user(self.controller).action_approve()
        self.assertEqual(release.approver_id, self.controller)
        order.invalidate_recordset()
        self.assertFalse(order.kehu_credit_blocked)
        self.confirm(order)
        self.assertEqual(order.state, "sale")
        self.assertIn(
            "Released by Kehu controller", "".join(order.message_ids.mapped("body"))
        )

    def test_a_release_covers_its_amount_and_its_reasons_only(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote(amount=500)
        self.request_release(order).with_user(self.controller).action_approve()
        order.order_line.price_unit = 501
        with self.assertRaises(UserError):
            self.confirm(order)
        order.order_line.price_unit = 400
        self.owe(self.customer, 10, due=-300)
        self.set_rules(overdue_policy="block")
        with self.assertRaises(UserError):
            self.confirm(order)
        self.request_release(order).with_user(self.controller).action_approve()
        self.confirm(order)

    def test_a_release_lets_a_customer_without_a_filed_archive_pass(self):
        """R61"""
        self.company.kehu_unfiled_policy = "block"
        order = self.quote()
        with self.assertRaises(UserError):
            self.confirm(order)
        self.assertTrue(order.kehu_filing_blocked)
        release = self.request_release(order)
        self.assertEqual(release.kinds, "filing")
        self.assertEqual(release.kinds_text, "No Filed Archive")
        release.with_user(self.controller).action_approve()
        order.invalidate_recordset()
        self.assertFalse(order.kehu_filing_blocked)
        self.assertTrue(order.kehu_filing_warning)
        self.confirm(order)
        self.assertEqual(order.state, "sale")
        with self.assertRaises(UserError):
            self.confirm(self.quote())

    def test_the_document_is_offered_to_who_may_read_it(self):
        """A controller decides by the figures of the request; the order may be another
        department's."""
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        release = self.request_release(self.quote())
        self.assertTrue(release.can_open)
        self.assertFalse(release.with_user(self.controller).can_open)

    def test_a_refused_release_says_why(self):
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        order = self.quote()
        release = self.request_release(order)
        self.env["kehu.credit.refuse"].with_user(self.controller).with_context(
            active_model=release._name, active_ids=release.ids
        ).create({"reason": "Pay first"}).action_confirm()
        self.assertEqual(release.state, "refused")
        self.assertEqual(release.decision_reason, "Pay first")
        self.assertEqual(order.kehu_release_state, "refused")
        with self.assertRaises(UserError):
            self.confirm(order)

    def test_what_nothing_stops_needs_no_release_and_nobody_forges_one(self):
        order = self.quote()
        with self.assertRaisesRegex(UserError, "Nothing stops"):
            order.with_user(self.rep).action_kehu_request_release()
        self.make_grade("c")
        self.set_rules(grade_policy="block")
        release = self.request_release(order)
        with self.assertRaises(AccessError):
            release.write({"state": "approved"})
        with self.assertRaises(AccessError):
            release.write({"amount": 10**6})
        with self.assertRaises(UserError):
            self.confirm(order)

    # === OVERRIDE === #

    def override(self, grade="a", days=10):
        return (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .create(
                {
                    "partner_id": self.customer.id,
                    "grade": grade,
                    "valid_until": self.day(days),
                    "reason": "Payment plan signed",
                }
            )
        )

    def test_an_override_holds_until_its_last_day_and_then_the_books_again(self):
        """R87"""
        self.set_rules(grade_policy="block", auto_accept=True)
        self.owe(self.customer, 1000, due=-120)
        self.customer.action_kehu_assess_credit()
        self.assertEqual(self.customer.credit_grade, "c")
        override = self.override()
        override.action_submit()
        with self.assertRaises(UserError):
            override.action_approve()
        override.with_user(self.controller).action_approve()
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.credit_grade, "a")
        self.assertEqual(self.customer.credit_assessment_id.state, "overridden")
        self.confirm(self.quote())
        # A new snapshot changes nothing meanwhile.
        self.customer.action_kehu_assess_credit()
        self.customer.invalidate_recordset()
        last = self.customer.credit_assessment_id
        self.assertEqual(
            (last.computed_grade, last.grade, last.state), ("c", "a", "overridden")
        )
        self.assertEqual(self.customer.credit_grade, "a")
        # The day after, even before the nightly run, and for good after it.
        self.env.cr.execute(
            "UPDATE kehu_credit_override SET valid_until = %s WHERE id = %s",
            [self.today - timedelta(days=1), override.id],
        )
        override.invalidate_recordset()
        with self.assertRaises(UserError):
            self.confirm(self.quote())
        self.env["kehu.credit.override"]._end_expired()
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.credit_grade, "c")
        self.assertEqual(self.customer.credit_assessment_id.state, "accepted")
        self.assertTrue(override.ended)

    def test_an_override_needs_a_reason_and_a_day_to_come(self):
        """R87"""
        with self.assertRaises(ValidationError):
            self.override(days=-1)
        override = self.override()
        override.reason = False
        with self.assertRaisesRegex(UserError, "Say why"):
            override.action_submit()

    def test_who_asks_sees_the_request_and_strangers_do_not(self):
        override = self.override()
        self.assertTrue(override.with_user(self.controller).has_access("read"))
        self.assertFalse(override.with_user(self.stranger).has_access("read"))
        self.assertEqual(override.valid_until, fields.Date.to_date(self.day(10)))


@tagged("post_install", "-at_install")
class TestCreditGateDelivery(KehuCredit):
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
