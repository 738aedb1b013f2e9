from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.circulation.sections import SECTIONS
from .grant_common import GrantCommon


@tagged("post_install", "-at_install")
class TestConsultingIsReading(GrantCommon):
    """Consulting is reading on the screen, nothing else (R10, R17, R51)."""

    def test_a_reader_changes_adds_and_deletes_nothing(self):
        self.make_approved(sections=tuple(SECTIONS))
        archive = self.as_stranger(self.archive)
        for act in (
            lambda: archive.write({"main_business": "x"}),
            archive.unlink,
            archive.action_submit,
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
        for model, line in self.lines.items():
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    if operation == "create":
                        with self.assertRaises(AccessError), self.cr.savepoint():
                            self.env["kehu.need"].with_user(self.stranger).create(
                                {"archive_id": archive.id, "description": "x"}
                            )
                    else:
                        self.assertFalse(self.as_stranger(line).has_access(operation))

    def test_a_reader_neither_exports_nor_prints_nor_copies(self):
        self.stranger.group_ids += self.env.ref("base.group_allow_export")
        self.make_approved(sections=tuple(SECTIONS))
        archive = self.as_stranger(self.archive)
        with self.assertRaisesRegex(AccessError, "not for printing"):
            archive.export_data(["main_business"])
        with self.assertRaisesRegex(AccessError, "not for printing"):
            archive._get_form_data()
        with self.assertRaisesRegex(AccessError, "not for printing"):
            self.env["ir.actions.report"].with_user(self.stranger)._kehu_render_xlsx(
                archive
            )
        for model, line in self.lines.items():
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.as_stranger(line).export_data(["id"])
        with self.assertRaises(UserError):
            archive.copy()
        self.assertFalse(
            self.env["kehu.archive.copy"].search([("archive_id", "=", archive.id)])
        )

    def test_the_register_holds_nothing_that_is_open_by_a_grant(self):
        self.make_approved(sections=tuple(SECTIONS))
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        own = self.make_archive(user_id=self.stranger.id)
        rows = Archive._iter_register(
            Archive._get_register_columns(),
            [("id", "in", (self.archive | own).ids)],
        )
        self.assertEqual([row[0] for row in rows], own.ids)

    def test_a_borrowed_copy_prints_with_what_was_not_granted_withheld(self):
        loan = self.make_approved(
            kind="borrow", medium="copy", sections=("basic", "principals")
        )
        archive = self.as_stranger(self.archive)
        form = archive._get_form_data()[0]
        self.assertEqual(form.get("main_business").text, "Pumps")
        self.assertTrue(form.get("market_area").is_hidden)
        self.assertFalse(form.rows["need_ids"])
        person = form.rows["principal_ids"][0]
        self.assertEqual(person["principal_ids.name"].text, "Wang Wei")
        self.assertTrue(person["principal_ids.family"].is_hidden)
        with self.at(loan.date_end), self.assertRaises(AccessError):
            archive._get_form_data()

    def test_a_file_gets_no_token_that_outlives_the_grant(self):
        """``/web/content`` by guessed id or saved link."""
        loan = self.make_approved(sections=("documents",))
        file = self.as_stranger(self.file)
        token = self.file._get_raw_access_token()
        binary = self.env["ir.binary"].with_user(self.stranger)
        self.assertEqual(self.file.generate_access_token(), [False])
        self.assertTrue(
            binary._find_record(res_id=file.id, access_token=token, field="raw")
        )
        with self.at(loan.date_end), self.assertRaises(AccessError):
            binary._find_record(res_id=file.id, access_token=token, field="raw")

    def test_a_file_of_an_archive_is_never_public(self):
        self.file.write({"public": True, "access_token": "x"})
        self.assertFalse(self.file.public)
        self.assertFalse(self.file.access_token)


@tagged("post_install", "-at_install")
class TestConversation(GrantCommon):
    """The chatter of an archive is its keepers' (R51)."""

    def test_a_reader_by_grant_sees_his_own_part_of_the_conversation_only(self):
        theirs = self.archive.with_user(self.rep).message_post(body="Bad payer")
        self.make_approved()
        own = self.archive.with_user(self.stranger).message_post(body="A question")
        messages = self.env["mail.message"].with_user(self.stranger)
        found = messages.search(
            [("res_id", "=", self.archive.id), ("model", "=", "kehu.archive")]
        )
        self.assertEqual(found, own.with_user(self.stranger))
        with self.assertRaises(AccessError):
            theirs.with_user(self.stranger).read(["body"])

    def test_nobody_is_told_of_an_archive_that_he_may_not_read(self):
        loan = self.make_approved()
        self.archive.message_subscribe(self.stranger.partner_id.ids)
        with self.at(loan.date_end):
            message = self.archive.with_user(self.rep).message_post(
                body="Secret", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertNotIn(self.stranger.partner_id, message.notified_partner_ids)

    def test_e_mails_say_that_there_is_something_to_read_not_what(self):
        self.manager.notification_type = "email"
        outside = self.make_partner(name="Outside", email="out@example.com")
        self.archive.with_user(self.rep).message_post(
            body="Bad payer",
            subject="Bad payer",
            partner_ids=(self.manager.partner_id | outside).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("secret.txt", b"secret")],
        )
        mails = self.env["mail.mail"].search(
            [("model", "=", "kehu.archive"), ("res_id", "=", self.archive.id)]
        )
        self.assertTrue(mails)
        self.assertEqual(mails.recipient_ids, self.manager.partner_id)
        for mail in mails:
            self.assertNotIn("Bad payer", mail.body_html)
            self.assertNotIn(self.archive.partner_id.name, mail.body_html)
            self.assertNotIn("Bad payer", mail.subject)
            self.assertFalse(mail._prepare_outgoing_list()[0]["attachments"])
