from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .form_import_common import FormImportCommon
from .registration_factories import filled, typical_form, written
from .test_registration_safety import zipped


@tagged("post_install", "-at_install")
class TestFormImportSteps(FormImportCommon):
    """Many forms: step by step, visible, interruptible, by one window (R96)."""

    def batch(self, count, first=1):
        """Some forms of new customers, each as a file."""
        return [
            (
                f"{number}.xlsx",
                self.new_form(
                    partner_id__ref=filled(f"BATCH{number:04}"),
                    partner_id__name=filled(f"批量客户{number}"),
                    partner_id__vat=filled(""),
                ),
            )
            for number in range(first, first + count)
        ]

    def codes(self):
        partners = self.env["res.partner"].search([("ref", "=like", "BATCH%")])
        return sorted(partners.mapped("ref"))

    def test_one_step_takes_one_customer_over(self):
        job = self.previewed(self.rep, *self.batch(3))
        window = job.action_apply()["params"]["window"]
        self.assertEqual(
            [job.run_step(window)["done"] for _step in range(3)], [1, 2, 3]
        )
        self.assertEqual(job.run_step(window), {"state": "done", "done": 3, "total": 3})

    def test_reading_a_batch_tells_its_progress(self):
        job = self.begin(self.rep, *self.batch(3))
        module = "odoo.addons.kehu_archive.wizards.kehu_registration_import"
        with patch(f"{module}._STEP_SECONDS", 0.0001):
            window = job.action_preview()["params"]["window"]
            seen = [job.run_step(window) for _step in range(7)]
        self.assertEqual([step["total"] for step in seen], [3] * 7)
        self.assertEqual([step["done"] for step in seen], [0, 1, 1, 2, 2, 3, 3])
        self.assertEqual(seen[-1]["state"], "preview")

    def test_a_zip_and_a_workbook_of_several_forms_give_a_line_for_each(self):
        several = written(
            *(
                typical_form(
                    token="",
                    partner_id__customer_class_id=filled(""),
                    partner_id__ref=filled(f"BATCH{number:04}"),
                    partner_id__name=filled(f"批量客户{number}"),
                    partner_id__vat=filled(""),
                )
                for number in (1, 2)
            )
        )
        single = self.batch(1, first=3)[0][1]
        job = self.previewed(
            self.rep, ("all.zip", zipped(a_xlsx=several, b_xlsx=single, c_txt=b"x"))
        )
        self.assertEqual(
            job.line_ids.mapped("customer"), ["批量客户1", "批量客户2", "批量客户3"]
        )
        self.applied(job)
        self.assertEqual(self.codes(), ["BATCH0001", "BATCH0002", "BATCH0003"])

    def test_after_a_crash_the_rest_is_continued(self):
        job = self.previewed(self.rep, *self.batch(3))
        window = job.action_apply()["params"]["window"]
        job.run_step(window)
        # The browser is gone here. Another window continues later.
        action = job.action_continue()
        self.drive(job, lambda: action)
        self.assertEqual(job.state, "done")
        self.assertEqual(self.codes(), ["BATCH0001", "BATCH0002", "BATCH0003"])

    def test_a_form_that_fails_for_an_unknown_reason_does_not_hold_up_the_others(self):
        job = self.previewed(self.rep, *self.batch(2))
        real = type(self.env["kehu.archive"])._apply_form_data

        def fail(archive, *args):
            if archive.partner_id.ref == "BATCH0001":
                raise KeyError("surprise")
            return real(archive, *args)

        logger = "odoo.addons.kehu_archive.wizards.kehu_registration_import_line"
        with (
            patch.object(type(self.env["kehu.archive"]), "_apply_form_data", fail),
            mute_logger(logger),
        ):
            self.applied(job)
        self.assertEqual(job.line_ids.mapped("outcome"), ["refused", "create"])
        self.assertIn("administrator", job.line_ids[0].message)
        self.assertEqual(self.codes(), ["BATCH0002"], "nothing half-written")

    def test_stopped_between_two_forms_the_rest_waits(self):
        job = self.previewed(self.rep, *self.batch(3))
        window = job.action_apply()["params"]["window"]
        job.run_step(window)
        job.action_stop()
        self.assertEqual((job.state, self.codes()), ("preview", ["BATCH0001"]))
        self.assertEqual(job.run_step(window)["state"], "preview", "nothing is done")
        with self.assertRaisesRegex(UserError, "taken over already"):
            job.action_preview()
        self.applied(job)
        self.assertEqual(len(self.codes()), 3)

    def test_stopped_while_reading_the_files_can_be_chosen_anew(self):
        job = self.begin(self.rep, *self.batch(2))
        job.action_preview()
        job.action_stop()
        self.assertEqual((job.state, len(job.line_ids)), ("draft", 0))

    def test_of_two_windows_one_goes_on_and_the_other_is_told(self):
        job = self.previewed(self.rep, *self.batch(2))
        first = job.action_apply()["params"]["window"]
        with self.assertRaisesRegex(UserError, "Another window goes on"):
            job.action_apply()
        second = job.action_continue()["params"]["window"]
        with self.assertRaisesRegex(UserError, "Another window goes on"):
            job.run_step(first)
        job.run_step(second)
        self.assertEqual(self.codes(), ["BATCH0001"])

    def test_what_was_taken_over_is_not_taken_over_again(self):
        job = self.previewed(self.rep, *self.batch(1))
        self.applied(job)
        for action in (job.action_apply, job.action_preview):
            with self.assertRaisesRegex(UserError, "taken over already"):
                action()

    def test_nothing_is_taken_over_without_a_preview_nor_previewed_without_files(self):
        with self.assertRaisesRegex(UserError, "Look at the preview"):
            self.begin(self.rep, *self.batch(1)).action_apply()
        with self.assertRaisesRegex(UserError, "Choose the filled forms"):
            self.begin(self.rep).action_preview()

    def test_imports_are_worked_on_by_who_began_them_only(self):
        job = self.previewed(self.rep, *self.batch(1))
        for user in (self.stranger, self.mate, self.auditor):
            with self.assertRaises(AccessError, msg=user.login):
                job.with_user(user).read(["state"])
        seen = job.with_user(self.archivist)
        self.assertEqual(seen.create_count, 1, "the archive room looks on")
        with self.assertRaises(AccessError):
            seen.action_apply()

    def test_nobody_slips_a_form_into_somebody_elses_import(self):
        """A form in another's import would be taken with that user's rights."""
        target = self.previewed(self.archivist, *self.batch(1))
        mine = self.previewed(self.rep, *self.batch(1, first=2))
        with self.assertRaises(UserError):
            mine.line_ids.write({"import_id": target.id})
        with self.assertRaises(UserError):
            mine.line_ids.cell_ids[:1].write({"line_id": target.line_ids.id})
        with self.assertRaises(UserError):
            mine.write({"user_id": self.archivist.id})
        with self.assertRaises(AccessError):
            target.line_ids.with_user(self.rep).read(["customer"])
        with self.assertRaises(AccessError):
            self.env["kehu.registration.import.line"].with_user(self.rep).create(
                {"import_id": target.id}
            )


