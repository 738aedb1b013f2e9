import hashlib
import io
import json
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..models.circulation.kehu_right import KehuRight
from .test_copies import UseCommon

_MEASURED = {f"can_{action}": True for action in ("read", "print", "export")} | {
    f"can_{action}": False for action in ("write", "create", "unlink")
}


@tagged("post_install", "-at_install")
class TestEvidence(UseCommon, HttpCase):
    """One click proves marking, limits, undertakings and logs (N12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive.confidentiality = "secret"
        cls.other = cls.make_archive({"confidentiality": "internal"})
        cls.make_principal(cls.archive, family="One sister")
        text = cls.env["kehu.undertaking.text"].create(
            {"version": "E-1", "body": "<p>I keep silent</p>"}
        )
        cls.signature = cls.env["kehu.undertaking"].with_user(cls.rep)._sign()
        cls.text = text
        cls.env["kehu.ledger"]._flush()
        measured = [{"role": "auditor", "section": "custody", **_MEASURED}]
        # The matrix has tests of its own, and takes its time.
        cls.startClassPatcher(
            patch.object(KehuRight, "_measure", lambda _self: measured)
        )

    def pack(self, user=None, reason="Lawsuit", **vals):
        """Make the pack; returns its sheets as {title: rows below the headings}."""
        dialog = self.env["kehu.evidence"].with_user(user or self.auditor).create(vals)
        report = self.env.ref("kehu_archive.kehu_evidence_report")
        report = report.with_user(user or self.auditor)
        self.data, self.name = report._kehu_render_xlsx(dialog, reason)
        self.env["kehu.ledger"]._flush()
        book = openpyxl.load_workbook(io.BytesIO(self.data))
        return {
            sheet.title: [row[:] for row in sheet.iter_rows(4, values_only=True)]
            for sheet in book
        }

    def row(self, rows, first):
        """Return the one row that begins with these words."""
        found = [row for row in rows if row[0] == first]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_marking_is_counted_by_level(self):
        rows = self.pack(archive_id=self.archive.id)["Marking"]
        self.assertIn(("Top Secret", "Being Filled In", 1), rows)
        self.assertFalse([row for row in rows if row[0] == "Internal"])
        self.assertEqual(rows[-1][2], 1)
        rows = self.pack()["Marking"]
        self.assertTrue([row for row in rows if row[0] == "Internal"])

    def test_limits_people_and_rights_are_those_in_force(self):
        self.company.kehu_release_limit = 7
        sheets = self.pack()
        self.assertEqual(self.row(sheets["Limits"], "Archives a Day")[1], "7")
        self.assertIn("Sales Representative", self.row_of(sheets, self.rep)[2])
        self.assertNotIn(
            self.employee.name, [r[0] for r in sheets["People With Roles"]]
        )
        (rights,) = sheets["Rights as Enforced"][1:]
        self.assertEqual(rights[0], "Auditor")
        self.assertEqual(sum(cell == "✓" for cell in rights), 3)

    def row_of(self, sheets, user):
        return self.row(sheets["People With Roles"], user.name)

    def test_signatures_stand_there_with_day_and_digest_and_who_lacks_one(self):
        rows = self.pack()["Secrecy Undertakings"]
        (signed,) = [row for row in rows if row[1] == "E-1"]
        self.assertEqual((signed[0], signed[4]), (self.rep.name, self.text.digest))
        missing = [row[0] for row in rows if row[1] == "Present text not signed"]
        self.assertIn(self.manager.name, missing)
        self.assertNotIn(self.rep.name, missing)
        past = fields.Date.today() - timedelta(days=30)
        rows = self.pack(date_from=past, date_to=past)["Secrecy Undertakings"]
        self.assertFalse([row for row in rows if row[1] == "E-1"])

    def test_use_is_counted_from_the_registers_within_the_period(self):
        self.render()
        self.env["kehu.ledger"]._flush()
        rows = self.pack(archive_id=self.archive.id)["Records of Use"]
        told = [row[1:] for row in rows]
        self.assertIn(("Printed", "", 1), told)
        self.assertIn(("Printed Form", "Still Out", 1), told)
        past = fields.Date.today() - timedelta(days=30)
        sheets = self.pack(archive_id=self.archive.id, date_from=past, date_to=past)
        self.assertEqual(len(sheets["Records of Use"]), 1)

    def test_the_chain_is_verified_and_its_head_named(self):
        rows = self.pack(archive_id=self.archive.id)["Ledger"]
        self.assertEqual(self.row(rows, "Broken")[1], 0)
        events = self.env["kehu.event"].search(
            [("archive_id", "=", self.archive.id), ("action", "!=", "evidence")]
        )
        self.assertEqual(self.row(rows, "Events of the Archive")[1], len(events))
        digest = self.row(rows, "Head Digest of the Archive")[1]
        self.assertEqual(digest, events.sorted("sequence")[-1].digest)

    def test_a_chain_that_was_altered_is_told(self):
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE kehu_event DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE kehu_event SET action = 'print' WHERE archive_id = %s"
            " AND sequence = 1",
            [self.archive.id],
        )
        self.env.cr.execute("ALTER TABLE kehu_event ENABLE TRIGGER USER")
        rows = self.pack(archive_id=self.archive.id)["Ledger"]
        self.assertEqual(self.row(rows, "Broken Links of the Archive")[1], 1)

    def test_nothing_of_what_archives_say_is_in_it(self):
        said = str(self.pack()) + str(self.pack(archive_id=self.archive.id))
        for content in ("Pumps", "One sister"):
            self.assertNotIn(content, said)

    def test_making_it_is_registered_and_logged_with_the_digest_of_the_file(self):
        self.pack(archive_id=self.archive.id)
        release = self.newest()
        self.assertEqual(
            (release.kind, release.user_id, release.reason),
            ("evidence", self.auditor, "Lawsuit"),
        )
        self.assertIn(release.name, self.name)
        events = self.env["kehu.event"].search([("action", "=", "evidence")])
        self.assertEqual(events.archive_id, self.archive)
        ((payload, _problem),) = events._get_contents().values()
        digest = hashlib.sha256(self.data).hexdigest()
        self.assertEqual(payload, {"evidence": release.name, "digest": digest})
        self.pack()
        events = self.env["kehu.event"].search([("action", "=", "evidence")])
        self.assertLessEqual(self.archive | self.other, events.archive_id)

    def test_it_counts_towards_no_limit_and_needs_a_reason(self):
        self.company.write({"kehu_release_limit": 1, "kehu_release_excess": "block"})
        for _time in range(2):
            self.pack()
        with self.assertRaises(UserError):
            self.pack(reason=" ")

    def test_auditors_alone_make_it_also_over_the_wire(self):
        report = self.env.ref("kehu_archive.kehu_evidence_report")
        dialog = self.env["kehu.evidence"].with_user(self.auditor).create({})
        for user in (self.rep, self.manager, self.archivist, self.admin, self.employee):
            with self.subTest(user.login):
                evidence = self.env["kehu.evidence"].with_user(user)
                self.assertFalse(evidence.has_access("create"))
                with self.assertRaises(AccessError):
                    report.with_user(user)._kehu_render_xlsx(
                        dialog.with_user(user), "x"
                    )
                self.authenticate(user.login, user.login)
                answer = self.url_open(
                    "/kehu/report/xlsx",
                    data={
                        "csrf_token": http.Request.csrf_token(self),
                        "report_id": report.id,
                        "ids": json.dumps(dialog.ids),
                        "reason": "x",
                    },
                )
                self.assertFalse(answer.content.startswith(b"PK"))
        self.assertFalse(self.env["kehu.event"].search([("action", "=", "evidence")]))

    def test_an_auditor_of_another_company_proves_nothing_of_this_one(self):
        company = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        foreign = self.auditor.copy(
            {
                "login": "kehu_foreign_auditor",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
            }
        )
        (self.archive | self.other).company_id = self.company
        with self.assertRaises(AccessError):
            self.pack(foreign, archive_id=self.archive.id)
        self.pack(foreign)
        events = self.env["kehu.event"].search([("action", "=", "evidence")])
        self.assertNotIn(self.archive, events.archive_id)
