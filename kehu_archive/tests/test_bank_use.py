from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .accounting import KehuAccounting


@tagged("post_install", "-at_install")
class TestBankUse(KehuAccounting):
    """The default account of a customer is the one it uses most (R78)."""

    def setUp(self):
        super().setUp()
        self.archive = self.make_archive()
        self.customer = self.archive.partner_id
        self.first, self.second = self.env["res.partner.bank"].create(
            [
                {"acc_number": number, "partner_id": self.customer.id, "sequence": seq}
                for seq, number in enumerate(("6222 0001", "6222 0002"), start=1)
            ]
        )

    def pay(self, account, times=1, post=True, day=None):
        """Refund the customer over ``account``: such payments name the account."""
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "partner_id": self.customer.id,
                    "partner_bank_id": account.id,
                    "amount": 10.0,
                    "date": day or fields.Date.today(),
                    "journal_id": self.company_data["default_journal_bank"].id,
                }
                for _ in range(times)
            ]
        )
        if post:
            payments.action_post()
        return payments

    def receive(self, number, times=1, partner=None):
        """A bank statement says that the customer paid from account ``number``."""
        return self.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "payment_ref": "Transfer",
                    "partner_id": (partner or self.customer).id,
                    "account_number": number,
                    "amount": 50.0,
                    "date": fields.Date.today(),
                }
                for _ in range(times)
            ]
        )

    def suggested(self, customer=None):
        customer = customer or self.customer
        customer.invalidate_recordset(["suggested_bank_id"])
        return customer.suggested_bank_id

    def test_the_most_used_account_is_suggested_r78(self):
        self.pay(self.first, 1)
        self.pay(self.second, 2)
        self.assertEqual(self.suggested(), self.second)

    def test_statement_lines_count_and_signs_in_the_number_do_not_matter(self):
        self.pay(self.first, 1)
        self.receive("6222-0002", 2)
        self.assertEqual(self.suggested(), self.second)

    def test_a_payment_and_its_statement_line_count_once(self):
        self.pay(self.first, 2)
        self.pay(self.second, 2)
        self.receive("62220002", 2)
        self.assertFalse(self.suggested())

    def test_the_default_account_is_not_suggested_nor_an_equally_used_one(self):
        self.assertFalse(self.suggested())
        self.pay(self.first, 1)
        self.assertFalse(self.suggested())
        self.pay(self.second, 1)
        self.assertFalse(self.suggested())

    def test_drafts_cancelled_old_and_foreign_payments_do_not_count(self):
        self.pay(self.second, post=False)
        self.pay(self.second).action_cancel()
        self.pay(self.second, day=fields.Date.subtract(fields.Date.today(), months=25))
        self.receive("62220002", partner=self.make_customer())
        self.assertFalse(self.suggested())

    def test_an_account_that_was_put_away_is_not_suggested(self):
        self.pay(self.second, 2)
        self.second.active = False
        self.assertFalse(self.suggested())

    def test_nothing_changes_before_the_keeper_takes_the_suggestion(self):
        third = self.second.copy({"acc_number": "6222 0003", "sequence": 3})
        self.pay(third, 2)
        self.assertEqual(self.customer.bank_ids[:1], self.first)
        archive = self.archive.with_user(self.rep)
        self.assertEqual(archive.card_suggested_bank_id, third)
        archive.action_take_suggested_bank()
        self.assertEqual(
            self.customer.bank_ids.sorted().ids,
            [third.id, self.first.id, self.second.id],
        )
        self.assertFalse(self.suggested())

    def test_dragging_another_account_to_the_top_makes_it_the_default(self):
        self.pay(self.second, 2)
        self.second.sequence = 0
        self.assertEqual(self.customer.bank_ids.sorted()[:1], self.second)
        self.assertFalse(self.suggested())

    def test_who_may_not_write_the_archive_does_not_choose_its_account(self):
        self.pay(self.second, 2)
        for user in (self.stranger, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.archive.with_user(user).action_take_suggested_bank()

    def test_the_account_of_a_closed_archive_stays(self):
        archive = self.make_closed()
        with self.assertRaises(UserError):
            archive.with_user(self.archivist).action_take_suggested_bank()

    def test_fifty_customers_take_as_many_queries_as_one(self):
        customers = self.customer
        for number in range(49):
            other = self.make_customer()
            self.env["res.partner.bank"].create(
                [
                    {"acc_number": f"{number}-{side}", "partner_id": other.id}
                    for side in "ab"
                ]
            )
            customers |= other
        self.env.flush_all()
        counts = []
        for some in (customers[:1], customers):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("suggested_bank_id")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
