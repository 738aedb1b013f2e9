import datetime
import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..registration import register
from .common import KehuCommon


class RegisterCommon(KehuCommon):
    """Registers in and out, as those who may export."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        export = cls.env.ref("base.group_allow_export")
        for user in (cls.rep, cls.stranger, cls.manager, cls.archivist, cls.auditor):
            user.group_ids += export
        cls.marker = "REG"

    def take(self, user, domain=None, mark="", **options):
        """Take the register as ``user``; returns the workbook's bytes."""
        if domain is None:
            domain = [("partner_id.ref", "=like", f"{self.marker}%")]
        stream = io.BytesIO()
        archives = self.env["kehu.archive"].with_user(user)
        archives = archives.with_context(kehu_mark=mark)
        self.rows_written = archives._write_register(stream, domain, **options)
        return stream.getvalue()

    def rows(self, data):
        """Return the rows of a register as ``{heading: content}``."""
        book = openpyxl.load_workbook(io.BytesIO(data))
        rows = []
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                head, *lines = sheet.iter_rows(values_only=True)
                rows += [dict(zip(head, line, strict=True)) for line in lines]
        return rows

    def row(self, user, code):
        """Return the row of one customer in the register that ``user`` takes."""
        (row,) = [r for r in self.rows(self.take(user)) if r["客户编号"] == code]
        return row


@tagged("post_install", "-at_install")
class TestRegisterExport(RegisterCommon):
    """The register: all customers the user may read, one row each (R50, R96)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        region = cls.env["kehu.region"].search([("code", "=", "370200")])
        nature = cls.env["kehu.enterprise.nature"].search([("code", "!=", False)])
        cls.office = cls.make_archive(
            ref="REG001", name="青岛海润集团有限公司", short_name="海润集团"
        )
        cls.archive = cls.make_archive(
            {
                "main_business": "=1+1",
                "business_scope": "生产\n销售",
                "settlement_method": "term",
                "credit_days": 30,
            },
            ref="REG002",
            name="青岛海润精密机械制造有限公司",
            short_name="海润机械",
            region_id=region.id,
            enterprise_nature_id=nature.filtered(
                lambda row: row.form_option == "private"
            )[:1].id,
            customer_nature="company",
            registered_capital=1200.5,
            founded_on=datetime.date(2008, 5, 12),
            head_office_id=cls.office.partner_id.id,
        )
        cls.archive.set_fact_state("partner_id.phone", "na")
        cls.others = cls.make_archive(ref="REG003", user_id=cls.stranger.id)

    def test_the_columns_are_the_facts_of_the_form_in_its_words(self):
        row = self.row(self.rep, "REG002")
        for field in register.columns():
            self.assertIn(register.heading(field), row)
        self.assertEqual(row["客户名称"], "青岛海润精密机械制造有限公司")
        self.assertEqual(row["企业性质"], "私营企业")
        self.assertEqual(row["客户性质"], "普通公司")
        self.assertEqual(row["档案状态"], "填写中")
        self.assertEqual(row["销售员"], self.rep.name)

    def test_codes_stand_beside_names_and_numbers_and_dates_are_real(self):
        row = self.row(self.rep, "REG002")
        self.assertEqual(row["所属地区"], "370200 青岛市")
        self.assertEqual(row["客户总公司"], "REG001 海润集团")
        self.assertEqual(row["注册资本（万元）"], 1200.5)
        self.assertEqual(row["账期天数（天）"], 30)
        self.assertEqual(row["成立时间"], datetime.datetime(2008, 5, 12))

    def test_a_fact_that_does_not_apply_says_so(self):
        self.assertEqual(self.row(self.rep, "REG002")["电话"], "无")

    def test_texts_that_look_like_formulas_stay_texts(self):
        book = openpyxl.load_workbook(io.BytesIO(self.take(self.rep)))
        cells = [
            cell
            for cells in book.worksheets[0].iter_rows()
            for cell in cells
            if cell.value == "=1+1"
        ]
        self.assertEqual([cell.data_type for cell in cells], ["s"])
        self.assertTrue(cells[0].quotePrefix)

    def test_everybody_gets_the_rows_of_the_archives_they_may_read(self):
        expected = {
            self.rep: ["REG001", "REG002"],
            self.stranger: ["REG003"],
            self.manager: ["REG001", "REG002"],
            self.archivist: ["REG001", "REG002", "REG003"],
            self.auditor: ["REG001", "REG002", "REG003"],
        }
        for user, codes in expected.items():
            rows = self.rows(self.take(user))
            self.assertEqual([r["客户编号"] for r in rows], codes, user.name)

    def test_a_customer_hidden_by_its_own_rules_is_no_row(self):
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": "[('ref', '!=', 'REG001')]",
            }
        )
        rows = self.rows(self.take(self.archivist))
        self.assertEqual([row["客户编号"] for row in rows], ["REG002", "REG003"])
        # Its name does not leak as somebody's head office either.
        self.assertEqual(rows[0]["客户总公司"], "未授权")

    def test_the_domain_of_the_list_chooses_the_rows(self):
        domain = [("partner_id.ref", "=", "REG002")]
        rows = self.rows(self.take(self.archivist, domain))
        self.assertEqual([row["客户编号"] for row in rows], ["REG002"])

    def test_without_the_right_to_export_there_is_no_register(self):
        rights = "base.group_user,kehu_archive.group_kehu_archivist"
        user = new_test_user(self.env, "kehu_no_export", groups=rights)
        with self.assertRaises(AccessError):
            self.take(user)

    def test_who_reads_no_archives_gets_no_register(self):
        self.admin.group_ids += self.env.ref("base.group_allow_export")
        with self.assertRaises(AccessError):
            self.take(self.admin)

    def test_more_rows_than_a_sheet_holds_go_on_another(self):
        data = self.take(self.archivist, max_rows=2)
        book = openpyxl.load_workbook(io.BytesIO(data))
        self.assertEqual(book.sheetnames[:2], ["客户台账", "客户台账 2"])
        self.assertEqual([book[n].max_row for n in book.sheetnames[:2]], [3, 2])
        self.assertEqual(book["客户台账 2"].freeze_panes, "A2")
        self.assertEqual(len(self.rows(data)), self.rows_written)

    def test_the_watermark_stands_above_the_headings_of_each_sheet_and_stays_r17(self):
        mark = "=Li 2026-08-03 09:30 K7"
        book = openpyxl.load_workbook(
            io.BytesIO(self.take(self.archivist, mark=mark, max_rows=2))
        )
        sheets = [sheet for sheet in book if sheet.sheet_state == "visible"]
        self.assertEqual([sheet.max_row for sheet in sheets], [4, 3])
        for sheet in sheets:
            self.assertEqual((sheet["A1"].value, sheet["A1"].data_type), (mark, "s"))
            self.assertEqual(sheet["A2"].value, register.heading(register.columns()[0]))
            self.assertEqual(sheet.freeze_panes, "A3")
            self.assertEqual(sheet.print_title_rows, "$1:$2")
            self.assertTrue(sheet.auto_filter.ref.startswith("A2:"))

    def test_the_query_does_not_grow_with_the_rows(self):
        self.take(self.archivist)
        with self.assertQueryCount(12):
            self.take(self.archivist)

    def test_each_export_is_noted(self):
        self.env["kehu.register.export"].with_user(self.rep)._note(7, [("id", "=", 1)])
        note = self.env["kehu.register.export"].with_user(self.auditor).search([])[0]
        self.assertEqual((note.user_id, note.row_count), (self.rep, 7))
        with self.assertRaises(AccessError):
            note.with_user(self.archivist).unlink()
