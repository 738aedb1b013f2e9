from odoo.tests import tagged

from .form_import_common import FormImportCommon
from .registration_factories import comparable, filled


@tagged("post_install", "-at_install")
class TestFormImport(FormImportCommon):
    """Filled forms come in: preview, then customer by customer (R96)."""

    def test_a_filled_form_becomes_a_customer_with_its_archive_r43(self):
        line = self.imported(self.rep, self.new_form())
        self.assertEqual(line.outcome, "create", line.message)
        customer = self.find()
        self.assertEqual(customer.short_name, "海润机械")
        self.assertEqual(customer.region_id.code, "370200")
        self.assertEqual(customer.bank_ids.acc_number, "3803020119200123456")
        self.assertEqual(customer.archive_id.user_id, self.rep)
        self.assertEqual(customer.archive_id.principal_ids.name, "王建国")
        self.assertEqual(customer.archive_id.cooperation_ids.performance, 128.6)

    def test_the_preview_writes_nothing(self):
        line = self.imported(self.rep, self.new_form(), apply=False)
        self.assertEqual(line.outcome, "create", line.message)
        self.assertFalse(self.find())

    def test_the_preview_tells_each_change_before_it_is_written(self):
        line = self.imported(self.rep, self.new_form(), apply=False)
        cell = line.plain_ids.filtered(lambda rec: rec.name == "main_business")
        self.assertEqual(
            (cell.cell, cell.label, cell.incoming, cell.current, cell.choice),
            ("I9", "主营业务", "数控机床零部件、汽车模具", "", "take"),
        )
        added = line.plain_ids.filtered(lambda rec: rec.kind == "add")
        self.assertIn("姓名：王建国", added[0].incoming)
        self.assertEqual(len(line.plain_ids), line.change_count)

    def test_a_change_that_somebody_objects_to_is_left_out(self):
        job = self.previewed(self.rep, ("a.xlsx", self.new_form()))
        cells = job.line_ids.plain_ids
        cells.filtered(lambda rec: rec.name == "remark").choice = "keep"
        self.applied(job)
        self.assertFalse(self.find().archive_id.remark)
        self.assertTrue(self.find().archive_id.main_business)

    def test_a_form_printed_earlier_takes_over_only_what_was_changed_on_it(self):
        archive, data = self.printed()
        archive.development_potential = "changed meanwhile"
        line = self.imported(self.rep, self.edited(data, main_business="轴承"))
        self.assertEqual((line.outcome, line.change_count), ("update", 1), line.message)
        self.assertEqual(archive.main_business, "轴承")
        self.assertEqual(archive.development_potential, "changed meanwhile")

    def test_results_add_up_and_lead_to_the_forms_and_archives(self):
        """R96: created, updated, unchanged and refused add up to the files"""
        archive, data = self.printed()
        job = self.previewed(
            self.rep,
            ("changed.xlsx", self.edited(data, main_business="轴承")),
            (
                "new.xlsx",
                self.new_form(
                    partner_id__ref=filled("FORMTEST0002"),
                    partner_id__name=filled("另一家公司"),
                    partner_id__vat=filled(""),
                ),
            ),
            ("same.xlsx", data),
            ("broken.xlsx", b"no workbook"),
        )
        counts = (
            job.create_count,
            job.update_count,
            job.unchanged_count,
            job.refused_count,
        )
        self.assertEqual((counts, job.form_count), ((1, 1, 1, 1), 4))
        self.applied(job)
        self.assertEqual((job.state, job.taken_count), ("done", 2))
        action = job.with_context(kehu_outcome="refused").action_view_forms()
        self.assertEqual(action["context"], {"search_default_refused": 1})
        self.assertIn(action["domain"][0], [("import_id", "=", job.id)])
        shown = job.action_view_archives()
        self.assertEqual(
            set(shown["domain"][0][2]),
            {archive.id, self.find("FORMTEST0002").archive_id.id},
        )

    def test_the_form_of_a_deleted_customer_gives_the_same_archive_again(self):
        archive, data = self.printed()
        before = comparable(archive._get_form_data()[0])
        self.find().unlink()
        line = self.imported(self.rep, data)
        self.assertEqual(line.outcome, "create", line.message)
        again = self.find().archive_id.with_user(self.rep)
        self.assertEqual(comparable(again._get_form_data()[0]), before)

    def test_a_branch_waits_for_its_head_office_in_the_same_batch(self):
        """R72: the head office's form may come after the branch's"""
        office = self.new_form(partner_id__vat=filled(""))
        branch = self.new_form(
            partner_id__ref=filled("FORMTEST0002"),
            partner_id__name=filled("海润机械烟台分公司"),
            partner_id__vat=filled(""),
            partner_id__head_office_id=filled("海润机械", self.CODE),
        )
        job = self.previewed(self.rep, ("a.xlsx", branch), ("b.xlsx", office))
        self.assertEqual(job.line_ids.mapped("outcome"), ["refused", "create"])
        self.applied(job)
        self.assertEqual(job.state, "preview", "the branch is shown before it is taken")
        self.assertEqual(job.line_ids.mapped("outcome"), ["create", "create"])
        self.applied(job)
        self.assertEqual(job.state, "done")
        self.assertEqual(self.find("FORMTEST0002").head_office_id, self.find())

    def test_uploads_and_what_they_said_are_gone_after_thirty_days(self):
        job = self.previewed(self.rep, ("a.xlsx", self.new_form()))
        self.env.cr.execute(
            "UPDATE kehu_registration_import SET create_date = create_date"
            " - interval '31 days' WHERE id = %s",
            [job.id],
        )
        job.invalidate_recordset()
        files = job.attachment_ids
        self.env["kehu.registration.import"]._gc_uploaded_files()
        self.assertFalse(files.exists())
        self.assertFalse(job.line_ids.cell_ids)
        self.assertFalse(job.line_ids.form_data)
        self.assertEqual(job.line_ids.outcome, "create", "the history stays")
