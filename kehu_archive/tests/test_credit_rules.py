from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .credit_common import KehuCredit


@tagged("post_install", "-at_install")
class TestCreditRules(KehuCredit):
    """What a change of the rules would do is shown before it is saved."""

    def rules(self, user=None, **values):
        form = Form(self.env["kehu.credit.rules"].with_user(user or self.controller))
        for name, value in values.items():
            form[name] = value
        return form.save()

    def test_the_page_opens_with_the_saved_rules(self):
        self.company.kehu_credit_often_count = 5
        self.assertEqual(self.rules().often_count, 5)

    def test_the_page_is_headed_by_what_it_is_also_before_anything_is_saved(self):
        rules = self.env["kehu.credit.rules"].with_user(self.controller).new()
        self.assertEqual(rules.display_name, "Rules of the Credit Grades")

    def test_the_preview_says_who_would_change_and_saves_nothing(self):
        """R89, R90"""
        good, often, slow = (self.make_customer() for _ in range(3))
        for _number in range(10):
            self.settle(good, 0)
        for _number in range(2):
            self.settle(often, 10)
        for _number in range(9):
            self.settle(often, 0)
        self.settle(slow, 50)
        for _number in range(9):
            self.settle(slow, 0)
        page = self.rules(often_count=2, easy_days=40)
        page.action_preview()
        changes = {line.partner_id: (line.before, line.after) for line in page.line_ids}
        self.assertEqual(changes.get(often), ("a", "b"))
        self.assertEqual(changes.get(slow), ("a", "c"))
        self.assertNotIn(good, changes)
        self.assertEqual(page.changed_count, len(page.line_ids))
        self.assertEqual(self.company.kehu_credit_often_count, 3)
        self.assertFalse(often.credit_assessment_id)
        # Grace is a matter of the query, not only of the judgement.
        page = self.rules(grace_days=60)
        page.action_preview()
        self.assertEqual(self.grade(often), "a")

    def test_figures_of_other_rules_go_when_the_rules_on_the_screen_change(self):
        """R89: what is shown was computed by what is shown."""
        customer = self.make_customer()
        self.settle(customer, 50)
        page = self.rules(easy_days=40)
        page.action_preview()
        self.assertTrue(page.previewed)
        page.easy_days = 45  # as the screen sends it before a button
        self.assertFalse(page.previewed)
        page.action_preview()
        page.action_save()
        self.assertFalse(page.previewed)

    def test_saved_rules_hold_from_the_next_grade_on(self):
        customer = self.make_customer()
        for _number in range(9):
            self.settle(customer, 0)
        self.settle(customer, 50)
        self.assertEqual(self.grade(customer), "a")
        told = self.rules(easy_days=49).action_save()
        self.assertEqual(told["tag"], "display_notification")
        self.assertEqual(self.company.kehu_credit_easy_days, 49)
        self.assertEqual(self.grade(customer), "c")

    def test_rules_that_make_no_sense_are_refused(self):
        for values in (
            {"months": 0},
            {"grace_days": -1},
            {"often_percent": 101},
            {"grace_days": 70, "easy_days": 60},
        ):
            with self.subTest(**values):
                page = self.rules(**values)
                with self.assertRaises(ValidationError):
                    page.action_preview()
                with self.assertRaises(ValidationError):
                    page.action_save()

    def test_sales_people_do_not_set_the_rules(self):
        with self.assertRaises(AccessError):
            self.env["kehu.credit.rules"].with_user(self.rep).create({})
