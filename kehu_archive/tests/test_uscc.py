from odoo.tests import BaseCase, tagged

from ..registration import uscc

VALID = (
    "91110000600037341L",
    "91310115MA1H000200",  # the weighted sum is divisible by 31
    "91310115MA1H00010Y",
    "N2330182MF1234567N",  # a registering department with a letter
)


@tagged("kehu_pure")
class TestUscc(BaseCase):
    """Tax numbers are checked by GB 32100-2015, the standard's own way."""

    def test_valid_codes_pass(self):
        for code in VALID:
            with self.subTest(code=code):
                self.assertIsNone(uscc.check_uscc(code))
                self.assertTrue(uscc.is_valid_uscc(code))

    def test_a_code_may_be_typed_in_full_width_small_letters_and_groups(self):
        self.assertTrue(uscc.is_valid_uscc("９１１１００００６０００３７３４１ｌ"))
        self.assertTrue(uscc.is_valid_uscc(" 9111 0000 6000 3734-1l "))

    def test_every_reason_is_told(self):
        for code, reason in (
            ("", uscc.REASON_EMPTY),
            (None, uscc.REASON_EMPTY),
            ("91110000600037341", uscc.REASON_LENGTH),
            ("91110000600037341LL", uscc.REASON_LENGTH),
            ("9111000060003734IL", uscc.REASON_CHARACTER),
            ("9111000060003734客L", uscc.REASON_CHARACTER),
            ("9111000A600037341L", uscc.REASON_REGION),
            ("91310115MA1H00020O", uscc.REASON_CHARACTER),
            ("91310115MA1H000201", uscc.REASON_CHECKSUM),
            ("91110000600037341M", uscc.REASON_CHECKSUM),
        ):
            with self.subTest(code=code):
                self.assertEqual(uscc.check_uscc(code), reason)

    def test_the_letters_that_look_like_digits_are_refused(self):
        for letter in "IOSVZ":
            with self.subTest(letter=letter):
                code = f"91110000{letter}00037341L"
                self.assertEqual(uscc.check_uscc(code), uscc.REASON_CHARACTER)

    def test_every_single_mistyped_character_is_caught(self):
        for good in VALID:
            for position, old in enumerate(good):
                for new in uscc.ALPHABET:
                    bad = good[:position] + new + good[position + 1 :]
                    self.assertEqual(uscc.is_valid_uscc(bad), new == old, bad)

    def test_every_swap_of_neighbours_is_caught(self):
        for good in VALID:
            for at in range(17):
                bad = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
                self.assertEqual(uscc.is_valid_uscc(bad), bad == good, bad)

    def test_region_of_registration_is_read_from_a_valid_code_only(self):
        self.assertEqual(uscc.get_region_code("91310115MA1H00010Y"), "310115")
        self.assertEqual(uscc.get_region_code("91310115MA1H00010X"), "")

    def test_old_numbers_and_identity_cards_pass_when_switched_on(self):
        old, person = "370202163564286", "11010519491231002X"
        self.assertEqual(uscc.check_tax_number(old), (None, uscc.REASON_LENGTH))
        self.assertEqual(
            uscc.check_tax_number(old, legacy=True), (uscc.KIND_LEGACY, None)
        )
        self.assertEqual(
            uscc.check_tax_number("37020A163564286", legacy=True),
            (None, uscc.REASON_REGION),
        )
        self.assertEqual(uscc.check_tax_number(person), (None, uscc.REASON_CHECKSUM))
        self.assertEqual(
            uscc.check_tax_number(person, person=True), (uscc.KIND_PERSON, None)
        )
        self.assertEqual(
            uscc.check_tax_number("110105194912310021", person=True),
            (None, uscc.REASON_CHECKSUM),
        )
        self.assertEqual(
            uscc.check_tax_number(VALID[0], legacy=True, person=True),
            (uscc.KIND_USCC, None),
        )
