import importlib.util

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import file_path, mute_logger

from .room_common import RoomCommon


@tagged("post_install", "-at_install")
class TestPlaces(RoomCommon):
    """Cabinet, layer, slot: where files lie and how many fit (R09)."""

    # === THE TREE === #

    def test_a_cabinet_is_divided_into_layers_and_slots_at_once(self):
        """R09: cabinet, layer, slot with complete codes."""
        places = self.make_places(layers=2, slots=3, capacity=4)
        self.assertEqual(len(places), 2 + 2 * 3)
        slot = self.place("2-3")
        self.assertEqual(slot.path, "A01 2-3")
        self.assertEqual(slot.parent_id, self.place("2"))
        self.assertEqual(slot.capacity, 4)
        self.assertEqual((self.cabinet.layer_count, self.cabinet.slot_count), (2, 6))

    def test_dividing_again_adds_what_is_missing_and_keeps_what_is_there(self):
        self.make_places(layers=1, slots=2)
        kept = self.place("1-2")
        self.make_places(layers=2, slots=3)
        self.assertEqual(self.place("1-2"), kept)
        self.assertEqual(self.cabinet.slot_count, 6)

    def test_numbers_that_no_cabinet_has_are_refused(self):
        for layers, slots in ((0, 1), (99, 1), (1, -1), (1, 9999)):
            with self.subTest(layers=layers, slots=slots), self.assertRaises(UserError):
                self.cabinet._make_places(layers, slots)

    def test_places_stand_in_the_order_of_their_numbers_also_in_chinese(self):
        self.cabinet._make_places(3, 0, layer_codes=["三层", "一层", "二层"])
        self.make_places(self.other_cabinet, layers=1, slots=11)
        places = self.env["kehu.place"]
        self.assertEqual(
            places.search([("cabinet_id", "=", self.cabinet.id)]).mapped("code"),
            ["一层", "二层", "三层"],
        )
        codes = places.search(
            [("cabinet_id", "=", self.other_cabinet.id), ("kind", "=", "slot")]
        ).mapped("code")
        self.assertEqual(codes, [str(number) for number in range(1, 12)])

    def test_a_slot_lies_in_a_layer_of_its_own_cabinet(self):
        self.make_places()
        layer = self.place("1")
        for vals in (
            {"cabinet_id": self.other_cabinet.id, "parent_id": layer.id, "code": "9"},
            {
                "cabinet_id": self.cabinet.id,
                "parent_id": self.place("1-1").id,
                "code": "9",
            },
            {
                "cabinet_id": self.cabinet.id,
                "parent_id": layer.id,
                "code": "9",
                "kind": "layer",
            },
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.env["kehu.place"].create(vals)

    # === ONE PLACE, SAID THREE WAYS === #

    def test_choosing_a_place_says_cabinet_and_slot_as_well(self):
        self.make_places()
        self.archive.with_user(self.archivist).place_id = self.place("1-2")
        self.assertRecordValues(
            self.archive,
            [{"cabinet_id": self.cabinet.id, "slot": "1-2", "place_path": "A01 1-2"}],
        )

    def test_a_written_slot_finds_its_place(self):
        """Software that only knows cabinet and slot puts files into places, too."""
        self.make_places()
        archive = self.archive.with_user(self.archivist)
        archive.write({"cabinet_id": self.cabinet.id, "slot": " 2-1 "})
        self.assertEqual(archive.place_id, self.place("2-1"))
        archive.slot = "on top"
        self.assertFalse(archive.place_id)
        self.assertEqual(archive.slot, "on top")
        archive.slot = "2-2"
        self.assertEqual(archive.place_id, self.place("2-2"))

    def test_in_another_cabinet_the_old_slot_means_nothing(self):
        self.make_places()
        archive = self.make_placed(self.place("1-1")).with_user(self.archivist)
        archive.cabinet_id = self.other_cabinet
        self.assertRecordValues(archive, [{"place_id": False, "slot": False}])

    def test_a_place_of_another_cabinet_is_refused(self):
        self.make_places()
        with self.assertRaises(ValidationError):
            self.archive.with_user(self.archivist).write(
                {
                    "cabinet_id": self.other_cabinet.id,
                    "place_id": self.place("1-1").id,
                }
            )

    def test_a_new_label_on_a_layer_is_the_new_place_of_its_files(self):
        self.make_places()
        archive = self.make_placed(self.place("1-1"))
        self.place("1").with_user(self.archivist).code = "7"
        self.assertEqual(archive.slot, "7-1")

    def test_a_place_with_files_is_neither_removed_nor_put_out_of_use(self):
        self.make_places()
        self.make_placed(self.place("1-1"))
        for act in (
            lambda: self.place("1-1").unlink(),
            lambda: self.place("1").unlink(),
            lambda: self.place("1-1").write({"active": False}),
            lambda: self.cabinet.write({"active": False}),
            lambda: self.cabinet.unlink(),
        ):
            with self.refused("A01"):
                act()

    # === HOW MANY FIT === #

    def test_occupancy_counts_the_slots_of_a_layer_in(self):
        self.make_places(capacity=2)
        self.place("1").capacity = 6
        self.make_placed(self.place("1-1"))
        self.make_placed(self.place("1-2"))
        self.make_placed(self.place("2-1"))
        self.env.invalidate_all()
        self.assertRecordValues(
            self.place("1") | self.place("1-1"),
            [
                {"archive_count": 2, "free_count": 4, "occupancy": 33},
                {"archive_count": 1, "free_count": 1, "occupancy": 50},
            ],
        )
        self.assertEqual(self.cabinet.archive_count, 3)

    def test_occupancy_of_many_places_takes_as_many_queries_as_of_one(self):
        self.make_places(layers=5, slots=10)
        places = self.cabinet.place_ids

        def count(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.browse(records.ids).mapped("archive_count")
            return self.cr.sql_log_count - before

        self.assertEqual(count(places), count(places[:1]))

    def test_a_full_slot_layer_or_cabinet_takes_no_more(self):
        """R09: a full place refuses, and names itself."""
        self.make_places(capacity=1)
        self.make_placed(self.place("1-1"))
        archive = self.archive.with_user(self.archivist)
        with self.refused("A01 1-1 is full: 1 fit in, 2 would"):
            archive.place_id = self.place("1-1")
        self.place("1").capacity = 1
        with self.refused("A01 1 is full"):
            archive.place_id = self.place("1-2")
        self.cabinet.capacity = 1
        with self.refused("Cabinet A01 is full"):
            archive.cabinet_id = self.cabinet
        self.assertFalse(archive.cabinet_id)

    def test_a_company_may_let_full_places_pass_with_a_warning(self):
        self.company.kehu_full_place_policy = "warn"
        self.make_places(capacity=1)
        self.make_placed(self.place("1-1"))
        wizard = self.open_move(self.archive)
        wizard.cabinet_id = self.cabinet
        wizard.place_id = self.place("1-1")
        self.assertIn("A01 1-1 is full", wizard.place_warning)
        wizard.save().action_confirm()
        self.assertEqual(self.archive.place_id, self.place("1-1"))

    def test_a_place_out_of_which_a_file_is_moved_may_be_overfull(self):
        self.make_places()
        archives = self.make_placed(self.place("1-1")) + self.make_placed(
            self.place("1-1")
        )
        self.place("1-1").capacity = 1
        archives[0].with_user(self.archivist).place_id = self.place("1-2")
        self.assertEqual(self.place("1-1").archive_count, 1)

    def test_two_files_cannot_be_put_into_the_last_slot_together(self):
        self.make_places(capacity=1)
        archives = self.archive | self.make_filed()
        with self.refused("2 would lie there"):
            archives.with_user(self.archivist).write({"place_id": self.place("1-1").id})

    def test_each_file_gets_the_next_free_slot(self):
        self.make_places(layers=1, slots=3, capacity=1)
        self.make_placed(self.place("1-2"))
        archives = self.archive | self.make_filed()
        archives.with_user(self.archivist)._put_into_free_places(self.cabinet)
        self.assertEqual(archives.mapped("slot"), ["1-1", "1-3"])
        with self.refused("room for 0 files"):
            self.make_filed().with_user(self.archivist)._put_into_free_places(
                self.cabinet
            )

    # === MOVING === #

    def open_move(self, archives):
        action = archives.with_user(self.archivist)._get_move_action()
        return Form(
            self.env["kehu.archive.move"]
            .with_user(self.archivist)
            .with_context(**action["context"])
        )

    def test_moving_is_one_event_in_the_ledger_with_both_places(self):
        """R09, R16: from where to where, and why."""
        self.make_places()
        archive = self.make_placed(self.place("1-1"))
        self.get_events(archive, "move")
        wizard = self.open_move(archive)
        wizard.cabinet_id = self.other_cabinet
        wizard.slot = "3"
        wizard.reason = "More room"
        wizard.save().action_confirm()
        event = self.get_events(archive, "move")[-1]
        self.assertEqual(event["place_from"], "A01 1-1")
        self.assertEqual(event["place_to"], "B01 3")
        self.assertEqual(event["reason"], "More room")
        self.assertEqual(
            set(event["items"][0]["fields"]), {"cabinet_id", "place_id", "slot"}
        )

    def test_filing_puts_the_file_into_its_place(self):
        self.make_places()
        archive = self.make_archive()
        archive.with_user(self.rep).action_submit()
        wizard = (
            self.env["kehu.archive.file"]
            .with_user(self.archivist)
            .create({"archive_ids": archive.ids, "cabinet_id": self.cabinet.id})
        )
        wizard.next_free = True
        wizard.action_confirm()
        self.assertEqual((archive.state, archive.slot), ("filed", "1-1"))

    def test_only_the_archive_room_says_where_a_file_lies(self):
        """R09: a rep sees where the own file is, and moves nothing."""
        self.make_places()
        archive = self.make_placed(self.place("1-1"))
        self.assertEqual(archive.with_user(self.rep).place_path, "A01 1-1")
        for user in (self.rep, self.manager, self.auditor, self.stranger):
            for vals in (
                {"slot": "2-2"},
                {"cabinet_id": self.other_cabinet.id},
                {"place_id": self.place("2-2").id},
            ):
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        archive.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.make_partner()
            self.env["kehu.archive"].with_user(self.rep).create(
                {"partner_id": self.make_partner().id, "cabinet_id": self.cabinet.id}
            )

    def test_a_merged_archive_does_not_take_a_slot_of_another_cabinet(self):
        self.make_places()
        source = self.make_placed(self.place("1-1"))
        target = self.make_placed(cabinet=self.other_cabinet)
        source._merge_into(target)
        self.assertRecordValues(
            target,
            [{"cabinet_id": self.other_cabinet.id, "slot": False, "place_id": False}],
        )

    # === KEYS === #

    def test_each_hand_over_of_a_key_stays_in_its_history(self):
        """R09: who held which key when."""
        self.cabinet.with_user(self.archivist).key_holder_id = self.archivist
        key = self.cabinet.key_ids
        wizard = (
            self.env["kehu.key.give"]
            .with_user(self.archivist)
            .create(
                {
                    "key_ids": key.ids,
                    "user_id": self.manager.id,
                    "signature": "Signed",
                    "note": "Holiday",
                }
            )
        )
        wizard.action_confirm()
        self.assertEqual(self.cabinet.key_holder_id, self.manager)
        self.assertRecordValues(
            key.handover_ids.sorted("id"),
            [
                {"from_id": False, "to_id": self.archivist.id, "signature": False},
                {
                    "from_id": self.archivist.id,
                    "to_id": self.manager.id,
                    "signature": "Signed",
                },
            ],
        )
        self.assertEqual(key.handover_ids.sorted("id")[-1].by_id, self.archivist)

    def test_the_history_of_keys_is_never_changed(self):
        self.cabinet.key_holder_id = self.archivist
        handover = self.cabinet.key_ids.handover_ids
        for user in (self.env.user, self.archivist):
            with self.assertRaises(AccessError):
                handover.with_user(user).sudo().write({"note": "x"})
        with self.assertRaises(UserError):
            self.cabinet.key_ids.unlink()
        with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                self.cr.execute("UPDATE kehu_key_handover SET note = 'x'")

    def test_the_main_key_may_go_into_the_safe(self):
        self.cabinet.key_holder_id = self.archivist
        self.cabinet.key_ids.with_user(self.archivist)._hand_over(
            self.env["res.users"], note="Weekend"
        )
        self.assertFalse(self.cabinet.key_holder_id)
        with self.assertRaises(UserError):
            self.cabinet.key_ids.with_user(self.archivist)._hand_over(
                self.env["res.users"]
            )

    # === UPGRADE === #

    def test_places_that_were_text_become_records_and_the_text_stays(self):
        """A database from before the places is upgraded where it stands."""
        archives = {
            text: self.make_filed() for text in ("2-15", "二层01", "二层02", "top", "2")
        }
        self.env.flush_all()
        for text, archive in archives.items():
            self.cr.execute(
                "UPDATE kehu_archive SET cabinet_id = %s, slot = %s WHERE id = %s",
                [self.cabinet.id, text, archive.id],
            )
        self.cr.execute(
            "UPDATE kehu_cabinet SET key_holder_id = %s WHERE id = %s",
            [self.archivist.id, self.cabinet.id],
        )
        self.env.invalidate_all()
        self.run_migration()
        for text, archive in archives.items():
            with self.subTest(text=text):
                self.assertEqual(archive.slot, text)
                self.assertEqual(archive.place_id.label, text)
                self.assertEqual(archive.place_id.cabinet_id, self.cabinet)
        self.assertEqual(archives["二层01"].place_id.parent_id.code, "二层")
        self.assertEqual(
            archives["二层01"].place_id.parent_id, archives["二层02"].place_id.parent_id
        )
        self.assertEqual(archives["2-15"].place_id.parent_id.code, "2")
        self.assertEqual(self.cabinet.key_ids.holder_id, self.archivist)

    def run_migration(self):
        path = file_path("kehu_archive/migrations/19.0.1.1.0/post-places.py")
        spec = importlib.util.spec_from_file_location("kehu_post_places", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.cr, "19.0.1.0.0")
        self.env.invalidate_all()
