from odoo.exceptions import UserError
from odoo.tests import tagged

from ..registration.definition import ROW_SECTIONS
from ..registration.layout import CELL_OF
from .form_import_common import FormImportCommon
from .registration_factories import cooperation, filled, principal


@tagged("post_install", "-at_install")
class TestFormImportConflicts(FormImportCommon):
    """Changed on paper and on the screen: shown cell by cell, a person decides (R96)."""

    def contradicted(self, **facts):
        """A form and an archive that were both changed; returns archive and preview."""
        archive, data = self.printed()
        archive.write({"main_business": "齿轮", "remark": "screen"})
        archive.partner_id.legal_representative = "李四"
        edited = self.edited(
            data,
            main_business="轴承",
            remark="paper",
            partner_id__legal_representative="张三",
            **facts,
        )
        return archive, self.previewed(self.rep, ("a.xlsx", edited))

    def cell(self, job, name):
        cell = job.line_ids.cell_ids.filtered(lambda rec: rec.name == name)
        self.assertEqual(len(cell), 1, job.line_ids.cell_ids.mapped("name"))
        return cell

    def test_each_conflict_names_its_cell_and_what_both_sides_say(self):
        _archive, job = self.contradicted()
        cell = self.cell(job, "main_business")
        self.assertEqual(
            (cell.kind, cell.cell, cell.label, cell.incoming, cell.current),
            ("conflict", "I9", "主营业务", "轴承", "齿轮"),
        )
        self.assertEqual(cell.choice, "keep", "nothing is overwritten unasked")
        self.assertEqual(job.line_ids.conflict_count, 3)
        self.assertEqual(job.conflict_count, 3)

    def test_a_conflict_says_who_changed_the_archive_if_that_is_recorded(self):
        archive, data = self.printed()
        customer = archive.partner_id.with_context(tracking_disable=False)
        customer.with_user(self.rep).legal_representative = "李四"
        self.env.flush_all()
        self.env.cr.precommit.run()
        data = self.edited(data, partner_id__legal_representative="张三")
        job = self.previewed(self.rep, ("a.xlsx", data))
        cell = self.cell(job, "partner_id.legal_representative")
        self.assertIn(self.rep.name, cell.changed_by or "")

    def test_conflicts_are_settled_one_by_one(self):
        archive, job = self.contradicted()
        self.cell(job, "main_business").choice = "take"
        self.applied(job)
        self.assertEqual(archive.main_business, "轴承")
        self.assertEqual(archive.remark, "screen")
        self.assertEqual(archive.partner_id.legal_representative, "李四")

    def test_all_conflicts_of_a_form_are_settled_at_once(self):
        archive, job = self.contradicted()
        job.line_ids.action_take_all()
        self.assertEqual(set(job.line_ids.conflict_ids.mapped("choice")), {"take"})
        job.line_ids.action_keep_all()
        self.assertEqual(set(job.line_ids.conflict_ids.mapped("choice")), {"keep"})
        job.line_ids.action_take_all()
        self.applied(job)
        self.assertEqual(archive.remark, "paper")
        self.assertEqual(archive.partner_id.legal_representative, "张三")

    def test_what_changes_after_the_preview_is_not_overwritten(self):
        archive, job = self.contradicted()
        job.line_ids.action_take_all()
        archive.remark = "changed again"
        self.applied(job)
        self.assertEqual(archive.remark, "changed again")
        self.assertEqual(archive.main_business, "轴承")
        self.assertIn("备注", job.line_ids.message)

    def test_a_form_that_is_finished_takes_no_more_choices(self):
        _archive, job = self.contradicted()
        self.applied(job)
        with self.assertRaisesRegex(UserError, "finished"):
            job.line_ids.action_take_all()

    def test_a_line_changed_on_both_sides_is_a_conflict_of_its_cell(self):
        archive, data = self.printed()
        archive.principal_ids.phone = "111"
        data = self.edited(data, principal_ids__phone="222")
        job = self.previewed(self.rep, ("a.xlsx", data))
        cell = self.cell(job, "principal_ids[0].phone")
        self.assertEqual(
            (cell.kind, cell.current, cell.incoming), ("conflict", "111", "222")
        )
        self.assertIn("主要人员 1", cell.label)
        self.assertTrue(cell.changed_by)
        cell.choice = "take"
        self.applied(job)
        self.assertEqual(archive.principal_ids.phone, "222")

    def test_a_line_emptied_on_paper_and_changed_on_screen_is_asked_about(self):
        archive, data = self.printed()
        archive.cooperation_ids.project = "另一个项目"
        job = self.previewed(self.rep, ("a.xlsx", self.without_cooperation(data)))
        cell = self.cell(job, "cooperation_ids[0]")
        self.assertEqual((cell.kind, cell.incoming), ("conflict", ""))
        self.assertIn("另一个项目", cell.current)
        self.applied(job)
        self.assertTrue(archive.cooperation_ids, "kept unless somebody says otherwise")

    def test_a_line_emptied_on_paper_goes_when_the_form_is_taken(self):
        archive, data = self.printed()
        archive.cooperation_ids.project = "另一个项目"
        job = self.previewed(self.rep, ("a.xlsx", self.without_cooperation(data)))
        job.line_ids.action_take_all()
        self.applied(job)
        self.assertFalse(archive.cooperation_ids)

    def without_cooperation(self, data):
        cells = {
            CELL_OF[fact.key, 0].address: None
            for fact in ROW_SECTIONS["cooperation_ids"].fields
            if (fact.key, 0) in CELL_OF
        }
        return self.typed(data, **cells)

    def test_personal_traits_are_shown_to_the_archives_readers_and_stored_sealed(self):
        """R40: a preview keeps no trait in the clear"""
        archive, data = self.printed()
        archive.principal_ids.personality = "爱钓鱼"
        data = self.edited(data, principal_ids__personality="爱下棋")
        job = self.previewed(self.rep, ("a.xlsx", data))
        cell = self.cell(job, "principal_ids[0].personality")
        self.assertEqual((cell.incoming, cell.current), ("爱下棋", "爱钓鱼"))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM kehu_registration_import_cell WHERE id = %s", [cell.id]
        )
        self.assertNotIn("爱", str(self.env.cr.fetchall()))
        archive.sudo().partner_id.user_id = self.stranger
        archive.sudo().user_id = self.stranger
        self.env.invalidate_all()
        self.assertFalse(
            job.line_ids.with_user(self.rep).cell_ids,
            "who lost the archive loses what the import shows of it",
        )

    def test_traits_of_a_new_customer_are_not_kept_in_the_preview(self):
        """R40: without an archive there is no key to seal them with"""
        rows = {
            "principal_ids": [
                principal(
                    role=filled(raw="owner"),
                    name=filled("王建国"),
                    personality=filled("爱钓鱼"),
                    consent_summary=filled(raw="granted"),
                )
            ],
            "cooperation_ids": [cooperation(project=filled("刀具"))],
        }
        job = self.previewed(self.rep, ("a.xlsx", self.new_form(rows)))
        self.assertEqual(job.line_ids.outcome, "create", job.line_ids.message)
        self.assertNotIn("爱钓鱼", str(job.line_ids.cell_ids.read()))
        self.applied(job)
        self.assertEqual(self.find().archive_id.principal_ids.personality, "爱钓鱼")
