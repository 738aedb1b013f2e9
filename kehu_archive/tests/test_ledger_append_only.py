import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestLedgerIsAppendOnly(LedgerCommon):
    """Nobody adds, changes or removes a row of the ledger by hand (R16)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_archive({"main_business": "Pumps"})
        cls.env.cr.flush()
        cls.event = (
            cls.env["kehu.event"].sudo().search([("archive_id", "=", cls.archive.id)])
        )

    def test_every_role_and_the_superuser_is_refused_by_the_orm(self):
        users = [
            self.rep,
            self.manager,
            self.archivist,
            self.auditor,
            self.admin,
            self.employee,
            self.env.ref("base.user_admin"),
        ]
        for user in [*users, None]:
            event = self.event.with_user(user) if user else self.event.sudo()
            with self.subTest(user=user and user.login):
                with self.assertRaises(AccessError):
                    event.write({"action": "read"})
                with self.assertRaises(AccessError):
                    event.unlink()
                with self.assertRaises(AccessError):
                    event.create({"archive_id": self.archive.id, "sequence": 2})
                with self.assertRaises(AccessError):
                    event.action = "read"

    def test_a_remote_call_cannot_forge_the_permission_to_append(self):
        for forged in (True, 1, "x", object()):
            with self.subTest(forged=forged), self.assertRaises(AccessError):
                self.event.with_context(kehu_appending=forged).create(
                    {"archive_id": self.archive.id}
                )

    def test_the_database_refuses_update_delete_and_truncate(self):
        for table in ("kehu_event", "kehu_event_anchor", "kehu_event_check"):
            for query in (
                f"UPDATE {table} SET id = id",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with (
                    self.subTest(query=query),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(query)

    def test_readers_see_the_events_of_the_archives_that_they_may_read(self):
        expected = {
            "rep": True,
            "mate": False,
            "stranger": False,
            "manager": True,
            "archivist": True,
            "auditor": True,
        }
        for role, sees in expected.items():
            events = self.env["kehu.event"].with_user(getattr(self, role))
            with self.subTest(role=role):
                self.assertEqual(
                    bool(events.search([("id", "=", self.event.id)])), sees
                )
        for role in ("admin", "clerk", "employee"):
            events = self.env["kehu.event"].with_user(getattr(self, role))
            with self.subTest(role=role), self.assertRaises(AccessError):
                events.search([])

    def test_the_database_holds_no_plaintext_of_the_ledger(self):
        """R100: field encryption, also of what the ledger says."""
        self.archive.main_business = "Confidential turbines"
        self.flush()
        self.env.cr.execute(
            "SELECT string_agg(to_jsonb(e)::text, '') FROM kehu_event e "
            "WHERE archive_id = %s",
            [self.archive.id],
        )
        text = self.env.cr.fetchone()[0]
        for word in ("turbines", "Pumps", "main_business", self.archive.card_name):
            self.assertNotIn(word, text)

    def test_a_payload_cannot_be_moved_to_another_place(self):
        self.archive.main_business = "Valves"
        self.flush()
        first, second = (
            self.env["kehu.event"]
            .sudo()
            .search([("archive_id", "=", self.archive.id)], order="sequence")
        )
        self.env.cr.execute("ALTER TABLE kehu_event DISABLE TRIGGER kehu_append_only")
        self.env.cr.execute(
            "UPDATE kehu_event SET payload = %s WHERE id = %s",
            [first.payload, second.id],
        )
        second.invalidate_recordset()
        payload, problem = second._get_contents()[second]
        self.assertIsNone(payload)
        self.assertIn("altered", problem)
