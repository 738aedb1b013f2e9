from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_common import KehuGate


@tagged("post_install", "-at_install")
class TestCreditTogether(KehuGate):
    """Documents that go ahead together use up one limit, one after another (R87)."""

    def setUp(self):
        super().setUp()
        self.set_rules(limit_policy="block")
        self.set_limit(self.customer, 1000)

    def test_quotations_that_fit_alone_do_not_fit_together(self):
        first, second = self.quote(amount=600), self.quote(amount=600)
        with self.assertRaises(UserError) as stopped:
            self.confirm(first | second)
        message = str(stopped.exception)
        self.assertIn(second.name, message)
        self.assertNotIn(first.name, message)
        self.assertRegex(message, r"600.00.* are owed or ordered.*200.00.* too much")
        self.assertEqual((first | second).mapped("state"), ["draft", "draft"])

    def test_the_order_in_which_they_are_given_decides(self):
        first, second = self.quote(amount=600), self.quote(amount=600)
        with self.assertRaisesRegex(UserError, first.name):
            self.confirm(second + first)

    def test_what_fits_together_is_confirmed_together(self):
        orders = self.quote(amount=600) | self.quote(amount=400)
        self.confirm(orders)
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_one_that_does_not_fit_leaves_room_for_those_after_it(self):
        orders = [self.quote(amount=amount) for amount in (600, 500, 400)]
        with self.assertRaises(UserError) as stopped:
            self.confirm(self.env["sale.order"].union(*orders))
        message = str(stopped.exception)
        self.assertIn(orders[1].name, message)
        self.assertNotIn(orders[2].name, message)

    def test_branches_use_up_the_limit_of_their_group_together(self):
        branches = [self.make_customer(head_office_id=self.customer.id) for _ in "ab"]
        orders = [self.quote(branch, 600) for branch in branches]
        with self.assertRaises(UserError) as stopped:
            self.confirm(orders[0] | orders[1])
        self.assertIn(orders[1].name, str(stopped.exception))
        self.assertIn(self.customer.name, str(stopped.exception))

    def test_customers_of_different_groups_do_not_count_together(self):
        other = self.make_customer()
        self.set_limit(other, 1000)
        orders = self.quote(amount=600) | self.quote(other, 600)
        self.confirm(orders)
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_a_released_order_uses_the_limit_up_for_those_after_it(self):
        first, second = self.quote(amount=1600), self.quote(amount=100)
        release = self.request_release(first)
        release.with_user(self.controller).action_approve()
        with self.assertRaises(UserError) as stopped:
            self.confirm(first | second)
        self.assertNotIn(first.name, str(stopped.exception))
        self.assertIn(second.name, str(stopped.exception))

    def test_where_limits_only_warn_all_pass_and_the_note_counts_them_together(self):
        self.set_rules(limit_policy="warn")
        first, second = self.quote(amount=600), self.quote(amount=600)
        self.confirm(first | second)
        notes = "".join(second.message_ids.mapped("body"))
        self.assertIn("200.00", notes)
        self.assertNotIn("too much", "".join(first.message_ids.mapped("body")))

    def test_the_limit_of_one_company_is_not_used_up_in_another(self):
        """Each company has its own limit for the customer."""
        other = self._create_company(name="Second")
        other.kehu_credit_limit_policy = "block"
        self.rep.company_ids = [Command.link(other.id)]
        self.customer.with_company(other).write(
            {"use_partner_credit_limit": True, "credit_limit": 1000}
        )
        mine = self.quote(amount=600)
        theirs = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": other.id}
        )
        theirs.order_line = [
            Command.create(
                {
                    "product_id": self.service.id,
                    "price_unit": 600,
                    "tax_ids": [Command.clear()],
                }
            )
        ]
        orders = (mine | theirs).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.confirm(orders)
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def turns(self):
        return self.env["kehu.credit.turn"].sudo().search_count([])

    def test_a_turn_is_taken_where_a_limit_stops_and_nowhere_else(self):
        """On two connections only one can use up what is left."""
        free = self.make_customer()
        before = self.turns()
        self.confirm(self.quote(free))
        self.set_rules(limit_policy="warn")
        self.confirm(self.quote())
        self.set_rules(limit_policy="off")
        self.confirm(self.quote())
        self.assertEqual(self.turns(), before)
        self.set_rules(limit_policy="block")
        self.confirm(self.quote())
        self.confirm(self.quote())
        self.assertEqual(self.turns(), before + 1)

    # === AROUND THE BUTTON === #

    def test_writing_the_status_passes_no_gate_by(self):
        order = self.quote(amount=1600)
        with self.assertRaises(UserError):
            order.with_user(self.rep).write({"state": "sale"})
        self.assertEqual(order.state, "draft")
        with self.assertRaises(UserError):
            self.env["sale.order"].with_user(self.rep).create(
                {
                    "partner_id": self.customer.id,
                    "state": "sale",
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.service.id,
                                "price_unit": 1600,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )

    def test_longer_payment_terms_on_a_confirmed_order_are_looked_at(self):
        """R88: else any order were confirmed for cash, and given three months."""
        self.set_rules(limit_policy="off", terms_policy="block", terms_days_b=30)
        self.make_grade("b")
        term = self.env["account.payment.term"].create(
            {
                "name": "90 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 90}
                    )
                ],
            }
        )
        order = self.quote()
        self.confirm(order)
        with self.assertRaisesRegex(UserError, "90 days"):
            order.with_user(self.rep).payment_term_id = term
        # What was agreed while it was allowed stands.
        self.set_rules(terms_days_b=90)
        order.with_user(self.rep).payment_term_id = term
        self.set_rules(terms_days_b=30)
        order.with_user(self.rep).note = "Thank you"
