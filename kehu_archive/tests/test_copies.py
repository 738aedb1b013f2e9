import io
import json

import openpyxl

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import KehuCommon


class UseCommon(KehuCommon):
    """What leaves archives: as people take it, with a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        export = cls.env.ref("base.group_allow_export")
        for user in (cls.rep, cls.archivist, cls.auditor):
            user.group_ids += export
        cls.archive = cls.make_archive({"main_business": "Pumps"})
        cls.report = cls.env.ref("kehu_archive.kehu_archive_report_form")

    def render(self, user=None, archives=None, reason="Visit"):
        """Print the form as a person does; returns the workbook."""
        report = self.report.with_user(user or self.rep)
        records = (archives or self.archive).with_user(user or self.rep)
        return report._kehu_render_xlsx(records, reason)[0]

    def newest(self, **vals):
        """The last act of printing or exporting."""
        return self.env["kehu.release"].search([], limit=1)


@tagged("post_install", "-at_install")
class TestCopies(UseCommon):
    """Printing and exporting: reason, number, mark, count, and where copies are."""

    def test_a_form_is_printed_for_a_reason_and_carries_its_number_r103(self):
        with self.assertRaises(UserError):
            self.render(reason=" ")
        self.assertFalse(self.newest().filtered(lambda r: r.user_id == self.rep))
        data = self.render()
        release = self.newest()
        self.assertEqual((release.user_id, release.reason), (self.rep, "Visit"))
        self.assertEqual(release.archive_count, 1)
        self.assertEqual(release.copy_ids.archive_id, self.archive)
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        footer = sheet.oddFooter
        self.assertIn(f"1 {release.name}", footer.left.text)
        self.assertIn(self.rep.name, footer.center.text)
        self.assertIn("密级", footer.right.text)
        # Beside the page, for whoever opens the file and does not print it.
        self.assertIn(f"1 {release.name}\n{self.rep.name}\n", sheet["N1"].value)

    def test_a_program_prints_without_a_reason_and_is_registered_too(self):
        self.render(reason=None)
        self.assertFalse(self.newest().reason)
        self.assertEqual(self.newest().copy_ids.number, 1)

    def test_the_company_may_do_without_reasons(self):
        self.company.kehu_release_reason = False
        self.render(reason="")
        self.assertEqual(self.newest().user_id, self.rep)

    def test_an_export_states_its_reason_and_makes_numbered_copies_r18(self):
        archive = self.archive.with_user(self.rep)
        need = self.env["kehu.need"].create(
            {"archive_id": archive.id, "description": "x"}
        )
        for records in (archive, need.with_user(self.rep)):
            with self.assertRaises(UserError):
                records.export_data(["id"])
            records.with_context(kehu_reason="Audit").export_data(["id"])
        copies = self.env["kehu.archive.copy"].search([("archive_id", "=", archive.id)])
        self.assertEqual(sorted(copies.mapped("number")), [1, 2])
        self.assertEqual(set(copies.mapped("reason")), {"Audit"})
        self.assertEqual(set(copies.mapped("kind")), {"export"})

    def test_the_catalogue_is_marked_with_user_time_and_number_r17(self):
        reports = self.env["ir.actions.report"].with_user(self.rep)
        name = "kehu_archive.report_kehu_catalogue"
        self.assertTrue(reports.kehu_is_reason_needed(name))
        with self.assertRaises(UserError):
            reports._render_qweb_html(name, self.archive.ids)
        reasoned = reports.with_context(kehu_reason="Paper file")
        page = reasoned._render_qweb_html(name, self.archive.ids)[0].decode()
        release = self.newest()
        self.assertEqual((release.kind, release.reason), ("report", "Paper file"))
        self.assertGreaterEqual(page.count(release.name), 10)
        self.assertIn(f"{self.rep.name} ", page)

    def test_what_was_registered_is_never_changed_r16(self):
        self.render()
        release = self.newest()
        for user in (self.rep, self.archivist, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                release.with_user(user).write({"reason": "x"})
            with self.assertRaises(AccessError):
                release.with_user(user).unlink()

    def test_everybody_sees_his_own_the_room_and_auditors_all(self):
        self.render()
        release = self.newest()
        for user in (self.rep, self.archivist, self.auditor):
            self.assertTrue(release.with_user(user).has_access("read"), user.name)
            self.assertTrue(release.copy_ids.with_user(user).has_access("read"))
        for user in (self.stranger, self.admin, self.employee):
            self.assertFalse(release.with_user(user).has_access("read"), user.name)
            self.assertFalse(release.copy_ids.with_user(user).has_access("read"))

    def test_copies_are_tracked_until_they_are_back_or_destroyed_r103(self):
        for _time in range(2):
            self.render()
        copies = self.env["kehu.archive.copy"].search(
            [("archive_id", "=", self.archive.id)]
        )
        self.assertEqual(set(copies.mapped("state")), {"out"})
        with self.assertRaises(AccessError):
            copies.with_user(self.rep)._close("returned", "")
        with self.assertRaises(AccessError):
            copies.with_user(self.archivist).write({"state": "returned"})
        one, other = copies
        close = self.env["kehu.copy.close"].with_user(self.archivist)
        close.create({"copy_ids": one.ids, "step": "returned"}).action_confirm()
        wizard = close.create({"copy_ids": other.ids, "step": "destroyed"})
        with self.assertRaises(UserError):
            wizard.action_confirm()
        wizard.note = "Shredded, seen by Li"
        wizard.action_confirm()
        self.assertEqual((one.state, other.state), ("returned", "destroyed"))
        self.assertEqual(other.closed_by_id, self.archivist)
        with self.assertRaises(UserError):
            wizard.action_confirm()

    def test_a_copy_that_stays_out_too_long_is_due_and_its_maker_told(self):
        self.render()
        copy = self.newest().copy_ids
        self.assertFalse(copy.is_due)
        copy.sudo().printed_at = fields.Datetime.subtract(copy.printed_at, days=32)
        copy.invalidate_recordset()
        copies = self.env["kehu.archive.copy"]
        self.assertTrue(copy.is_due)
        self.assertIn(copy, copies.search([("is_due", "=", True)]))
        for _time in range(2):
            copies._cron_remind_copies()
        activity = self.env["mail.activity"].search(
            [
                ("user_id", "=", self.rep.id),
                ("res_id", "=", self.archive.id),
                ("res_model", "=", "kehu.archive"),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("kehu_archive.mail_activity_copy_due").id,
                ),
            ]
        )
        self.assertEqual(len(activity), 1)


@tagged("post_install", "-at_install")
class TestLimits(UseCommon):
    """More than usual is noticed (R18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.kehu_release_limit = 2
        cls.archives = cls.archive | cls.make_archive() | cls.make_archive()

    def alerts(self):
        return self.env["kehu.alert"].search([("user_id", "=", self.rep.id)])

    def test_the_archive_beyond_the_limit_raises_one_alert_a_day_r18(self):
        self.render(archives=self.archives[:2])
        self.assertFalse(self.alerts())
        for archive in self.archives[1:]:
            self.render(archives=archive)
        alert = self.alerts()
        self.assertEqual((alert.kind, alert.count, alert.limit), ("volume", 4, 2))
        self.assertIn(self.auditor, alert.activity_ids.user_id)
        self.assertNotIn(self.rep, alert.activity_ids.user_id)

    def test_the_company_may_refuse_more_and_the_auditors_are_told_r18(self):
        self.company.kehu_release_excess = "block"
        self.render(archives=self.archives[:2])
        with self.assertRaisesRegex(UserError, "2 archives a day"):
            self.render(archives=self.archives[2])
        releases = self.env["kehu.release"].search([("user_id", "=", self.rep.id)])
        self.assertEqual(sum(releases.mapped("archive_count")), 2)

    def test_the_company_may_set_no_limit(self):
        self.company.kehu_release_excess = "off"
        self.render(archives=self.archives)
        self.assertFalse(self.alerts())

    def test_much_reading_of_the_sensitive_layer_raises_an_alert_r18(self):
        for archive in self.archives:
            self.make_principal(archive, family="One sister")
        self.env.flush_all()
        self.env.invalidate_all()
        archives = self.archives.with_user(self.rep)
        archives.principal_ids.read(["family"])
        self.env["kehu.ledger"]._flush()
        self.env["kehu.reading.watch"]._cron_watch_reading()
        self.assertEqual((self.alerts().kind, self.alerts().count), ("reading", 3))

    def test_an_auditor_answers_with_what_he_found(self):
        self.render(archives=self.archives)
        alert = self.alerts().with_user(self.auditor)
        with self.assertRaises(UserError):
            alert.action_review()
        with self.assertRaises(AccessError):
            alert.write({"count": 0})
        alert.conclusion = "Asked by the manager: year-end check"
        alert.action_review()
        self.assertEqual((alert.state, alert.reviewer_id), ("reviewed", self.auditor))
        self.assertFalse(alert.activity_ids)
        with self.assertRaises(UserError):
            alert.conclusion = "Nothing"
        for user in (self.rep, self.manager, self.archivist, self.admin):
            self.assertFalse(alert.with_user(user).has_access("read"), user.name)


@tagged("post_install", "-at_install")
class TestCopiesOverHttp(UseCommon, HttpCase):
    """What the web client sends."""

    def take(self, path, user, **data):
        self.authenticate(user.login, user.login)
        token = http.Request.csrf_token(self)
        return self.url_open(path, data={"csrf_token": token, **data})

    def test_no_route_hands_out_a_file_without_a_reason_r103(self):
        form = {"report_id": self.report.id, "ids": json.dumps(self.archive.ids)}
        export = {
            "data": json.dumps(
                {
                    "model": "kehu.archive",
                    "fields": [{"name": "main_business", "label": "x"}],
                    "ids": self.archive.ids,
                    "domain": [],
                    "import_compat": False,
                    "context": {},
                }
            )
        }
        domain = json.dumps([("id", "=", self.archive.id)])
        for path, data in (
            ("/kehu/report/xlsx", form),
            ("/kehu/register/xlsx", {"domain": domain}),
            ("/web/export/xlsx", export),
            ("/web/export/csv", export),
        ):
            with self.subTest(path):
                answer = self.take(path, self.rep, **data)
                self.assertIn(answer.status_code, (403, 500))
                self.assertNotIn(b"Pumps", answer.content)
                self.assertFalse(answer.content.startswith(b"PK"))

    def export(self, column="main_business", **options):
        """Export the archive as the rep does; returns the answer and the sheet."""
        data = {
            "model": "kehu.archive",
            "fields": [{"name": column, "label": "Business", "type": "text"}],
            "ids": self.archive.ids,
            "domain": [],
            "import_compat": False,
            "context": {"kehu_reason": "Audit"},
            **options,
        }
        answer = self.take("/web/export/xlsx", self.rep, data=json.dumps(data))
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return answer, book.worksheets[0]

    def test_an_export_names_user_time_and_number_in_sight_and_on_each_page_r17(self):
        answer, sheet = self.export()
        release = self.newest()
        self.assertEqual(release.reason, "Audit")
        self.assertEqual((sheet["A2"].value, sheet["A3"].value), ("Business", "Pumps"))
        self.assertRegex(sheet["A1"].value, rf"^{self.rep.name} .* {release.name}$")
        self.assertEqual(sheet.freeze_panes, "A3")
        self.assertIn(release.name, sheet.oddFooter.left.text)
        self.assertIn(release.name, answer.headers["Content-Disposition"])

    def test_an_export_in_groups_is_marked_above_its_headings_r17(self):
        _answer, sheet = self.export(groupby=["state"])
        self.assertIn(self.newest().name, sheet["A1"].value)
        values = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
        self.assertEqual((values[0], values[-1]), ("Business", "Pumps"))

    def test_an_export_for_importing_again_still_begins_with_its_headings(self):
        _answer, sheet = self.export(import_compat=True)
        head, row = sheet.iter_rows(values_only=True)
        self.assertEqual((head[0], row[0]), ("main_business", "Pumps"))
        self.assertIn(self.newest().name, head[1])
        self.assertFalse(row[1])
