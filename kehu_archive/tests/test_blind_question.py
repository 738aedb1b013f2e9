from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestBlindQuestion(KehuCommon):
    """Is this customer taken? Yes or no, and whom to ask (R15, R92)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_archive(name="Haifeng Machinery", phone="0532 8888 1234")

    def ask(self, question, user=None):
        dialog = (
            self.env["kehu.blind.ask"]
            .with_user(user or self.employee)
            .create({"question": question})
        )
        dialog.action_ask()
        return dialog

    def register(self, user=None):
        return self.env["kehu.blind.question"].with_user(user or self.auditor)

    def test_anybody_learns_that_a_customer_is_taken_and_whom_to_ask(self):
        for question in ("  haifeng  machinery ", "+86 532 88881234"):
            with self.subTest(question=question):
                dialog = self.ask(question)
                self.assertTrue(dialog.is_taken)
                self.assertIn(self.rep.name, dialog.answer)
                self.assertNotIn("Haifeng", dialog.answer)

    def test_a_free_customer_and_half_a_name_are_answered_no(self):
        for question in ("Haifeng", "Haifeng%", "Nobody Ltd"):
            with self.subTest(question=question):
                self.assertFalse(self.ask(question).is_taken)

    def test_an_empty_question_is_refused(self):
        with self.assertRaisesRegex(UserError, "Type a name"):
            self.ask("   ")

    def test_each_question_is_registered_with_its_answer(self):
        self.ask("Haifeng Machinery")
        self.ask("Nobody Ltd")
        free, taken = self.register().search([("user_id", "=", self.employee.id)])
        self.assertEqual(
            (taken.question, taken.is_taken, taken.keeper_name),
            ("Haifeng Machinery", True, self.rep.name),
        )
        self.assertEqual((free.question, free.is_taken), ("Nobody Ltd", False))

    def test_the_register_is_read_by_the_room_and_auditors_and_changed_by_nobody(self):
        self.ask("Haifeng Machinery")
        asked = self.register().search([("user_id", "=", self.employee.id)])
        self.assertTrue(self.register(self.archivist).search([("id", "in", asked.ids)]))
        self.assertFalse(self.register(self.stranger).search([("id", "in", asked.ids)]))
        with self.assertRaises(AccessError):
            asked.sudo().write({"question": "x"})
        with self.assertRaises(AccessError):
            self.register(self.employee).create({"question": "x"})

    def test_after_so_many_questions_an_hour_has_to_pass(self):
        self.company.kehu_blind_limit = 3
        now = fields.Datetime.now()
        for number in range(3):
            self.ask(f"Customer {number}")
        with self.assertRaisesRegex(UserError, "3 times within an hour"):
            self.ask("Haifeng Machinery")
        # Others are not kept waiting by it.
        self.assertTrue(self.ask("Haifeng Machinery", self.clerk).is_taken)
        with freeze_time(now + timedelta(hours=1, minutes=1)):
            self.assertTrue(self.ask("Haifeng Machinery").is_taken)
