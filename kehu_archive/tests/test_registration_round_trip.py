import io
import random

import openpyxl

from odoo.tests import BaseCase, tagged

from ..registration.blank_form import write_blank
from ..registration.definition import FORM_VERSION, OPTIONS
from ..registration.hidden import HIDDEN_SHEET, LISTS_SHEET
from ..registration.layout import CELL_OF
from ..registration.merge import merge
from ..registration.reader import read_forms
from ..registration.values import (
    MISSING,
    NA,
    NO_CONSENT,
    REFUSED,
    WITHHELD,
    FormData,
    Value,
)
from .registration_factories import (
    comparable,
    filled,
    principal,
    print_context,
    random_form,
    round_trip,
    typical_form,
    written,
)


def without_hidden_sheet(data):
    """Return a workbook as somebody would have copied it: without our sheets."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    for name in (HIDDEN_SHEET, LISTS_SHEET):
        del workbook[name]
    for name in list(workbook.defined_names):
        del workbook.defined_names[name]
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestRegistrationRoundTrip(BaseCase):
    def assert_same(self, form, read):
        self.assertEqual([error.render() for error in read.errors], [])
        self.assertEqual(comparable(read.data), comparable(form))

    # === EXPORT THEN IMPORT IS THE IDENTITY === #

    def test_export_then_import_is_the_identity(self):
        for seed in range(25):
            with self.subTest(seed=seed):
                form = random_form(random.Random(seed))
                read = round_trip(form)
                self.assert_same(form, read)
                self.assertEqual(read.data.token, form.token)
                self.assertTrue(merge(read, form).is_empty)

    def test_export_then_import_needs_no_hidden_sheet(self):
        """The same archive on an empty database, from the visible sheets alone"""
        for seed in range(100, 106):
            with self.subTest(seed=seed):
                form = random_form(random.Random(seed))
                (read,) = read_forms(without_hidden_sheet(written(form)), "a.xlsx")
                self.assertIsNone(read.base)
                self.assert_same(form, read)

    def test_many_customers_in_one_workbook(self):
        rng = random.Random(7)
        forms = [random_form(rng) for _ in range(6)]
        # Sheet names collide on purpose.
        for form in forms:
            form.archive["partner_id.short_name"] = filled("同名/客户:[1]")
        reads = read_forms(written(*forms), "all.xlsx")
        self.assertEqual(
            [read.data.token for read in reads], [form.token for form in forms]
        )
        for form, read in zip(forms, reads, strict=True):
            self.assert_same(form, read)

    def test_every_option_comes_back(self):
        """R84, R85, R86"""
        for key, name in (
            ("partner_id.enterprise_nature_id", "nature"),
            ("partner_id.customer_nature", "customer_nature"),
            ("partner_id.customer_category", "category"),
            ("partner_id.credit_grade", "grade"),
            ("partner_id.invoicing_partner_id", "party"),
            ("partner_id.head_office_relation", "relation"),
            ("settlement_method", "settlement"),
            ("confidentiality", "confidentiality"),
        ):
            codes = [option.code for option in OPTIONS[name]]
            forms = [FormData({key: filled(raw=code)}) for code in codes]
            reads = read_forms(written(*forms), "a.xlsx")
            self.assertEqual([read.data.get(key).raw for read in reads], codes, key)
        labels = [option.label for option in OPTIONS["industry"]]
        key = "partner_id.industry_text"
        forms = [FormData({key: filled(label)}) for label in labels]
        reads = read_forms(written(*forms), "a.xlsx")
        self.assertEqual([read.data.get(key).text for read in reads], labels)
        codes = [option.code for option in OPTIONS["role"]]
        people = [principal(role=filled(raw=code)) for code in codes]
        lines = round_trip(FormData(rows={"principal_ids": people})).data.rows
        self.assertEqual(
            [line["principal_ids.role"].raw for line in lines["principal_ids"]], codes
        )

    def test_the_four_states_come_back(self):
        """R91"""
        for state in (filled("胶东"), NA, REFUSED, MISSING):
            read = round_trip(typical_form(market_area=state))
            self.assertEqual(read.data.get("market_area"), state)

    def test_market_facts_are_printed_and_come_back_equal(self):
        """R115"""
        facts = {
            "market_area": filled("华东"),
            "business_scope": filled("设计、制造\n销售"),
            "sales_capability": filled("30 名销售"),
            "development_potential": filled("大"),
            "business_philosophy": filled("稳健"),
            "business_mode": filled("直销"),
            "business_policy": NA,
            "business_characteristics": filled("小批量"),
        }
        read = round_trip(typical_form(**facts))
        for key, value in facts.items():
            self.assertEqual(read.data.get(key), value, key)

    # === PEOPLE === #

    def test_a_person_has_none_in_the_cells_for_companies(self):
        """R35"""
        form = typical_form(partner_id__customer_nature=filled(raw="individual"))
        workbook = openpyxl.load_workbook(io.BytesIO(written(form)))
        sheet = workbook.worksheets[0]
        for key in (
            "partner_id.legal_representative",
            "partner_id.registered_capital",
            "partner_id.enterprise_nature_id",
            "partner_id.total_assets",
        ):
            self.assertEqual(sheet[CELL_OF[key].address].value, "无", key)
        read = round_trip(form)
        self.assertEqual(read.errors, [])
        self.assertNotIn("partner_id.legal_representative", read.data.archive)
        self.assertEqual(read.data.get("partner_id.name").text[:2], "青岛")

    def test_traits_without_consent_print_their_reason_only(self):
        """R40"""
        form = typical_form(
            rows={
                "principal_ids": [
                    principal(
                        name=filled("刘敏"),
                        personality=NO_CONSENT,
                        family=NO_CONSENT,
                        background=NO_CONSENT,
                        birth_month=WITHHELD,
                    )
                ]
            }
        )
        data = written(form)
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        self.assertEqual(sheet["J13"].value, "未取得同意")
        self.assertEqual(sheet["K13"].value, "未取得同意")
        self.assertEqual(sheet["D13"].value, "未授权")
        (line,) = round_trip(form).data.rows["principal_ids"]
        self.assertEqual(line["principal_ids.family"], NO_CONSENT)
        self.assertEqual(line["principal_ids.birth_month"], WITHHELD)

    # === WHAT TEXTS DO IN A SPREADSHEET === #

    def test_text_that_looks_like_a_formula_stays_text(self):
        texts = ("=1+1", "+86 532", "-3", "@SUM(A1)", '=HYPERLINK("http://x")', "＝1")
        for text in texts:
            with self.subTest(text=text):
                form = typical_form(main_business=filled(text))
                sheet = openpyxl.load_workbook(io.BytesIO(written(form))).worksheets[0]
                cell = sheet[CELL_OF["main_business"].address]
                self.assertEqual(cell.data_type, "s")
                self.assertTrue(cell.quotePrefix)
                self.assertEqual(cell.number_format, "@")
                self.assertEqual(round_trip(form).data.get("main_business").text, text)

    def test_long_numbers_keep_all_their_digits(self):
        number = "6222020200112233445566"
        form = typical_form(partner_id__bank_ids__acc_number=filled(number))
        read = round_trip(form)
        self.assertEqual(read.data.get("partner_id.bank_ids.acc_number").text, number)

    # === THE SHEET === #

    def test_a_page_is_a_real_form(self):
        sheet = openpyxl.load_workbook(
            io.BytesIO(written(typical_form(), copy_number="2026-01"))
        ).worksheets[0]
        self.assertEqual(sheet["A1"].value, "客 户 档 案 登 记 表")
        merged = {str(area) for area in sheet.merged_cells.ranges}
        self.assertLessEqual({"A1:L1", "C4:H4", "C8:L8", "A36:L36"}, merged)
        self.assertEqual(sheet.print_area, "'海润机械'!$A$1:$L$36")
        self.assertEqual(sheet.page_setup.paperSize, 9)
        # One page wide and one page high are the defaults of fitting.
        self.assertTrue(sheet.sheet_properties.pageSetUpPr.fitToPage)
        self.assertIn(sheet.page_setup.fitToWidth, (None, 1))
        self.assertIn(sheet.page_setup.fitToHeight, (None, 1))
        self.assertIn("2026-01", sheet.oddFooter.left.text)
        self.assertIn("李销售 2026-08-03 09:30", sheet.oddFooter.center.text)
        self.assertIn("机密", sheet.oddFooter.right.text)
        self.assertEqual(
            sheet["C8"].value,
            "□国有企业 □外资企业 □合资企业 ☑私营企业 □其他____",
        )
        notes = sheet["A36"].value
        for number in "一二三四五六七八九十":
            self.assertIn(f"{number}、", notes)
        for option in OPTIONS["industry"]:
            self.assertIn(option.label, notes)

    def test_a_numbered_copy_is_marked_beside_the_page_and_reads_back_the_same(self):
        """R17, R103: number, user and time in sight, outside what is printed."""
        form = random_form(random.Random(3), "company")
        plain, marked = (written(form, copy_number=number) for number in ("", "7 K9"))
        book = openpyxl.load_workbook(io.BytesIO(marked))
        sheets = [sheet for sheet in book if sheet.sheet_state == "visible"]
        self.assertGreater(len(sheets), 1)
        for sheet in sheets:
            self.assertEqual(sheet["N1"].value, "份号：7 K9\n李销售\n2026-08-03 09:30")
            self.assertTrue(sheet["N1"].protection.locked)
            self.assertIn("$A$1:$L$", sheet.print_area)
        answers = [read_forms(data, "form.xlsx") for data in (plain, marked)]
        (before,), (after,) = answers
        self.assertEqual((before.errors, after.errors), ([], []))
        self.assertEqual(comparable(before.data), comparable(after.data))

    def test_a_footer_survives_odd_names(self):
        data = written(typical_form(), printed_by="A&B " * 100, copy_number="&1")
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        self.assertIn("2026-08-03 09:30", sheet.oddFooter.center.text)

    def test_labels_are_locked_and_inputs_open_without_a_password(self):
        stream = io.BytesIO()
        write_blank(stream, print_context())
        workbook = openpyxl.load_workbook(stream)
        sheet = workbook.worksheets[0]
        self.assertTrue(sheet.protection.sheet)
        self.assertIsNone(sheet.protection.password)
        self.assertTrue(sheet["A4"].protection.locked)
        for address in ("C4", "C8", "A13", "L16", "C34", "J2"):
            self.assertFalse(sheet[address].protection.locked, address)
        self.assertTrue(sheet["A2"].protection.locked, "the archivist gives the number")

    def drop_downs(self):
        """Return ``{cell: texts on offer}`` of the blank form."""
        stream = io.BytesIO()
        write_blank(stream, print_context())
        workbook = openpyxl.load_workbook(stream)
        sheet, lists = workbook.worksheets[0], workbook[LISTS_SHEET]
        self.assertEqual(lists.sheet_state, "veryHidden")
        offered = {}
        for validation in sheet.data_validations.dataValidation:
            area = validation.formula1.partition("!")[2].replace("$", "")
            texts = [row[0].value for row in lists[area]]
            for cell in validation.sqref.ranges:
                offered[str(cell)] = texts
        return offered

    def test_the_blank_form_offers_every_option_list(self):
        offered = self.drop_downs()
        self.assertEqual(len(offered["C8"]), 6)
        self.assertIn(
            "□国有企业 ☑外资企业 □合资企业 □私营企业 □其他____", offered["C8"]
        )
        labels = [option.label for option in OPTIONS["industry"]]
        self.assertEqual(offered["C9"][:20], labels)
        for address in ("C20", "J18", "C32", "I32", "C33", "H2", "A13", "E16", "L13"):
            self.assertIn(address, offered)

    def test_every_drop_down_answer_can_be_read(self):
        keys = {
            "C8": "partner_id.enterprise_nature_id",
            "C20": "settlement_method",
            "C33": "partner_id.credit_grade",
            "H2": "confidentiality",
        }
        offered = self.drop_downs()
        stream = io.BytesIO()
        write_blank(stream, print_context())
        for number in range(max(len(offered[address]) for address in keys)):
            workbook = openpyxl.load_workbook(stream)
            sheet = workbook.worksheets[0]
            chosen = {
                address: offered[address][number]
                for address in keys
                if number < len(offered[address])
            }
            for address, text in chosen.items():
                sheet[address] = text
            filled_in = io.BytesIO()
            workbook.save(filled_in)
            (read,) = read_forms(filled_in.getvalue(), "a.xlsx")
            self.assertEqual(read.errors, [])
            for address, text in chosen.items():
                self.assertTrue(read.data.get(keys[address]), text)

    def test_a_blank_form_says_nothing(self):
        stream = io.BytesIO()
        self.assertEqual(write_blank(stream, print_context()), 2)
        (read,) = read_forms(stream.getvalue(), "blank.xlsx")
        self.assertEqual(read.errors, [])
        self.assertEqual(comparable(read.data), ({}, {}))
        self.assertEqual(read.base.version, FORM_VERSION)
        self.assertTrue(merge(read, FormData()).is_empty)

    def test_a_renamed_and_moved_sheet_keeps_its_archive(self):
        first, second = typical_form("archive:1"), typical_form("archive:2")
        workbook = openpyxl.load_workbook(io.BytesIO(written(first, second)))
        del workbook[workbook.sheetnames[0]]
        stream = io.BytesIO()
        workbook.save(stream)
        (read,) = read_forms(stream.getvalue(), "a.xlsx")
        self.assertEqual(read.data.token, "archive:2")

    def test_a_raw_code_that_paper_does_not_show_comes_back_while_unchanged(self):
        form = typical_form(partner_id__industry_text=Value.filled("制造业", "C"))
        read = round_trip(form)
        self.assertEqual(read.data.get("partner_id.industry_text").raw, "C")
