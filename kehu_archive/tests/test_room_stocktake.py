from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .room_common import RoomCommon


@tagged("post_install", "-at_install")
class TestStocktake(RoomCommon):
    """Counting what is really there (R99)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_places()
        cls.first = cls.make_placed(cls.place("1-1"), name="First")
        cls.second = cls.make_placed(cls.place("1-2"), name="Second")
        cls.elsewhere = cls.make_placed(cabinet=cls.other_cabinet, name="Elsewhere")

    def count(self, stocktake, archive, where=None):
        """Scan a file after the label of the place where it lies."""
        here = {"cabinet_id": False, "place_id": False}
        if where:
            here = stocktake.count_code(self.token(where))["here"]
        return stocktake.count_code(
            self.token(archive), here["cabinet_id"], here["place_id"]
        )

    def outcomes(self, stocktake):
        return {line.archive_id: line.outcome for line in stocktake.line_ids}

    # === WHAT IS EXPECTED === #

    def test_the_list_is_frozen_at_the_start(self):
        """R99: what lies there now is expected, whatever happens later."""
        stocktake = self.make_stocktake()
        late = self.make_placed(self.place("2-1"))
        self.assertEqual(stocktake.line_ids.archive_id, self.first | self.second)
        self.assertNotIn(late, stocktake.line_ids.archive_id)
        self.assertEqual(self.line(stocktake, self.first).expected_path, "A01 1-1")
        self.assertEqual(stocktake.started_by_id, self.archivist)

    def test_without_a_choice_all_cabinets_are_counted(self):
        stocktake = self.make_stocktake(self.env["kehu.cabinet"])
        self.assertLessEqual(
            self.cabinet | self.other_cabinet, stocktake.count_ids.cabinet_id
        )
        self.assertIn(self.elsewhere, stocktake.line_ids.archive_id)

    def test_files_that_are_lent_are_expected_to_be_away(self):
        """R99: loans out are no losses."""
        self.make_lent(archive=self.first)
        stocktake = self.make_stocktake()
        self.assertEqual(self.line(stocktake, self.first).outcome, "lent")
        self.assertEqual(stocktake.expected_count, 1)
        self.count(stocktake, self.second)
        stocktake.action_finish()
        self.assertEqual((stocktake.lent_count, stocktake.missing_count), (1, 0))

    # === COUNTING === #

    def test_a_file_in_its_place_is_found(self):
        stocktake = self.make_stocktake()
        answer = self.count(stocktake, self.first, self.place("1-1"))
        self.assertEqual(answer["outcome"], "found")
        self.assertEqual(answer["count"]["open"], 1)
        line = self.line(stocktake, self.first)
        self.assertEqual(line.counted_by_id, self.archivist)
        self.assertFalse(line.found_path)

    def test_a_file_seen_in_the_cabinet_or_layer_where_it_lies_is_found(self):
        """Whoever scans the cabinet's label only does not say which slot it is."""
        stocktake = self.make_stocktake()
        self.assertEqual(
            self.count(stocktake, self.first, self.cabinet)["outcome"], "found"
        )
        self.assertEqual(
            self.count(stocktake, self.second, self.place("1"))["outcome"], "found"
        )

    def test_a_file_in_another_place_is_misplaced(self):
        """R99: found elsewhere, and where."""
        stocktake = self.make_stocktake(self.cabinet | self.other_cabinet)
        answer = self.count(stocktake, self.first, self.place("2-3"))
        self.assertEqual(answer["outcome"], "misplaced")
        self.assertIn("A01 1-1", answer["text"])
        self.assertEqual(self.line(stocktake, self.first).found_path, "A01 2-3")
        self.count(stocktake, self.second, self.other_cabinet)
        self.assertEqual(self.line(stocktake, self.second).found_path, "B01")

    def test_a_file_that_belongs_elsewhere_is_unexpected(self):
        """R99: it turned up, and by the register lies elsewhere."""
        stocktake = self.make_stocktake()
        with self.refused("Scan the cabinet or place"):
            self.count(stocktake, self.elsewhere)
        answer = self.count(stocktake, self.elsewhere, self.place("2-1"))
        self.assertEqual(answer["outcome"], "unexpected")
        self.assertIn("B01", answer["text"])
        self.assertEqual(stocktake.unexpected_count, 1)
        self.assertEqual(stocktake.count_ids.unexpected_count, 1)

    def test_a_lent_file_on_the_shelf_is_unexpected(self):
        self.make_lent(archive=self.first)
        stocktake = self.make_stocktake()
        answer = self.count(stocktake, self.first, self.place("1-1"))
        self.assertEqual(answer["outcome"], "unexpected")
        self.assertIn(self.stranger.name, answer["text"])

    def test_a_file_put_in_during_the_count_is_found_there(self):
        stocktake = self.make_stocktake()
        late = self.make_placed(self.place("2-1"))
        self.assertEqual(
            self.count(stocktake, late, self.place("2-1"))["outcome"], "found"
        )

    def test_scanning_a_file_twice_counts_it_once_and_says_by_whom(self):
        stocktake = self.make_stocktake()
        self.count(stocktake, self.first)
        answer = self.count(stocktake, self.first)
        self.assertEqual(answer["outcome"], "again")
        self.assertIn("Kehu archivist", answer["text"])
        self.assertEqual(stocktake.found_count, 1)

    def test_files_are_ticked_in_the_list_as_well(self):
        """R99: scan or tick, and take a tick back."""
        stocktake = self.make_stocktake()
        stocktake.line_ids.action_found()
        self.assertEqual(stocktake.found_count, 2)
        self.assertEqual(stocktake.progress, 100)
        with self.assertRaises(UserError):
            stocktake.line_ids.action_found()
        self.line(stocktake, self.first).action_uncount()
        self.assertEqual((stocktake.found_count, stocktake.open_count), (1, 1))
        self.count(stocktake, self.elsewhere, self.place("2-1"))
        self.line(stocktake, self.elsewhere).action_uncount()
        self.assertNotIn(self.elsewhere, stocktake.line_ids.archive_id)

    def test_a_cabinet_that_is_not_counted_is_no_place_in_the_count(self):
        stocktake = self.make_stocktake()
        with self.refused("B01 .* is not in this stock-take"):
            stocktake.count_code(self.token(self.other_cabinet))

    def test_a_file_can_be_counted_from_its_card(self):
        stocktake = self.make_stocktake()
        self.assertIn("count", self.scan().look(self.first.name)["actions"])
        count = self.scan().get_count("kehu.archive", self.first.id)
        self.assertEqual(count["id"], stocktake.id)
        stocktake.count_archive(self.first.id)
        self.assertEqual(self.line(stocktake, self.first).outcome, "found")

    # === ONE COUNT AT A TIME === #

    def test_a_cabinet_is_not_counted_twice_at_once(self):
        """R99: one winner, and a message that names the other count."""
        running = self.make_stocktake()
        second = self.make_stocktake(self.cabinet | self.other_cabinet, start=False)
        with self.assertRaises(UserError) as caught:
            second.action_start()
        self.assertIn("A01", str(caught.exception))
        self.assertIn(running.name, str(caught.exception))
        self.assertIn("Kehu archivist", str(caught.exception))
        self.assertEqual(second.state, "draft")
        running.action_cancel()
        second.action_start()
        self.assertEqual(second.state, "counting")

    def test_the_database_lets_one_of_two_starts_win(self):
        """Whoever gets past the check is stopped by the index."""
        running = self.make_stocktake()
        second = self.make_stocktake(self.cabinet, start=False)
        with self.assertRaises(psycopg2.errors.UniqueViolation) as caught:
            with self.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env["kehu.stocktake.cabinet"].create(
                    {
                        "stocktake_id": second.id,
                        "cabinet_id": self.cabinet.id,
                        "running": True,
                    }
                ).flush_recordset()
        self.assertIn("counted_once", str(caught.exception))
        self.assertTrue(running.count_ids.running)

    # === FINISHING === #

    def test_missing_file_opens_a_case(self):
        """R99: count missing file → open case, with somebody who looks for it."""
        stocktake = self.make_stocktake()
        self.count(stocktake, self.first)
        stocktake.action_finish()
        self.assertEqual(
            self.outcomes(stocktake),
            {self.first: "found", self.second: "missing"},
        )
        case = self.env["kehu.missing.case"].search(
            [("archive_id", "=", self.second.id)]
        )
        self.assertRecordValues(
            case,
            [
                {
                    "state": "open",
                    "stocktake_id": stocktake.id,
                    "expected_path": "A01 1-2",
                    "responsible_id": self.archivist.id,
                }
            ],
        )
        self.assertEqual(case.activity_ids.user_id, self.archivist)
        self.assertTrue(self.second.with_user(self.rep).is_missing)
        found = self.env["kehu.archive"].search([("is_missing", "=", True)])
        self.assertIn(self.second, found)
        self.assertNotIn(self.first, found)

    def test_a_file_has_one_open_case(self):
        self.second.with_user(self.archivist).action_report_missing()
        stocktake = self.make_stocktake()
        self.count(stocktake, self.first)
        stocktake.action_finish()
        cases = self.env["kehu.missing.case"].search(
            [("archive_id", "=", self.second.id)]
        )
        self.assertEqual(len(cases), 1)
        with self.refused("already"):
            self.second.with_user(self.archivist).action_report_missing()

    def test_a_file_that_turns_up_in_a_count_closes_its_case(self):
        self.second.with_user(self.archivist).action_report_missing()
        stocktake = self.make_stocktake()
        stocktake.line_ids.action_found()
        stocktake.action_finish()
        case = self.env["kehu.missing.case"].search(
            [("archive_id", "=", self.second.id)]
        )
        self.assertEqual(case.state, "found")
        self.assertIn(stocktake.name, case.conclusion)
        self.assertFalse(case.activity_ids)

    def test_a_case_is_closed_with_a_conclusion(self):
        self.second.with_user(self.archivist).action_report_missing()
        case = self.env["kehu.missing.case"].search(
            [("archive_id", "=", self.second.id)]
        )
        with self.assertRaises(UserError):
            case.with_user(self.archivist).action_lost(" ")
        for vals in ({"state": "lost"}, {"conclusion": "x"}, {"archive_id": 1}):
            with self.assertRaises(AccessError):
                case.with_user(self.archivist).write(vals)
        case.with_user(self.archivist).action_lost("Burnt")
        self.assertFalse(self.second.is_missing)
        case.with_user(self.archivist).action_found("Behind the cabinet after all")
        self.assertEqual(case.state, "found")
        with self.assertRaises(UserError):
            case.unlink()

    def test_files_lent_or_moved_during_the_count_are_not_missing(self):
        stocktake = self.make_stocktake()
        self.make_lent(archive=self.first)
        self.second.with_user(self.archivist).cabinet_id = self.other_cabinet
        stocktake.action_finish()
        self.assertEqual(
            self.outcomes(stocktake), {self.first: "lent", self.second: "left"}
        )
        self.assertFalse(
            self.env["kehu.missing.case"].search([("stocktake_id", "=", stocktake.id)])
        )

    def test_a_loan_that_came_back_and_was_not_seen_is_missing(self):
        loan = self.make_lent(archive=self.first)
        stocktake = self.make_stocktake()
        loan.with_user(self.archivist).action_return()
        stocktake.action_finish()
        self.assertEqual(self.line(stocktake, self.first).outcome, "missing")

    def test_each_counted_file_has_it_in_its_ledger(self):
        """R16, R99: the ledger says which count found what."""
        stocktake = self.make_stocktake()
        self.count(stocktake, self.first, self.place("2-2"))
        stocktake.action_finish()
        self.assertEqual(
            self.get_events(self.first, "stocktake"),
            [
                {
                    "stocktake": stocktake.name,
                    "outcome": "misplaced",
                    "expected": "A01 1-1",
                    "found": "A01 2-2",
                }
            ],
        )
        (missing,) = self.get_events(self.second, "missing")
        self.assertEqual(missing["expected"], "A01 1-2")

    # === SETTLING === #

    def misplaced(self):
        stocktake = self.make_stocktake()
        self.count(stocktake, self.first, self.place("2-2"))
        self.count(stocktake, self.second)
        stocktake.action_finish()
        return stocktake, self.line(stocktake, self.first)

    def test_places_are_corrected_by_a_step_of_their_own(self):
        """R99: finishing moves nothing; somebody confirms each correction."""
        stocktake, line = self.misplaced()
        self.assertEqual(self.first.place_path, "A01 1-1")
        self.assertEqual(stocktake.unresolved_count, 1)
        line.action_correct_register()
        self.assertEqual(self.first.place_id, self.place("2-2"))
        self.assertEqual(line.resolution, "moved")
        self.assertEqual(stocktake.unresolved_count, 0)
        event = self.get_events(self.first, "move")[-1]
        self.assertEqual(event["reason"], stocktake.name)
        with self.assertRaises(UserError):
            line.action_put_back()

    def test_a_file_may_be_put_back_instead(self):
        _stocktake, line = self.misplaced()
        line.action_put_back()
        self.assertEqual(line.resolution, "put_back")
        self.assertEqual(self.first.place_path, "A01 1-1")

    def test_what_was_found_is_written_down_also_where_it_is_full_or_overdue(self):
        self.company.kehu_inspection_policy = "block"
        stocktake = self.make_stocktake(self.cabinet | self.other_cabinet)
        self.count(stocktake, self.first, self.other_cabinet)
        stocktake.line_ids.filtered(lambda line: not line.counted_at).action_found()
        stocktake.action_finish()
        self.other_cabinet.capacity = 1
        self.overdue(self.other_cabinet)
        self.line(stocktake, self.first).action_correct_register()
        self.assertEqual(self.first.cabinet_id, self.other_cabinet)

    def test_a_file_moved_since_the_count_is_looked_at_again(self):
        _stocktake, line = self.misplaced()
        self.first.with_user(self.archivist).place_id = self.place("2-3")
        with self.refused("moved since"):
            line.action_correct_register()

    def test_a_lent_file_on_the_shelf_is_taken_back_first(self):
        loan = self.make_lent(archive=self.first)
        stocktake = self.make_stocktake(self.cabinet | self.other_cabinet)
        self.count(stocktake, self.first, self.other_cabinet)
        stocktake.action_finish()
        line = self.line(stocktake, self.first)
        with self.refused("Take the loan back first"):
            line.action_correct_register()
        loan.with_user(self.archivist).action_return()
        line.action_correct_register()
        self.assertEqual(self.first.cabinet_id, self.other_cabinet)

    # === STEPS AND ROWS ARE NOT FORGED === #

    def test_rows_and_steps_of_a_count_are_not_written_by_hand(self):
        stocktake = self.make_stocktake()
        line = stocktake.line_ids[0]
        for act in (
            lambda: line.with_user(self.archivist).write({"outcome": "found"}),
            lambda: line.with_user(self.archivist).unlink(),
            lambda: self.env["kehu.stocktake.line"]
            .with_user(self.archivist)
            .create({"stocktake_id": stocktake.id, "archive_id": self.first.id}),
            lambda: stocktake.count_ids.with_user(self.archivist).write(
                {"running": False}
            ),
            lambda: stocktake.write({"state": "done"}),
            lambda: stocktake.write({"started_by_id": self.rep.id}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                act()
        with self.assertRaises(UserError):
            stocktake.write({"cabinet_ids": [(4, self.other_cabinet.id)]})
        with self.assertRaises(UserError):
            stocktake.unlink()

    def test_steps_come_in_their_order(self):
        stocktake = self.make_stocktake(start=False)
        with self.assertRaises(UserError):
            stocktake.action_finish()
        stocktake.action_start()
        with self.assertRaises(UserError):
            stocktake.action_start()
        line = stocktake.line_ids[0]
        with self.assertRaises(UserError):
            line.action_correct_register()
        stocktake.action_finish()
        with self.assertRaises(UserError):
            line.action_found()
        with self.assertRaises(UserError):
            stocktake.count_code(self.token(self.first))
        with self.assertRaises(UserError):
            stocktake.action_cancel()

    # === ON PAPER, AND NEXT YEAR === #

    def test_the_printed_result_names_every_difference(self):
        """R99: the result as a document to sign."""
        stocktake, _line = self.misplaced()
        html = (
            self.env["ir.actions.report"]
            .with_user(self.archivist)
            ._render_qweb_html("kehu_archive.report_kehu_stocktake", stocktake.ids)[0]
            .decode()
        )
        for text in (stocktake.name, "A01 1-1", "A01 2-2", self.first.name):
            self.assertIn(text, html)

    def test_a_cabinet_not_counted_for_a_year_reminds_once(self):
        """R99: yearly inventory count."""
        self.cabinet.write(
            {
                "in_use_from": self.today - timedelta(days=400),
                "key_holder_id": self.archivist.id,
                "inspection_days": 1000,
            }
        )
        self.env.flush_all()
        kind = self.env.ref("kehu_archive.mail_activity_count_due")
        for _run in range(2):
            with self.enter_registry_test_mode(), self.registry.cursor() as cr:
                self.env(cr=cr)["kehu.cabinet"]._cron_remind_room()
            self.env.invalidate_all()
        activities = self.cabinet.activity_ids
        self.assertEqual(activities.activity_type_id, kind)
        self.assertEqual(len(activities), 1)
        stocktake = self.make_stocktake()
        stocktake.action_finish()
        self.assertEqual(self.cabinet.counted_on, self.today)
        self.assertFalse(self.cabinet.activity_ids)

    # === MANY FILES === #

    def test_start_and_finish_take_no_more_queries_for_more_files(self):
        """R99: 10,000 files are counted in set-based steps."""
        few, many = self.measure(5), self.measure(45)
        # Rows are written in batches: a few statements more, not one for each file.
        for step in ("start", "tick", "finish"):
            with self.subTest(step=step):
                self.assertLess(many[step] - few[step], 10)

    def measure(self, number):
        cabinet = self.make_cabinet(f"M{number}")
        for _index in range(number):
            archive = self.make_archive()
            archive.cabinet_id = cabinet
        self.env["kehu.ledger"]._flush()
        stocktake = self.make_stocktake(cabinet, start=False)
        counts = {}

        def run(step, act):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            act()
            self.env.flush_all()
            self.env["kehu.ledger"]._flush()
            counts[step] = self.cr.sql_log_count - before

        run("start", stocktake.action_start)
        half = stocktake.line_ids[: number // 2]
        run("tick", half.action_found)
        run("finish", stocktake.action_finish)
        self.assertEqual(stocktake.missing_count, number - len(half))
        return counts
