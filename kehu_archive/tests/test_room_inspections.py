from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..models.room.kehu_inspection_line import CONDITIONS
from .room_common import RoomCommon


@tagged("post_install", "-at_install")
class TestInspections(RoomCommon):
    """Six conditions of each cabinet, looked at on a schedule (R09)."""

    def handed_in(self):
        archive = self.make_archive()
        archive.with_user(self.rep).action_submit()
        return archive

    def file_into(self, cabinet, archive=None):
        archive = archive or self.handed_in()
        wizard = (
            self.env["kehu.archive.file"]
            .with_user(self.archivist)
            .create({"archive_ids": archive.ids, "cabinet_id": cabinet.id})
        )
        return archive, wizard.action_confirm()

    # === THE SIX CONDITIONS === #

    def test_an_inspection_asks_for_all_six_conditions(self):
        """R09: security, fire, theft, damp, pests, dust."""
        form = Form(
            self.env["kehu.inspection"]
            .with_user(self.archivist)
            .with_context(default_cabinet_id=self.cabinet.id)
        )
        inspection = form.save()
        self.assertEqual(
            inspection.line_ids.mapped("condition"),
            [name for name, _label in CONDITIONS],
        )
        self.assertEqual(len(CONDITIONS), 6)
        by_rpc = self.env["kehu.inspection"].create(
            {
                "cabinet_id": self.cabinet.id,
                "line_ids": [(0, 0, {"condition": "damp", "finding": "ok"})],
            }
        )
        self.assertEqual(len(by_rpc.line_ids), 6)

    def test_an_inspection_is_done_when_everything_is_said(self):
        inspection = self.make_inspection(
            findings={
                "damp": {"finding": "fault"},
                "dust": {"finding": "unchecked"},
            }
        )
        with self.assertRaises(UserError) as caught:
            inspection.action_done()
        for sentence in (
            "A01 Damp Protection: describe the fault.",
            "A01 Damp Protection: by when is the fault put right?",
            "A01 Dust Protection: why was it not checked?",
        ):
            self.assertIn(sentence, str(caught.exception))
        self.assertEqual(inspection.state, "draft")

    def test_an_inspection_of_tomorrow_or_of_nothing_is_refused(self):
        tomorrow = self.make_inspection(on=self.today + timedelta(days=1))
        with self.refused("future"):
            tomorrow.action_done()
        blank = {
            name: {"finding": "unchecked", "note": "x"} for name, _label in CONDITIONS
        }
        with self.refused("nothing was looked at"):
            self.make_inspection(findings=blank).action_done()

    def test_what_was_found_stays_as_it_is(self):
        inspection = self.make_inspection()
        inspection.action_done()
        line = inspection.line_ids[0]
        for act in (
            lambda: inspection.write({"inspected_on": self.today - timedelta(1)}),
            lambda: line.write({"finding": "fault"}),
            lambda: line.unlink(),
            lambda: inspection.unlink(),
            lambda: self.env["kehu.inspection.line"]
            .with_user(self.archivist)
            .create({"inspection_id": inspection.id, "condition": "fire"}),
        ):
            with self.assertRaises(Exception) as caught, self.cr.savepoint():
                act()
            self.assertIsInstance(caught.exception, UserError)
        with self.assertRaises(AccessError):
            inspection.write({"state": "draft"})

    # === FAULTS === #

    def make_fault(self, **vals):
        fault = {
            "finding": "fault",
            "note": "72 % humidity",
            "rectify_by": self.today + timedelta(days=5),
            **vals,
        }
        inspection = self.make_inspection(findings={"damp": fault})
        inspection.action_done()
        return inspection.line_ids.filtered(lambda line: line.condition == "damp")

    def test_a_fault_is_open_until_somebody_says_what_was_done(self):
        """R09: rectify-by date, responsible, closing."""
        line = self.make_fault()
        activity = line.inspection_id.activity_ids
        self.assertEqual(activity.user_id, self.archivist)
        self.assertEqual(activity.date_deadline, line.rectify_by)
        self.assertEqual(self.cabinet.open_fault_count, 1)
        with self.assertRaises(UserError):
            line.action_rectify("  ")
        line.action_rectify("Dehumidifier installed")
        self.assertRecordValues(
            line,
            [
                {
                    "state": "closed",
                    "rectified_on": self.today,
                    "rectified_by_id": self.archivist.id,
                    "rectify_note": "Dehumidifier installed",
                }
            ],
        )
        self.assertFalse(line.inspection_id.activity_ids)
        with self.assertRaises(UserError):
            line.action_rectify("again")

    def test_a_fault_cannot_be_closed_by_writing(self):
        line = self.make_fault()
        for vals in (
            {"state": "closed"},
            {"rectify_note": "x"},
            {"rectified_on": self.today},
        ):
            with self.assertRaises(AccessError):
                line.with_user(self.archivist).write(vals)

    def test_whoever_cannot_open_inspections_is_not_made_responsible(self):
        with self.assertRaises(ValidationError):
            self.make_fault(responsible_id=self.employee.id)

    # === THE SCHEDULE === #

    def test_the_interval_is_the_cabinets_own_or_the_companys(self):
        self.company.kehu_inspection_days = 30
        self.overdue(self.cabinet, days=20)
        self.assertFalse(self.cabinet.is_inspection_overdue)
        self.assertEqual(
            self.cabinet.inspection_due_on, self.today + timedelta(days=10)
        )
        self.cabinet.inspection_days = 7
        self.assertTrue(self.cabinet.is_inspection_overdue)
        self.company.kehu_inspection_days = 0
        self.cabinet.inspection_days = 0
        self.assertFalse(self.cabinet.inspection_due_on)

    def test_the_last_day_is_on_time_and_the_next_one_late(self):
        self.overdue(self.cabinet, days=30)
        self.overdue(self.other_cabinet, days=31)
        cabinets = self.env["kehu.cabinet"]
        ours = [("id", "in", (self.cabinet | self.other_cabinet).ids)]
        late = cabinets.search([*ours, ("is_inspection_overdue", "=", True)])
        in_time = cabinets.search([*ours, ("is_inspection_overdue", "=", False)])
        self.assertEqual((late, in_time), (self.other_cabinet, self.cabinet))
        self.assertEqual(late.mapped("is_inspection_overdue"), [True])

    def test_what_was_not_checked_stays_due(self):
        """R09: all six, not five of them."""
        self.overdue(self.cabinet)
        self.make_inspection(
            findings={"fire": {"finding": "unchecked", "note": "Lift broken"}}
        ).action_done()
        self.assertTrue(self.cabinet.is_inspection_overdue)
        rest = {
            name: {"finding": "unchecked", "note": "Done before"}
            for name, _label in CONDITIONS
            if name != "fire"
        }
        self.make_inspection(findings={**rest, "fire": {"finding": "ok"}}).action_done()
        self.assertFalse(self.cabinet.is_inspection_overdue)
        self.assertEqual(self.cabinet.inspected_on, self.today)

    # === WHAT AN OVERDUE INSPECTION MEANS === #

    def test_overdue_fixture_blocks_new_filing(self):
        """R09: an overdue inspection blocks, where the company says so."""
        self.company.kehu_inspection_policy = "block"
        self.overdue(self.cabinet)
        archive = self.handed_in()
        with self.refused("The inspection of A01 .* is overdue"):
            self.file_into(self.cabinet, archive)
        self.assertEqual(archive.state, "submitted")
        self.assertFalse(archive.cabinet_id)
        # Nor by another door: the place first, or the place afterwards.
        with self.assertRaises(UserError), self.cr.savepoint():
            archive.with_user(self.archivist).cabinet_id = self.cabinet
        with self.assertRaises(UserError), self.cr.savepoint():
            self.archive.with_user(self.archivist).cabinet_id = self.cabinet
        self.make_inspection().action_done()
        archive, _notice = self.file_into(self.cabinet, archive)
        self.assertEqual(archive.state, "filed")

    def test_what_lay_there_before_is_not_filed_either(self):
        archive = self.handed_in()
        archive.with_user(self.archivist).cabinet_id = self.cabinet
        self.company.kehu_inspection_policy = "block"
        self.overdue(self.cabinet)
        with self.assertRaises(UserError):
            archive.with_user(self.archivist).action_file()

    def test_an_overdue_inspection_warns_by_default(self):
        """R09: default warn."""
        self.assertEqual(
            self.env["res.company"].create({"name": "New"}).kehu_inspection_policy,
            "warn",
        )
        self.company.kehu_inspection_policy = "warn"
        self.overdue(self.cabinet)
        wizard = (
            self.env["kehu.archive.file"]
            .with_user(self.archivist)
            .new({"archive_ids": self.handed_in().ids, "cabinet_id": self.cabinet.id})
        )
        self.assertIn("is overdue since", wizard.place_warning)
        archive, notice = self.file_into(self.cabinet)
        self.assertEqual(archive.state, "filed")
        self.assertEqual(notice["params"]["type"], "warning")
        self.assertIn("is overdue since", notice["params"]["message"])

    def test_switched_off_nothing_is_said(self):
        self.company.kehu_inspection_policy = "off"
        self.overdue(self.cabinet)
        archive, notice = self.file_into(self.cabinet)
        self.assertEqual(archive.state, "filed")
        self.assertEqual(notice["params"]["type"], "success")

    def test_a_fault_that_was_not_put_right_in_time_blocks_as_well(self):
        self.company.kehu_inspection_policy = "block"
        line = self.make_fault(rectify_by=self.today)
        self.file_into(self.cabinet)
        line._write_protected({"rectify_by": self.today - timedelta(days=1)})
        with self.refused("A01 Damp Protection"):
            self.file_into(self.cabinet)
        line.action_rectify("Done")
        self.file_into(self.cabinet)

    # === REMINDERS === #

    def remind(self):
        self.env["kehu.cabinet"].search([]).write(
            {"reminded_due_on": False, "reminded_count_on": False}
        )
        self.run_cron()

    def run_cron(self):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["kehu.cabinet"]._cron_remind_room()
        self.env.invalidate_all()

    def reminders(self, kind):
        return self.cabinet.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == self.env.ref(f"kehu_archive.{kind}")
            )
        )

    def test_the_holder_of_the_key_is_reminded_once_of_each_inspection(self):
        """R09: reminders, set-based in a cron."""
        self.cabinet.key_holder_id = self.archivist
        self.overdue(self.cabinet, days=28)
        self.env.flush_all()
        self.run_cron()
        self.run_cron()
        activity = self.reminders("mail_activity_inspection_due")
        self.assertEqual(activity.user_id, self.archivist)
        self.assertEqual(activity.date_deadline, self.cabinet.inspection_due_on)
        self.make_inspection().action_done()
        self.assertFalse(self.reminders("mail_activity_inspection_due"))

    def test_a_cabinet_that_is_not_due_reminds_of_nothing(self):
        self.overdue(self.cabinet, days=26)
        self.env.flush_all()
        self.run_cron()
        self.assertFalse(self.cabinet.activity_ids)

    def test_a_late_fault_is_reminded_of_once(self):
        line = self.make_fault(rectify_by=self.today)
        line._write_protected({"rectify_by": self.today - timedelta(days=1)})
        self.env.flush_all()
        self.run_cron()
        self.run_cron()
        late = line.inspection_id.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("kehu_archive.mail_activity_inspection_late")
            )
        )
        self.assertEqual(late.user_id & self.archivist, self.archivist)
        self.assertEqual(len(late), len(late.user_id))

    def test_reminding_of_many_cabinets_takes_few_queries(self):
        group = self.env.ref("kehu_archive.group_kehu_archivist")
        self.assertIn(self.archivist, group.all_user_ids)
        many = self.env["kehu.cabinet"].create(
            [
                {
                    "code": f"Q{number}",
                    "name": "x",
                    "key_holder_id": self.archivist.id,
                    "in_use_from": self.today - timedelta(days=40),
                }
                for number in range(60)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        many._tell_keepers(
            "mail_activity_inspection_due", dict.fromkeys(many, self.today)
        )
        self.env.flush_all()
        self.assertLess(self.cr.sql_log_count - before, 30)