@tagged("post_install", "-at_install")
class TestFormImportInChinese(FormImportCommon):
    """A Chinese user reads the cell and what is wrong with it in Chinese."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("zh_CN")
        self.rep.lang = "zh_CN"

    def message(self, data, name="表.xlsx"):
        job = self.begin(self.rep, (name, data)).with_context(lang="zh_CN")
        self.drive(job, job.action_preview)
        return job.line_ids.message

    def test_an_unknown_nature_names_its_cell_in_chinese(self):
        """R84: E8-style messages"""
        message = self.message(
            self.edited(self.new_form(), partner_id__enterprise_nature_id="外星企业")
        )
        self.assertEqual(
            message,
            "C8: 未知的企业性质“外星企业”。请选择其一：国有企业、外资企业、合资企业、"
            "私营企业、其他。",
        )

    def test_an_unknown_region_names_its_cell_in_chinese(self):
        message = self.message(
            self.new_form(partner_id__region_id=filled("无此地", "999999"))
        )
        self.assertRegex(message, r"^[A-Z]\d+: .*999999")
        self.assertNotRegex(message.partition(":")[2], "[A-Za-z]{3,}")

    def test_a_wrong_file_is_refused_in_chinese(self):
        self.assertIn("不是", self.message(b"%PDF", "表.pdf"))
