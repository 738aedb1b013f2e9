from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import KehuCommon

# Lines of an archive, with the least that one needs.
LINES = {
    "kehu.principal": {"name": "Wang Wei"},
    "kehu.cooperation": {"project": "Pumps"},
    "kehu.need": {"description": "Spare parts"},
    "kehu.service.record": {"description": "Repair"},
    "kehu.competitor": {"name": "Rival Ltd"},
    "kehu.archive.note": {"text": "Visited"},
    "kehu.archive.item": {"title": "Licence"},
    "kehu.archive.fact": {"key": "partner_id.vat"},
}
# Rights on an archive that rep keeps: read, write.
ROLES = {
    "rep": (True, True),
    "mate": (False, False),
    "stranger": (False, False),
    "manager": (True, True),
    "archivist": (True, True),
    "auditor": (True, False),
    "admin": (False, False),
    "clerk": (False, False),
    "employee": (False, False),
}


class _TakeBack(Exception):
    """Ends a savepoint so that the next role finds what the last one found."""


@tagged("post_install", "-at_install")
class TestAccess(KehuCommon):
    """Who reads and writes an archive: the same answer at every gate (R14, R52)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_archive({"main_business": "Pumps"})
        cls.lines = {
            model: cls.env[model].create({"archive_id": cls.archive.id, **vals})
            for model, vals in LINES.items()
        }
        cls.env.flush_all()

    def assert_allowed(self, expected, function):
        """Call ``function`` with empty caches, and take back whatever it did."""
        self.env.invalidate_all()
        allowed = False
        try:
            with self.cr.savepoint():
                function()
                self.env.flush_all()
                allowed = True
                raise _TakeBack
        except AccessError:
            allowed = False
        except _TakeBack:
            self.env.invalidate_all()
        self.assertEqual(allowed, expected)

    def test_each_role_reads_and_writes_what_the_table_says(self):
        for role, (may_read, may_write) in ROLES.items():
            archive = self.archive.with_user(getattr(self, role))
            with self.subTest(role=role, act="read by guessed id"):
                self.assert_allowed(
                    may_read, lambda archive=archive: archive.read(["main_business"])
                )
            with self.subTest(role=role, act="write"):
                self.assert_allowed(
                    may_write,
                    lambda archive=archive: archive.write({"main_business": "Valves"}),
                )
            with self.subTest(role=role, act="delete"):
                self.assert_allowed(False, lambda archive=archive: archive.unlink())

    def test_each_role_has_the_same_rights_on_the_lines(self):
        for role, (may_read, may_write) in ROLES.items():
            for model, vals in LINES.items():
                line = self.lines[model].with_user(getattr(self, role))
                with self.subTest(role=role, model=model):
                    self.assert_allowed(
                        may_read,
                        lambda line=line, vals=vals: line.read(list(vals)),
                    )
                    self.assert_allowed(
                        may_write, lambda line=line, vals=vals: line.write(vals)
                    )
                    self.assert_allowed(may_write, lambda line=line: line.unlink())

    def test_nobody_adds_a_line_to_an_archive_that_is_not_theirs(self):
        for role, (_may_read, may_write) in ROLES.items():
            with self.subTest(role=role):
                self.assert_allowed(
                    may_write,
                    lambda role=role: self.env["kehu.need"]
                    .with_user(getattr(self, role))
                    .create({"archive_id": self.archive.id, "description": "x"}),
                )

    def test_a_line_is_not_moved_into_an_archive_that_is_not_theirs(self):
        other = self.make_archive({"user_id": self.stranger.id})
        self.assertEqual(other.user_id, self.stranger)
        for model, line in self.lines.items():
            with self.subTest(model=model):
                self.assert_allowed(
                    False,
                    lambda line=line: line.with_user(self.rep).write(
                        {"archive_id": other.id}
                    ),
                )

    def test_lists_names_and_groups_hold_readable_archives_only(self):
        domain = [("id", "=", self.archive.id)]
        for role in ("rep", "mate", "stranger", "manager", "archivist", "auditor"):
            may_read = ROLES[role][0]
            Archive = self.env["kehu.archive"].with_user(getattr(self, role))
            with self.subTest(role=role):
                self.assertEqual(bool(Archive.search(domain)), may_read)
                self.assertEqual(
                    bool(Archive.name_search(self.archive.display_name)), may_read
                )
                self.assertEqual(
                    bool(Archive._read_group(domain, ["state"], ["__count"])), may_read
                )

    def test_an_archive_is_not_seized_by_way_of_its_customer(self):
        """The card is open to colleagues; its salesperson decides who reads."""
        for role in ("mate", "stranger"):
            user = getattr(self, role)
            with self.subTest(role=role):
                self.assert_allowed(
                    False,
                    lambda user=user: self.archive.partner_id.with_user(user).write(
                        {"user_id": user.id}
                    ),
                )
                self.assert_allowed(
                    False,
                    lambda user=user: self.archive.with_user(user).write(
                        {"user_id": user.id}
                    ),
                )
        self.assert_allowed(
            True,
            lambda: self.archive.partner_id.with_user(self.manager).write(
                {"user_id": self.mate.id}
            ),
        )

    def test_a_competitor_of_another_archive_is_not_read_by_pointing_at_it(self):
        own = self.make_archive({"user_id": self.stranger.id})
        with self.assertRaises(ValidationError):
            self.env["kehu.competitor.comparison"].with_user(self.stranger).create(
                {
                    "archive_id": own.id,
                    "competitor_id": self.lines["kehu.competitor"].id,
                }
            )

    def test_turnover_of_another_customer_is_not_read_by_pointing_at_its_order(self):
        own = self.make_archive({"user_id": self.stranger.id})
        order = self.env["sale.order"].create(
            {"partner_id": self.archive.partner_id.id}
        )
        with self.assertRaises(ValidationError):
            self.env["kehu.cooperation"].with_user(self.stranger).create(
                {"archive_id": own.id, "project": "x", "order_id": order.id}
            )

    def test_a_file_of_the_archive_is_read_by_readers_of_the_archive_only(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.rep)
            .create(
                {"name": "licence.txt", "raw": b"x", "res_model": "kehu.archive.item"}
            )
        )
        self.env["kehu.archive.item"].with_user(self.rep).create(
            {
                "archive_id": self.archive.id,
                "title": "Licence",
                "attachment_ids": [Command.link(file.id)],
            }
        )
        for role, (may_read, _may_write) in ROLES.items():
            with self.subTest(role=role):
                self.assert_allowed(
                    may_read,
                    lambda role=role: file.with_user(getattr(self, role)).read(["raw"]),
                )
