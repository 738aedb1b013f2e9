from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from .credit_common import KehuCredit


@tagged("post_install", "-at_install")
class TestCreditFacts(KehuCredit):
    """What the books say of a customer, whatever became of its invoices (R05, R87)."""

    def test_a_payment_within_the_grace_is_in_time_and_a_day_later_is_late(self):
        """R88"""
        customer = self.make_customer()
        self.settle(customer, 3)
        self.settle(customer, 4)
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.late, facts.longest), (2, 1, 4))
        self.assertEqual((facts.recovered, facts.slowest), (1, 4))

    def test_partial_payments_count_when_the_last_one_came(self):
        customer = self.make_customer()
        invoice = self.owe(customer, 100, due=-50)
        self.pay(invoice, -55, amount=40)
        self.pay(invoice, -30, amount=60)
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.late, facts.longest), (1, 1, 20))

    def test_the_rest_of_a_partly_paid_invoice_is_open(self):
        customer = self.make_customer()
        invoice = self.owe(customer, 100, due=-50)
        self.pay(invoice, -55, amount=40)
        facts = self.facts(customer)
        self.assertEqual(facts.late, 1)
        self.assertEqual(facts.overdue_age, 50)
        self.assertAlmostEqual(facts.overdue_amount, 60)

    def test_what_is_not_due_yet_is_not_judged(self):
        customer = self.make_customer()
        self.owe(customer, 100, due=10)
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.pending, facts.late), (0, 1, 0))
        self.assertAlmostEqual(facts.open_amount, 100)
        self.assertFalse(self.grade(customer))

    def test_a_credit_note_is_no_payment(self):
        customer = self.make_customer()
        invoice = self.owe(customer, 100, due=-50)
        refund = invoice._reverse_moves(
            [{"invoice_date": self.day(-10), "date": self.day(-10)}]
        )
        refund.invoice_line_ids.price_unit = 30
        refund.action_post()
        lines = (invoice | refund).line_ids
        self.pay(invoice, -50, amount=70)
        lines.filtered(lambda line: line.account_type == "asset_receivable").filtered(
            lambda line: not line.reconciled
        ).reconcile()
        self.assertEqual(invoice.payment_state, "paid")
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.late), (1, 0))

    def test_an_invoice_that_was_taken_back_was_never_owed(self):
        customer = self.make_customer()
        invoice = self.owe(customer, 100, due=-200)
        invoice._reverse_moves(
            [{"invoice_date": self.day(-1), "date": self.day(-1)}], cancel=True
        )
        self.assertEqual(invoice.payment_state, "reversed")
        facts = self.facts(customer)
        self.assertFalse(facts and facts.judged)

    def test_a_payment_before_the_invoice_is_in_time(self):
        customer = self.make_customer()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": customer.id,
                "amount": 100,
                "date": self.day(-90),
            }
        )
        payment.action_post()
        self.assertAlmostEqual(self.facts(customer).unapplied, 100)
        invoice = self.owe(customer, 100, due=-50)
        (payment.move_id | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.late), (1, 0))
        self.assertAlmostEqual(facts.unapplied, 0)

    def test_a_payment_that_is_undone_leaves_the_debt_open(self):
        customer = self.make_customer()
        invoice = self.owe(customer, 100, due=-50)
        payments = self.pay(invoice, -50)
        self.assertEqual(self.facts(customer).late, 0)
        payments.action_draft()
        payments.action_cancel()
        facts = self.facts(customer)
        self.assertEqual((facts.late, facts.overdue_age), (1, 50))

    def test_what_is_booked_off_against_an_expense_was_written_off(self):
        """R90"""
        customer = self.make_customer()
        self.book_off(self.owe(customer, 100, due=-300), -10)
        facts = self.facts(customer)
        self.assertEqual((facts.written_count, facts.written_amount), (1, 100))
        self.assertEqual(facts.judged, 0)
        self.assertEqual(self.grade(customer), "c")

    def test_cents_that_are_booked_off_are_no_loss(self):
        customer = self.make_customer()
        invoice = self.owe(customer, 100, due=-50)
        self.pay(invoice, -50, amount=99.5)
        self.book_off(invoice, -10)
        self.assertEqual(invoice.payment_state, "paid")
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.late, facts.written_count), (1, 0, 0))

    def test_only_named_accounts_are_bad_debts_where_the_company_names_some(self):
        """R90"""
        customer = self.make_customer()
        account = self.company_data["default_account_expense"].copy()
        self.company.kehu_bad_debt_account_ids = account
        self.book_off(self.owe(customer, 100, due=-300), -299)
        self.assertEqual(self.facts(customer).written_count, 0)
        self.book_off(self.owe(customer, 100, due=-300), -299, account=account)
        self.assertEqual(self.facts(customer).written_count, 1)
        # So does the rest that is given up when a payment is registered.
        invoice = self.owe(customer, 100, due=-50)
        self.pay(
            invoice,
            -50,
            amount=60,
            payment_difference_handling="reconcile",
            writeoff_account_id=account.id,
        )
        facts = self.facts(customer)
        self.assertEqual(facts.written_count, 2)
        self.assertAlmostEqual(facts.written_amount, 140)

    def test_differences_of_exchange_are_neither_payment_nor_loss(self):
        customer = self.make_customer()
        foreign = self.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2.0), (self.day(-45).isoformat(), 3.0)]
        )
        invoice = self.owe(customer, 120, due=-50, currency_id=foreign.id)
        self.pay(invoice, -40, currency_id=foreign.id, amount=120)
        self.assertEqual(invoice.payment_state, "paid")
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.late, facts.longest), (1, 1, 10))
        self.assertEqual(facts.written_count, 0)
        self.assertAlmostEqual(facts.open_amount, 0)

    def test_amounts_of_a_foreign_currency_are_told_in_ours(self):
        customer = self.make_customer()
        foreign = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        self.owe(customer, 120, due=-50, currency_id=foreign.id)
        self.assertAlmostEqual(self.facts(customer).overdue_amount, 60)

    def test_a_company_s_currency_is_worth_what_odoo_says(self):
        """Rates before today count, the newest first; without any the currency is 1."""
        main = self.env["res.partner"]._kehu_get_main_company()
        today = fields.Date.today()
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        others = self.env["res.company"].create(
            [
                {"name": "Euro", "currency_id": euro.id},
                {"name": "Same", "currency_id": main.currency_id.id},
            ]
        )
        for days, rate in ((-30, 0.5), (-1, 0.125), (1, 9.0)):
            self.env["res.currency.rate"].create(
                {
                    "name": today + timedelta(days=days),
                    "currency_id": euro.id,
                    "company_id": main.id,
                    "rate": rate,
                }
            )
        rates = dict(
            self.env.execute_query(self.env["res.partner"]._kehu_get_company_rates())
        )
        for company in main | others:
            expected = company.currency_id._get_conversion_rate(
                company.currency_id, main.currency_id, main, today
            )
            self.assertAlmostEqual(float(rates[company.id]), expected)
        self.assertAlmostEqual(float(rates[others[0].id]), 8.0)

    def test_the_main_company_follows_the_order_of_the_companies(self):
        partners = self.env["res.partner"]
        first = partners._kehu_get_main_company()
        other = self.env["res.company"].create({"name": "Other", "sequence": 99})
        self.assertEqual(partners._kehu_get_main_company(), first)
        other.sequence = -1
        self.assertEqual(partners._kehu_get_main_company(), other)

    def test_a_form_reads_the_facts_in_a_handful_of_queries(self):
        """N8: reasons and named invoices among them."""
        customer = self.make_customer()
        for delay in (9, 40, 70):
            self.settle(customer, delay)
        names = ["kehu_computed_grade", "kehu_credit_reasons", "kehu_overdue_amount"]
        customer.read(names)  # Plans the query; languages and formats are remembered.
        self.env.invalidate_all()
        customer.read(["name", "archive_id", "commercial_partner_id"])
        with self.assertQueryCount(8):
            self.assertIn("INV/", customer.read(names)[0]["kehu_credit_reasons"])

    def test_many_cards_ask_the_database_no_more_often_than_one(self):
        """N8: facts, and the invoices that the reasons name, are read for all at once."""
        customers = self.env["res.partner"].union(
            *[self.make_customer() for _number in range(6)]
        )
        for customer in customers:
            self.settle(customer, 9)
        names = ["kehu_computed_grade", "kehu_credit_reasons", "kehu_overdue_amount"]
        customers.read(names)
        counts = []
        for some in (customers[:1], customers):
            self.env.invalidate_all()
            some.read(["name", "archive_id", "commercial_partner_id"])
            before = self.cr.sql_log_count
            rows = some.read(names)
            counts.append(self.cr.sql_log_count - before)
            self.assertTrue(all("INV/" in row["kehu_credit_reasons"] for row in rows))
        self.assertEqual(counts[0], counts[1])

    def test_each_instalment_is_a_receivable(self):
        customer = self.make_customer()
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 60}
                    ),
                ],
            }
        )
        self.make_invoice(
            customer, 100, day=self.day(-30), invoice_payment_term_id=term.id
        )
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.pending, facts.overdue_age), (1, 1, 30))

    def test_receivables_of_a_contact_count_once_with_the_company(self):
        customer = self.make_customer()
        contact = self.make_partner(parent_id=customer.id, is_company=False)
        self.owe(contact, 100, due=-50)
        self.owe(customer, 100, due=-50)
        facts = self.facts(customer)
        self.assertEqual(facts.late, 2)
        self.assertAlmostEqual(facts.open_amount, 200)

    def test_documents_of_all_our_companies_count(self):
        customer = self.make_customer()
        other = self._create_company(name="Second")
        self.env = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": (self.company | other).ids,
            },
        )
        self.owe(customer, 100, due=-50)
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": self.day(-80),
                "invoice_date_due": self.day(-70),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "X", "price_unit": 10, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        ).action_post()
        facts = self.facts(customer)
        self.assertEqual((facts.late, facts.overdue_age), (2, 70))

    def test_receivables_before_the_window_count_only_while_open(self):
        customer = self.make_customer()
        self.settle(customer, 200, due=-1000)
        self.assertFalse(self.facts(customer))
        self.owe(customer, 10, due=-1000)
        self.assertEqual(self.facts(customer).late, 1)

    def test_a_head_office_answers_for_branches_that_name_nobody_else(self):
        """R72: the credit party"""
        office, branch, own = (self.make_customer() for _ in range(3))
        (branch | own).head_office_id = office
        own.credit_partner_id = own
        self.assertEqual(branch.kehu_credit_party_id, office)
        self.assertEqual(own.kehu_credit_party_id, own)
        for customer in (office, branch, own):
            self.owe(customer, 100, due=-50)
        self.assertEqual(self.facts(office).late, 2)
        self.assertFalse(self.facts(branch))
        self.assertEqual(self.facts(own).late, 1)
        self.assertEqual(self.grade(branch), self.grade(office))

    def test_the_choice_of_a_head_office_holds_for_its_branches(self):
        office, branch, insurer = (self.make_customer() for _ in range(3))
        branch.head_office_id = office
        office.credit_partner_id = insurer
        self.owe(branch, 100, due=-50)
        self.assertEqual(branch.kehu_credit_party_id, insurer)
        self.assertEqual(self.facts(insurer).late, 1)
        self.assertFalse(self.facts(office))

    def test_a_mark_of_litigation_makes_c_as_long_as_it_is_set(self):
        """R90"""
        customer = self.make_customer()
        invoice = self.settle(customer, 0)
        self.assertEqual(self.grade(customer), "a")
        invoice.kehu_disputed = True
        self.assertEqual(self.grade(customer), "c")
        invoice.kehu_disputed = False
        customer.kehu_disputed = True
        self.assertEqual(self.grade(customer), "c")
        customer.kehu_disputed = False
        self.assertEqual(self.grade(customer), "a")

    def test_an_opening_balance_is_a_receivable(self):
        customer = self.make_customer()
        self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self.day(-150),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_receivable"
                            ].id,
                            "partner_id": customer.id,
                            "debit": 100,
                            "date_maturity": self.day(-120),
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": 100,
                        }
                    ),
                ],
            }
        ).action_post()
        self.assertEqual(self.facts(customer).overdue_age, 120)

    def test_who_agreed_to_pay_in_cash_and_owes_nothing_is_a(self):
        """R88"""
        customer = self.make_customer()
        customer.archive_id.settlement_method = "cash"
        self.assertFalse(self.facts(customer))
        customer.first_order_on = self.day(-10)
        self.assertEqual(self.grade(customer), "a")

    def test_all_parties_are_read_at_once_and_others_are_planned_as_ever(self):
        """N8: looked up one by one, the receivables of all would take minutes."""

        def setting(name):
            name = SQL.identifier(f"enable_{name}")
            return self.env.execute_query(SQL("SHOW %s", name))[0][0]

        with self.env["kehu.credit.facts"]._planning_for_all():
            self.assertEqual(setting("nestloop"), "off")
        self.assertEqual(setting("nestloop"), "on")
        self.facts(self.make_customer())
        self.assertEqual(setting("hashjoin"), "on")
        self.assertEqual(setting("mergejoin"), "on")
