import json

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..models.circulation.sections import FACT_SECTIONS, LIST_SECTIONS, SECTIONS
from .grant_common import GrantCommon


@tagged("post_install", "-at_install")
class TestSections(GrantCommon):
    """A grant opens its sections and nothing else (R10, R52)."""

    def test_each_list_and_fact_belongs_to_one_section_with_its_rules(self):
        """One table for all gates: models, rules and records name the same keys."""
        sections = self.env["kehu.archive.section"].search([])
        self.assertEqual(set(sections.mapped("code")), set(SECTIONS))
        self.assertEqual(
            set(sections.filtered("sensitive").mapped("code")),
            {section.code for section in SECTIONS.values() if section.sensitive},
        )
        for model, code in LIST_SECTIONS.items():
            rules = self.env["ir.rule"].search(
                [
                    ("model_id.model", "=", model),
                    ("groups", "in", self.env.ref("base.group_user").ids),
                ]
            )
            self.assertTrue(rules, model)
            for rule in rules:
                self.assertIn(f"'{code}'", rule.domain_force)
        content = {
            name
            for name, field in self.env["kehu.archive"]._fields.items()
            if field.type in ("char", "text", "html") and field.store
        }
        known = {"name", "former_numbers", "slot", "destruction_digest"}
        mail = self.env["mail.thread"]._fields | self.env["mail.activity.mixin"]._fields
        self.assertFalse(
            {
                name
                for name in content - known - FACT_SECTIONS.keys() - mail.keys()
                if not name.startswith("card_")
            },
            "facts of the archive that no section claims",
        )

    def test_lists_open_with_their_section_only(self):
        for code in SECTIONS:
            loan = self.make_approved(sections=(code,))
            for model, line in self.lines.items():
                with self.subTest(granted=code, model=model):
                    self.assertEqual(
                        self.as_stranger(line).has_access("read"),
                        LIST_SECTIONS[model] == code,
                    )
            loan.action_return()
            self.env.invalidate_all()

    def test_facts_of_other_sections_read_as_empty(self):
        self.make_approved(sections=("basic",))
        archive = self.as_stranger(self.archive)
        row = archive.read(["main_business", "market_area", "remark"])[0]
        self.assertEqual(row["main_business"], "Pumps")
        self.assertFalse(row["market_area"])
        self.assertFalse(row["remark"])
        self.assertEqual(self.archive.market_area, "North", "the cache stays true")
        self.assertFalse(archive.web_read({"market_area": {}})[0]["market_area"])
        self.assertFalse(
            archive.search_read([("id", "=", archive.id)], ["remark"])[0]["remark"]
        )

    def test_facts_of_other_sections_are_neither_searched_nor_grouped(self):
        self.make_approved(sections=("basic",))
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        self.assertTrue(Archive.search([("main_business", "=", "Pumps")]))
        for domain in (
            [("market_area", "=", "North")],
            [("market_area", "ilike", "ort")],
            [("market_area", "!=", False)],
            [("remark", "like", "Bew%")],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(Archive.search(domain))
        groups = Archive._read_group(
            [("id", "=", self.archive.id)], ["market_area"], ["__count"]
        )
        self.assertEqual(groups, [(False, 1)])
        partners = self.env["res.partner"].with_user(self.stranger)
        self.assertFalse(partners.search([("archive_id.market_area", "=", "North")]))

    def test_the_order_of_a_list_tells_nothing(self):
        other = self.make_filed({"market_area": "A first"})
        self.make_approved(sections=("basic",))
        self.make_approved(archive=other, sections=("basic",))
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        both = (self.archive | other).ids
        up = Archive.search([("id", "in", both)], order="market_area, id")
        down = Archive.search([("id", "in", both)], order="market_area desc, id")
        self.assertEqual(up, down)

    def test_traits_are_closed_unless_granted_by_name(self):
        """R40: the sensitive layer."""
        loan = self.make_approved(sections=("principals",))
        principal = self.as_stranger(self.principal)
        row = principal.read(["name", "family", "consent"])[0]
        self.assertEqual(row["name"], "Wang Wei")
        self.assertFalse(row["family"])
        self.assertFalse(row["consent"])
        self.assertFalse(principal.read(["traits_cipher"])[0]["traits_cipher"])
        with self.assertRaises(AccessError):
            principal.onchange({"name": "x"}, ["name"], {"name": {}, "family": {}})
        loan.action_return()
        self.make_approved(sections=("principals", "traits"))
        self.env.invalidate_all()
        self.assertEqual(principal.read(["family"])[0]["family"], "Two sons")

    def test_a_form_is_no_way_round(self):
        """Not for readers, and not for whoever was asked to fill a section in."""
        spec = {"main_business": {}, "market_area": {}, "principal_ids": {"fields": {}}}
        self.make_approved(sections=("basic",))
        with self.assertRaises(AccessError):
            self.as_stranger(self.archive).onchange({}, [], spec)
        for section in ("principals", "needs"):
            self.env["kehu.section.request"].with_user(self.rep).create(
                {
                    "archive_id": self.archive.id,
                    "section_id": self.sections(section).id,
                    "user_id": self.employee.id,
                }
            )
        archive = self.archive.with_user(self.employee)
        answer = archive.onchange({"credit_days": 3}, ["credit_days"], spec)
        self.assertNotIn("Pumps", json.dumps(answer, default=str))
        self.assertNotIn("North", json.dumps(answer, default=str))
        answer = self.principal.with_user(self.employee).onchange(
            {"name": "x"}, ["name"], {"name": {}, "family": {}, "consent": {}}
        )
        self.assertNotIn("Two sons", json.dumps(answer, default=str))
        with self.assertRaises(AccessError):
            self.principal.with_user(self.employee).write({"family": "x"})

    def test_the_whole_screen_opens_to_a_plain_employee_who_was_granted_it(self):
        """Everything that the form asks for: closed parts are empty, not an error."""
        fact = self.env["kehu.archive.fact"].create(
            {"archive_id": self.archive.id, "key": "partner_id.vat", "state": "refused"}
        )
        self.make_approved(self.employee, sections=("basic",))
        archive = self.archive.with_user(self.employee)
        view = self.env.ref("kehu_archive.kehu_archive_view_form_reader")
        form = Form(archive, view=view)
        self.assertEqual(form.main_business, "Pumps")
        self.assertFalse(form.market_area)
        self.assertFalse(len(form.need_ids))
        self.assertTrue(form.opened_by_grant)
        self.assertEqual(form.open_sections, ",basic,")
        self.assertFalse(fact.with_user(self.employee).has_access("read"))
        self.assertFalse(fact.with_user(self.employee).search([]))

    def test_keepers_read_everything_while_a_grant_of_theirs_runs(self):
        """R101: the owner works with no request at all."""
        self.make_approved(self.rep, sections=("basic",))
        row = self.archive.with_user(self.rep).read(["market_area"])[0]
        self.assertEqual(row["market_area"], "North")
        self.assertTrue(
            self.env["kehu.archive"]
            .with_user(self.rep)
            .search([("market_area", "=", "North")])
        )
