from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .loan_common import LoanCommon


@tagged("post_install", "-at_install")
class TestItemLayer(LoanCommon):
    """Items marked sensitive are there for the readers of the sensitive layer only.

    R14, R51, R83: on screen, in lists, searches, groupings, exports, names and files.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        items = cls.env["kehu.archive.item"].create(
            [
                {"archive_id": cls.archive.id, "title": title, "note": f"of {title}"}
                for title in ("Letter", "Verdict", "Minutes")
            ]
        )
        cls.letter, cls.verdict, cls.minutes = items
        cls.verdict.sensitive = True
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "verdict.pdf",
                "raw": b"guilty",
                "res_model": "kehu.archive.item",
                "res_id": cls.verdict.id,
            }
        )
        cls.verdict.attachment_ids = [Command.link(cls.file.id)]
        cls.env.flush_all()

    def require_undertaking(self):
        self.company.kehu_undertaking_required = True
        # A new text: what was signed before counts no more.
        self.env["kehu.undertaking.text"].create(
            {"version": "T1", "body": "<p>I keep silent</p>"}
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def check_closed(self, user):
        """By no path does ``user`` learn of the verdict; the letter is there."""
        self.env.invalidate_all()
        items = self.env["kehu.archive.item"].with_user(user)
        of_archive = [("archive_id", "=", self.archive.id)]
        self.assertEqual(
            sorted(items.search(of_archive).mapped("title")), ["Letter", "Minutes"]
        )
        self.assertFalse(items.search_count([("title", "ilike", "Verd")]))
        self.assertFalse(items.name_search("Verdict"))
        groups = items.formatted_read_group(of_archive, ["title"], ["__count"])
        self.assertNotIn("Verdict", str(groups))
        archives = self.env["kehu.archive"].with_user(user)
        self.assertFalse(archives.search([("item_ids.title", "=", "Verdict")]))
        shown = archives.browse(self.archive.id).web_read(
            {"item_ids": {"fields": {"title": {}, "position": {}}}}
        )
        self.assertNotIn("Verdict", str(shown))
        self.assertEqual([row["position"] for row in shown[0]["item_ids"]], [1, 3])
        closed = self.verdict.with_user(user)
        for act in (
            lambda: closed.read(["title"]),
            lambda: closed.export_data(["title"]),
            lambda: closed.write({"title": "x"}),
            lambda: self.file.with_user(user).read(["raw"]),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_before_the_undertaking_is_signed_they_are_closed_r83(self):
        self.require_undertaking()
        for user in (self.rep, self.manager, self.archivist, self.auditor):
            with self.subTest(user.name):
                self.check_closed(user)
        archive = self.archive.with_user(self.rep)
        self.assertEqual(archive.closed_item_count, 1)
        wizard = self.env["kehu.undertaking.sign"].with_user(self.rep)
        wizard.create({"agreed": True}).action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.verdict.with_user(self.rep).title, "Verdict")
        self.assertEqual(archive.closed_item_count, 0)

    def test_a_grant_of_the_catalogue_alone_leaves_them_closed_r10(self):
        self.company.kehu_undertaking_required = False
        self.make_approved(self.mate, sections=["documents"])
        self.check_closed(self.mate)

    def test_a_grant_of_the_sensitive_section_opens_them_r10(self):
        self.company.kehu_undertaking_required = False
        self.make_approved(
            self.mate,
            sections=["documents", "traits"],
        )
        self.assertEqual(self.verdict.with_user(self.mate).title, "Verdict")

    def print_catalogue(self, user):
        report = self.env["ir.actions.report"].with_user(user)
        page, _type = report.with_context(
            kehu_reason="For the binder"
        )._render_qweb_html("kehu_archive.report_kehu_catalogue", self.archive.ids)
        return page.decode()

    def test_the_catalogue_prints_a_line_without_words_r83(self):
        self.require_undertaking()
        page = self.print_catalogue(self.archivist)
        self.assertIn("Letter", page)
        self.assertNotIn("Verdict", page)
        self.assertEqual(page.count("Not authorised"), 2)
        self.assertRegex(page, r"<th class=\"text-end\">\s*3\s*</th>")

    def test_what_a_sensitive_item_says_is_not_printed_undisclosed_r14(self):
        self.company.kehu_undertaking_required = False
        page = self.print_catalogue(self.rep)
        self.assertIn("Verdict", page)
        self.assertNotIn("of Verdict", page)
        self.assertIn("of Letter", page)
        self.company.kehu_disclosure_required = False
        self.assertIn("of Verdict", self.print_catalogue(self.rep))
