import contextlib
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from .ledger_common import LedgerCommon


class KeyCommon(LedgerCommon):
    """A database without any key yet, and a folder of its own for the key file."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "master.key")
        patcher = patch.dict(config.options, {"kehu_master_key_file": str(self.path)})
        patcher.start()
        self.addCleanup(patcher.stop)
        # Chains of what the database holds already were sealed with another key.
        self.env.cr.execute(
            "ALTER TABLE kehu_event DISABLE TRIGGER kehu_append_only;"
            "DELETE FROM kehu_archive_key; DELETE FROM kehu_event;"
            "DELETE FROM kehu_event_head;"
            "ALTER TABLE kehu_event ENABLE TRIGGER kehu_append_only"
        )
        self.env.invalidate_all()
        self.archive = self.make_archive({"main_business": "Pumps"})
        self.principal = self.make_principal(self.archive, family="Two sons")
        self.flush()
        self.vault = self.env["kehu.vault"]

    @contextlib.contextmanager
    def key_file(self, content):
        """Put another key in place, or none."""
        right = self.path.read_text()
        if content is None:
            self.path.unlink()
        else:
            self.path.write_text(content)
        self.env.invalidate_all()
        with mute_logger("odoo.addons.kehu_archive.models.control.kehu_ledger_chain"):
            yield
        self.path.write_text(right)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestMasterKeyMissing(KeyCommon):
    """Without the master key: one clear message, nothing lost, work goes on (R100)."""

    CASES = (None, "00" * 32, "no key at all", "")

    def test_the_key_file_is_for_the_server_alone(self):
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_everything_that_is_not_encrypted_works_on(self):
        for content in self.CASES:
            with self.subTest(content=content), self.key_file(content):
                archive = self.archive.with_user(self.rep)
                archive.read(["main_business", "vault_warning", "signature_valid"])
                archive.principal_ids.read(["name", "family"])
                self.assertFalse(archive.principal_ids.family)
                self.assertIn("key", archive.vault_warning)
                archive.main_business = f"Valves {content}"
                archive.partner_id.phone = f"1{content}"
                self.make_archive()
                self.flush()
            self.assertEqual(self.principal.family, "Two sons")
            self.assertFalse(self.archive.vault_warning)

    def test_what_needs_the_key_is_refused_with_the_message_and_destroys_nothing(self):
        cipher = self.principal.sudo().traits_cipher
        for content in self.CASES:
            with self.subTest(content=content), self.key_file(content):
                with self.assertRaisesRegex(UserError, "master key"):
                    self.principal.with_user(self.rep).family = "None"
                self.env.invalidate_all()
                with self.assertRaisesRegex(UserError, "master key"):
                    self.vault._rotate_master_key()
            self.assertEqual(self.principal.sudo().traits_cipher, cipher)

    def test_a_change_without_the_key_is_logged_without_its_content(self):
        """Decided: nothing goes unlogged, and no sale stops for a lost file."""
        with self.key_file(None):
            self.archive.with_user(self.rep).main_business = "Valves"
            event = self.events(self.archive, "change")[-1]
            self.assertEqual((event.user_id, event.payload), (self.rep, ""))
            self.assertIn("key", event.summary)
            (link,) = self.env["kehu.event"].verify_chain()
            self.assertEqual(
                (link["archive_id"], link["reason"]), (self.archive.id, "unsealed")
            )
            self.assertEqual(
                self.env["kehu.event.check"].sudo()._check().result, "broken"
            )

    def test_with_the_key_back_the_chain_is_sealed_again_and_says_so(self):
        with self.key_file(None):
            self.archive.main_business = "Valves"
            self.flush()
        self.archive.main_business = "Turbines"
        events = self.events(self.archive)
        self.assertEqual(events.mapped("action")[-2:], ["reseal", "change"])
        self.assertEqual(self.env["kehu.event"].verify_chain(), [])

    def test_the_check_says_when_seals_could_not_be_looked_at(self):
        with self.key_file("00" * 32):
            check = self.env["kehu.event.check"].sudo()._check()
            self.assertEqual((check.result, check.sealed), ("partial", False))
            self.assertTrue(check.activity_ids)


@tagged("post_install", "-at_install")
class TestMasterKeyRotation(KeyCommon):
    """The master key is changed in one go, or not at all (R100)."""

    def rotate(self):
        count = self.vault.with_user(self.admin)._rotate_master_key()
        self.env.cr.postcommit.run()
        self.env.cr.postrollback.clear()
        self.env.invalidate_all()
        return count

    def fingerprints(self):
        self.env.cr.execute("SELECT DISTINCT left(wrapped, 16) FROM kehu_archive_key")
        return {row[0] for row in self.env.cr.fetchall()}

    def test_all_keys_are_wrapped_anew_and_everything_stays_readable(self):
        old = self.path.read_text()
        ciphers = self.principal.sudo().traits_cipher
        self.assertEqual(self.rotate(), 2, "the archive's key and the ledger's")
        self.assertNotEqual(self.path.read_text(), old)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        new = self.vault._fingerprint(bytes.fromhex(self.path.read_text())).hex()
        self.assertEqual(self.fingerprints(), {new})
        self.assertEqual(self.principal.family, "Two sons")
        self.assertEqual(self.principal.sudo().traits_cipher, ciphers)
        self.assertEqual(self.env["kehu.event"].verify_chain(), [])
        kept = list(self.path.parent.glob("master.key.old-*"))
        self.assertEqual([path.read_text() for path in kept], [old])

    def test_the_old_key_beside_it_opens_what_an_older_backup_holds(self):
        """Backup and restore: a restored dump needs the key file of its day."""
        self.env.cr.execute("SELECT id, wrapped FROM kehu_archive_key")
        backup = self.env.cr.fetchall()
        self.rotate()
        for number, wrapped in backup:
            self.env.cr.execute(
                "UPDATE kehu_archive_key SET wrapped = %s WHERE id = %s",
                [wrapped, number],
            )
        self.env.invalidate_all()
        self.assertEqual(self.principal.family, "Two sons")
        for kept in self.path.parent.glob("master.key.old-*"):
            kept.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.principal.family)
        self.assertIn("not the one", self.archive.vault_warning)

    def test_a_rotation_that_is_taken_back_leaves_no_trace(self):
        old, before = self.path.read_text(), self.fingerprints()
        with contextlib.suppress(ZeroDivisionError), self.env.cr.savepoint():
            self.vault._rotate_master_key()
            raise ZeroDivisionError
        self.env.cr.postcommit.clear()
        self.env.cr.postrollback.run()
        self.env.invalidate_all()
        self.assertEqual(os.listdir(self.path.parent), ["master.key"])
        self.assertEqual((self.path.read_text(), self.fingerprints()), (old, before))
        self.assertEqual(self.principal.family, "Two sons")

    def test_a_server_that_stops_between_database_and_file_loses_nothing(self):
        self.vault._rotate_master_key()
        # Committed, but the files were not put in their places.
        self.env.cr.postcommit.clear()
        self.env.cr.postrollback.clear()
        self.env.invalidate_all()
        self.assertEqual(self.principal.family, "Two sons")
        self.rotate()
        self.assertEqual(self.principal.family, "Two sons")
        self.assertEqual(len(list(self.path.parent.glob("master.key.old-*"))), 2)
        self.assertFalse(self.path.with_name("master.key.next").exists())

    def test_a_key_that_cannot_be_opened_stops_the_rotation(self):
        self.env.cr.execute(
            "UPDATE kehu_archive_key SET wrapped = 'ff' || substr(wrapped, 3) "
            "WHERE archive_id = %s",
            [self.archive.id],
        )
        old = self.path.read_text()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.vault._rotate_master_key()
        self.env.cr.postrollback.run()
        self.assertEqual(self.path.read_text(), old)
        self.assertEqual(os.listdir(self.path.parent), ["master.key"])

    def test_only_the_configuring_administrator_changes_it(self):
        for role in ("rep", "manager", "archivist", "auditor", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.vault.with_user(getattr(self, role))._rotate_master_key()
        wizard = self.env["kehu.master.key.change"].with_user(self.admin).create({})
        self.assertEqual(wizard.key_count, 2)
        self.assertTrue(wizard.fingerprint)
