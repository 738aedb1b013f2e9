from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .room_common import RoomCommon

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
_ROOM = {"archivist": {READ, WRITE, CREATE, UNLINK}}
_READERS = {"manager": {READ}, "auditor": {READ}}
# What each role may do with the rows of each register; roles not named: nothing.
RIGHTS = {
    "kehu.place": {
        **dict.fromkeys(
            ("rep", "mate", "stranger", "manager", "auditor", "clerk", "employee"),
            {READ},
        ),
        **_ROOM,
        "admin": {READ, WRITE, CREATE, UNLINK},
    },
    "kehu.cabinet.key": {**_READERS, **_ROOM},
    "kehu.key.handover": {**_READERS, "archivist": {READ}},
    "kehu.inspection": {**_READERS, **_ROOM},
    "kehu.inspection.line": {**_READERS, **_ROOM},
    "kehu.stocktake": {**_READERS, **_ROOM},
    "kehu.stocktake.cabinet": {**_READERS, "archivist": {READ}},
    "kehu.stocktake.line": {**_READERS, "archivist": {READ}},
    "kehu.missing.case": {**_READERS, "archivist": {READ, WRITE}},
    "kehu.scan.code": {},
}
ROLES = (
    "rep",
    "mate",
    "stranger",
    "manager",
    "archivist",
    "auditor",
    "admin",
    "clerk",
    "employee",
)


@tagged("post_install", "-at_install")
class TestRoomAccess(RoomCommon):
    """The registers of the archive room are the room's (R09, R52, R99)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_places()
        cls.cabinet.key_holder_id = cls.archivist
        placed = cls.make_placed(cls.place("1-1"))
        stocktake = cls.make_stocktake()
        stocktake.action_finish()
        inspection = cls.make_inspection()
        cls.token(placed)
        codes = cls.env["kehu.scan.code"]
        cls.rows = {
            "kehu.place": cls.place("2-2"),
            "kehu.cabinet.key": cls.cabinet.key_ids,
            "kehu.key.handover": cls.cabinet.key_ids.handover_ids,
            "kehu.inspection": inspection,
            "kehu.inspection.line": inspection.line_ids[:1],
            "kehu.stocktake": stocktake,
            "kehu.stocktake.cabinet": stocktake.count_ids,
            "kehu.stocktake.line": stocktake.line_ids,
            "kehu.missing.case": cls.env["kehu.missing.case"].search(
                [("stocktake_id", "=", stocktake.id)]
            ),
            "kehu.scan.code": codes.search([("res_id", "=", placed.id)]),
        }
        cls.placed = placed
        cls.env.flush_all()

    def test_each_role_has_the_rights_that_the_table_says(self):
        """R52: by guessed id, for every register of the room."""
        for model, row in self.rows.items():
            self.assertTrue(row, model)
            for role in ROLES:
                mine = row.with_env(self.env).with_user(getattr(self, role))
                expected = RIGHTS[model].get(role, set())
                for operation in (READ, WRITE, CREATE, UNLINK):
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(
                            mine.has_access(operation), operation in expected
                        )

    def test_registers_hide_their_rows_from_lists_and_groups(self):
        for model, row in self.rows.items():
            for role in ROLES:
                records = self.env[model].with_user(getattr(self, role))
                allowed = READ in RIGHTS[model].get(role, set())
                with self.subTest(model=model, role=role):
                    self.assertEqual(self.sees(records, row), allowed)

    def sees(self, records, row):
        try:
            return bool(records.search([("id", "in", row.ids)]))
        except AccessError:
            return False

    def test_a_manager_sees_counted_files_of_the_own_team_only(self):
        """R57: numbers of the count are for all managers, files are not."""
        other = self.make_archive(user_id=self.stranger.id)
        other.cabinet_id = self.other_cabinet
        stocktake = self.make_stocktake(self.other_cabinet)
        stocktake.action_finish()
        seen = stocktake.with_env(self.env).with_user(self.manager)
        self.env.invalidate_all()
        self.assertEqual(seen.missing_count, 1)
        self.assertFalse(
            self.env["kehu.stocktake.line"]
            .with_user(self.manager)
            .search([("stocktake_id", "=", stocktake.id)])
        )
        self.assertFalse(
            self.env["kehu.missing.case"]
            .with_user(self.manager)
            .search([("stocktake_id", "=", stocktake.id)])
        )
        self.assertFalse(seen._get_differences())

    def test_no_step_of_the_room_is_taken_by_anybody_else(self):
        """R52: also by RPC, which calls methods and not buttons."""
        stocktake = self.make_stocktake(self.other_cabinet, start=False)
        fault = self.rows["kehu.inspection.line"]
        case = self.rows["kehu.missing.case"]
        line = self.rows["kehu.stocktake.line"]
        inspection = self.rows["kehu.inspection"]
        for role in ROLES:
            if role == "archivist":
                continue
            user = getattr(self, role)

            def of(record, user=user):
                return record.with_env(self.env).with_user(user)

            acts = {
                "start": lambda of=of: of(stocktake).action_start(),
                "finish": lambda of=of: of(stocktake).action_finish(),
                "cancel": lambda of=of: of(stocktake).action_cancel(),
                "count": lambda of=of: of(stocktake).count_code("x"),
                "tick": lambda of=of: of(line).action_found(),
                "correct": lambda of=of: of(line).action_correct_register(),
                "put back": lambda of=of: of(line).action_put_back(),
                "found": lambda of=of: of(case).action_found("x"),
                "lost": lambda of=of: of(case).action_lost("x"),
                "inspected": lambda of=of: of(inspection).action_done(),
                "rectified": lambda of=of: of(fault).action_rectify("x"),
                "missing": lambda of=of: of(self.placed).action_report_missing(),
                "move": lambda of=of: of(self.placed)._get_move_action(),
                "file": lambda of=of: of(self.placed).action_file(),
            }
            for name, act in acts.items():
                with self.subTest(role=role, act=name), self.assertRaises(AccessError):
                    self.env.invalidate_all()
                    with self.cr.savepoint():
                        act()

    def test_a_cabinet_says_nothing_of_its_files_to_people_without_a_right(self):
        for role in ("stranger", "employee", "admin", "clerk"):
            user = getattr(self, role)
            with self.subTest(role=role):
                found = (
                    self.env["kehu.archive"]
                    .with_user(user)
                    .search([("cabinet_id", "=", self.cabinet.id)])
                )
                self.assertFalse(found)
                self.assertEqual(self.cabinet.with_user(user).archive_count, 1)
                with self.assertRaises(AccessError):
                    self.cabinet.with_user(user).read(["key_ids"])

    def test_the_room_of_another_company_stays_closed(self):
        company = self.env["res.company"].create({"name": "Other"})
        cabinet = self.make_cabinet("Z01", company_id=company.id)
        place = cabinet._make_places(1, 1)[:1]
        inspection = self.env["kehu.inspection"].create({"cabinet_id": cabinet.id})
        self.env.flush_all()
        for record in (cabinet, place, inspection, inspection.line_ids[:1]):
            with self.subTest(model=record._name):
                self.assertFalse(record.with_user(self.archivist).has_access("read"))

    def test_a_dialog_is_of_whoever_opened_it(self):
        wizard = (
            self.env["kehu.archive.move"]
            .with_user(self.archivist)
            .create(
                {
                    "archive_ids": [Command.set(self.placed.ids)],
                    "cabinet_id": self.other_cabinet.id,
                }
            )
        )
        colleague = self.archivist.copy({"login": "kehu_archivist_2"})
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_confirm()
