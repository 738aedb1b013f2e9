from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .loan_common import LoanCommon


@tagged("post_install", "-at_install")
class TestLeaver(LoanCommon):
    """What a colleague who leaves still holds, in one place (R12, N10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep.group_ids += cls.env.ref("base.group_allow_export")
        borrowed = cls.make_filed()
        borrowed.partner_id.user_id = cls.mate
        cls.loan = cls.make_lent(cls.rep, borrowed)
        report = cls.env.ref("kehu_archive.kehu_archive_report_form")
        report.with_user(cls.rep)._kehu_render_xlsx(
            cls.archive.with_user(cls.rep), "Visit"
        )
        cabinet = cls.env["kehu.cabinet"].create({"code": "LV1", "name": "Leaver"})
        cls.key = cls.env["kehu.cabinet.key"].create(
            {"cabinet_id": cabinet.id, "name": "9", "holder_id": cls.rep.id}
        )
        cls.archive.activity_schedule(
            "mail.mail_activity_data_todo", user_id=cls.rep.id
        )
        cls.leaver = (
            cls.env["kehu.leaver"]
            .with_user(cls.archivist)
            .create({"user_id": cls.rep.id, "successor_id": cls.mate.id})
        )

    def test_everything_that_is_open_is_on_one_list_n10(self):
        leaver = self.leaver
        self.assertEqual(leaver.loan_ids.with_env(self.env), self.loan)
        self.assertIn(self.archive, leaver.copy_ids.archive_id.with_env(self.env))
        self.assertEqual(leaver.key_ids.with_env(self.env), self.key)
        self.assertIn(self.archive, leaver.archive_ids.with_env(self.env))
        self.assertTrue(leaver.activity_list_ids)
        self.assertTrue(leaver.release_ids)

    def test_archives_are_handed_over_in_one_step_n10(self):
        self.leaver.action_hand_over()
        self.env.invalidate_all()
        self.assertEqual(self.archive.user_id, self.mate)
        self.assertEqual(self.archive.partner_id.user_id, self.mate)
        self.assertFalse(self.leaver.archive_ids)
        todo = self.env.ref("mail.mail_activity_data_todo")
        tasks = self.archive.activity_ids.filtered(
            lambda task: task.activity_type_id == todo
        )
        self.assertEqual(tasks.user_id, self.mate)
        self.assertFalse(self.archive.with_user(self.rep).has_access("read"))

    def test_without_a_successor_nothing_is_handed_over(self):
        self.leaver.successor_id = False
        with self.assertRaises(UserError):
            self.leaver.action_hand_over()

    def test_a_leaver_is_cleared_when_nothing_is_open_r12(self):
        with self.assertRaisesRegex(UserError, "Loans"):
            self.leaver.action_clear()
        self.leaver.action_hand_over()
        self.loan.with_user(self.archivist).action_return("Signed", 12)
        self.leaver.copy_ids.with_user(self.archivist)._close("returned", "")
        self.key.with_user(self.archivist).holder_id = False
        self.env["mail.activity"].search([("user_id", "=", self.rep.id)]).write(
            {"active": False}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.leaver.open_count, 0)
        self.leaver.action_clear()
        self.assertEqual(self.leaver.state, "done")
        self.assertEqual(self.leaver.cleared_by_id, self.archivist)
        with self.assertRaises(UserError):
            self.leaver.successor_id = self.manager

    def test_nobody_clears_himself(self):
        mine = self.env["kehu.leaver"].with_user(self.archivist)
        mine = mine.create({"user_id": self.archivist.id})
        with self.assertRaises(AccessError):
            mine.action_clear()

    def test_the_clearance_sheet_prints(self):
        self.env["kehu.ledger"]._flush()
        page = (
            self.env["ir.actions.report"]
            .with_user(self.archivist)
            ._render_qweb_html("kehu_archive.report_kehu_leaver", self.leaver.ids)[0]
            .decode()
        )
        self.assertIn(self.loan.name, page)
        self.assertIn(self.rep.name, page)
        self.assertIn("Use in 90 Days", page)
        self.assertIn("Sensitive Layer Read", page)

    def test_managers_clear_their_own_team_only(self):
        self.assertTrue(self.leaver.with_user(self.manager).has_access("write"))
        for user in (self.rep, self.mate, self.stranger, self.employee):
            self.assertFalse(self.leaver.with_user(user).has_access("read"), user.name)
        other = self.env["kehu.leaver"].create({"user_id": self.stranger.id})
        self.assertFalse(other.with_user(self.manager).has_access("read"))
        self.assertTrue(other.with_user(self.auditor).has_access("read"))
        self.assertFalse(other.with_user(self.auditor).has_access("write"))

    def test_nobody_reads_the_clearance_of_another_companys_colleague(self):
        company = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        foreign = new_test_user(
            self.env,
            "kehu_foreign_leaver",
            groups="base.group_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        other = self.env["kehu.leaver"].create({"user_id": foreign.id})
        for user in (self.archivist, self.auditor, self.manager):
            self.assertFalse(other.with_user(user).has_access("read"), user.name)
            self.assertTrue(self.leaver.with_user(user).has_access("read"), user.name)

    def test_what_the_leaver_used_lately_stands_in_the_ledger_n10(self):
        archive = self.archive.with_user(self.rep)
        principal = self.make_principal(self.archive, family="One sister")
        principal.with_user(self.rep).read(["family"])
        archive.with_context(kehu_reason="Visit").export_data(["main_business"])
        self.env["kehu.ledger"]._flush()
        self.env.invalidate_all()
        leaver = self.leaver.with_user(self.auditor)
        ((number, counts, _last),) = leaver._get_use_rows()
        self.assertEqual(number, self.archive.id)
        self.assertEqual(counts, {"read": 1, "print": 1, "export": 1})
        self.assertEqual(leaver.use_count, sum(counts.values()))
        self.assertIn(self.archive.name, leaver.use_table)

    def test_what_was_longer_ago_than_90_days_is_left_out_n10(self):
        self.env["kehu.ledger"]._flush()
        self.env.flush_all()
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            self.assertFalse(self.leaver.with_user(self.auditor)._get_use_rows())

    def test_a_leader_learns_of_the_own_teams_archives_only_n10(self):
        elsewhere = self.make_filed()
        elsewhere.team_id = self.env["crm.team"].create({"name": "Elsewhere"})
        for archive in self.archive | elsewhere:
            archive.with_user(self.rep).with_context(kehu_reason="x").export_data(
                ["main_business"]
            )
        self.env["kehu.ledger"]._flush()
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.leaver.with_user(self.manager)._get_use_rows()
        self.assertEqual([row[0] for row in rows], self.archive.ids)
        rows = self.leaver.with_user(self.auditor)._get_use_rows()
        self.assertEqual({row[0] for row in rows}, set((self.archive | elsewhere).ids))
