import io
import zipfile

import openpyxl

from odoo.tests import tagged

from ..registration import safety
from .form_import_common import FormImportCommon
from .registration_factories import filled
from .test_registration_safety import _OLE, rezipped, zipped


@tagged("post_install", "-at_install")
class TestFormImportHostile(FormImportCommon):
    """Whatever is uploaded: one clear sentence on its line, and no change (R96)."""

    def setUp(self):
        super().setUp()
        self.good = self.new_form()

    def assert_refused(self, data, sentence, name="表.xlsx"):
        """The file is refused in one sentence, and the good one beside it is taken."""
        fresh = self.new_form(
            partner_id__ref=filled("FORMTEST0009"),
            partner_id__name=filled("旁边的好表"),
            partner_id__vat=filled(""),
        )
        before = self.env["res.partner"].search_count([])
        job = self.previewed(self.rep, (name, data), ("good.xlsx", fresh))
        self.applied(job)
        *bad, good = job.line_ids
        for line in bad:
            self.assertEqual(line.outcome, "refused", line.filename)
            self.assertIn(sentence, line.message)
            self.assertFalse(line.archive_id)
        self.assertEqual(good.outcome, "create", good.message)
        self.assertEqual(self.env["res.partner"].search_count([]), before + 1)
        self.assertEqual(job.state, "done")
        return bad

    def saved(self, change):
        workbook = openpyxl.load_workbook(io.BytesIO(self.good))
        change(workbook)
        stream = io.BytesIO()
        workbook.save(stream)
        return stream.getvalue()

    def test_something_else_than_a_workbook(self):
        self.assert_refused(b"%PDF-1.7 whatever", "is not a workbook")

    def test_an_empty_file(self):
        self.assert_refused(b"", "is empty")

    def test_a_truncated_file(self):
        self.assert_refused(self.good[: len(self.good) // 2], "damaged")

    def test_a_zip_bomb(self):
        bomb = rezipped(self.good, xl__bomb_xml=b" " * (30 * 1024 * 1024))
        self.assert_refused(bomb, "unpacks to far more data")

    def test_a_zip_that_promises_more_than_anybody_sends(self):
        # One form unpacks to less than this, fifty do not.
        self.patch(safety, "MAX_UNPACKED", 40 * len(self.good))
        many = zipped(**{f"a{number}_xlsx": self.good for number in range(50)})
        self.assert_refused(many, "unpacks to far more data", "a.zip")

    def test_a_macro_file(self):
        macros = rezipped(self.good, **{"xl__vbaProject.bin": b"x"})
        self.assert_refused(macros, "contains macros", "表.xlsm")

    def test_a_broken_old_workbook(self):
        self.assert_refused(_OLE + b"\x00" * 2000, "damaged", "表.xls")

    def test_an_encrypted_zip(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a.xlsx", self.good)
        locked = bytearray(stream.getvalue())
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            locked[locked.rfind(mark) + offset] |= 1
        self.assert_refused(bytes(locked), "protected by a password", "a.zip")

    def test_a_nested_zip(self):
        nested = zipped(b_zip=zipped(c_xlsx=self.good))
        self.assert_refused(nested, "an archive inside an archive", "a.zip")

    def test_a_sheet_without_end(self):
        huge = self.saved(lambda book: book.worksheets[0].cell(900000, 1, "x"))
        self.assert_refused(huge, "far larger than the form")

    def test_more_sheets_than_a_form_has(self):
        self.patch(safety, "MAX_SHEETS", 20)

        def add(book):
            for _number in range(30):
                book.create_sheet()

        self.assert_refused(self.saved(add), "more than 20 sheets")

    def test_formulas_are_named_by_their_cells_and_not_evaluated(self):
        formula = self.typed(self.good, C4="=1+1", C9='=HYPERLINK("http://evil")')
        (line,) = self.assert_refused(formula, "holds a formula")
        self.assertEqual(
            [text.partition(":")[0] for text in line.message.splitlines()],
            ["C4", "C9"],
        )

    def test_paths_inside_a_zip_are_names_and_nothing_else(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("../../../etc/passwd.xlsx", b"root")
        (line,) = self.assert_refused(stream.getvalue(), "not a workbook", "a.zip")
        self.assertEqual(line.filename, "a.zip: passwd.xlsx")

    def test_a_number_that_no_column_holds(self):
        large = self.new_form(partner_id__employee_count=filled(raw="9" * 15))
        (line,) = self.assert_refused(large, "")
        self.assertTrue(line.message)

    def test_a_formula_in_the_text_of_the_archive_is_text_again_on_paper(self):
        """R96: formulas are neutralised both ways"""
        archive = self.registered()
        archive.main_business = '=HYPERLINK("http://evil")'
        data = self.printed(archive)[1]
        book = openpyxl.load_workbook(io.BytesIO(data))
        self.assertEqual(book.worksheets[0]["C9"].data_type, "s")
        line = self.imported(self.rep, data)
        self.assertEqual(line.outcome, "unchanged", line.message)
