import io

import openpyxl

from odoo.tests import BaseCase, tagged

from ..registration.continuation import plan_annex, plan_blank_annex
from ..registration.page_one import compose_page
from ..registration.reader import read_forms
from ..registration.values import NA
from .registration_factories import (
    comparable,
    cooperation,
    filled,
    principal,
    round_trip,
    typical_form,
    written,
)


@tagged("post_install", "-at_install")
class TestRegistrationContinuation(BaseCase):
    def sheets(self, form):
        return openpyxl.load_workbook(io.BytesIO(written(form))).worksheets[:-2]

    def assert_comes_back(self, form):
        read = round_trip(form)
        self.assertEqual([error.render() for error in read.errors], [])
        self.assertEqual(comparable(read.data), comparable(form))

    def test_a_typical_customer_needs_no_continuation_sheet(self):
        (sheet,) = self.sheets(typical_form())
        self.assertEqual(sheet["C34"].value, "重点跟进 （另附 0 页）")

    def test_the_fourth_cooperation_goes_to_the_continuation_sheet(self):
        """R93"""
        form = typical_form(
            rows={
                "cooperation_ids": [
                    cooperation(project=filled(f"项目{number}"))
                    for number in range(1, 6)
                ]
            }
        )
        page, annex = self.sheets(form)
        self.assertEqual(page["A28"].value, "项目3")
        texts = [cell.value for row in annex.iter_rows() for cell in row if cell.value]
        self.assertIn("项目4", texts)
        self.assertNotIn("项目3", texts)
        self.assertEqual(page["C34"].value, "重点跟进 （另附 1 页）")
        self.assert_comes_back(form)

    def test_the_fifth_principal_and_everybodys_ability_go_there_too(self):
        """R93, R40"""
        people = [
            principal(name=filled(f"人员{number}"), ability=filled(f"能力{number}"))
            for number in range(1, 7)
        ]
        form = typical_form(rows={"principal_ids": people})
        self.assert_comes_back(form)
        _page, annex = self.sheets(form)
        cells = {cell.value: cell for row in annex.iter_rows() for cell in row}
        # What page 1 asks for is only shown again here; the rest is open.
        self.assertTrue(cells["人员1"].protection.locked)
        self.assertFalse(cells["能力1"].protection.locked)
        self.assertFalse(cells["人员5"].protection.locked)

    def test_a_text_too_long_for_its_cell_moves_whole(self):
        """R93"""
        text = "该客户在胶东半岛与日韩均有业务。" * 30
        form = typical_form(market_area=filled(text))
        page, annex = self.sheets(form)
        self.assertEqual(page["C22"].value, "见附页 / 新厂房 2027 年投产")
        self.assertIn(text, [cell.value for row in annex.iter_rows() for cell in row])
        self.assert_comes_back(form)

    def test_a_text_longer_than_a_page_goes_on_and_comes_back_whole(self):
        """R93"""
        lines = "\n".join(f"第 {number} 行 = 内容  " for number in range(900))
        form = typical_form(business_scope=filled(lines + "终"), business_policy=NA)
        self.assertGreater(len(self.sheets(form)), 3)
        self.assert_comes_back(form)

    def test_a_long_text_in_a_line_comes_back_whole(self):
        notes = [
            {
                "note_ids.text": filled("备忘。" * 4000),
                "note_ids.source": filled("拜访"),
            },
            {"note_ids.text": filled("第二条")},
        ]
        self.assert_comes_back(typical_form(rows={"note_ids": notes}))

    def test_the_page_count_is_the_number_of_continuation_sheets(self):
        """R93"""
        form = typical_form(business_scope=filled("范围。" * 5000))
        sheets = self.sheets(form)
        self.assertIn(f"另附 {len(sheets) - 1} 页", sheets[0]["C34"].value)
        self.assertEqual(sheets[-1].title, f"海润机械 附{len(sheets) - 1}")
        pages = plan_annex(form, compose_page(form))
        self.assertEqual(len(pages), len(sheets) - 1)

    def test_the_blank_continuation_sheet_is_one_page(self):
        self.assertEqual(len(plan_blank_annex()), 1)

    def test_a_pointer_without_its_sheet_is_an_error_not_a_value(self):
        form = typical_form(market_area=filled("很长的文字。" * 60))
        workbook = openpyxl.load_workbook(io.BytesIO(written(form)))
        del workbook["海润机械 附1"]
        stream = io.BytesIO()
        workbook.save(stream)
        (read,) = read_forms(stream.getvalue(), "a.xlsx")
        (error,) = read.errors
        self.assertEqual(error.cell, "C22")
        self.assertIn("市场区域", error.render())
        self.assertNotIn("market_area", read.data.archive)

    def test_lines_added_by_hand_on_the_continuation_sheet_are_read(self):
        form = typical_form(rows={"note_ids": [{"note_ids.text": filled("一")}]})
        workbook = openpyxl.load_workbook(io.BytesIO(written(form)))
        sheet = workbook["海润机械 附1"]
        row = sheet.max_row + 1
        sheet.cell(row, 1, 2)
        sheet.cell(row, 2, "2026-08-03")
        sheet.cell(row, 3, "手工补充")
        stream = io.BytesIO()
        workbook.save(stream)
        (read,) = read_forms(stream.getvalue(), "a.xlsx")
        line = read.data.rows["note_ids"][1]
        self.assertEqual(line["note_ids.text"].text, "手工补充")
        self.assertEqual(line["note_ids.date"].raw, "2026-08-03")
