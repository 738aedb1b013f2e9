from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestPrincipals(KehuCommon):
    """Personal traits need consent and lie encrypted (R40, R100)."""

    def test_a_trait_without_consent_is_refused(self):
        archive = self.make_archive()
        principal = self.make_principal(archive, consent=None)
        for name in principal._get_trait_fields():
            with self.subTest(item=name), self.assertRaises(ValidationError):
                principal.with_user(self.rep).write({name: "1980-01"})

    def test_a_trait_with_consent_is_kept_and_read_back(self):
        archive = self.make_archive()
        principal = self.make_principal(
            archive, birth_month="1978-05", family="Two grown-up sons", ability="汉语"
        )
        principal.invalidate_recordset()
        reader = principal.with_user(self.rep)
        self.assertEqual(reader.birth_month, "1978-05")
        self.assertEqual(reader.family, "Two grown-up sons")
        self.assertEqual(reader.ability, "汉语")

    def test_the_database_holds_no_plaintext_of_a_trait(self):
        archive = self.make_archive()
        principal = self.make_principal(archive, personality="plays the erhu")
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(p)::text FROM kehu_principal p WHERE id = %s",
            [principal.id],
        )
        row = self.env.cr.fetchone()[0]
        self.assertNotIn("erhu", row)
        self.assertIn(principal.sudo().traits_cipher, row)

    def test_consent_to_one_item_opens_that_item_only(self):
        principal = self.make_principal(self.make_archive(), consent=None)
        principal._record_consent(["education"], "granted")
        principal.education = "MBA"
        self.assertEqual(principal.consent, "partial")
        with self.assertRaises(ValidationError):
            principal.family = "none"

    def test_a_refusal_removes_what_was_kept_at_once(self):
        principal = self.make_principal(
            self.make_archive(), family="private", education="MBA"
        )
        consent = principal.consent_ids.filtered(lambda c: c.item == "family")
        consent.with_user(self.rep).decision = "refused"
        self.assertFalse(principal.family)
        self.assertEqual(principal.education, "MBA")
        principal.consent = "refused"
        self.assertFalse(principal.education)
        self.assertFalse(principal.sudo()._read_traits())

    def test_a_ciphertext_cannot_be_moved_to_another_archive(self):
        one = self.make_principal(self.make_archive(), family="secret of one")
        two = self.make_principal(self.make_archive(), family="secret of two")
        two.sudo().traits_cipher = one.sudo().traits_cipher
        with self.assertRaises(UserError):
            two.sudo()._read_traits()

    def test_age_counts_full_years_from_the_month_of_birth(self):
        principal = self.make_principal(self.make_archive(), birth_month="1978-05")
        for day, age in [("2026-04-30", 47), ("2026-05-01", 48)]:
            with self.subTest(day=day), freeze_time(day):
                principal.invalidate_recordset(["age"])
                self.assertEqual(principal.age, age)

    def test_a_month_of_birth_is_year_and_month(self):
        principal = self.make_principal(self.make_archive())
        for text in ("1978", "05/1978", "1978-13"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                principal.birth_month = text
