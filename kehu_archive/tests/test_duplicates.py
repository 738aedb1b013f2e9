from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestDuplicates(KehuCommon):
    """R92, R15: told while typing that a customer exists, and whom to ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.make_customer(
            name="青岛海风机械有限公司",
            short_name="海风机械",
            ref="SW1",
            vat="91110000600037341L",
            phone="0532-8888 1234",
            user_id=cls.stranger.id,
        )

    def ask(self, user=None, **values):
        Partner = self.env["res.partner"].with_user(user or self.rep)
        return Partner.kehu_find_duplicates(values)

    def test_the_short_name_counts_as_well(self):
        self.assertEqual(len(self.ask(name="海风机械")), 1)

    def test_a_new_customer_has_no_id_yet(self):
        self.assertEqual(len(self.ask(name="海风机械", id=False)), 1)

    def test_a_colleague_learns_that_it_exists_and_whom_to_ask(self):
        [answer] = self.ask(name=self.partner.name)
        self.assertEqual(
            answer,
            {
                "field": "name",
                "message": "This customer exists already. Please ask Kehu stranger.",
            },
        )

    def test_the_keeper_also_gets_the_customer_to_open(self):
        [answer] = self.ask(self.stranger, name=self.partner.name)
        self.assertEqual(answer["partner_id"], self.partner.id)

    def test_a_customer_without_keeper_leads_to_the_archive_room(self):
        self.partner.user_id = False
        self.partner.archive_id.user_id = False
        self.partner.archive_id.team_id = False
        [answer] = self.ask(name=self.partner.name)
        self.assertIn("the archive room", answer["message"])

    def test_customers_put_away_and_of_other_companies_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.partner.archive_id.company_id = other
        self.partner.company_id = other
        self.partner.action_archive()
        [answer] = self.ask(name=self.partner.name)
        self.assertEqual(set(answer), {"field", "message"})

    def test_a_phone_counts_however_it_is_written(self):
        for typed in ("053288881234", "+86 532 8888 1234", "0086-532-88881234"):
            with self.subTest(typed=typed):
                self.assertEqual(len(self.ask(phone=typed)), 1)
        for typed in ("1234", "0532", "88881235", "８８"):
            with self.subTest(typed=typed):
                self.assertFalse(self.ask(phone=typed))

    def test_a_customer_is_not_its_own_double(self):
        self.assertFalse(self.ask(name=self.partner.name, id=self.partner.id))

    def test_parts_patterns_and_odd_values_find_nothing(self):
        for typed in ("青岛", "%", "_" * 10, "", None, 7, ["海风机械"], "海" * 500):
            with self.subTest(typed=typed):
                self.assertFalse(self.ask(name=typed, id="1 OR 1=1"))

    def test_others_than_registered_customers_are_not_told_of(self):
        self.make_partner(name="Nobody Knows")
        self.assertFalse(self.ask(name="Nobody Knows"))

    def test_visitors_of_the_portal_cannot_ask(self):
        portal = new_test_user(
            self.env, login="kehu_portal", groups="base.group_portal"
        )
        with self.assertRaises(AccessError):
            self.ask(portal, name=self.partner.name)

    def typed(self, user):
        """What typing of a user has left in the register of questions."""
        questions = self.env["kehu.blind.question"].search([("user_id", "=", user.id)])
        return [(asked.way, asked.question, asked.is_taken) for asked in questions]

    def test_typing_that_meets_a_colleagues_customer_is_registered_once_n11(self):
        for _ in range(3):
            self.ask(name=self.partner.name)
        self.ask(name="Nobody Ltd", phone="12345678")
        self.assertEqual(self.typed(self.rep), [("typed", self.partner.name, True)])
        # The keeper meets his own.
        self.ask(self.stranger, name=self.partner.name)
        self.assertFalse(self.typed(self.stranger))

    def test_whoever_tries_all_names_is_told_nothing_more_n11(self):
        self.company.kehu_typing_limit = 4
        hour = fields.Datetime.now().replace(minute=20)
        with freeze_time(hour):
            self.ask(name="A Ltd", ref="A1")
            self.ask(name="B Ltd", ref="B1")
            for number in range(3):
                (answer,) = self.ask(name=self.partner.name, ref=f"C{number}")
                self.assertIn("more customers than an hour", answer["message"])
                self.assertNotIn("partner_id", answer)
            self.assertEqual(self.typed(self.rep), [("exceeded", "C0", False)])
            # Others are not kept waiting by it.
            self.assertEqual(len(self.ask(self.stranger, ref=self.partner.ref)), 1)
        # Not the hour of the clock, but the last sixty minutes.
        for minutes, told in ((59, False), (60, True)):
            with freeze_time(hour + timedelta(minutes=minutes)):
                (answer,) = self.ask(ref=self.partner.ref)
                self.assertEqual("more customers" not in answer["message"], told)

    def test_typing_does_not_use_up_the_questions_of_the_hour(self):
        self.company.kehu_blind_limit = 1
        self.ask(name=self.partner.name)
        dialog = self.env["kehu.blind.ask"].with_user(self.rep)
        dialog.create({"question": self.partner.ref}).action_ask()

    def test_counting_costs_one_statement(self):
        """R92: the screen waits for it at each pause of typing."""
        self.ask(name="A Ltd")
        self.env.flush_all()
        with self.assertQueryCount(3):
            self.ask(name="B Ltd")

    def copy_rows(self, table, number, row_id, **columns):
        """Copy a row many times, with some columns given as SQL on ``n``."""
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = current_schema()",
            [table],
        )
        kept = {row[0] for row in self.env.cr.fetchall()} - columns.keys() - {"id"}
        names = ", ".join(f'"{name}"' for name in [*kept, *columns])
        values = ", ".join([*(f'row."{name}"' for name in kept), *columns.values()])
        self.env.cr.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} row,"
            " generate_series(1, %s) n WHERE row.id = %s",
            [number, row_id],
        )

    def test_each_question_finds_its_index(self):
        """Thousands of customers or a million: no question reads them one by one."""
        self.env.flush_all()
        self.copy_rows(
            "res_partner",
            3000,
            self.partner.id,
            name="'Customer ' || n",
            short_name="'Short ' || n",
            ref="'BULK' || n",
            vat="'V' || n",
            phone="'0532-' || n",
            complete_name="'Customer ' || n",
            archive_id="NULL",
        )
        self.env.cr.execute(
            "INSERT INTO kehu_archive (partner_id, state, confidentiality,"
            " registered_at) SELECT id, 'draft', 'secret', now() FROM res_partner"
            " WHERE ref LIKE 'BULK%'"
        )
        self.env.cr.execute(
            "UPDATE res_partner p SET archive_id = a.id FROM kehu_archive a"
            " WHERE a.partner_id = p.id AND p.archive_id IS NULL"
        )
        self.env.cr.execute("ANALYZE res_partner")
        for name, text, index in (
            ("name", "short 7", "res_partner_kehu_short_name_idx"),
            ("name", "short 7", "res_partner_kehu_name_idx"),
            ("ref", "bulk7", "res_partner_kehu_code_uniq"),
            ("vat", "v7", "res_partner_kehu_vat_idx"),
            ("phone", "0532-88881234", "res_partner_kehu_phone_idx"),
        ):
            with self.subTest(index=index):
                condition = self.env["res.partner"]._kehu_get_double_condition(
                    name, text
                )
                self.env.cr.execute(
                    SQL(
                        "EXPLAIN SELECT id FROM res_partner"
                        " WHERE archive_id IS NOT NULL AND id != 0 AND %s",
                        condition,
                    )
                )
                plan = "\n".join(row[0] for row in self.env.cr.fetchall())
                self.assertIn(index, plan)
        self.assertEqual(len(self.ask(name="short 7")), 1)
