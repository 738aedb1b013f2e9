from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.circulation.sections import LIST_SECTIONS, SECTIONS
from .grant_common import GrantCommon
from .loan_common import SECOND


@tagged("post_install", "-at_install")
class TestExpiry(GrantCommon):
    """Access begins and ends at its second, on every path, with no cron (R10, N2)."""

    def paths(self):
        """Every way to something of the archive, as a function that fails or returns
        something empty when it is closed."""
        archive = self.as_stranger(self.archive)
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        domain = [("id", "=", self.archive.id)]
        yield "read", lambda: archive.read(["main_business"])
        yield (
            "web_read",
            lambda: archive.web_read({"main_business": {}, "need_ids": {"fields": {}}}),
        )
        yield "search", lambda: Archive.search(domain)
        yield "search_read", lambda: Archive.search_read(domain, ["main_business"])
        yield "count", lambda: Archive.search_count(domain)
        yield (
            "search by content",
            lambda: Archive.search([("main_business", "=", "Pumps")]),
        )
        yield "name_search", lambda: Archive.name_search(self.archive.name)
        yield "group by", lambda: Archive._read_group(domain, ["state"], ["__count"])
        yield (
            "group by content",
            lambda: Archive.formatted_read_group(
                domain, ["main_business"], ["__count"]
            ),
        )
        yield "has_access", lambda: archive.has_access("read")
        for model, line in self.lines.items():
            Line = self.env[model].with_user(self.stranger)
            of_it = [("archive_id", "=", self.archive.id)]
            yield (
                f"{model} read",
                lambda line=line: self.as_stranger(line).read(["id", "write_date"]),
            )
            yield f"{model} search", lambda Line=Line, of=of_it: Line.search(of)
            yield (
                f"{model} group by",
                lambda Line=Line, of=of_it: Line._read_group(of, ["archive_id"]),
            )
        file = self.as_stranger(self.file)
        yield "file", lambda: file.read(["raw"])
        yield (
            "file by search",
            lambda: file.search([("res_model", "=", "kehu.archive.item")]),
        )
        yield (
            "file by link",
            lambda: self.env["ir.binary"]
            .with_user(self.stranger)
            ._find_record(res_id=self.file.id),
        )
        yield (
            "chatter that the reader wrote",
            lambda: self.message.with_user(self.stranger).read(["body"]),
        )
        yield (
            "chatter by search",
            lambda: self.env["mail.message"]
            .with_user(self.stranger)
            .search([("id", "=", self.message.id)]),
        )
        yield (
            "activity that the reader has to do",
            lambda: self.activity.with_user(self.stranger).read(["summary"]),
        )
        yield (
            "activity by search",
            lambda: self.env["mail.activity"]
            .with_user(self.stranger)
            .search([("id", "=", self.activity.id)]),
        )
        yield (
            "related from another model",
            lambda: self.env["res.partner"]
            .with_user(self.stranger)
            .search([("archive_id.main_business", "=", "Pumps")]),
        )

    def assert_open(self, expected):
        for name, path in list(self.paths()):
            with self.subTest(path=name, open=expected):
                self.env.invalidate_all()
                try:
                    found = bool(path())
                except AccessError:
                    found = False
                self.assertEqual(found, expected)

    def test_every_path_is_open_one_second_before_the_end_and_closed_after_it(self):
        start = fields.Datetime.now()
        loan = self.make_approved(
            sections=tuple(SECTIONS),
            date_start=start,
            date_end=start + timedelta(days=1),
        )
        with self.at(start):
            self.message = self.archive.with_user(self.stranger).message_post(body="?")
            self.activity = self.archive.activity_schedule(
                "mail.mail_activity_data_todo",
                summary="Look at it",
                user_id=self.stranger.id,
            )
        with self.at(loan.date_end - SECOND):
            self.assert_open(True)
        with self.at(loan.date_end):
            self.assert_open(False)
        with self.at(loan.date_end + SECOND):
            self.assert_open(False)

    def test_nothing_is_open_before_the_first_second(self):
        start = fields.Datetime.now() + timedelta(hours=1)
        self.make_approved(date_start=start)
        archive = self.as_stranger(self.archive)
        with self.at(start - SECOND):
            self.assertFalse(archive.has_access("read"))
        with self.at(start):
            self.assertTrue(archive.has_access("read"))

    def test_nothing_is_open_without_approval_or_after_giving_back(self):
        archive = self.as_stranger(self.archive)
        loan = self.make_loan()
        self.assertFalse(archive.has_access("read"))
        loan.action_submit()
        self.assertFalse(archive.has_access("read"))
        loan.with_user(self.manager).action_approve()
        self.assertTrue(archive.has_access("read"))
        loan.action_return()
        self.env.invalidate_all()
        self.assertFalse(archive.has_access("read"))

    def test_a_grant_is_the_borrowers_alone(self):
        self.make_approved(self.stranger)
        for user in (self.employee, self.clerk, self.admin):
            self.assertFalse(self.archive.with_user(user).has_access("read"))

    def test_a_borrowed_original_opens_nothing_on_the_screen(self):
        self.make_lent()
        self.assertFalse(self.as_stranger(self.archive).has_access("read"))

    def test_a_page_opened_before_the_end_can_neither_be_saved_nor_read_again(self):
        loan = self.make_approved()
        archive = self.as_stranger(self.archive)
        spec = {"main_business": {}}
        self.assertEqual(archive.web_read(spec)[0]["main_business"], "Pumps")
        with self.at(loan.date_end + SECOND):
            with self.assertRaises(AccessError):
                archive.web_read(spec)
            with self.assertRaises(AccessError):
                archive.web_save({"main_business": "x"}, spec)

    def test_windows_on_archives_leave_nothing_in_the_browser(self):
        """Odoo keeps lists in the browser's store unless the window says no."""
        models = {"kehu.archive", "kehu.loan", *LIST_SECTIONS}
        windows = self.env["ir.actions.act_window"].search(
            [("res_model", "in", list(models)), ("target", "!=", "new")]
        )
        self.assertTrue(windows)
        self.assertFalse(windows.filtered("cache").mapped("xml_id"))
