import random

from odoo import Command
from odoo.tests import tagged

from .credit_common import KehuCredit
from .credit_reading import read_slowly

_CUSTOMERS = 40
_SEED = 20261127


@tagged("post_install", "-at_install")
class TestCreditCases(KehuCredit):
    """Whatever a bookkeeper does with a receivable, by Odoo's own means (R05, R87)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.company_data
        cls.bad_debts = data["default_account_expense"].copy({"name": "Bad debts"})
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2.0), (cls.day(-45).isoformat(), 3.0)]
        )
        cls.halves = cls.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 60)
                ],
            }
        )
        cls.other_receivable = data["default_account_receivable"].copy(
            {"name": "Loans to customers", "non_trade": True}
        )

    # === WHAT A BOOKKEEPER DOES === #

    @classmethod
    def entry(cls, customer, on, *lines):
        """A posted general entry: each line an account, a debit, more values."""
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": cls.day(on),
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": customer.id,
                            "debit": max(amount, 0),
                            "credit": max(-amount, 0),
                            **more,
                        }
                    )
                    for account, amount, more in lines
                ],
            }
        )
        entry.action_post()
        return entry

    @classmethod
    def match(cls, *moves):
        lines = cls.env["account.move"].union(*moves).line_ids
        lines.filtered(
            lambda line: (
                line.account_type == "asset_receivable" and not line.reconciled
            )
        ).reconcile()

    @classmethod
    def advance(cls, customer, amount, on):
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": customer.id,
                "amount": amount,
                "date": cls.day(on),
            }
        )
        payment.action_post()
        return payment.move_id

    @classmethod
    def credit(cls, invoice, on, amount=None):
        refund = invoice._reverse_moves(
            [{"invoice_date": cls.day(on), "date": cls.day(on)}]
        )
        if amount:
            refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        return refund

    @classmethod
    def receive(cls, customer, invoices, on, money, account=None):
        """A line of a bank statement that settles invoices; the rest is given up."""
        data = cls.company_data
        line = cls.env["account.bank.statement.line"].create(
            {
                "journal_id": data["default_journal_bank"].id,
                "date": cls.day(on),
                "payment_ref": "Transfer",
                "partner_id": customer.id,
                "amount": money,
            }
        )
        owed = sum(invoices.mapped("amount_residual"))
        _bank, suspense, _others = line._seek_for_lines()
        commands = [
            Command.update(
                suspense.id,
                {
                    "account_id": data["default_account_receivable"].id,
                    "debit": 0,
                    "credit": owed,
                    "amount_currency": -owed,
                },
            )
        ]
        if owed > money:
            commands.append(
                Command.create(
                    {
                        "account_id": (account or data["default_account_expense"]).id,
                        "debit": owed - money,
                        "amount_currency": owed - money,
                    }
                )
            )
        line.move_id.with_context(force_delete=True, skip_readonly_check=True).write(
            {"line_ids": commands}
        )
        cls.match(invoices, line.move_id)
        return line.move_id

    # === ONE BY ONE === #

    def test_what_a_statement_line_gives_up_is_a_loss_on_a_named_account(self):
        """R90: the customer paid 60 of 100, the clerk closed the rest with it."""
        customer = self.make_customer()
        self.company.kehu_bad_debt_account_ids = self.bad_debts
        invoice = self.owe(customer, 100, due=-50)
        self.receive(customer, invoice, -50, 60, self.bad_debts)
        self.assertEqual(invoice.payment_state, "paid")
        facts = self.facts(customer)
        self.assertEqual(facts.written_count, 1)
        self.assertAlmostEqual(facts.written_amount, 40)

    def test_a_loss_on_several_invoices_at_once_is_counted_once(self):
        """R90"""
        customer = self.make_customer()
        self.company.kehu_bad_debt_account_ids = self.bad_debts
        invoices = self.owe(customer, 100, due=-50) | self.owe(customer, 300, due=-50)
        self.receive(customer, invoices, -50, 320, self.bad_debts)
        facts = self.facts(customer)
        self.assertEqual(facts.written_count, 2)
        self.assertAlmostEqual(facts.written_amount, 80)

    def test_money_that_nobody_has_matched_yet_is_no_loss(self):
        """R88: who pays in advance, or has a credit note left, is no bad payer"""
        customer = self.make_customer()
        self.settle(customer, 0)
        self.advance(customer, 100, -3)
        self.credit(self.settle(customer, 0), -2, 20)
        facts = self.facts(customer)
        self.assertEqual((facts.written_count, facts.unapplied), (0, 120))
        self.assertEqual(self.grade(customer), "a")

    def test_a_loss_that_was_undone_is_none(self):
        """R90: what was given up, and paid after all"""
        customer = self.make_customer()
        invoice = self.owe(customer, 100, due=-50)
        entry = self.book_off(invoice, -40)
        entry._reverse_moves([{"date": self.day(-30)}], cancel=True)
        self.assertEqual(self.facts(customer).written_count, 0)
        self.assertAlmostEqual(self.facts(customer).open_amount, 100)
        self.pay(invoice, -20)
        facts = self.facts(customer)
        self.assertEqual((facts.judged, facts.late, facts.longest), (1, 1, 30))

    def test_what_is_set_off_against_a_bill_was_paid(self):
        """The customer is a supplier as well: its bill is no receivable."""
        customer = self.make_customer()
        bill = self.make_invoice(
            customer, 100, kind="in_invoice", day=self.day(-60), ref="B1"
        )
        invoice = self.owe(customer, 100, due=-50)
        data = self.company_data
        entry = self.entry(
            customer,
            -45,
            (data["default_account_payable"], 100, {}),
            (data["default_account_receivable"], -100, {}),
        )
        self.match(invoice, entry)
        facts = self.facts(customer)
        self.assertEqual(bill.state, "posted")
        self.assertEqual((facts.judged, facts.late, facts.longest), (1, 1, 5))
        self.assertEqual((facts.written_count, facts.unapplied), (0, 0))

    def test_what_is_no_trade_draft_or_cancelled_does_not_count(self):
        customer = self.make_customer()
        revenue = self.company_data["default_account_revenue"]
        self.entry(
            customer, -200, (self.other_receivable, 100, {}), (revenue, -100, {})
        )
        self.make_invoice(
            customer,
            100,
            day=self.day(-200),
            post=False,
            invoice_date_due=self.day(-99),
        )
        self.owe(customer, 100, due=-200).button_cancel()
        self.assertFalse(self.facts(customer))

    def test_a_receipt_is_a_receivable(self):
        customer = self.make_customer()
        receipt = self.make_invoice(
            customer,
            100,
            kind="out_receipt",
            day=self.day(-50),
            invoice_date_due=self.day(-50),
        )
        receipt_line = receipt.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(self.facts(customer).overdue_age, 50)
        self.assertEqual(receipt_line.date_maturity, self.day(-50))

    def test_companies_with_other_currencies_are_added_in_that_of_the_archive(self):
        """R05: a branch buys from one company, its head office from another."""
        other = self._create_company(name="Second", currency_id=self.euro.id)
        office = self.make_customer()
        branch = self.make_customer(head_office_id=office.id)
        office.archive_id.company_id = False
        self.env = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": (self.company | other).ids,
            }
        )
        self.owe(branch, 100, due=-50)
        invoice = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": office.id,
                    "invoice_date": self.day(-80),
                    "invoice_date_due": self.day(-70),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "X",
                                "price_unit": 30,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        invoice.action_post()
        self.assertEqual(invoice.company_currency_id, self.euro)
        main = self.env["res.partner"]._kehu_get_main_company()
        facts = self.facts(office)
        self.assertEqual(facts.company_id, main.id)
        self.assertEqual((facts.late, facts.overdue_age), (2, 70))
        rate = dict(
            self.env.execute_query(self.env["res.partner"]._kehu_get_company_rates())
        )
        self.assertAlmostEqual(
            facts.open_amount,
            (100 * float(rate[self.company.id]) + 30 * float(rate[other.id]))
            / float(rate[main.id]),
            places=4,
        )

    # === ALL OF THEM, BY CHANCE === #

    def do_something(self, customer, dice):
        """Book one of the cases, with days by chance around the bounds of the rules."""
        data = self.company_data
        due = dice.choice((-5, -20, -70, -95, -150, -400, -800))
        delay = dice.choice((-10, 0, 3, 3, 4, 30, 60, 61))
        paid = min(due + delay, 0)
        who = dice.choice((customer, customer, self.contacts[customer]))
        if not self.deck:
            self.deck = dice.sample(self.cases, len(self.cases))
        case = self.deck.pop()
        if case == "opening":
            self.entry(
                who,
                due - 10,
                (
                    data["default_account_receivable"],
                    80,
                    {"date_maturity": self.day(due)},
                ),
                (data["default_account_revenue"], -80, {}),
            )
            return case
        if case == "advance":
            money = self.advance(who, 100, due - 60)
            if dice.random() < 0.7:
                self.match(money, self.owe(who, 100, due))
            return case
        if case == "halves":
            invoice = self.make_invoice(
                who, 100, day=self.day(due), invoice_payment_term_id=self.halves.id
            )
            if dice.random() < 0.6:
                self.pay(invoice, paid)
            return case
        if case == "foreign":
            invoice = self.owe(who, 120, due, currency_id=self.euro.id)
            self.pay(invoice, paid, currency_id=self.euro.id, amount=120)
            return case
        if case == "receipt":
            self.make_invoice(
                who,
                50,
                kind="out_receipt",
                day=self.day(due),
                invoice_date_due=self.day(due),
            )
            return case
        invoice = self.owe(who, 100, due)
        if case in ("paid", "paid again"):
            self.pay(invoice, paid)
        elif case == "parts":
            self.pay(invoice, due - 5, amount=40)
            if dice.random() < 0.7:
                self.pay(invoice, paid, amount=60)
        elif case == "credit first":
            self.match(invoice, self.credit(invoice, due - 1, 30))
            self.pay(invoice, paid)
        elif case == "credit last":
            self.pay(invoice, paid, amount=70)
            self.match(invoice, self.credit(invoice, 0, 30))
        elif case == "returned":
            self.match(invoice, self.credit(invoice, 0))
        elif case == "refund open":
            self.pay(invoice, paid)
            self.credit(invoice, 0, 20)
        elif case == "lost":
            self.book_off(invoice, 0, amount=dice.choice((100, 30, 1, 2)))
        elif case == "lost and paid":
            self.pay(invoice, paid, amount=98)
            self.book_off(invoice, 0)
        elif case == "given up while paid":
            self.pay(
                invoice,
                paid,
                amount=60,
                payment_difference_handling="reconcile",
                writeoff_account_id=dice.choice(
                    (self.bad_debts, data["default_account_expense"])
                ).id,
            )
        elif case == "statement":
            self.receive(who, invoice, paid, dice.choice((100, 60)), self.bad_debts)
        elif case == "set off":
            self.match(
                invoice,
                self.entry(
                    who,
                    paid,
                    (data["default_account_payable"], 100, {}),
                    (data["default_account_receivable"], -100, {}),
                ),
            )
        elif case == "undone":
            self.book_off(invoice, 0)._reverse_moves(
                [{"date": self.day(0)}], cancel=True
            )
        elif case == "disputed":
            invoice.kehu_disputed = dice.random() < 0.3
            self.pay(invoice, paid)
        elif case == "cancelled":
            invoice.button_cancel()
        elif case == "bill":
            self.make_invoice(who, 70, kind="in_invoice", day=self.day(due))
        return case

    cases = (
        ("paid", "paid again") * 6
        + ("parts", "credit first", "credit last", "returned", "refund open") * 2
        + ("lost", "lost and paid", "given up while paid", "statement", "set off")
        + ("undone", "disputed", "cancelled", "bill", "opening", "advance", "halves")
        + ("foreign", "receipt")
    )

    def test_figures_and_grades_equal_those_of_a_reading_document_by_document(self):
        """R88-R90: with and without accounts named as bad debts"""
        dice, self.deck = random.Random(_SEED), []
        customers = [self.make_customer() for _number in range(_CUSTOMERS)]
        self.contacts = {
            customer: self.make_partner(parent_id=customer.id, is_company=False)
            for customer in customers
        }
        # Every fourth one has its debts with the one before it.
        members = {}
        for number, customer in enumerate(customers):
            if number % 4 == 3:
                customer.head_office_id = customers[number - 1]
                members[customers[number - 1]] |= customer
            else:
                members[customer] = customer
        seen = {
            customer: [
                self.do_something(customer, dice) for _each in range(dice.randint(0, 5))
            ]
            for customer in customers
        }
        self.assertEqual(
            set(self.cases), {case for row in seen.values() for case in row}
        )
        rules = self.company._kehu_get_credit_rules()
        grades = []
        for accounts in (self.bad_debts.browse(), self.bad_debts):
            self.company.kehu_bad_debt_account_ids = accounts
            for party, group in members.items():
                slow = read_slowly(group, rules, self.today, accounts)
                facts = self.facts(party)
                fast = {
                    name: round(getattr(facts, name, 0) or 0, 2)
                    for name in slow
                    if name != "grade"
                }
                fast["grade"] = self.grade(party) or None
                slow = {
                    name: round(value, 2) if isinstance(value, float) else value
                    for name, value in slow.items()
                }
                with self.subTest(
                    cases=[case for one in group for case in seen[one]],
                    accounts=accounts.mapped("name"),
                ):
                    self.assertEqual(fast, slow)
                grades.append(slow["grade"])
        self.assertEqual(set(grades), {"a", "b", "c", None})
