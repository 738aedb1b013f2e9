import io
import json
import random
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.control import kehu_event_verification
from ..models.control.kehu_event_head import BROKEN_SEAL
from .ledger_common import LedgerCommon


class ChainCommon(LedgerCommon):
    """Chains to tamper with, as the owner of the table would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archives = cls.env["kehu.archive"].create(
            [{"partner_id": cls.make_partner().id} for _number in range(5)]
        )
        cls.env.cr.flush()
        for step in range(6):
            for archive in cls.archives:
                archive.main_business = f"Step {step}"
            cls.env.cr.flush()

    def sql(self, query, *params):
        self.env.cr.execute(
            "ALTER TABLE kehu_event DISABLE TRIGGER kehu_append_only;"
            "ALTER TABLE kehu_event_anchor DISABLE TRIGGER kehu_append_only"
        )
        self.env.cr.execute(query, params)

    def verify(self):
        return self.env["kehu.event"].with_user(self.auditor).verify_chain()

    def rows(self, archive):
        return self.events(archive)


@tagged("post_install", "-at_install")
class TestChain(ChainCommon):
    """A row that was altered outside Odoo is named (R16, N1)."""

    def test_untouched_chains_verify(self):
        self.assertEqual(self.verify(), [])

    def test_numbers_run_from_one_without_gaps(self):
        for archive in self.archives:
            self.assertEqual(self.rows(archive).mapped("sequence"), list(range(1, 8)))

    def test_an_edited_row_is_named(self):
        row = self.rows(self.archives[0])[2]
        edits = {
            "at": "at + interval '1 microsecond'",
            "user_id": str(self.rep.id + 1),
            "action": "'read'",
            "version": "2",
            "payload": "reverse(payload)",
            "digest": "reverse(digest)",
            "previous_digest": "reverse(previous_digest)",
        }
        for column, value in edits.items():
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self.sql(
                    f"UPDATE kehu_event SET {column} = {value} WHERE id = %s", row.id
                )
                (link,) = self.verify()
                self.assertEqual(link["archive_id"], self.archives[0].id)
                self.assertEqual(link["sequence"], 3)
                savepoint.rollback()
        self.assertEqual(self.verify(), [])

    def test_a_removed_row_is_named_by_its_place(self):
        rows = self.rows(self.archives[0])
        for place, reason in ((1, "missing"), (4, "missing"), (7, "cut")):
            with self.subTest(place=place), self.env.cr.savepoint() as savepoint:
                self.sql("DELETE FROM kehu_event WHERE id = %s", rows[place - 1].id)
                self.assertEqual(
                    self.verify(),
                    [
                        {
                            "archive_id": self.archives[0].id,
                            "sequence": place,
                            "event_id": False,
                            "reason": reason,
                        }
                    ],
                )
                savepoint.rollback()

    def test_a_chain_that_is_gone_altogether_is_named(self):
        self.sql("DELETE FROM kehu_event WHERE archive_id = %s", self.archives[4].id)
        (link,) = self.verify()
        self.assertEqual(
            (link["archive_id"], link["sequence"], link["reason"]),
            (self.archives[4].id, 1, "cut"),
        )
        self.sql(
            "DELETE FROM kehu_event_head WHERE archive_id = %s", self.archives[3].id
        )
        self.assertEqual(
            {link["archive_id"]: link["reason"] for link in self.verify()},
            {self.archives[3].id: "head", self.archives[4].id: "cut"},
        )

    def forge_row(self, archive, sequence, previous):
        """Compute a row as the system would: all that is needed is in the table."""
        row = (1, previous, archive.id, sequence, "2030-01-01 00:00:00.000000")
        row += (self.rep.id, "read", "00")
        return (*row, self.env["kehu.event"]._get_digest(row))

    def test_a_row_added_at_the_end_with_right_digests_is_named(self):
        archive = self.archives[1]
        last = self.rows(archive)[-1]
        self.env["kehu.event"]._append_rows([self.forge_row(archive, 8, last.digest)])
        (link,) = self.verify()
        self.assertEqual((link["sequence"], link["reason"]), (8, "inserted"))

    def test_mending_the_head_after_it_does_not_help_without_the_master_key(self):
        archive = self.archives[1]
        rows = self.rows(archive)
        forged = self.forge_row(archive, 8, rows[-1].digest)
        self.env["kehu.event"]._append_rows([forged])
        self.sql(
            "UPDATE kehu_event_head SET count = 8, digest = %s WHERE archive_id = %s",
            forged[-1],
            archive.id,
        )
        (link,) = self.verify()
        self.assertEqual((link["archive_id"], link["reason"]), (archive.id, "seal"))

    def test_cutting_the_tail_and_mending_the_head_is_noticed(self):
        archive = self.archives[2]
        rows = self.rows(archive)
        self.sql("DELETE FROM kehu_event WHERE id = %s", rows[-1].id)
        self.sql(
            "UPDATE kehu_event_head SET count = 6, digest = %s WHERE archive_id = %s",
            rows[-2].digest,
            archive.id,
        )
        (link,) = self.verify()
        self.assertEqual((link["archive_id"], link["reason"]), (archive.id, "seal"))

    def test_writing_on_does_not_whitewash_a_chain_that_was_mended_by_hand(self):
        archive = self.archives[2]
        rows = self.rows(archive)
        self.sql("DELETE FROM kehu_event WHERE id = %s", rows[-1].id)
        self.sql(
            "UPDATE kehu_event_head SET count = 6, digest = %s WHERE archive_id = %s",
            rows[-2].digest,
            archive.id,
        )
        archive.main_business = "Later"
        self.flush()
        head = (
            self.env["kehu.event.head"].sudo().search([("archive_id", "=", archive.id)])
        )
        self.assertEqual(head.seal, BROKEN_SEAL)
        self.assertEqual([link["reason"] for link in self.verify()], ["seal"])

    def test_two_rows_that_changed_places_are_named(self):
        first, second = self.rows(self.archives[0])[3:5]
        self.sql("UPDATE kehu_event SET sequence = -1 WHERE id = %s", first.id)
        self.sql("UPDATE kehu_event SET sequence = 4 WHERE id = %s", second.id)
        self.sql("UPDATE kehu_event SET sequence = 5 WHERE id = %s", first.id)
        (link,) = self.verify()
        self.assertEqual((link["sequence"], link["event_id"]), (4, second.id))

    def test_of_a_hundred_random_manipulations_a_hundred_are_named(self):
        """Seeded: edit, delete, insert and reorder rows straight in SQL."""
        rng = random.Random(20_300_101)
        named = 0
        for attempt in range(100):
            archive = rng.choice(self.archives)
            rows = self.rows(archive)
            row = rng.choice(rows)
            kind = rng.choice(["edit", "delete", "insert", "reorder", "move"])
            expected = {row.sequence}
            with (
                self.subTest(attempt=attempt, kind=kind, sequence=row.sequence),
                self.env.cr.savepoint() as savepoint,
            ):
                if kind == "edit":
                    column, value = rng.choice(
                        [
                            ("at", "at - interval '1 day'"),
                            ("user_id", str(self.stranger.id)),
                            ("action", "'export'"),
                            ("payload", "payload || '00'"),
                            ("digest", "md5(digest) || md5(digest)"),
                            ("previous_digest", "md5(digest) || md5(digest)"),
                        ]
                    )
                    self.sql(
                        f"UPDATE kehu_event SET {column} = {value} WHERE id = %s",
                        row.id,
                    )
                elif kind == "delete":
                    self.sql("DELETE FROM kehu_event WHERE id = %s", row.id)
                elif kind == "insert":
                    # Room is made, and everything after it moves up by one.
                    self.sql(
                        "UPDATE kehu_event SET sequence = -sequence - 1 "
                        "WHERE archive_id = %s AND sequence >= %s;"
                        "UPDATE kehu_event SET sequence = -sequence "
                        "WHERE archive_id = %s AND sequence < 0",
                        archive.id,
                        row.sequence,
                        archive.id,
                    )
                    self.env["kehu.event"]._append_rows(
                        [self.forge_row(archive, row.sequence, row.previous_digest)]
                    )
                    expected = {row.sequence, row.sequence + 1}
                elif kind == "reorder":
                    other = rng.choice(rows - row)
                    places = {row.id: other.sequence, other.id: row.sequence}
                    expected = {min(places.values())}
                    self.sql(
                        "UPDATE kehu_event SET sequence = -sequence WHERE id = ANY(%s)",
                        list(places),
                    )
                    for number, place in places.items():
                        self.sql(
                            "UPDATE kehu_event SET sequence = %s WHERE id = %s",
                            place,
                            number,
                        )
                else:
                    target = rng.choice(self.archives - archive)
                    self.sql(
                        "UPDATE kehu_event SET archive_id = %s, sequence = 8 "
                        "WHERE id = %s",
                        target.id,
                        row.id,
                    )
                    links = {link["archive_id"]: link for link in self.verify()}
                    self.assertEqual(links.keys(), {archive.id, target.id})
                    self.assertEqual(links[target.id]["sequence"], 8)
                self.env.invalidate_all()
                links = {link["archive_id"]: link for link in self.verify()}
                self.assertIn(links[archive.id]["sequence"], expected)
                named += 1
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(named, 100)
        self.assertEqual(self.verify(), [])

    def test_verification_goes_through_batches_without_losing_a_row(self):
        with patch.object(kehu_event_verification, "_BATCH", 3):
            verdict = self.env["kehu.event"].sudo()._verify()
        self.env.cr.execute("SELECT count(*) FROM kehu_event")
        self.assertEqual(verdict["event_count"], self.env.cr.fetchone()[0])
        self.assertFalse(verdict["broken"])

    def test_only_auditors_verify(self):
        for role in ("rep", "manager", "admin", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["kehu.event"].with_user(getattr(self, role)).verify_chain()

    def test_destroying_a_key_leaves_its_chain_verifiable_and_the_content_gone(self):
        archive = self.archives[0]
        self.env["kehu.archive.key"].sudo().search(
            [("archive_id", "=", archive.id)]
        ).unlink()
        self.assertEqual(self.verify(), [])
        event = self.rows(archive)[0]
        payload, problem = event._get_contents()[event]
        self.assertIsNone(payload)
        self.assertIn("destroyed", problem)


@tagged("post_install", "-at_install")
class TestLedgerCheck(ChainCommon):
    """The nightly check tells auditors; a digest a day vouches for all chains (N19)."""

    def check(self):
        return self.env["kehu.event.check"].sudo()._check()

    def test_an_intact_ledger_is_registered_as_such_and_alerts_nobody(self):
        check = self.check()
        self.assertEqual((check.result, check.broken_count), ("intact", 0))
        self.assertGreaterEqual(check.event_count, 35)
        self.assertFalse(check.activity_ids)

    def test_a_broken_ledger_gives_every_auditor_an_activity(self):
        row = self.rows(self.archives[0])[2]
        self.sql("UPDATE kehu_event SET action = 'read' WHERE id = %s", row.id)
        check = self.check()
        self.assertEqual((check.result, check.broken_count), ("broken", 1))
        self.assertIn(self.auditor, check.activity_ids.user_id)
        self.assertNotIn(self.rep, check.activity_ids.user_id)
        finding = check.with_user(self.auditor).finding_ids
        self.assertEqual(
            (finding.reason, finding.sequence, finding.event_id.id),
            ("altered", 3, row.id),
        )

    def test_auditors_check_by_hand_and_others_do_not(self):
        action = self.env["kehu.event.check"].with_user(self.auditor).action_check_now()
        check = self.env["kehu.event.check"].browse(action["res_id"])
        self.assertEqual(check.user_id, self.auditor)
        with self.assertRaises(AccessError):
            self.env["kehu.event.check"].with_user(self.archivist).action_check_now()

    def test_a_digest_a_day_covers_what_happened_since_the_one_before(self):
        anchors = self.env["kehu.event.anchor"].sudo()
        day = date(2030, 1, 1)
        first = anchors._make(day)
        self.assertEqual(anchors._make(day), first, "once a day")
        self.archives[0].main_business = "Next day"
        self.flush()
        second = anchors._make(day + timedelta(days=1))
        self.assertEqual((second.event_count, second.chain_count), (1, 1))
        self.assertEqual(second.previous_digest, first.digest)
        self.assertEqual(self.check().result, "intact")

    def test_a_day_whose_rows_were_all_rewritten_is_named(self):
        """Also when whoever did it held the master key and mended head and seal."""
        anchors = self.env["kehu.event.anchor"].sudo()
        day = date(2030, 1, 1)
        anchors._make(day)
        archive = self.archives[0]
        last = self.rows(archive)[-1]
        forged = self.forge(last)
        self.sql(
            "UPDATE kehu_event SET action = 'read', digest = %s WHERE id = %s",
            forged,
            last.id,
        )
        key = self.env["kehu.vault"]._get_data_keys([])["ledger"]
        self.sql(
            "UPDATE kehu_event_head SET digest = %s, seal = %s WHERE archive_id = %s",
            forged,
            self.env["kehu.event.head"]._get_seal(key, archive.id, 7, forged),
            archive.id,
        )
        self.assertEqual(self.verify(), [])
        check = self.check()
        self.assertEqual(check.finding_ids.mapped("reason"), ["anchor"])
        self.assertEqual(check.finding_ids.day, day)

    def forge(self, event):
        self.env.cr.execute(
            "SELECT version, previous_digest, archive_id, sequence, "
            "to_char(at, 'YYYY-MM-DD HH24:MI:SS.US'), user_id, 'read', payload "
            "FROM kehu_event WHERE id = %s",
            [event.id],
        )
        return self.env["kehu.event"]._get_digest(self.env.cr.fetchone())

    def test_an_altered_digest_is_named(self):
        anchors = self.env["kehu.event.anchor"].sudo()
        anchor = anchors._make(date(2030, 1, 1))
        self.sql(
            "UPDATE kehu_event_anchor SET digest = reverse(digest) WHERE id = %s",
            anchor.id,
        )
        anchors.invalidate_model()
        self.assertEqual(anchors._find_broken(None), [anchor.day])

    def test_the_cron_closes_the_day_and_checks(self):
        checks = self.env["kehu.event.check"].sudo()
        before = checks.search_count([])
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            checks.with_env(self.env(cr=cr, su=True))._cron_check_ledger()
        self.assertEqual(checks.search_count([]), before + 1)

    def test_the_pack_tells_nothing_and_holds_everything_to_verify(self):
        self.archives[0].main_business = "Confidential turbines"
        self.flush()
        self.env["kehu.event.anchor"].sudo()._make(date(2030, 1, 1))
        stream = io.BytesIO()
        self.env["kehu.event"].with_user(self.auditor)._write_pack(stream)
        self.assertNotIn(b"turbines", stream.getvalue())
        pack = json.loads(stream.getvalue())
        self.env.cr.execute("SELECT count(*) FROM kehu_event")
        self.assertEqual(len(pack["rows"]), self.env.cr.fetchone()[0])
        self.assertEqual((pack["scope"], len(pack["anchors"])), ("all", 1))
        row = next(row for row in pack["rows"] if row[3] == self.archives[0].id)
        self.assertEqual(self.env["kehu.event"]._get_digest(row[1:9]), row[9])
        with self.assertRaises(AccessError):
            self.env["kehu.event"].with_user(self.rep)._write_pack(io.BytesIO())

    def test_the_digests_are_printed_in_a_report(self):
        anchor = self.env["kehu.event.anchor"].sudo()._make(date(2030, 1, 1))
        report = self.env["ir.actions.report"].with_user(self.auditor)
        html, _type = report._render_qweb_html(
            "kehu_archive.action_report_kehu_event_anchor", anchor.ids
        )
        self.assertIn(anchor.digest.encode(), html)

    def test_an_auditor_needs_no_right_to_write_for_any_of_it(self):
        self.auditor.group_ids = [
            Command.set(
                [
                    self.env.ref("base.group_user").id,
                    self.env.ref("kehu_archive.group_kehu_auditor").id,
                ]
            )
        ]
        self.assertEqual(self.verify(), [])
