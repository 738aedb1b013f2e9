import io

import openpyxl

from odoo.tests import BaseCase, tagged

from ..registration.merge import Outcome, merge
from ..registration.reader import read_forms
from ..registration.values import MISSING, NA, NO_CONSENT, ROW_ID, WITHHELD
from .registration_factories import (
    filled,
    principal,
    typical_form,
    written,
)
from .test_registration_round_trip import without_hidden_sheet


def person(row_id, name, **values):
    """Return a principal that has a record."""
    return {ROW_ID: filled(raw=row_id), **principal(name=filled(name), **values)}


@tagged("post_install", "-at_install")
class TestRegistrationMerge(BaseCase):
    """Three voices: printed last month, the sheet now, the database now."""

    def merged(self, printed, now, edit, foreign=False):
        workbook = openpyxl.load_workbook(io.BytesIO(written(printed)))
        for address, text in edit.items():
            workbook.worksheets[0][address] = text
        stream = io.BytesIO()
        workbook.save(stream)
        data = stream.getvalue()
        if foreign:
            data = without_hidden_sheet(data)
        (read,) = read_forms(data, "a.xlsx")
        self.assertEqual(read.errors, [])
        return merge(read, now)

    def outcomes(self, result):
        return {change.key: change.outcome for change in result.changes}

    def test_an_untouched_form_changes_nothing(self):
        form = typical_form()
        self.assertTrue(self.merged(form, form, {}).is_empty)

    def test_an_untouched_form_does_not_bring_old_facts_back(self):
        now = typical_form(partner_id__phone=filled("0532-1111"), market_area=NA)
        self.assertTrue(self.merged(typical_form(), now, {}).is_empty)

    def test_what_only_the_sheet_changed_is_taken(self):
        form = typical_form()
        result = self.merged(form, form, {"C4": "新名称有限公司", "G7": "1500"})
        self.assertEqual(
            self.outcomes(result),
            {
                "partner_id.name": Outcome.TAKE,
                "partner_id.registered_capital": Outcome.TAKE,
            },
        )
        change = result.takes[0]
        self.assertEqual((change.cell, change.label), ("C4", "客户名称"))
        self.assertEqual(change.incoming.text, "新名称有限公司")

    def test_a_fact_wiped_out_on_the_sheet_is_wiped_out(self):
        form = typical_form()
        (change,) = self.merged(form, form, {"I9": None}).changes
        self.assertEqual((change.key, change.outcome), ("main_business", Outcome.TAKE))
        self.assertEqual(change.incoming, MISSING)

    def test_what_both_changed_differently_is_a_conflict_with_its_cell(self):
        now = typical_form(main_business=filled("机床"))
        result = self.merged(typical_form(), now, {"I9": "模具"})
        (conflict,) = result.conflicts
        self.assertEqual((conflict.cell, conflict.label), ("I9", "主营业务"))
        self.assertEqual(conflict.current.text, "机床")
        self.assertEqual(conflict.incoming.text, "模具")

    def test_what_both_changed_alike_is_no_conflict(self):
        now = typical_form(main_business=filled("模具"))
        self.assertTrue(self.merged(typical_form(), now, {"I9": "模具"}).is_empty)

    def test_two_facts_in_one_cell_are_merged_apart(self):
        now = typical_form(development_potential=filled("很大"))
        result = self.merged(typical_form(), now, {"C22": "华东 / 新厂房 2027 年投产"})
        self.assertEqual(self.outcomes(result), {"market_area": Outcome.TAKE})

    def test_the_same_amount_written_otherwise_is_unchanged(self):
        form = typical_form()
        edit = {"G7": "1,200.00 万元", "K7": "2003/5/16", "C8": "私营"}
        self.assertTrue(self.merged(form, form, edit).is_empty)

    def test_what_the_reader_may_not_see_is_never_overwritten(self):
        printed = typical_form(market_area=WITHHELD, main_business=WITHHELD)
        result = self.merged(printed, typical_form(), {"I9": "猜测"})
        self.assertEqual(self.outcomes(result), {"main_business": Outcome.KEPT})
        self.assertTrue(result.is_empty)
        result = self.merged(typical_form(), printed, {"I9": "猜测"})
        self.assertTrue(result.is_empty)

    def test_the_archive_number_is_not_taken_from_a_sheet(self):
        form = typical_form()
        self.assertTrue(self.merged(form, form, {"A2": "档案编号：X"}).is_empty)

    # === WITHOUT THE HIDDEN SHEET === #

    def test_a_foreign_sheet_fills_gaps_and_never_wipes(self):
        now = typical_form(main_business=MISSING)
        result = self.merged(typical_form(), now, {"C7": None}, foreign=True)
        self.assertEqual(self.outcomes(result), {"main_business": Outcome.TAKE})

    def test_a_foreign_sheet_that_differs_is_a_conflict(self):
        form = typical_form()
        result = self.merged(form, form, {"C7": "李四"}, foreign=True)
        self.assertEqual(
            self.outcomes(result),
            {"partner_id.legal_representative": Outcome.CONFLICT},
        )

    # === LINES === #

    def people(self, *people):
        return typical_form(rows={"principal_ids": list(people)})

    def test_lines_are_changed_added_and_removed(self):
        form = self.people(person("1", "甲"), person("2", "乙"), person("3", "丙"))
        edit = {"C13": "经理", "B14": None, "B16": "丁"}
        result = self.merged(form, form, edit)
        self.assertEqual(
            [(line.row_id, line.outcome) for line in result.lines],
            [("1", Outcome.TAKE), ("2", Outcome.REMOVE), ("", Outcome.ADD)],
        )
        self.assertEqual(result.lines[0].changes[0].incoming.text, "经理")

    def test_a_line_removed_on_paper_but_changed_since_is_a_conflict(self):
        printed = self.people(person("1", "甲"))
        now = self.people(person("1", "甲", phone=filled("123")), person("9", "新"))
        self.assertTrue(self.merged(printed, now, {}).is_empty)
        now = self.people(person("1", "甲甲"))
        (line,) = self.merged(printed, now, {"B13": None}).lines
        self.assertEqual(line.outcome, Outcome.CONFLICT)

    def test_a_line_changed_on_paper_whose_record_is_gone_is_a_conflict(self):
        printed = self.people(person("1", "甲"))
        (line,) = self.merged(printed, self.people(), {"B13": "甲乙"}).lines
        self.assertEqual(line.outcome, Outcome.CONFLICT)
        self.assertTrue(self.merged(printed, self.people(), {}).is_empty)

    def test_lines_of_a_foreign_sheet_are_matched_by_name(self):
        form = self.people(person("1", "甲"), person("2", "乙"))
        edit = {"F14": "13800001111", "B15": "丙"}
        result = self.merged(form, form, edit, foreign=True)
        self.assertEqual(
            [(line.row_id, line.outcome) for line in result.lines],
            [("2", Outcome.TAKE), ("", Outcome.ADD)],
        )

    def test_traits_given_since_consent_was_missing_are_offered(self):
        """R40: whether consent is there is for the archive to say"""
        form = self.people(person("1", "甲", personality=NO_CONSENT))
        (line,) = self.merged(form, form, {"J13": "爱钓鱼"}).lines
        self.assertEqual(line.changes[0].outcome, Outcome.TAKE)
        self.assertTrue(self.merged(form, self.people(person("1", "甲")), {}).is_empty)
