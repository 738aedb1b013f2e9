import io
import json

import openpyxl

from odoo import http
from odoo.tests import HttpCase, tagged

from ..registration.merge import merge
from ..registration.reader import read_forms
from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestFormExport(KehuCommon, HttpCase):
    """The registration form goes out for those who may read the archive (R84-R86)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_archive(
            {
                "main_business": "数控机床",
                "settlement_method": "term",
                "credit_days": 30,
            },
            name="青岛海润精密机械制造有限公司",
            short_name="海润机械",
            customer_nature="company",
            registered_capital=1200,
        )
        cls.principal = cls.make_principal(cls.archive, consent=False)
        cls.report = cls.env.ref("kehu_archive.kehu_archive_report_form")

    def print_as(self, user, records, report=None):
        """Print over HTTP as ``user``; returns the response."""
        self.authenticate(user.login, user.login)
        report = report or self.report
        return self.url_open(
            "/kehu/report/xlsx",
            data={
                "report_id": report.id,
                "ids": json.dumps(records.ids),
                "reason": "Visit",
                "csrf_token": http.Request.csrf_token(self),
            },
        )

    def test_those_who_read_the_archive_print_it(self):
        for user in (self.rep, self.manager, self.archivist, self.auditor):
            response = self.print_as(user, self.archive)
            self.assertEqual(response.status_code, 200, user.name)
            book = openpyxl.load_workbook(io.BytesIO(response.content))
            self.assertIn("海润机械", book.sheetnames)

    def test_others_get_no_form_by_guessing_the_id(self):
        for user in (self.mate, self.stranger, self.admin, self.employee):
            response = self.print_as(user, self.archive)
            self.assertEqual(response.status_code, 403, user.name)
            self.assertFalse(response.content.startswith(b"PK"))

    def test_printing_from_the_customer_gives_the_same_form(self):
        report = self.env.ref("kehu_archive.kehu_partner_report_form")
        response = self.print_as(self.rep, self.archive.partner_id, report)
        (form,) = read_forms(response.content, "a.xlsx")
        self.assertEqual(form.data.get("main_business").text, "数控机床")

    def test_a_trait_without_consent_prints_as_such_r40(self):
        form = self.archive.with_user(self.rep)._get_form_data()[0]
        value = form.rows["principal_ids"][0]["principal_ids.family"]
        self.assertEqual(value.state.value, "no_consent")

    def test_copies_are_numbered_without_gaps_r103(self):
        for _time in range(3):
            self.print_as(self.rep, self.archive)
        copies = self.env["kehu.archive.copy"].search(
            [("archive_id", "=", self.archive.id)]
        )
        self.assertEqual(sorted(copies.mapped("number")), [1, 2, 3])
        self.assertEqual(copies.user_id, self.rep)

    def test_a_form_that_comes_back_unchanged_changes_nothing(self):
        archive = self.archive.with_user(self.rep)
        data, _name = self.report.with_user(self.rep)._kehu_render_xlsx(archive)
        (form,) = read_forms(data, "a.xlsx")
        self.assertFalse(form.errors)
        self.assertTrue(merge(form, archive._get_form_data()[0]).is_empty)

    def test_the_blank_form_comes_from_the_menu(self):
        self.authenticate(self.rep.login, self.rep.login)
        response = self.url_open("/kehu/form/blank")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(read_forms(response.content, "b.xlsx")), 1)
