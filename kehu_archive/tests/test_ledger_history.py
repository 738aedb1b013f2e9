from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestHistory(LedgerCommon):
    """History of every fact, and the archive as of a day (R16, N13)."""

    def setUp(self):
        super().setUp()
        with freeze_time("2030-01-01 02:00:00"):
            self.archive = self.make_archive({"main_business": "Pumps"})
            self.need = self.env["kehu.need"].create(
                {"archive_id": self.archive.id, "description": "Spare parts"}
            )
            self.flush()
        with freeze_time("2030-02-01 02:00:00"):
            self.archive.with_user(self.rep).main_business = "Valves"
            self.archive.partner_id.with_user(self.rep).phone = "0532 1234"
            self.archive.with_user(self.rep).settlement_method = "term"
            self.flush()
        with freeze_time("2030-03-01 02:00:00"):
            self.need.with_user(self.rep).unlink()
            self.archive.with_user(self.rep).main_business = "Turbines"
            self.flush()

    def facts(self, day, user=None):
        answer = self.archive.with_user(user or self.rep).get_facts_as_of(day)
        return {
            (record["model"], fact["field"]): fact["text"]
            for record in answer["records"]
            for fact in record["facts"]
        }

    def test_the_history_says_who_changed_what_from_which_value_to_which(self):
        history = self.archive.with_user(self.rep).get_history()
        second = next(event for event in history if event["at"].startswith("2030-02"))
        self.assertEqual(second["user"], self.rep.name)
        lines = {line["label"]: line for line in second["lines"]}
        self.assertEqual(lines["Main Business"]["before"], "Pumps")
        self.assertEqual(lines["Main Business"]["after"], "Valves")
        self.assertEqual(lines["Settlement Method"]["after"], "On Credit")

    def test_the_history_is_told_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["kehu_archive"], ["zh_CN"])
        archive = self.archive.with_user(self.rep).with_context(lang="zh_CN")
        labels = [
            line["label"] for event in archive.get_history() for line in event["lines"]
        ]
        self.assertNotIn("Main Business", labels)
        self.assertIn("主营业务", " ".join(labels))

    def test_the_archive_is_shown_as_it_was_on_a_day(self):
        for day, business, phone, need in (
            ("2030-01-15", "Pumps", None, "Spare parts"),
            (date(2030, 2, 1), "Valves", "0532 1234", "Spare parts"),
            ("2030-03-02", "Turbines", "0532 1234", None),
        ):
            with self.subTest(day=day):
                facts = self.facts(day)
                self.assertEqual(facts["kehu.archive", "main_business"], business)
                self.assertEqual(facts.get(("res.partner", "phone")), phone)
                self.assertEqual(facts.get(("kehu.need", "description")), need)

    def test_a_day_ends_at_midnight_where_the_company_is(self):
        # 2030-02-01 02:00 UTC is ten in the morning in Shanghai.
        self.assertEqual(
            self.facts("2030-01-31")["kehu.archive", "main_business"], "Pumps"
        )
        self.assertEqual(
            self.facts("2030-02-01")["kehu.archive", "main_business"], "Valves"
        )
        self.assertEqual(
            self.facts("2030-02-01 01:59:59")["kehu.archive", "main_business"], "Pumps"
        )

    def test_before_the_registration_there_was_no_archive(self):
        answer = self.archive.with_user(self.rep).get_facts_as_of("2029-12-31")
        models = {record["model"] for record in answer["records"]}
        self.assertNotIn("kehu.archive", models)

    def test_a_day_that_is_none_is_refused(self):
        for day in ("yesterday", False, None):
            with self.subTest(day=day), self.assertRaises(UserError):
                self.archive.with_user(self.rep).get_facts_as_of(day)

    def test_history_is_for_those_who_may_read_the_archive(self):
        for role in ("mate", "stranger", "admin", "employee"):
            archive = self.archive.with_user(getattr(self, role))
            with self.subTest(role=role):
                for read in (
                    archive.get_history,
                    lambda archive=archive: archive.get_facts_as_of("2030-01-01"),
                    archive.action_view_history,
                ):
                    with self.assertRaises(AccessError):
                        read()
        for role in ("rep", "manager", "archivist", "auditor"):
            with self.subTest(role=role):
                self.assertTrue(
                    self.archive.with_user(getattr(self, role)).get_history()
                )

    def test_what_a_person_withdrew_is_in_no_history(self):
        """R40: sensitive items are told by name only, before and after withdrawal."""
        principal = self.make_principal(self.archive, family="Two sons")
        self.flush()
        principal.consent = "refused"
        self.flush()
        for user in (self.rep, self.auditor):
            archive = self.archive.with_user(user)
            text = f"{archive.get_history()}{archive.get_facts_as_of('2031-01-01')}"
            self.assertNotIn("Two sons", text)
            self.assertIn("Family", text)

    def test_the_wizard_shows_a_day_and_escapes_what_was_typed(self):
        self.archive.remark = "<script>alert(1)</script>"
        self.flush()
        question = (
            self.env["kehu.archive.as.of"]
            .with_user(self.rep)
            .create({"archive_id": self.archive.id, "day": "2031-01-01"})
        )
        self.assertIn("Turbines", question.content)
        self.assertNotIn("<script>", question.content)
        event = self.events(self.archive, "change")[-1].with_user(self.rep)
        self.assertNotIn("<script>", event.content)
        self.assertIn("Remark", event.summary)
        self.assertIn("Changed", event.display_name)
