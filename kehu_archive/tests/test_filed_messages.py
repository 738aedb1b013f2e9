import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestFiledMessages(KehuCommon):
    """Important conversations go into the archive as they are at that moment (R97)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_archive()
        cls.file = (
            cls.env["ir.attachment"]
            .with_user(cls.rep)
            .create(
                {
                    "name": "offer.txt",
                    "datas": base64.b64encode(b"1200 a piece"),
                    "res_model": "kehu.archive",
                    "res_id": cls.archive.id,
                }
            )
            .with_env(cls.env)
        )
        cls.message = (
            cls.archive.with_user(cls.rep)
            .message_post(
                body="Agreed on the phone: 60 days, 1200 a piece",
                attachment_ids=cls.file.ids,
                message_type="comment",
            )
            .with_env(cls.env)
        )

    def file_message(self, user=None, message=None, **vals):
        wizard = (
            self.env["kehu.message.file"]
            .with_user(user or self.rep)
            .with_context(default_message_id=(message or self.message).id)
            .create(vals)
        )
        wizard.action_confirm()
        return self.archive.item_ids.filtered("is_fixed")

    def test_a_message_is_filed_with_its_words_files_and_a_digest_r97(self):
        item = self.file_message(note="Payment term")
        self.assertIn("60 days", item.said)
        self.assertEqual(item.said_by, self.rep.name)
        self.assertEqual(item.filed_by_id, self.rep)
        self.assertEqual(item.category, "50_correspondence")
        self.assertTrue(item.digest_valid)
        copy = item.attachment_ids
        self.assertEqual((copy.name, copy.raw), ("offer.txt", b"1200 a piece"))
        self.assertNotEqual(copy, self.file)
        self.assertEqual((copy.res_model, copy.res_id), (item._name, item.id))

    def test_a_later_edit_or_removal_leaves_the_item_unchanged_r97(self):
        item = self.file_message()
        said, digest = item.said, item.digest
        self.message.body = "We agreed on nothing"
        self.file.raw = b"900 a piece"
        self.env.invalidate_all()
        self.assertEqual((item.said, item.digest), (said, digest))
        self.assertTrue(item.digest_valid)
        self.message.unlink()
        self.file.exists().unlink()
        self.env.invalidate_all()
        self.assertEqual(item.attachment_ids.raw, b"1200 a piece")
        self.assertTrue(item.digest_valid)

    def test_nobody_changes_or_removes_what_was_filed_r16(self):
        item = self.file_message()
        for user in (self.rep, self.archivist):
            mine = item.with_user(user)
            for vals in ({"title": "x"}, {"attachment_ids": [(5, 0, 0)]}):
                with self.assertRaises(UserError):
                    mine.write(vals)
            with self.assertRaises(AccessError):
                mine.write({"said": "x"})
            with self.assertRaises(UserError):
                mine.unlink()
            with self.assertRaises(UserError):
                mine.attachment_ids.write({"raw": b"x"})
            with self.assertRaises(UserError):
                mine.attachment_ids.unlink()
        item.with_user(self.rep).note = "Seen"

    def test_a_forged_item_shows_when_its_words_were_changed_in_sql(self):
        item = self.file_message()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kehu_archive_item SET said = 'nothing' WHERE id = %s", [item.id]
        )
        self.env.invalidate_all()
        self.assertFalse(item.digest_valid)

    def test_an_item_is_not_declared_filed_by_hand(self):
        item = self.env["kehu.archive.item"].with_user(self.rep)
        item = item.create(
            {"archive_id": self.archive.id, "title": "x", "is_fixed": True, "said": "y"}
        )
        self.assertFalse(item.is_fixed)
        self.assertFalse(item.said)

    def test_a_message_on_the_customer_goes_into_the_customers_archive(self):
        message = self.archive.partner_id.message_post(body="Called")
        item = self.file_message(message=message)
        self.assertEqual(item.archive_id, self.archive)

    def test_a_message_is_filed_once(self):
        self.file_message()
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):  # noqa: B017
            with self.env.cr.savepoint():
                self.file_message()

    def test_only_who_may_write_the_archive_files_into_it(self):
        for user in (self.stranger, self.auditor, self.employee):
            with self.assertRaises(AccessError):
                self.file_message(user=user)

    def test_without_an_archive_there_is_nothing_to_file_in(self):
        message = self.make_partner().message_post(body="Called")
        with self.assertRaises(UserError):
            self.file_message(message=message)
