from datetime import datetime, timedelta

import pytz
from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .credit_common import KehuGate


@tagged("post_install", "-at_install")
class TestCreditOverride(KehuGate):
    """Another grade for a time: to the minute, and whatever changes meanwhile (R87)."""

    def ask(self, grade="a", days=10, customer=None):
        override = (
            self.env["kehu.credit.override"]
            .with_user(self.rep)
            .create(
                {
                    "partner_id": (customer or self.customer).id,
                    "grade": grade,
                    "valid_until": self.day(days),
                    "reason": "Payment plan signed",
                }
            )
        )
        override.action_submit()
        return override

    def grant(self, *args, **kwargs):
        override = self.ask(*args, **kwargs)
        override.with_user(self.controller).action_approve()
        self.env.invalidate_all()
        return override

    def make_c(self, customer=None):
        self.company.kehu_credit_auto_accept = True
        customer = customer or self.customer
        self.owe(customer, 1000, due=-120)
        customer.action_kehu_assess_credit()
        self.env.invalidate_all()

    def expire(self, override):
        self.env.cr.execute(
            "UPDATE kehu_credit_override SET valid_until = %s WHERE id = %s",
            [self.day(-1), override.id],
        )
        self.env.invalidate_all()

    def test_it_ends_at_midnight_of_the_company_and_not_of_the_server(self):
        """R87: 16:00 in Greenwich is midnight in Shanghai."""
        self.make_c()
        override = self.grant(days=1)
        zone = pytz.timezone("Asia/Shanghai")
        midnight = zone.localize(
            datetime.combine(
                override.valid_until + timedelta(days=1), datetime.min.time()
            )
        )
        midnight = midnight.astimezone(pytz.utc).replace(tzinfo=None)
        for seconds, grade in ((-1, "a"), (0, "c")):
            with self.subTest(seconds=seconds):
                with freeze_time(midnight + timedelta(seconds=seconds)):
                    self.env.invalidate_all()
                    self.assertEqual(self.customer._kehu_get_present_grade(), grade)
                    self.env["kehu.credit.override"]._end_expired()
                    self.env.invalidate_all()
                    self.assertEqual(self.customer.credit_grade, grade)

    def test_the_newer_one_of_two_holds_and_its_end_brings_the_books_back(self):
        self.make_c()
        first = self.grant("a", 30)
        second = self.grant("b", 10)
        self.assertTrue(first.ended)
        self.assertEqual(self.customer.credit_grade, "b")
        self.expire(second)
        self.assertEqual(self.customer._kehu_get_present_grade(), "c")
        self.env["kehu.credit.override"]._end_expired()
        self.env.invalidate_all()
        self.assertEqual(self.customer.credit_grade, "c")

    def test_one_for_a_branch_is_one_for_whoever_answers_for_it(self):
        branch = self.make_customer(head_office_id=self.customer.id)
        self.make_c()
        override = self.grant(customer=branch)
        self.assertEqual(override.partner_id, self.customer)
        self.assertEqual((branch | self.customer).mapped("credit_grade"), ["a", "a"])

    def test_where_the_books_say_nothing_its_end_leaves_no_grade(self):
        """R87: else a grade set for ten days would stay for good"""
        override = self.grant("a")
        self.assertEqual(self.customer.credit_grade, "a")
        self.expire(override)
        self.assertFalse(self.customer._kehu_get_present_grade())
        self.env["kehu.credit.override"]._end_expired()
        self.env.invalidate_all()
        self.assertFalse(self.customer.credit_grade)
        self.assertEqual(self.customer.trust, "normal")

    def test_it_is_not_granted_after_its_last_day(self):
        override = self.ask()
        self.expire(override)
        with self.assertRaisesRegex(UserError, "last day is over"):
            override.with_user(self.controller).action_approve()

    def test_a_last_day_is_one_of_the_company_s_calendar(self):
        """The day before is over in Shanghai when it is not in Greenwich."""
        self.rep.tz = "UTC"
        evening = datetime.combine(self.today, datetime.min.time()) + timedelta(
            hours=17
        )
        with freeze_time(evening), self.assertRaises(ValidationError):
            self.ask(days=0)

    def test_it_is_not_granted_to_who_uses_somebody_else_s_credit_by_now(self):
        office = self.make_customer()
        override = self.ask()
        self.customer.head_office_id = office
        with self.assertRaisesRegex(UserError, office.name):
            override.with_user(self.controller).action_approve()

    def test_its_end_leaves_the_override_of_another_party_alone(self):
        """The customer became a branch of an office that has one of its own."""
        office = self.make_customer()
        self.make_c()
        self.make_c(office)
        mine = self.grant("b")
        theirs = self.grant("a", customer=office)
        self.customer.head_office_id = office
        self.expire(mine)
        self.env["kehu.credit.override"]._end_expired()
        self.env.invalidate_all()
        self.assertFalse(theirs.ended)
        self.assertEqual(office.credit_assessment_id.state, "overridden")
        self.assertEqual((office | self.customer).mapped("credit_grade"), ["a", "a"])

    def test_trust_follows_in_a_company_that_comes_later_and_after_the_end(self):
        """R87"""
        self.make_c()
        other = self.env["res.company"].create({"name": "Newcomer"})
        self.assertEqual(self.customer.with_company(other).trust, "bad")
        override = self.grant("a")
        self.assertEqual(self.customer.with_company(other).trust, "good")
        self.expire(override)
        self.env["kehu.credit.override"]._end_expired()
        self.env.invalidate_all()
        for company in self.company | other:
            self.assertEqual(self.customer.with_company(company).trust, "bad")
