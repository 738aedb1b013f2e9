import io
import zipfile

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from odoo.tests import BaseCase, tagged

from ..models.destruction.file_texts import read_texts
from ..models.destruction.needles import Needles
from .destruction_common import DestructionCommon

SECRET = "QX7 secret customer"


def pdf(text):
    """Return a PDF whose only page says the text."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4, pageCompression=1)
    page.drawString(72, 720, text)
    page.save()
    return buffer.getvalue()


def packed(name, content, method=zipfile.ZIP_DEFLATED):
    """Return a ZIP with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def torn(method):
    """Return a ZIP whose directory is sound, and whose packed content is not."""
    whole = packed("a", "x" * 999, method)
    begin = 30 + 1
    return whole[:begin] + b"\xff" * 24 + whole[begin + 24 :]


@tagged("post_install", "-at_install")
class TestReadingFiles(BaseCase):
    """What the proof reads out of files (R19)."""

    def find(self, content, value=SECRET):
        unread = []
        texts = read_texts(content, unread)
        return bool(set().union(*map(Needles({value}).find, texts))), unread

    def test_a_value_is_found_however_the_file_says_it(self):
        chinese = "销毁标记某某客户"
        for name, content, value in (
            ("text", SECRET.encode(), SECRET),
            ("Chinese text of old editors", chinese.encode("gb18030"), chinese),
            ("UTF-16 text", chinese.encode("utf-16"), chinese),
            (
                "old workbook",
                b"\xd0\xcf\x11\xe0x" + chinese.encode("utf-16-le"),
                chinese,
            ),
            ("workbook", packed("xl/sharedStrings.xml", SECRET), SECRET),
            ("packed in a packed file", packed("a.zip", packed("b", SECRET)), SECRET),
            ("name of a packed file", packed(f"{SECRET}.txt", "x"), SECRET),
            ("text of a PDF", pdf(SECRET), SECRET),
            ("PDF in a packed file", packed("a.pdf", pdf(SECRET)), SECRET),
        ):
            with self.subTest(name):
                self.assertEqual(self.find(content, value), (True, []))

    def test_what_cannot_be_opened_is_named(self):
        for name, content in (
            ("damaged ZIP", packed("a", SECRET * 9)[:-30]),
            ("torn content", torn(zipfile.ZIP_DEFLATED)),
            ("torn BZIP2", torn(zipfile.ZIP_BZIP2)),
            ("torn LZMA", torn(zipfile.ZIP_LZMA)),
            ("damaged PDF", pdf(SECRET)[:200]),
        ):
            with self.subTest(name):
                found, unread = self.find(content)
                self.assertFalse(found)
                self.assertEqual(len(unread), 1)

    def test_any_number_of_values_is_looked_for_and_told_apart(self):
        needles = Needles({f"customer number {number}" for number in range(20_000)})
        text = "a customer number 7, and the customer number 19999."
        # Each that stands there: 1, 19, 199 and 1999 are the beginning of 19999.
        self.assertEqual(
            needles.find(text),
            {
                f"customer number {number}"
                for number in ("7", "1", "19", "199", "1999", "19999")
            },
        )


@tagged("post_install", "-at_install")
class TestScanLimits(DestructionCommon):
    """The proof says how far it goes (R19, N4)."""

    def prove(self, archive):
        application = self.make_ready(archive)
        self.execute(application)
        self.env["ir.attachment"]._gc_file_store_unsafe()
        return application.sudo()._prove()

    def test_every_value_of_a_big_archive_is_looked_for(self):
        archive = self.make_archive()
        self.env["kehu.archive.note"].create(
            [
                {"archive_id": archive.id, "text": f"note {number} of QX7 {'x' * 60}"}
                for number in range(600)
            ]
        )
        self.env["kehu.archive.note"].create(
            {"archive_id": archive.id, "text": "QX7shortest"}
        )
        archive.with_user(self.rep).action_submit()
        archive.with_user(self.archivist).action_file()
        archive.with_user(self.archivist).action_close("End")
        archive.retention_until = self.yesterday
        self.env["ir.config_parameter"].sudo().set_param("qx7", "left: QX7shortest")
        scan = self.prove(archive)
        self.assertGreater(scan.value_count, 600)
        self.assertEqual(scan.result, "remnants")
        self.assertIn("ir_config_parameter.value", scan.finding_ids.mapped("place"))

    def test_what_is_said_of_other_archives_too_is_no_remnant(self):
        archive = self.make_due({"main_business": SECRET})
        archive.message_post(body=SECRET)
        self.make_due().message_post(body=SECRET)
        scan = self.prove(archive)
        messages = scan.finding_ids.filtered(lambda one: "mail_message" in one.place)
        self.assertEqual(messages.mapped("kind"), ["other"])
        self.assertEqual(scan.result, "clean")

    def test_what_is_said_of_somebody_without_an_archive_has_to_be_looked_at(self):
        archive = self.make_due({"main_business": SECRET})
        self.env.user.partner_id.message_post(body=SECRET)
        scan = self.prove(archive)
        self.assertIn("left", scan.finding_ids.mapped("kind"))
        self.assertEqual(scan.result, "remnants")

    def test_the_certificate_names_limits_and_files_that_were_not_opened(self):
        archive = self.make_due({"main_business": SECRET})
        for name, content in (
            ("locked.zip", packed("a", SECRET)[:-30]),
            ("offer.pdf", pdf(f"{SECRET} in another file")),
        ):
            self.env["ir.attachment"].create({"name": name, "raw": content})
        scan = self.prove(archive)
        self.assertEqual(scan.min_width, 8)
        self.assertIn("locked.zip", scan.unread_files)
        # The PDF of somebody else says it: told, and not clean.
        self.assertIn("offer.pdf", " ".join(scan.finding_ids.mapped("place")))
        self.assertEqual(scan.result, "remnants")
        told = "\n".join(text for _label, text in scan._get_proof_rows())
        self.assertIn("locked.zip", told)
        # The certificate is in Chinese wherever Chinese is spoken.
        self.assertRegex(told, "less than 8 characters|宽度不足 8 个字符")
