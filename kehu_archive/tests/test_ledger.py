import json

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.control.kehu_event import GENESIS
from .common import KehuCommon


class LedgerCommon(KehuCommon):
    """Writes down what a test did, as the end of a request would."""

    def flush(self):
        self.env.cr.flush()

    def events(self, archive, *actions):
        """The events of an archive, oldest first."""
        self.flush()
        domain = [("archive_id", "=", archive.id)]
        if actions:
            domain.append(("action", "in", actions))
        return self.env["kehu.event"].sudo().search(domain, order="sequence")

    def payload(self, event):
        payload, problem = event._get_contents()[event]
        self.assertFalse(problem)
        return payload

    def changes(self, event):
        """{(model, field): (before, after)} of an event."""
        return {
            (item["model"], name): tuple(values)
            for item in self.payload(event)["items"]
            for name, values in item["fields"].items()
        }


@tagged("post_install", "-at_install")
class TestLedger(LedgerCommon):
    """Everything that happens to an archive is logged, before and after (R16)."""

    def test_registering_a_customer_begins_its_chain(self):
        archive = self.make_archive({"main_business": "Pumps"}, phone="0532 1234")
        (event,) = self.events(archive)
        self.assertEqual(event.action, "create")
        self.assertEqual(event.sequence, 1)
        self.assertEqual(event.previous_digest, GENESIS)
        changes = self.changes(event)
        self.assertEqual(changes["kehu.archive", "main_business"], (None, "Pumps"))
        self.assertEqual(changes["res.partner", "phone"], (None, "0532 1234"))

    def test_a_change_keeps_the_value_before_and_after_and_who_made_it(self):
        archive = self.make_archive({"main_business": "Pumps"})
        self.flush()
        archive.with_user(self.rep).write(
            {"main_business": "Valves", "market_area": "Shandong"}
        )
        event = self.events(archive, "change")
        self.assertEqual(event.user_id, self.rep)
        self.assertEqual(
            self.changes(event),
            {
                ("kehu.archive", "main_business"): ("Pumps", "Valves"),
                ("kehu.archive", "market_area"): (None, "Shandong"),
            },
        )

    def test_all_changes_of_a_transaction_to_an_archive_are_one_event(self):
        archive = self.make_archive()
        self.flush()
        archive.main_business = "One"
        archive.main_business = "Two"
        archive.partner_id.phone = "123"
        self.env["kehu.need"].create({"archive_id": archive.id, "description": "x"})
        (event,) = self.events(archive, "change", "delete")
        changes = self.changes(event)
        self.assertEqual(changes["kehu.archive", "main_business"], (None, "Two"))
        self.assertEqual(changes["res.partner", "phone"], (None, "123"))
        self.assertEqual(changes["kehu.need", "description"], (None, "x"))

    def test_writing_the_same_value_again_is_no_event(self):
        archive = self.make_archive({"main_business": "Pumps"})
        self.flush()
        archive.main_business = "Pumps"
        self.assertFalse(self.events(archive, "change"))

    def test_a_line_that_is_removed_leaves_its_values_in_the_ledger(self):
        archive = self.make_archive()
        need = self.env["kehu.need"].create(
            {"archive_id": archive.id, "description": "Spare parts", "source": "visit"}
        )
        self.flush()
        need.with_user(self.rep).unlink()
        event = self.events(archive, "delete")
        changes = self.changes(event)
        self.assertEqual(changes["kehu.need", "description"], ("Spare parts", None))
        self.assertEqual(changes["kehu.need", "source"], ("visit", None))

    def test_every_section_of_an_archive_is_logged(self):
        for name, field in self.env["kehu.archive"]._fields.items():
            if field.type != "one2many" or not field.comodel_name.startswith("kehu."):
                continue
            model = self.env[field.comodel_name]
            if "archive_id" not in model._fields or model._name == "kehu.event":
                continue
            # Requests are no section: their steps are logged as such.
            if model._name in (
                "kehu.loan",
                "kehu.section.request",
                "kehu.disclosure",
            ):
                continue
            with self.subTest(section=name):
                self.assertIsInstance(model, self.env.registry["kehu.logged.mixin"])

    def test_a_bank_account_of_an_archived_customer_is_logged(self):
        archive = self.make_archive()
        self.flush()
        bank = self.env["res.partner.bank"].create(
            {"partner_id": archive.partner_id.id, "acc_number": "6222 0001"}
        )
        self.flush()
        bank.acc_number = "6222 0002"
        first, second = self.events(archive, "change")
        self.assertEqual(
            self.changes(first)["res.partner.bank", "acc_number"], (None, "6222 0001")
        )
        self.assertEqual(
            self.changes(second)["res.partner.bank", "acc_number"],
            ("6222 0001", "6222 0002"),
        )

    def test_a_partner_without_an_archive_is_not_logged(self):
        self.flush()
        before = self.env["kehu.event"].sudo().search_count([])
        partner = self.make_partner()
        partner.phone = "1"
        self.flush()
        self.assertEqual(self.env["kehu.event"].sudo().search_count([]), before)

    def test_what_a_savepoint_takes_back_was_never_logged(self):
        archive = self.make_archive()
        self.flush()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            archive.main_business = "Pumps"
            self.flush()
            archive.market_area = "Shandong"
            raise ZeroDivisionError
        self.assertFalse(self.events(archive, "change"))
        self.assertFalse(self.env["kehu.event"].verify_chain())

    def test_a_savepoint_that_does_not_flush_leaves_no_event_of_what_it_made(self):
        self.flush()
        before = self.env["kehu.event"].sudo().search_count([])
        with (
            self.assertRaises(ZeroDivisionError),
            self.env.cr.savepoint(flush=False),
        ):
            archive = self.make_archive()
            archive.action_submit()
            self.env.flush_all()
            raise ZeroDivisionError
        self.env.transaction.clear()
        self.flush()
        self.assertEqual(self.env["kehu.event"].sudo().search_count([]), before)

    def test_every_filing_step_is_an_event_of_its_own(self):
        archive = self.make_filed({"main_business": "Pumps"})
        archive.with_user(self.archivist).action_close("End")
        archive.with_user(self.archivist).action_reopen("Again")
        events = self.events(archive, "submit", "file", "close", "reopen")
        self.assertEqual(events.mapped("action"), ["submit", "file", "close", "reopen"])
        self.assertEqual(
            [event.user_id.login for event in events],
            ["kehu_rep", "kehu_archivist", "kehu_archivist", "kehu_archivist"],
        )
        payload = self.payload(events[2])
        self.assertEqual((payload["from"], payload["to"]), ("filed", "closed"))

    def test_a_return_says_why(self):
        archive = self.make_archive()
        archive.with_user(self.rep).action_submit()
        self.flush()
        archive.with_user(self.archivist).action_return_to_draft("No licence")
        event = self.events(archive, "return")
        self.assertEqual(
            self.changes(event)["kehu.archive", "return_reason"], (None, "No licence")
        )

    def test_prints_and_exports_are_logged_with_their_copy_number(self):
        archive = self.make_archive()
        report = self.env["ir.actions.report"].with_user(self.rep)
        report._kehu_render_xlsx(archive.with_user(self.rep))
        event = self.events(archive, "print")
        self.assertEqual(self.payload(event), {"copy": 1})
        self.rep.group_ids += self.env.ref("base.group_allow_export")
        exporting = archive.with_user(self.rep).with_context(kehu_reason="Audit")
        exporting.export_data(["main_business"])
        copy, event = self.events(archive, "export").sorted("sequence")
        self.assertEqual(self.payload(copy), {"copy": 2})
        self.assertEqual(self.payload(event), {"fields": ["main_business"]})
        self.assertEqual(event.user_id, self.rep)

    def test_a_merge_is_told_in_both_chains_and_the_history_goes_on(self):
        source = self.make_archive({"main_business": "Pumps"})
        target = self.make_archive()
        self.env["kehu.need"].create({"archive_id": source.id, "description": "x"})
        source_id = source.id
        self.flush()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (source.partner_id | target.partner_id).ids, target.partner_id
        )
        self.flush()
        self.assertFalse(source.exists())
        merged = (
            self.env["kehu.event"]
            .sudo()
            .search([("archive_id", "=", source_id)], order="sequence")
        )
        self.assertEqual(merged.mapped("action")[0], "create")
        self.assertIn("merged", merged.mapped("action"))
        self.assertEqual(len(self.events(target, "merge")), 1)
        texts = [
            line["after"]
            for event in target.with_user(self.rep).get_history()
            for line in event["lines"]
        ]
        self.assertIn("Pumps", texts)
        self.assertFalse(self.env["kehu.event"].verify_chain())

    def test_the_chain_of_a_removed_draft_stays_and_its_content_goes(self):
        archive = self.make_archive({"main_business": "Pumps"})
        archive_id = archive.id
        self.flush()
        archive.partner_id.unlink()
        self.flush()
        events = self.env["kehu.event"].sudo().search([("archive_id", "=", archive_id)])
        self.assertEqual(events.mapped("action"), ["delete", "create"])
        self.assertFalse(self.env["kehu.event"].verify_chain())
        for payload, problem in events._get_contents().values():
            self.assertIsNone(payload)
            self.assertTrue(problem)
        self.assertTrue(events.with_user(self.auditor)[0].archive_label)

    def test_an_act_that_nobody_knows_is_refused(self):
        with self.assertRaises(ValueError):
            self.make_archive()._log_event("tampered")


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


