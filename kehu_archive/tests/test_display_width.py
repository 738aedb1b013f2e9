from odoo.tests import BaseCase, tagged

from ..registration.folding import fold_code, fold_label, fold_text
from ..registration.width import NAME_LIMIT, SHORT_NAME_LIMIT, display_width, fits


@tagged("kehu_pure")
class TestDisplayWidth(BaseCase):
    """R64, R66: names are limited by display width, a Chinese character counting 2."""

    def test_r64_a_name_takes_49_chinese_characters_or_98_letters(self):
        for text, allowed in (
            ("客" * 49, True),
            ("客" * 50, False),
            ("A" * 98, True),
            ("A" * 99, False),
            ("客" * 48 + "AB", True),
            ("客" * 48 + "ABC", False),
        ):
            with self.subTest(text=text):
                self.assertEqual(fits(text, NAME_LIMIT), allowed)

    def test_r66_a_short_name_takes_30_chinese_characters_or_60_letters(self):
        for text, allowed in (
            ("客" * 30, True),
            ("客" * 31, False),
            ("A" * 60, True),
            ("A" * 61, False),
            ("客" * 29 + "AB", True),
            ("客" * 29 + "ABC", False),
        ):
            with self.subTest(text=text):
                self.assertEqual(fits(text, SHORT_NAME_LIMIT), allowed)

    def test_r64_width_of_each_kind_of_character(self):
        for text, width in (
            ("", 0),
            (None, 0),
            (False, 0),
            ("a1-", 3),
            ("Ａ１－", 6),  # full-width forms
            ("（）。、", 8),  # Chinese punctuation
            ("𠮷", 2),  # outside the basic plane
            ("·—“", 6),  # ambiguous in Unicode, a full cell in Chinese fonts
            ("ｱ", 1),  # half-width form
            ("e\u0301", 2),  # one letter in two code points, ambiguous as é is
            ("x\u0301", 1),  # a mark that combines takes no room
            ("客\u200b户", 4),  # an invisible character takes no room
        ):
            with self.subTest(text=text):
                self.assertEqual(display_width(text), width)


@tagged("kehu_pure")
class TestFolding(BaseCase):
    """R62: width, letter case and blanks around do not make another code."""

    def test_r62_spellings_of_one_code_fold_to_one(self):
        for text in ("A-01", "a-01", "Ａ－０１", "ａ－０１", "  A-01　"):
            with self.subTest(text=text):
                self.assertEqual(fold_code(text), "A-01")

    def test_r62_nothing_folds_to_nothing(self):
        for text in (None, False, "", "   ", "　"):
            with self.subTest(text=text):
                self.assertEqual(fold_code(text), "")
                self.assertEqual(fold_text(text), "")

    def test_folding_twice_changes_nothing(self):
        for text in ("ﬁ-ß", "ŉ", "㎏", "Å①"):
            with self.subTest(text=text):
                self.assertEqual(fold_code(fold_code(text)), fold_code(text))

    def test_r85_commas_and_blanks_make_no_other_label(self):
        self.assertEqual(fold_label("金融、 保险业"), fold_label("金融,保险业"))
        self.assertNotEqual(fold_label("金融业"), fold_label("保险业"))
