from odoo import models
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..registration import definition
from .common import KehuCommon

# Facts that a company has and a person has not (R35).
COMPANY_FACTS = {
    "partner_id.head_office_id",
    "partner_id.legal_representative",
    "partner_id.registered_capital",
    "partner_id.founded_on",
    "partner_id.enterprise_nature_id",
    "partner_id.employee_count",
    "partner_id.annual_revenue",
    "partner_id.total_assets",
}


@tagged("post_install", "-at_install")
class TestValueStates(KehuCommon):
    """A fact is filled, does not apply (无), is not filled yet, or was refused (R91)."""

    def mark_all_missing(self, archive, state="na"):
        for key in archive.missing_facts.strip(",").split(","):
            archive.set_fact_state(key, state)

    def find(self, field, text):
        return self.env["kehu.archive"].search([(field, "ilike", text)])

    # === COMPLETENESS === #

    def test_a_fact_that_does_not_apply_counts_as_complete(self):
        archive = self.make_archive()
        before = archive.completeness
        archive.set_fact_state("partner_id.vat", "na")
        self.assertGreater(archive.completeness, before)
        self.assertNotIn(",partner_id.vat,", archive.missing_facts)

    def test_a_refused_fact_counts_as_complete_and_is_not_asked_for_again(self):
        archive = self.make_archive()
        archive.set_fact_state("partner_id.vat", "refused", "He will not say")
        self.assertNotIn(",partner_id.vat,", archive.missing_facts)
        self.assertEqual(archive.fact_ids.reason, "He will not say")

    def test_a_mark_taken_back_leaves_the_fact_not_filled(self):
        archive = self.make_archive()
        before = archive.completeness
        archive.set_fact_state("partner_id.vat", "na")
        archive.set_fact_state("partner_id.vat", "missing")
        self.assertEqual(archive.completeness, before)
        self.assertIn(",partner_id.vat,", archive.missing_facts)

    def test_a_value_makes_a_fact_filled_whatever_it_was_marked(self):
        archive = self.make_archive()
        archive.set_fact_state("main_business", "na")
        archive.main_business = "Pumps"
        self.assertEqual(archive._get_fact_states()["main_business"], "filled")

    def test_an_archive_is_complete_exactly_when_nothing_is_missing(self):
        archive = self.make_archive()
        self.assertLess(archive.completeness, 100)
        while keys := (archive.missing_facts or "").strip(","):
            self.assertLess(archive.completeness, 100)
            archive.set_fact_state(keys.split(",")[0], "na")
        self.assertEqual(archive.completeness, 100)
        self.assertFalse(archive.missing_facts)
        archive.set_fact_state("main_business", "missing")
        self.assertLess(archive.completeness, 100)
        self.assertEqual(archive.missing_facts, ",main_business,")

    def test_completeness_follows_the_customer_card_and_the_lists(self):
        archive = self.make_archive()
        for write in (
            lambda: archive.partner_id.write({"vat": "91110000600037341L"}),
            lambda: self.make_principal(archive, consent=None),
            lambda: self.env["res.partner.bank"].create(
                {"partner_id": archive.partner_id.id, "acc_number": "6222 0001"}
            ),
        ):
            before = archive.completeness, archive.missing_facts
            write()
            self.assertGreater(archive.completeness, before[0])
            self.assertLess(len(archive.missing_facts), len(before[1]))

    def test_a_person_is_asked_for_fewer_facts_than_a_company(self):
        """R35"""
        archive = self.make_archive()
        company_facts = archive._get_fact_states().keys()
        archive.partner_id.customer_nature = "individual"
        self.assertEqual(
            company_facts - archive._get_fact_states().keys(), COMPANY_FACTS
        )
        self.assertNotIn("registered_capital", archive.missing_facts)

    def test_an_unknown_fact_cannot_be_marked(self):
        archive = self.make_archive()
        for key, state in (("partner_id.comment", "na"), ("main_business", "filled")):
            with self.subTest(key=key), self.assertRaises(UserError):
                archive.set_fact_state(key, state)

    def test_a_closed_archive_takes_no_marks(self):
        archive = self.make_closed()
        with self.assertRaises(UserError):
            archive.with_user(self.rep).set_fact_state("main_business", "na")

    # === SEARCH === #

    def test_not_filled_and_not_applicable_are_searched_apart(self):
        missing = self.make_archive()
        not_applicable, refused, filled = (
            self.make_archive(),
            self.make_archive(),
            self.make_archive({"main_business": "Pumps"}),
        )
        not_applicable.set_fact_state("main_business", "na")
        refused.set_fact_state("main_business", "refused")
        mine = missing | not_applicable | refused | filled
        for field, expected in (
            ("missing_fact", missing),
            ("na_fact", not_applicable),
            ("refused_fact", refused),
        ):
            for text in ("Main Business", "main bus", "主营业务", "main_business"):
                with self.subTest(field=field, text=text):
                    self.assertEqual(self.find(field, text) & mine, expected)

    def test_a_fact_filled_after_all_is_no_longer_found_as_not_applicable(self):
        archive = self.make_archive()
        archive.set_fact_state("main_business", "na")
        archive.main_business = "Pumps"
        self.assertNotIn(archive, self.find("na_fact", "主营业务"))
        archive.main_business = False
        self.assertIn(archive, self.find("na_fact", "主营业务"))

    def test_searching_for_anything_but_a_fact_finds_the_others(self):
        missing = self.make_archive()
        filled = self.make_archive({"main_business": "Pumps"})
        complete = self.make_archive()
        self.mark_all_missing(complete)
        mine = [("id", "in", (missing | filled | complete).ids)]
        Archive = self.env["kehu.archive"]
        self.assertEqual(
            Archive.search([("missing_fact", "not ilike", "主营业务"), *mine]),
            complete | filled,
        )
        self.assertEqual(
            Archive.search([("missing_fact", "=", False), *mine]), complete
        )
        self.assertEqual(
            Archive.search([("missing_fact", "!=", False), *mine]), filled | missing
        )

    def test_a_fact_is_not_confused_with_one_of_a_similar_name(self):
        """An underscore in a key is an underscore, not any character."""
        archive = self.make_archive()
        self.mark_all_missing(archive)
        archive.fact_ids.filtered(lambda fact: fact.key == "main_business").unlink()
        self.assertEqual(archive.missing_facts, ",main_business,")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE kehu_archive SET missing_facts = ',main-business,' WHERE id = %s",
            [archive.id],
        )
        self.env.invalidate_all()
        self.assertNotIn(archive, self.find("missing_fact", "main_business"))

    # === THE DEFINITION AND THE MODELS === #

    def test_every_key_of_the_definition_leads_to_a_field(self):
        Archive = self.env["kehu.archive"]
        for key in [*definition.FIELDS, *definition.ROW_FIELDS]:
            with self.subTest(key=key):
                self.assertTrue(Archive._get_fact_field(key))

    def test_every_field_of_the_form_has_exactly_one_tab(self):
        """R108"""
        keys = [
            field.key for section in definition.SECTIONS for field in section.fields
        ]
        self.assertEqual(len(keys), len(set(keys)))
        tabs = {
            field.tab for section in definition.SECTIONS for field in section.fields
        }
        self.assertEqual(tabs, set(definition.TABS))

    def test_option_lists_of_the_form_are_those_of_the_fields(self):
        Archive = self.env["kehu.archive"]
        for key, item in {**definition.FIELDS, **definition.ROW_FIELDS}.items():
            field = Archive._get_fact_field(key)
            if item.kind != "selection" or field.type != "selection":
                continue
            with self.subTest(key=key):
                options = {option.code for option in definition.OPTIONS[item.options]}
                self.assertLessEqual(options, set(field.get_values(self.env)))

    def test_every_fact_has_its_field_in_the_form_view(self):
        """One click from each gap to its field needs a field to click to."""
        archive = self.make_archive()
        arch = self.env.ref("kehu_archive.kehu_archive_view_form").arch
        for gap in archive.get_gaps():
            with self.subTest(key=gap["key"]):
                self.assertIn(f'name="{gap["field"]}"', arch)

    def test_every_field_has_a_help_text(self):
        """R28"""
        ours = [
            field
            for model in self.env.registry.values()
            for field in model._fields.values()
            if field.name not in models.MAGIC_COLUMNS
            and field.name != "display_name"
            and field._module == "kehu_archive"
        ]
        self.assertGreater(len(ours), 100)
        self.assertEqual([str(field) for field in ours if not field.help], [])