@tagged("post_install", "-at_install")
class TestLedgerReads(LedgerCommon):
    """Who reads the sensitive layer is logged, once per request (R17)."""

    def test_reading_a_trait_is_one_event_for_user_archive_and_request(self):
        archive = self.make_archive()
        self.make_principal(archive, family="Two sons")
        self.make_principal(archive, family="Married")
        self.flush()
        self.env.invalidate_all()
        before = len(self.events(archive, "read"))
        archive.with_user(self.manager).principal_ids.read(["family", "age"])
        archive.with_user(self.manager).principal_ids.mapped("education")
        events = self.events(archive, "read")[before:]
        self.assertEqual(len(events), 1)
        self.assertEqual(events.user_id, self.manager)
        self.assertEqual(self.payload(events), {"facts": ["Wang Wei"]})

    def test_reading_ordinary_facts_is_no_event(self):
        archive = self.make_archive({"main_business": "Pumps"})
        self.make_principal(archive, family="Two sons")
        self.flush()
        self.env.invalidate_all()
        before = len(self.events(archive))
        archive.with_user(self.manager).read(["main_business"])
        archive.with_user(self.manager).principal_ids.read(["name", "phone"])
        self.assertEqual(len(self.events(archive)), before)

    def test_checking_a_signature_is_not_reading(self):
        archive = self.make_archive()
        self.make_principal(archive, family="Two sons")
        archive.with_user(self.rep).action_submit()
        self.flush()
        self.env.invalidate_all()
        before = len(self.events(archive, "read"))
        self.assertTrue(archive.with_user(self.manager).signature_valid)
        self.assertEqual(len(self.events(archive, "read")), before)

    def test_the_words_of_a_trait_are_never_in_the_ledger(self):
        """What a person may withdraw does not live on in the history (R40)."""
        archive = self.make_archive()
        principal = self.make_principal(archive, family="Two sons", education="MBA")
        self.flush()
        principal.family = "Three sons"
        self.flush()
        consent = principal.consent_ids.filtered(lambda c: c.item == "family")
        consent.decision = "refused"
        self.flush()
        payloads = [self.payload(event) for event in self.events(archive)]
        text = json.dumps(payloads)
        for word in ("Two sons", "Three sons", "MBA"):
            self.assertNotIn(word, text)
        traits = [
            change
            for payload in payloads
            for item in payload.get("items", ())
            for name, change in item.get("traits", {}).items()
            if name == "family"
        ]
        self.assertEqual(traits, ["set", "changed", "cleared"])


