import base64
import io

import openpyxl

from odoo.tests import tagged

from ..registration.reader import page_one_address
from .common import KehuCommon
from .registration_factories import comparable, filled, typical_form, written


@tagged("post_install", "-at_install")
class TestFormImport(KehuCommon):
    """Filled forms come in: preview, then customer by customer (R96)."""

    def imported(self, user, data, name="登记表.xlsx", apply=True):
        """Import one file as ``user``; returns its lines."""
        job = self.env["kehu.registration.import"].with_user(user).create({})
        job.attachment_ids = (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": name,
                    "datas": base64.b64encode(data),
                    "res_model": job._name,
                    "res_id": job.id,
                }
            )
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

    def edited(self, data, key, text):
        """Return the workbook with one fact of page 1 typed over."""
        book = openpyxl.load_workbook(io.BytesIO(data))
        book.worksheets[0][page_one_address(key)] = text
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def printed(self):
        """Register the typical customer and print its form as its rep."""
        self.imported(self.rep, self.new_form())
        archive = self.find().archive_id.with_user(self.rep)
        report = self.env["ir.actions.report"].with_user(self.rep)
        return archive, report._kehu_render_xlsx(archive)[0]

    def test_a_form_printed_earlier_takes_over_only_what_was_changed_on_it(self):
        archive, data = self.printed()
        archive.development_potential = "changed meanwhile"
        line = self.imported(self.rep, self.edited(data, "main_business", "轴承"))
        self.assertEqual((line.outcome, line.change_count), ("update", 1), line.message)
        self.assertEqual(archive.main_business, "轴承")
        self.assertEqual(archive.development_potential, "changed meanwhile")

    def test_a_fact_changed_on_both_sides_is_shown_and_kept(self):
        archive, data = self.printed()
        archive.main_business = "齿轮"
        line = self.imported(self.rep, self.edited(data, "main_business", "轴承"))
        self.assertIn("轴承", line.message)
        self.assertEqual(archive.main_business, "齿轮")

    def test_the_form_of_a_deleted_customer_gives_the_same_archive_again(self):
        archive, data = self.printed()
        before = comparable(archive._get_form_data()[0])
        self.find().unlink()
        line = self.imported(self.rep, data)
        self.assertEqual(line.outcome, "create", line.message)
        again = self.find().archive_id.with_user(self.rep)
        self.assertEqual(comparable(again._get_form_data()[0]), before)
