from odoo.tests import tagged

from ..models.control.kehu_event import GENESIS
from .ledger_common import LedgerCommon


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
        event = self.events(archive, "export")
        columns = {"model": "kehu.archive", "fields": ["main_business"]}
        self.assertEqual(self.payload(event), {"copy": 2, **columns})
        self.assertEqual(event.user_id, self.rep)

    def test_an_export_by_the_system_is_logged_without_a_copy(self):
        archive = self.make_archive()
        archive.sudo().export_data(["main_business"])
        (event,) = self.events(archive, "export")
        columns = {"model": "kehu.archive", "fields": ["main_business"]}
        self.assertEqual(self.payload(event), columns)

    def test_an_export_of_lines_is_one_event_of_their_archive(self):
        archive = self.make_archive()
        self.rep.group_ids += self.env.ref("base.group_allow_export")
        need = self.env["kehu.need"].create(
            {"archive_id": archive.id, "description": "x"}
        )
        exporting = need.with_user(self.rep).with_context(kehu_reason="Audit")
        exporting.export_data(["description"])
        (event,) = self.events(archive, "export")
        columns = {"model": "kehu.need", "fields": ["description"]}
        self.assertEqual(self.payload(event), {"copy": 1, **columns})

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
