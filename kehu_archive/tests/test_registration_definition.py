from odoo.tests import BaseCase, tagged

from ..registration.continuation import LINE_LAYOUT, line_keys
from ..registration.definition import (
    FIELDS,
    KINDS,
    OPTIONS,
    ROW_FIELDS,
    SECTION_OF,
    SECTIONS,
    TABS,
    applies,
    get_field,
    required_keys,
)
from ..registration.layout import CELL_OF, COLUMNS, PAGE

# The seed's list (R85), copied from the form itself, not from the code.
INDUSTRIES = (
    "农、林、牧、渔业;采矿业;制造业;电力、热力、燃气及水的生产和供应业;"
    "环境和公共设施管理业;建筑业;交通运输、仓储业和邮政业;"
    "信息传输、计算机服务和软件业;批发和零售业;住宿、餐饮业;金融、保险业;房地产业;"
    "租赁和商务服务业;科学研究、技术服务和地质勘查业;水利、环境和公共设施管理业;"
    "居民服务和其他服务业;教育;卫生、社会保障和社会服务业;文化、体育、娱乐业;其他"
).split(";")


@tagged("post_install", "-at_install")
class TestRegistrationDefinition(BaseCase):
    def test_every_field_belongs_to_exactly_one_card_tab(self):
        """R108"""
        for section in SECTIONS:
            for field in section.fields:
                self.assertIn(field.tab, TABS, field.key)
                self.assertIn(field.kind, KINDS, field.key)
                self.assertIs(SECTION_OF[field.key], section)

    def test_every_tab_holds_something(self):
        """R108"""
        self.assertEqual({field.tab for field in FIELDS.values()}, set(TABS))

    def test_keys_and_labels_are_unique(self):
        keys = [field.key for section in SECTIONS for field in section.fields]
        self.assertEqual(len(keys), len(set(keys)))
        labels = [field.label for field in FIELDS.values()]
        self.assertEqual(len(labels), len(set(labels)))

    def test_the_form_lists_the_twenty_industries_in_their_order(self):
        """R85"""
        options = OPTIONS["industry"]
        self.assertEqual([option.label for option in options], INDUSTRIES)
        letters = "".join(option.gb_code for option in options)
        self.assertEqual(letters, "ABCDNEGIFHJKLMNOPQR")
        self.assertEqual(options[-1].gb_code, "")

    def test_the_form_lists_four_natures_and_others(self):
        """R84"""
        labels = [option.label for option in OPTIONS["nature"]]
        self.assertEqual(
            labels, ["国有企业", "外资企业", "合资企业", "私营企业", "其他"]
        )

    def test_the_form_lists_four_categories(self):
        """R86"""
        labels = [option.label for option in OPTIONS["category"]]
        self.assertEqual(labels, ["重要客户", "主要客户", "普通客户", "潜在客户"])

    def test_a_person_is_not_asked_for_a_companys_facts(self):
        """R35"""
        person, company = required_keys("individual"), required_keys("company")
        self.assertIn("partner_id.registered_capital", company)
        self.assertNotIn("partner_id.registered_capital", person)
        self.assertNotIn("partner_id.legal_representative", person)
        self.assertIn("partner_id.name", person)
        self.assertTrue(set(person) < set(company))
        self.assertTrue(applies(get_field("partner_id.vat"), ""))

    def test_personal_traits_are_marked_sensitive(self):
        """R40"""
        traits = {key for key, field in ROW_FIELDS.items() if field.sensitive}
        names = {key.partition(".")[2] for key in traits}
        self.assertEqual(
            names,
            {
                "birth_month",
                "education",
                "personality",
                "family",
                "background",
                "ability",
            },
        )

    def test_market_facts_are_all_asked(self):
        """R115"""
        for key in (
            "market_area",
            "business_scope",
            "sales_capability",
            "development_potential",
            "business_philosophy",
            "business_mode",
            "business_policy",
            "business_characteristics",
        ):
            self.assertTrue(FIELDS[key].on_form, key)

    def test_cells_stand_where_the_definition_says(self):
        for field in (*FIELDS.values(), *ROW_FIELDS.values()):
            cell = CELL_OF.get(field.key) or CELL_OF.get((field.key, 0))
            self.assertEqual(cell.address if cell else "", field.cell, field.key)

    def test_rows_and_spans_are_the_forms(self):
        """requirements/form.md, row by row"""
        spans = [[cell.span for cell in line.cells] for line in PAGE]
        line = [1, 1, 1, 1, 1, 2, 2, 1, 1, 1]
        work = [3, 2, 3, 2, 2]
        self.assertEqual(
            spans,
            [
                [12],
                [4, 3, 2, 3],
                [12],
                [2, 6, 2, 2],
                [2, 6, 2, 2],
                [2] * 6,
                [2] * 6,
                [2, 10],
                [2, 4, 2, 4],
                [2] * 6,
                [12],
                *[line] * 5,
                [12],
                [3, 4, 2, 3],
                [2, 4, 2, 4],
                [2, 4, 2, 4],
                [12],
                [2, 4, 2, 4],
                [2, 4, 2, 4],
                [12],
                *[work] * 4,
                [12],
                [2] * 6,
                [12],
                [2, 5, 1, 4],
                [2, 10],
                [2, 10],
                [2, 1, 2, 1, 2, 1, 2, 1],
                [12],
            ],
        )

    def test_every_line_field_has_a_column_on_the_continuation_sheet(self):
        """R93"""
        for rows_key, layouts in LINE_LAYOUT.items():
            for layout in layouts:
                self.assertEqual(sum(span for _, span in layout), COLUMNS, rows_key)
            wanted = {key for key in ROW_FIELDS if key.startswith(f"{rows_key}.")}
            self.assertEqual(set(line_keys(rows_key)), wanted)
