from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .grant_common import GrantCommon


@tagged("post_install", "-at_install")
class TestFillingIn(GrantCommon):
    """A colleague is asked for one section; anybody drops an opinion in (R114)."""

    def ask(self, section="market", user=None):
        return (
            self.env["kehu.section.request"]
            .with_user(self.rep)
            .create(
                {
                    "archive_id": self.archive.id,
                    "section_id": self.sections(section).id,
                    "user_id": (user or self.employee).id,
                }
            )
        )

    def test_whoever_was_asked_sees_and_writes_that_section_only(self):
        self.ask("market")
        self.ask("needs")
        archive = self.archive.with_user(self.employee)
        row = archive.read(["market_area", "main_business"])[0]
        self.assertEqual(row["market_area"], "North")
        self.assertFalse(row["main_business"])
        archive.write({"market_area": "South"})
        self.assertEqual(self.archive.market_area, "South")
        for vals in (
            {"main_business": "x"},
            {"slot": "x"},
            {"user_id": self.employee.id},
            {"card_name": "x"},
            {"note_ids": [Command.create({"text": "x"})]},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                archive.write(vals)
        archive.write({"need_ids": [Command.create({"description": "Bolts"})]})
        self.assertIn("Bolts", self.archive.need_ids.mapped("description"))
        self.assertFalse(
            self.lines["kehu.cooperation"].with_user(self.employee).has_access("read")
        )

    def test_whoever_was_asked_takes_no_step_and_does_not_seize_the_archive(self):
        """R52: signing, marking, verifying, handing over stay with the keepers."""
        # At this level the card alone would not stop a colleague.
        self.env["res.partner"]._kehu_set_isolation("open")
        self.ask("market", self.stranger)
        archive = self.archive.with_user(self.stranger)
        self.assertTrue(archive.has_access("write"))
        steps = {
            "hand in": archive.action_submit,
            "mark": lambda: archive.set_fact_state("main_business", "na"),
            "verify": lambda: archive.verify_facts(["market_area"], "visit"),
            "default account": archive.action_take_suggested_bank,
            "category": archive.action_take_suggested_category,
            "form": lambda: archive._apply_form_data([]),
            "import": archive._get_form_import_action,
            "seize": lambda: archive.partner_id.write({"user_id": self.stranger.id}),
        }
        for name, step in steps.items():
            with self.subTest(step=name), self.assertRaises(AccessError):
                step()
        self.assertEqual(self.archive.user_id, self.rep)

    def test_the_section_is_closed_again_when_it_is_done(self):
        request = self.ask("market")
        archive = self.archive.with_user(self.employee)
        with self.assertRaises(UserError):
            request.action_done()
        request.with_user(self.employee).action_done()
        self.env.invalidate_all()
        self.assertFalse(archive.has_access("read"))
        with self.assertRaises(AccessError):
            archive.write({"market_area": "x"})

    def test_a_request_is_taken_back_by_the_keeper(self):
        request = self.ask("market")
        with self.assertRaises(AccessError):
            request.with_user(self.employee).action_cancel()
        request.action_cancel()
        self.assertFalse(self.archive.with_user(self.employee).has_access("read"))

    def test_nobody_gives_out_sections_of_archives_that_are_not_theirs(self):
        with self.assertRaises(AccessError):
            self.env["kehu.section.request"].with_user(self.stranger).create(
                {
                    "archive_id": self.archive.id,
                    "section_id": self.sections("market").id,
                    "user_id": self.stranger.id,
                }
            )
        with self.assertRaises(ValidationError):
            self.ask("traits")
        with self.assertRaises(ValidationError):
            self.ask("market", self.auditor)

    def test_any_employee_drops_an_opinion_in_and_cannot_read_it(self):
        """R114"""
        opinions = self.env["kehu.opinion"].with_user(self.employee)
        opinion = opinions.create(
            {
                "partner_id": self.archive.partner_id.id,
                "kind": "complaint",
                "text": "The driver was rude",
            }
        )
        for act in (
            lambda: opinion.read(["text"]),
            lambda: opinions.search([]),
            lambda: opinion.write({"text": "x"}),
            opinion.unlink,
        ):
            with self.assertRaises(AccessError):
                act()
        record = self.archive.service_ids.filtered(
            lambda record: record.description == "The driver was rude"
        )
        self.assertEqual((record.kind, record.state), ("complaint", "open"))
        self.assertFalse(record.with_user(self.employee).has_access("read"))
        self.assertTrue(record.with_user(self.rep).has_access("read"))
        self.assertTrue(opinion.with_user(self.rep).has_access("read"))
        self.assertTrue(
            self.archive.activity_ids.filtered(lambda a: a.user_id == self.rep)
        )

    def test_the_keeper_is_told_in_his_own_language_whoever_tells_him(self):
        """A call from outside brings no language; the keeper reads Chinese."""
        self.rep.lang = "zh_CN"
        self.ask("market").with_user(self.employee).with_context(
            lang=None
        ).action_done()
        self.env["kehu.opinion"].with_user(self.employee).with_context(
            lang=None
        ).create({"partner_id": self.archive.partner_id.id, "text": "x"})
        told = self.archive.activity_ids.filtered(lambda a: a.user_id == self.rep)
        name = self.employee.name
        market = self.sections("market").with_context(lang="zh_CN").name
        self.assertLessEqual(
            {f"{name}已填写：{market}", f"{name}收到的客户反映"},
            set(told.mapped("summary")),
        )

    def test_an_opinion_does_not_name_somebody_else_or_another_archive(self):
        other = self.make_archive()
        opinion = (
            self.env["kehu.opinion"]
            .with_user(self.employee)
            .create(
                {
                    "partner_id": self.archive.partner_id.id,
                    "text": "x",
                    "archive_id": other.id,
                    "user_id": self.rep.id,
                }
            )
            .sudo()
        )
        self.assertEqual(opinion.archive_id, self.archive)
        self.assertEqual(opinion.user_id, self.employee)

    def test_the_box_keeps_nothing_of_what_was_dropped_in(self):
        box = (
            self.env["kehu.opinion.box"]
            .with_user(self.employee)
            .create({"partner_id": self.archive.partner_id.id, "text": "Fine"})
        )
        box.action_send()
        self.assertFalse(box.exists())
