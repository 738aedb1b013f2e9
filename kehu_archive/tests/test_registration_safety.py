import io
import random
import zipfile

import openpyxl

from odoo.tests import BaseCase, tagged

from ..registration import safety
from ..registration.messages import SOURCES, RefusedFile
from ..registration.reader import read_forms, read_uploads
from .registration_factories import comparable, filled, typical_form, written

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def rezipped(data, change=None, **added):
    """Return a workbook with parts changed by ``change(name, bytes)`` or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(name, content) if change else content)
        for name, content in added.items():
            target.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def zipped(**members):
    """Return a .zip of files; ``_`` in the names stands for the dot."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestRegistrationSafety(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = written(typical_form())

    def assert_refused(self, message_id, data, name="表.xlsx"):
        with self.assertRaises(RefusedFile) as seen:
            read_forms(data, name)
        message = seen.exception.message
        self.assertEqual(message.message_id, message_id)
        self.assertIn(name, message.render())

    def saved(self, change):
        """Return the good form after ``change(sheet)`` in another program."""
        workbook = openpyxl.load_workbook(io.BytesIO(self.good))
        change(workbook.worksheets[0])
        stream = io.BytesIO()
        workbook.save(stream)
        return stream.getvalue()

    def test_what_is_no_workbook_is_refused_in_one_sentence(self):
        self.assert_refused("file_empty", b"")
        for content in (b"name;code", b"<html></html>", b"%PDF-1.7", b"\x00" * 99):
            self.assert_refused("file_type", content)
        self.assert_refused("file_type", zipped(a_txt=b"x"))

    def test_truncated_workbooks_are_refused(self):
        for length in (4, 100, len(self.good) // 2, len(self.good) - 10):
            self.assert_refused("file_damaged", self.good[:length])
        self.assert_refused("file_damaged", _OLE + b"\x00" * 2000, "表.xls")

    def test_flipped_bytes_never_end_in_anything_but_a_sentence(self):
        rng = random.Random(11)
        for _ in range(60):
            data = bytearray(self.good)
            for _ in range(rng.choice((1, 5, 50))):
                data[rng.randrange(len(data))] = rng.randrange(256)
            # Either it still is a form, or one sentence says why not.
            for form in read_uploads([("表.xlsx", bytes(data))]):
                if form.problem:
                    self.assertIn(form.problem.message_id, SOURCES)

    def test_large_files_are_refused_unread(self):
        self.assert_refused("file_too_large", self.good + b"\0" * safety.MAX_FILE)

    def test_a_zip_bomb_is_not_unpacked(self):
        bomb = rezipped(self.good, xl__bomb_xml=b" " * (30 * 1024 * 1024))
        self.assertLess(len(bomb), 200000)
        self.assert_refused("file_bomb", bomb)

    def test_macros_are_refused_whatever_the_name_says(self):
        self.assert_refused(
            "file_macros", rezipped(self.good, **{"xl__vbaProject.bin": b"x"})
        )
        marked = rezipped(
            self.good,
            lambda name, content: content.replace(
                b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml"
            ),
        )
        self.assert_refused("file_macros", marked)

    def test_links_to_other_files_are_refused(self):
        linked = rezipped(
            self.good, **{"xl__externalLinks__externalLink1.xml": b"<a/>"}
        )
        self.assert_refused("file_external", linked)

    def test_xml_declarations_are_refused(self):
        attack = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        self.assert_refused(
            "file_unsafe_xml",
            rezipped(
                self.good,
                lambda name, content: (
                    attack + content if name == "xl/sharedStrings.xml" else content
                ),
            ),
        )

    def test_endless_sheets_are_refused(self):
        def far_away(sheet):
            sheet.cell(900000, 1, "x")

        self.assert_refused("file_too_many_cells", self.saved(far_away))

    def test_a_workbook_without_the_form_is_refused(self):
        workbook = openpyxl.Workbook()
        workbook.active["A1"] = "客户名称"
        stream = io.BytesIO()
        workbook.save(stream)
        self.assert_refused("file_no_form", stream.getvalue())

    def test_a_newer_form_is_refused(self):
        newer = rezipped(
            self.good, lambda _name, content: content.replace(b"2026.1<", b"2999.1<")
        )
        self.assert_refused("file_newer", newer)

    def test_a_damaged_hidden_sheet_is_ignored(self):
        damaged = rezipped(
            self.good, lambda _name, content: content.replace(b'"t":', b'"x":')
        )
        damaged = rezipped(
            damaged, lambda _name, content: content.replace(b"&quot;t&quot;", b"?")
        )
        (form,) = read_forms(damaged, "a.xlsx")
        self.assertIsNone(form.base)
        self.assertEqual(comparable(form.data), comparable(typical_form()))

    def test_formulas_and_errors_in_cells_are_named_and_not_taken(self):
        def spoil(sheet):
            sheet["C4"] = "=1+1"
            sheet["C9"] = '=HYPERLINK("http://evil")'
            sheet["C10"] = "#REF!"
            sheet["A13"] = "=A1"

        (form,) = read_forms(self.saved(spoil), "a.xlsx")
        found = {error.cell: error.message.message_id for error in form.errors}
        self.assertEqual(
            found,
            {
                "C4": "cell_formula",
                "C9": "cell_formula",
                "C10": "cell_error_value",
                "A13": "cell_formula",
            },
        )
        self.assertNotIn("partner_id.name", form.data.archive)
        self.assertIn("C4: ", form.errors[0].render())

    def test_bad_cells_are_named_and_the_others_read(self):
        """R84: an unknown nature names its cell"""

        def spoil(sheet):
            sheet["C8"] = "外星企业"
            sheet["K7"] = "去年"
            sheet["G7"] = "很多"
            sheet["D13"] = 1980.1

        (form,) = read_forms(self.saved(spoil), "a.xlsx")
        self.assertEqual(
            {error.cell for error in form.errors}, {"C8", "K7", "G7", "D13"}
        )
        sentence = next(e for e in form.errors if e.cell == "C8").render(
            lambda source, **params: "译：" + source % params
        )
        self.assertTrue(sentence.startswith("C8: 译：Unknown 企业性质 “外星企业”"))
        self.assertEqual(form.data.get("partner_id.ref"), filled("370200010001"))

    def test_a_zip_of_forms_is_read_member_by_member(self):
        other = written(typical_form("archive:2"))
        archive = zipped(
            a_xlsx=self.good,
            b_xlsx=other,
            c_xlsx=b"broken",
            d_zip=zipped(e_xlsx=other),
            readme_txt=b"hello",
        )
        forms = list(read_uploads([("全部.zip", archive)]))
        self.assertEqual(
            [form.problem and form.problem.message_id for form in forms],
            [None, None, "file_type", "zip_nested"],
        )
        self.assertEqual(forms[1].data.token, "archive:2")
        self.assertEqual(forms[2].filename, "全部.zip: c.xlsx")

    def test_a_zip_inside_a_zip_is_refused_also_under_another_name(self):
        (form,) = read_uploads([("a.zip", zipped(b_xlsx=zipped(c_xlsx=self.good)))])
        self.assertEqual(form.problem.message_id, "zip_nested")

    def test_paths_in_a_zip_are_not_followed_and_gbk_names_are_shown(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            name = "../../etc/客户表.xlsx".encode("gbk").decode("cp437")
            info = zipfile.ZipInfo(name)
            archive.writestr(info, self.good)
        raw = bytearray(stream.getvalue())
        # Chinese Windows writes the bytes of GBK and no UTF-8 flag.
        utf8, gbk = name.encode(), "../../etc/客户表.xlsx".encode("gbk")
        raw = bytes(raw).replace(utf8, gbk.ljust(len(utf8), b"\x00"))
        self.assertIn(gbk, raw)
        plain = self._without_utf8_flag(raw)
        (form,) = read_uploads([("a.zip", plain)])
        self.assertTrue(form.filename.startswith("a.zip: 客户表.xlsx"))

    @staticmethod
    def _without_utf8_flag(raw):
        data = bytearray(raw)
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.rfind(mark) if mark == b"PK\x01\x02" else 0
            data[at + offset + 1] &= ~0x08
        return bytes(data)

    def test_an_empty_zip_says_so(self):
        (form,) = read_uploads([("a.zip", zipped(readme_txt=b"x"))])
        self.assertEqual(form.problem.message_id, "zip_nothing")

    def test_every_sentence_can_be_filled_in(self):
        for message_id, source in SOURCES.items():
            with self.subTest(message_id=message_id):
                names = {"file", "limit", "version", "label", "text", "options"}
                params = dict.fromkeys(names | {"length", "unit"}, "x")
                self.assertTrue((source % params).endswith("."))
