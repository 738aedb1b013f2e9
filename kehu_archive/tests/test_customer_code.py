from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestCustomerCode(KehuCommon):
    """The customer code is unique, short and plain (R62, R63)."""

    def test_code_is_unique_with_width_and_case_folded(self):
        """R62: Ａ = A = a"""
        self.make_customer(ref="A01")
        for code in ("A01", "a01", "Ａ０１", "ａ01"):
            with self.subTest(code=code), self.assertRaises(Exception) as caught:
                with mute_logger("odoo.sql_db"), self.cr.savepoint():
                    self.make_customer(ref=code)
            self.assertIn(code, str(caught.exception))

    def test_a_customer_that_was_put_away_keeps_its_code(self):
        """R62"""
        self.make_customer(ref="B01").active = False
        other = self.make_customer()
        with self.assertRaisesRegex(ValidationError, "b01"):
            other.ref = "b01"

    def test_other_partners_may_share_any_reference(self):
        """Rules bind archived customers only."""
        self.make_partner(ref="Z 1/ä")
        self.make_partner(ref="Z 1/ä")

    def test_twenty_characters_pass_and_twenty_one_do_not(self):
        """R63"""
        customer = self.make_customer(ref="1" * 20)
        with self.assertRaisesRegex(ValidationError, "21"):
            customer.ref = "1" * 21

    def test_code_holds_digits_and_letters_only(self):
        """R63"""
        customer = self.make_customer(ref="370200010001")
        for code in ("A-1", "A 1", "客户1", "A_1", "A.1"):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                customer.ref = code

    def test_an_empty_code_comes_from_the_sequence_and_skips_taken_ones(self):
        """R63"""
        first = self.make_customer()
        digits = int(first.ref[1:])
        self.make_customer(ref=f"k{digits + 1:06}")
        self.assertEqual(self.make_customer().ref, f"K{digits + 2:06}")

    def test_an_archived_customer_cannot_lose_its_code(self):
        customer = self.make_customer()
        with self.assertRaises(ValidationError):
            customer.ref = False

    def test_typing_a_code_finds_the_customer_and_never_makes_one(self):
        """R74"""
        customer = self.make_customer(ref="HQ01", short_name="青岛总部")
        resolve = self.env["res.partner"].with_user(self.rep).kehu_resolve_customer_code
        count = self.env["res.partner"].search_count([])
        for typed in ("HQ01", "hq01", "ＨＱ０１", " HQ01 ", "青岛总部"):
            with self.subTest(typed=typed):
                answer = resolve(typed)
                self.assertEqual(answer["id"], customer.id)
                self.assertEqual(answer["name"], "青岛总部")
        self.assertIn("error", resolve("HQ02"))
        self.assertIn("error", resolve(""))
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_of_two_parallel_inserts_of_one_code_one_wins(self):
        """R62: two real transactions; the later one cannot see the earlier one."""
        code = "PARALLEL1"
        self.addCleanup(self.remove_customers, code)
        with self.registry.cursor() as first, self.registry.cursor() as second:
            # Both snapshots are older than either insert.
            second.execute("SELECT 1")
            self.register_in(first, code, "first")
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation) as lost:
                self.register_in(second, code, "second")
            self.assertEqual(
                lost.exception.diag.constraint_name, "res_partner_kehu_code_uniq"
            )
            second.rollback()
            # Tried again, as the server does: the loser gets a clear message.
            with self.assertRaisesRegex(UserError, code):
                self.register_in(second, code, "second")
            second.rollback()

    def register_in(self, cr, code, name):
        env = self.env(cr=cr)
        return (
            env["res.partner"]
            .create({"name": f"{code} {name}", "ref": code})
            ._kehu_register()
        )

    def remove_customers(self, code):
        with self.registry.cursor() as cr:
            cr.execute(
                """UPDATE res_partner SET archive_id = NULL WHERE ref = %(code)s;
                   DELETE FROM kehu_archive WHERE partner_id IN
                       (SELECT id FROM res_partner WHERE ref = %(code)s);
                   DELETE FROM res_partner WHERE ref = %(code)s""",
                {"code": code},
            )
            cr.commit()  # pylint: disable=invalid-commit
