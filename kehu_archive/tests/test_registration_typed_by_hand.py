import io
import pathlib

import openpyxl

from odoo.tests import BaseCase, tagged

from ..registration.reader import read_forms
from ..registration.values import NA
from .registration_factories import comparable, typical_form, written
from .test_registration_round_trip import without_hidden_sheet

DATA = pathlib.Path(__file__).parent / "registration_data"


@tagged("post_install", "-at_install")
class TestRegistrationTypedByHand(BaseCase):
    """Forms that never came from this system, or were taken apart since."""

    def shifted(self, edit):
        """Return the typical form without hidden sheet, after ``edit(sheet)``."""
        workbook = openpyxl.load_workbook(
            io.BytesIO(without_hidden_sheet(written(typical_form())))
        )
        edit(workbook.worksheets[0])
        stream = io.BytesIO()
        workbook.save(stream)
        (form,) = read_forms(stream.getvalue(), "a.xlsx")
        return form

    def test_an_old_xls_typed_by_hand_is_read_by_its_labels(self):
        data = (DATA / "typed_by_hand.xls").read_bytes()
        (form,) = read_forms(data, "手工.xls")
        facts = {
            "partner_id.ref": "370200010009",
            "partner_id.name": "青岛手工填写有限公司",
            "partner_id.short_name": "手工",
            "partner_id.street": "青岛市崂山区海尔路 1 号",
            "partner_id.zip": "266101",
            "partner_id.legal_representative": "赵六",
            "partner_id.industry_text": "批发和零售业",
            "main_business": "五金",
            "partner_id.vat": "91310115MA1H000200",
            "partner_id.bank_ids.bank_id": "建行崂山支行",
            "partner_id.bank_ids.acc_number": "37101985510051001234",
            "remark": "老客户介绍",
        }
        for key, text in facts.items():
            self.assertEqual(form.data.get(key).text, text, key)
        codes = {
            "filled_on": "2026-08-03",
            "partner_id.region_id": "370212",
            "partner_id.customer_class_id": "02",
            "partner_id.registered_capital": "500",
            "partner_id.founded_on": "2010-04-01",
            "partner_id.enterprise_nature_id": "private",
            "partner_id.employee_count": "35",
            "partner_id.annual_revenue": "1200.5",
            "partner_id.total_assets": "800",
            "partner_id.size_class": "small",
            "settlement_method": "term",
            "credit_days": "45",
            "partner_id.customer_category": "key",
            "partner_id.credit_grade": "a",
        }
        for key, raw in codes.items():
            self.assertEqual(form.data.get(key).raw, raw, key)
        self.assertEqual(form.data.get("partner_id.head_office_id"), NA)
        first, second = form.data.rows["principal_ids"]
        self.assertEqual(first["principal_ids.name"].text, "赵六")
        self.assertEqual(first["principal_ids.role"].raw, "legal")
        self.assertEqual(first["principal_ids.birth_month"].raw, "1975-06")
        self.assertEqual(second["principal_ids.birth_month"].raw, "1978-11")
        self.assertEqual(second["principal_ids.phone"].text, "13900002222")

    def test_a_formula_in_an_old_xls_is_seen(self):
        data = (DATA / "typed_by_hand.xls").read_bytes()
        (form,) = read_forms(data, "手工.xls")
        self.assertEqual(
            [(error.cell, error.message.message_id) for error in form.errors],
            [("B18", "cell_formula")],
        )
        self.assertNotIn("credit_terms", form.data.archive)

    def test_labels_may_be_worded_otherwise(self):
        def reword(sheet):
            sheet["A4"] = "单位名称："
            sheet["A18"] = "统一社会信用代码"
            sheet["A7"] = " 法 人 代 表 "
            sheet["I4"] = "这一栏填简称"

        form = self.shifted(reword)
        self.assertEqual(form.errors, [])
        self.assertEqual(comparable(form.data), comparable(typical_form()))

    def test_rows_put_in_between_do_not_matter(self):
        def insert(sheet):
            for area in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(area))
            sheet.insert_rows(18)
            sheet.insert_rows(9)
            sheet.insert_rows(1)

        form = self.shifted(insert)
        self.assertEqual(form.errors, [])
        self.assertEqual(comparable(form.data), comparable(typical_form()))
        self.assertEqual(form.cells["main_business"][1], "I11")
