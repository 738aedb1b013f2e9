from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestCustomerNames(KehuCommon):
    """Full name for print, short name for screens (R64-R67)."""

    def test_name_is_at_most_98_wide_with_a_chinese_character_counting_two(self):
        """R64"""
        customer = self.make_customer()
        for name, allowed in [
            ("汉" * 49, True),
            ("汉" * 50, False),
            ("x" * 98, True),
            ("x" * 99, False),
            ("汉" * 48 + "xx", True),
            ("汉" * 48 + "xxx", False),
        ]:
            with self.subTest(name=name):
                if allowed:
                    customer.name = name
                else:
                    with self.assertRaises(ValidationError):
                        customer.name = name

    def test_short_name_is_at_most_60_wide(self):
        """R66"""
        customer = self.make_customer()
        for name, allowed in [
            ("汉" * 30, True),
            ("汉" * 31, False),
            ("x" * 60, True),
            ("x" * 61, False),
            ("汉" * 29 + "xx", True),
            ("汉" * 29 + "xxx", False),
        ]:
            with self.subTest(name=name):
                if allowed:
                    customer.short_name = name
                else:
                    with self.assertRaises(ValidationError):
                        customer.short_name = name

    def test_other_partners_may_have_any_name(self):
        self.make_partner(name="汉" * 80, short_name="汉" * 80)

    def test_screens_show_the_short_name_and_print_shows_the_full_one(self):
        """R67"""
        customer = self.make_customer(name="青岛海风机械有限公司", short_name="海风")
        self.assertEqual(customer.display_name, "海风")
        self.assertEqual(
            customer.with_context(kehu_full_name=True).display_name,
            "青岛海风机械有限公司",
        )
        self.assertIn(
            "青岛海风机械有限公司",
            str(
                self.env["ir.qweb.field.contact"].value_to_html(
                    customer, {"fields": ["name"]}
                )
            ),
        )

    def test_a_partner_without_archive_shows_its_name_as_ever(self):
        partner = self.make_partner(name="Any Ltd", short_name="Any")
        self.assertEqual(partner.display_name, "Any Ltd")

    def test_a_contact_shows_the_short_name_of_its_company(self):
        """R67"""
        customer = self.make_customer(name="青岛海风机械有限公司", short_name="海风")
        contact = self.make_partner(
            name="王芳", is_company=False, parent_id=customer.id
        )
        self.assertEqual(contact.display_name, "海风, 王芳")

    def test_a_customer_is_found_by_code_short_name_and_full_name(self):
        """R50, R67"""
        customer = self.make_customer(
            name="青岛海风机械有限公司", short_name="海风", ref="QD77"
        )
        for typed in ("QD77", "海风", "海风机械"):
            with self.subTest(typed=typed):
                found = self.env["res.partner"].with_user(self.rep).name_search(typed)
                self.assertIn(customer.id, [row[0] for row in found])
