from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.circulation.kehu_right import ACTIONS, FILLED_SECTION, ROLES
from ..models.circulation.sections import SECTIONS
from .common import KehuCommon

_NOTHING = frozenset()
_ALL = frozenset({"read", "write", "create", "unlink", "print", "export"})
_READ = frozenset({"read"})
_READ_OUT = frozenset({"read", "print", "export"})
# What each role may do with a section that can be granted.
EXPECTED = {
    "owner": _ALL,
    "mate": _NOTHING,
    "stranger": _NOTHING,
    "leader": _ALL,
    "other_manager": _NOTHING,
    "archivist": _ALL,
    "auditor": _READ_OUT,
    "admin": _NOTHING,
    "clerk": _NOTHING,
    "employee": _NOTHING,
    "reader": _READ,
    "past_reader": _NOTHING,
    "copy_holder": frozenset({"read", "print"}),
    "filler": _NOTHING,
}
# The personal traits are in no grant unless they are named in it.
TRAITS = {**EXPECTED, "reader": _NOTHING, "copy_holder": _NOTHING}
# The one section that the colleague was asked to fill in.
FILLED = {**EXPECTED, "filler": frozenset({"read", "write", "create", "unlink"})}


@tagged("post_install", "-at_install")
class TestRightsMatrix(KehuCommon):
    """The rights matrix page, cell by cell, as it is really enforced (R52)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = cls.env["kehu.right"]._measure_here()
        cls.matrix = {(row["role"], row["section"]): row for row in rows}

    def allowed(self, role, section):
        row = self.matrix[role, section]
        return {action for action in ACTIONS if row[f"can_{action}"]}

    def test_every_cell_is_as_the_rules_of_the_company_demand(self):
        for role in ROLES:
            for section, content in SECTIONS.items():
                table = {"traits": TRAITS, FILLED_SECTION: FILLED}.get(
                    section, EXPECTED
                )
                expected = set(table[role])
                if not content.lists:
                    # Single facts: nothing is added or deleted.
                    expected -= {"create", "unlink"}
                for action in ACTIONS:
                    with self.subTest(role=role, section=section, action=action):
                        self.assertEqual(
                            action in self.allowed(role, section), action in expected
                        )

    def test_the_custody_of_the_archive(self):
        for role in ROLES:
            allowed = self.allowed(role, "custody")
            with self.subTest(role=role):
                self.assertEqual(
                    "read" in allowed,
                    bool(EXPECTED[role]) or role == "filler",
                )
                self.assertEqual(
                    "write" in allowed, role in ("owner", "leader", "archivist")
                )
                self.assertNotIn("unlink", allowed)

    def test_the_conversation_is_the_keepers(self):
        for role in ROLES:
            with self.subTest(role=role):
                self.assertEqual(
                    "read" in self.allowed(role, "conversation"),
                    role in ("owner", "leader", "archivist", "auditor"),
                )

    def test_everybody_reads_cards_and_the_team_and_the_room_edit(self):
        for role in ROLES:
            allowed = self.allowed(role, "card")
            with self.subTest(role=role):
                self.assertIn("read", allowed)
                if role in ("stranger", "other_manager", "admin", "auditor"):
                    self.assertNotIn("write", allowed)
                if role in ("owner", "mate", "leader", "archivist"):
                    self.assertIn("write", allowed)

    def test_a_rule_that_the_company_changes_shows_at_once(self):
        """The page measures; it is no table of intentions."""
        self.env.ref("kehu_archive.kehu_need_rule_rep").domain_force = "[(1, '=', 1)]"
        rows = self.env["kehu.right"]._measure_here(("stranger",))
        cell = next(
            row
            for row in rows
            if row["role"] == "stranger" and row["section"] == "needs"
        )
        self.assertTrue(cell["can_read"])

    def test_the_page_is_for_administrators_and_auditors(self):
        for user in (self.rep, self.manager, self.archivist, self.employee, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["kehu.right"].with_user(user).action_measure()

    def test_measuring_leaves_nothing_behind(self):
        users = self.env["res.users"].with_context(active_test=False)
        before = users.search_count([])
        # The page measures in a cursor of its own; here in a savepoint of this one.
        with self.enter_registry_test_mode():
            action = self.env["kehu.right"].with_user(self.auditor).action_measure()
        rows = self.env["kehu.right"].with_user(self.auditor).search(action["domain"])
        self.assertEqual(len(rows), len(ROLES) * (len(SECTIONS) + 3))
        self.assertEqual(users.search_count([]), before)
