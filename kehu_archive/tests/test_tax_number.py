from odoo.tests import Form, tagged

from .common import KehuCommon

GOOD = (
    "91110000600037341L",
    "91310115MA1H000200",
    "91310115MA1H00010Y",
    "N2330182MF1234567N",
)
FAULTY = {
    "91310115MA1H00020O": "never occur",
    "91110000600037341M": "check character",
    "91110000600037431L": "check character",
    "9111000060003734": "18 characters",
    "9111000A600037341L": "region",
}
PERSON = "11010519491231002X"


@tagged("post_install", "-at_install")
class TestTaxNumber(KehuCommon):
    """A doubtful tax number is warned of and never blocks (R15, R76)."""

    def make_china(self, **vals):
        country = self.env.ref("base.cn").id
        return self.make_customer(country_id=country, **vals)

    def test_good_codes_are_not_warned_of(self):
        customer = self.make_china()
        for vat in GOOD:
            with self.subTest(vat=vat):
                customer.vat = vat
                self.assertFalse(customer.vat_warning)

    def test_a_faulty_code_is_warned_of_with_its_reason_and_kept(self):
        customer = self.make_china()
        for vat, words in FAULTY.items():
            with self.subTest(vat=vat):
                customer.vat = vat
                self.assertEqual(customer.vat, vat)
                self.assertIn(words, customer.vat_warning or "")

    def test_the_archive_shows_the_warning_while_typing(self):
        archive = self.make_archive()
        with Form(archive.with_user(self.rep)) as form:
            form.card_vat = "91110000600037341M"
        self.assertIn("check character", archive.card_vat_warning)

    def test_a_foreign_customer_is_never_warned_of(self):
        customer = self.make_customer(
            country_id=self.env.ref("base.de").id, vat="91110000600037341M"
        )
        self.assertFalse(customer.vat_warning)

    def test_a_person_may_have_an_identity_number_and_a_company_not(self):
        customer = self.make_china(customer_nature="company", vat=PERSON)
        self.assertTrue(customer.vat_warning)
        customer.customer_nature = "individual"
        self.assertFalse(customer.vat_warning)
