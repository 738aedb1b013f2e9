from odoo.tests import tagged

from . import credit_ledger
from .credit_common import KehuCredit

_CUSTOMERS = 1000


@tagged("post_install", "-at_install")
class TestCreditRandom(KehuCredit):
    """A thousand random customers, graded twice by different people (R87-R90)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute(
            """INSERT INTO res_partner (name, complete_name, is_company, active, type,
                      autopost_bills, customer_rank, supplier_rank)
               SELECT 'Random ' || n, 'Random ' || n, TRUE, TRUE, 'contact', 'ask', 0, 0
                 FROM generate_series(1, %s) n RETURNING id""",
            [_CUSTOMERS],
        )
        cls.ids = [row[0] for row in cls.env.cr.fetchall()]
        cls.env.cr.execute(
            """INSERT INTO kehu_archive (partner_id, company_id, state, confidentiality,
                      registered_at)
               SELECT id, %s, 'draft', 'secret', now() FROM unnest(%s) id""",
            [cls.company.id, cls.ids],
        )
        cls.env.cr.execute(
            """UPDATE res_partner partner
                  SET archive_id = archive.id, commercial_partner_id = partner.id
                 FROM kehu_archive archive
                WHERE archive.partner_id = partner.id AND partner.id = ANY(%s)""",
            [cls.ids],
        )
        cls.env.invalidate_all()
        payment = cls.env["account.payment"].create(
            {"payment_type": "inbound", "partner_type": "customer", "amount": 1}
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            """CREATE TABLE kehu_gen_customer AS
               SELECT id, random() AS kind FROM unnest(%s) id""",
            [cls.ids],
        )
        data = cls.company_data
        cls.invoices = credit_ledger.fill(
            cls.env.cr,
            {
                "today": cls.today,
                "company": cls.company.id,
                "currency": cls.company.currency_id.id,
                "foreign": cls.env.ref("base.EUR").id,
                "sale": data["default_journal_sale"].id,
                "bank": data["default_journal_bank"].id,
                "misc": data["default_journal_misc"].id,
                "receivable": data["default_account_receivable"].id,
                "income": data["default_account_revenue"].id,
                "cash": data["default_journal_bank"].default_account_id.id,
                "expense": data["default_account_expense"].id,
                "payment": payment.id,
            },
        )
        cls.env.cr.execute("DROP TABLE kehu_gen_customer")

    def test_grades_equal_those_of_a_slow_and_independent_reading(self):
        self.assertGreater(self.invoices, _CUSTOMERS)
        rules = self.company._kehu_get_credit_rules()
        slow_rules = {
            "grace": rules.grace_days,
            "months": rules.months,
            "often": rules.often_count,
            "share": rules.often_percent,
            "easy": rules.easy_days,
            "open": rules.open_days,
        }
        customers = self.env["res.partner"].browse(self.ids)
        made = self.env["kehu.credit.assessment"]._assess(customers)
        fast = {one.partner_id.id: one.computed_grade or None for one in made}
        slow = {
            number: credit_ledger.grade_slowly(
                self.env.cr, number, slow_rules, self.today
            )
            for number in self.ids
        }
        different = {
            number: (fast.get(number), slow[number])
            for number in self.ids
            if fast.get(number) != slow[number]
        }
        self.assertEqual(different, {})
        counts = {grade: list(slow.values()).count(grade) for grade in "abc"}
        self.assertTrue(all(count > 50 for count in counts.values()), counts)
