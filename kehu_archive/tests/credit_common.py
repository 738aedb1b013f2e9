from datetime import timedelta

from odoo import Command

from .accounting import KehuAccounting


class KehuCredit(KehuAccounting):
    """Factories for receivables with a due date, and what becomes of them.

    Days are counted from today: ``due=-30`` was due thirty days ago.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._kehu_today()
        cls.company.write(
            {
                "kehu_credit_grace_days": 3,
                "kehu_credit_months": 24,
                "kehu_credit_often_count": 3,
                "kehu_credit_often_percent": 20,
                "kehu_credit_easy_days": 60,
                "kehu_credit_open_days": 90,
                "kehu_credit_auto_accept": False,
            }
        )
        cls.controller = cls.make_user("controller", "kehu_archive.group_kehu_credit")

    @classmethod
    def make_user(cls, name, group):
        from odoo.tests import new_test_user

        return new_test_user(
            cls.env,
            login=f"kehu_{name}",
            name=f"Kehu {name}",
            groups=f"base.group_user,{group}",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def day(cls, offset):
        return cls.today + timedelta(days=offset)

    @classmethod
    def owe(cls, customer, amount=100.0, due=0, credit_days=30, **vals):
        """A posted invoice that is due on a day, made ``credit_days`` earlier."""
        return cls.make_invoice(
            customer,
            amount,
            day=cls.day(due - credit_days),
            invoice_date_due=cls.day(due),
            invoice_payment_term_id=False,
            **vals,
        )

    @classmethod
    def pay(cls, invoice, on=0, amount=None, **vals):
        """A payment registered against an invoice on a day."""
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "payment_date": cls.day(on),
                    **({"amount": amount} if amount is not None else {}),
                    **vals,
                }
            )
            ._create_payments()
        )

    @classmethod
    def settle(cls, customer, delay, due=-100, amount=100.0, **vals):
        """A receivable that was paid ``delay`` days after it was due."""
        invoice = cls.owe(customer, amount, due, **vals)
        cls.pay(invoice, due + delay)
        return invoice

    @classmethod
    def book_off(cls, invoice, on=0, amount=None, account=None):
        """A general entry that gives a receivable up."""
        line = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        amount = line.amount_residual if amount is None else amount
        account = account or cls.company_data["default_account_expense"]
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": cls.day(on),
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": amount}),
                    Command.create(
                        {
                            "account_id": line.account_id.id,
                            "partner_id": line.partner_id.id,
                            "credit": amount,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (entry.line_ids + line).filtered(
            lambda one: one.account_type == "asset_receivable"
        ).reconcile()
        return entry

    @classmethod
    def facts(cls, customer):
        return cls.env["kehu.credit.facts"]._get_facts(customer).get(customer.id)

    @classmethod
    def grade(cls, customer):
        customer.invalidate_recordset()
        return customer.kehu_computed_grade

    def set_limit(self, partner, limit):
        partner.with_company(self.company).write(
            {"use_partner_credit_limit": True, "credit_limit": limit}
        )


class KehuGate(KehuCredit):
    """A customer whose documents the credit rules may stop."""

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