@tagged("post_install", "-at_install")
class TestLedgerRefusals(LedgerCommon):
    """Who is refused an archive is logged although the request is undone (R17)."""

    def refuse(self, user, act):
        """Let a user be refused, and return what was noted."""
        hooks = self.env.cr.postrollback
        hooks.clear()
        self.env.invalidate_all()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            act()
        gathered = list(hooks.data["kehu_archive.refusals"])
        hooks.clear()
        self.env.cr.postcommit.clear()
        self.env["kehu.ledger"].sudo()._record_refusals(user.id, gathered)
        return gathered

    def test_opening_writing_and_removing_without_right_are_refusals(self):
        archive = self.make_archive()
        self.flush()
        for user, operation, act in (
            (self.stranger, "read", lambda a: a.read(["main_business"])),
            (self.auditor, "write", lambda a: a.write({"main_business": "x"})),
            (self.employee, "read", lambda a: a.read(["main_business"])),
            (self.clerk, "unlink", lambda a: a.unlink()),
        ):
            with self.subTest(user=user.login):
                refused = archive.with_user(user)
                gathered = self.refuse(user, lambda: act(refused))  # noqa: B023
                self.assertEqual(gathered, [(archive.id, operation)])
                event = self.events(archive, "refuse")[-1]
                self.assertEqual(event.user_id, user)
                self.assertEqual(self.payload(event), {"operations": [operation]})

    def test_a_refused_line_is_a_refusal_of_its_archive(self):
        archive = self.make_archive()
        need = self.env["kehu.need"].create(
            {"archive_id": archive.id, "description": "x"}
        )
        self.flush()
        gathered = self.refuse(
            self.stranger, lambda: need.with_user(self.stranger).read(["description"])
        )
        self.assertEqual(gathered, [(archive.id, "read")])

    def test_searching_without_right_is_no_refusal(self):
        archive = self.make_archive()
        self.flush()
        self.env.cr.postrollback.clear()
        self.env["kehu.archive"].with_user(self.stranger).search(
            [("id", "=", archive.id)]
        )
        self.assertFalse(archive.with_user(self.stranger).has_access("read"))
        self.assertNotIn("kehu_archive.refusals", self.env.cr.postrollback.data)

    def test_the_same_refusal_again_is_not_repeated_within_ten_minutes(self):
        archive = self.make_archive()
        ledger = self.env["kehu.ledger"].sudo()
        refusal = [(archive.id, "read")]
        with freeze_time("2030-01-01 08:00:00"):
            ledger._record_refusals(self.stranger.id, refusal)
            ledger._record_refusals(self.stranger.id, refusal)
        with freeze_time("2030-01-01 08:09:00"):
            ledger._record_refusals(self.stranger.id, refusal)
            self.assertEqual(len(self.events(archive, "refuse")), 1)
        with freeze_time("2030-01-01 08:11:00"):
            ledger._record_refusals(self.stranger.id, refusal)
            self.assertEqual(len(self.events(archive, "refuse")), 2)

    def test_a_flood_of_refusals_is_cut_off_at_200_an_hour_and_says_so(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Flooded {number}"} for number in range(210)]
        )
        archives = self.env["kehu.archive"].create(
            [{"partner_id": partner.id} for partner in partners]
        )
        self.flush()
        ledger = self.env["kehu.ledger"].sudo()
        ledger._record_refusals(
            self.stranger.id, [(archive.id, "read") for archive in archives]
        )
        events = (
            self.env["kehu.event"]
            .sudo()
            .search(
                [("user_id", "=", self.stranger.id), ("action", "=", "refuse")],
                order="id desc",
            )
        )
        self.assertEqual(len(events), 200)
        self.assertEqual(self.payload(events[0])["limit"], 200)

    def test_a_refusal_of_what_was_rolled_back_itself_is_left_out(self):
        events = self.env["kehu.event"].sudo()
        before = events.search_count([("action", "=", "refuse")])
        ledger = self.env["kehu.ledger"].sudo()
        ledger._record_refusals(2**31 - 1, [(self.make_archive().id, "read")])
        ledger._record_refusals(self.stranger.id, [(2**31 - 1, "read")])
        self.assertEqual(events.search_count([("action", "=", "refuse")]), before)


@tagged("post_install", "-at_install")
class TestLedgerCost(LedgerCommon):
    """Logging many archives takes no more queries than logging a few."""

    def count_queries(self, size):
        archives = self.env["kehu.archive"].create(
            [{"partner_id": self.make_partner().id} for _number in range(size)]
        )
        self.env.flush_all()
        pending = self.env.cr.precommit.data["kehu_archive.ledger"]
        self.assertEqual(len(pending.items), size)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["kehu.ledger"]._flush()
        created = self.env.cr.sql_log_count - before
        self.env.cr.flush()
        self.env.invalidate_all()
        for archive in archives:
            archive.main_business = f"Pumps {archive.id}"
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env["kehu.ledger"]._flush()
        return created, self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_number_of_archives(self):
        self.count_queries(2)
        few, many = self.count_queries(3), self.count_queries(60)
        self.assertLessEqual(many[0], few[0] + 1)
        self.assertLessEqual(many[1], few[1])
        self.assertLessEqual(few[1], 8)
