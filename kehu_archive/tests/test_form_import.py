import base64

from odoo.tests import tagged

from .common import KehuCommon
from .registration_factories import filled, typical_form, written


@tagged("post_install", "-at_install")
class TestFormImport(KehuCommon):
    """Filled forms come in: preview, then customer by customer (R96)."""

    def imported(self, user, data, name="登记表.xlsx", apply=True):
        """Import one file as ``user``; returns its lines."""
        job = self.env["kehu.registration.import"].with_user(user).create({})
        job.attachment_ids = self.env["ir.attachment"].with_user(user).create(
            {
                "name": name,
                "datas": base64.b64encode(data),
                "res_model": job._name,
                "res_id": job.id,
            }
        )
        job.action_preview()
        if apply:
            job.action_apply()
        return job.line_ids

    def new_form(self, **overrides):
        values = {
            "partner_id__customer_class_id": filled(""),
            "partner_id__ref": filled("FORMTEST0001"),
            **overrides,
        }
        return written(typical_form(token="", **values))

    def find(self):
        return self.env["res.partner"].search([("ref", "=", "FORMTEST0001")])

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

    def test_export_then_import_changes_nothing(self):
        self.imported(self.rep, self.new_form())
        archive = self.find().archive_id.with_user(self.rep)
        report = self.env["ir.actions.report"].with_user(self.rep)
        data, name = report._kehu_render_xlsx(archive)
        line = self.imported(self.rep, data, name)
        self.assertEqual((line.outcome, line.message), ("unchanged", False))

    def test_a_rep_cannot_overwrite_anothers_archive_and_is_told_whom_to_ask(self):
        self.imported(self.rep, self.new_form())
        line = self.imported(self.stranger, self.new_form(remark=filled("x")))
        self.assertEqual(line.outcome, "refused")
        self.assertIn(self.rep.name, line.message)

    def test_a_wrong_file_ends_in_one_sentence(self):
        line = self.imported(self.rep, b"no workbook at all")
        self.assertEqual(line.outcome, "refused")
        self.assertIn("is not a workbook", line.message)
