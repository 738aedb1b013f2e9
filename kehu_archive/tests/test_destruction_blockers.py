from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .accounting import KehuAccounting
from .destruction_common import DestructionCommon


@tagged("post_install", "-at_install")
class TestDestructionBlockers(DestructionCommon, KehuAccounting):
    """Each reason alone stops it, by button and by RPC, and is named (R20, N6)."""

    @contextmanager
    def taken_back(self):
        """Leave the database as it was."""
        savepoint = self.env.cr.savepoint()
        with savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all()

    # === WHAT STANDS AGAINST IT, AND HOW IT IS CLEARED === #

    def block_retention(self, archive):
        archive.retention_until = fields.Date.today() + timedelta(days=500)
        return lambda: archive.write({"retention_until": self.yesterday})

    def block_no_retention(self, archive):
        archive.retention_until = False
        return lambda: archive.write({"retention_until": self.yesterday})

    def block_state(self, archive):
        archive.action_reopen("Not at its end")
        return lambda: (
            archive.action_close("End"),
            archive.write({"retention_until": self.yesterday}),
        )

    def block_hold(self, archive):
        hold = self.env["kehu.legal.hold"].create(
            {
                "name": "Case",
                "reason": "Dispute",
                "archive_ids": [Command.set(archive.ids)],
                "release_reason": "Settled",
            }
        )
        return hold.action_release

    def block_loan(self, archive):
        loan = (
            self.env["kehu.loan"]
            .with_user(self.stranger)
            .create(
                {
                    "archive_id": archive.id,
                    "kind": "borrow",
                    "medium": "original",
                    "purpose": "x",
                    "date_end": fields.Datetime.now() + timedelta(days=13),
                }
            )
        )
        loan.action_submit()
        loan.with_user(self.manager).action_approve()
        loan.with_user(self.archivist).action_lend()
        return loan.with_user(self.archivist).action_return

    def block_copy(self, archive):
        self.env["kehu.archive.copy"]._note_copies(archive, "print")
        copies = self.env["kehu.archive.copy"].search([("archive_id", "=", archive.id)])
        return lambda: copies.with_user(self.archivist)._close("returned", "complete")

    def block_dispute(self, archive):
        archive.action_reopen("x")
        record = self.env["kehu.service.record"].create(
            {
                "archive_id": archive.id,
                "kind": "complaint",
                "description": "It leaks",
            }
        )
        archive.action_close("End")
        archive.retention_until = self.yesterday

        def settle():
            self.env.cr.execute(
                "UPDATE kehu_service_record SET state = 'closed' WHERE id = %s",
                [record.id],
            )
            self.env.invalidate_all()

        return settle

    def block_receivable(self, archive):
        invoice = self.make_invoice(archive.partner_id)
        return lambda: (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({})
            ._create_payments()
        )

    def block_draft_invoice(self, archive):
        invoice = self.make_invoice(archive.partner_id, post=False)
        return invoice.button_cancel

    def block_order(self, archive):
        order = self.make_quotation(archive.partner_id)
        return order._action_cancel

    def block_opportunity(self, archive):
        lead = self.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": archive.partner_id.id,
            }
        )
        return lead.action_set_lost

    def block_appraisal(self, archive):
        appraisal = self.env["kehu.appraisal"].create(
            {
                "reviewer_ids": [Command.set(self.manager.ids)],
                "line_ids": [Command.create({"archive_id": archive.id})],
            }
        )
        line = appraisal.line_ids.with_user(self.manager)
        return lambda: line.write({"answer": "destroy"})

    # === TESTS === #

    def test_each_blocker_alone_stops_the_application_is_named_and_can_be_cleared(self):
        archive = self.make_due()
        application = self.make_list(archive)
        button = self.env.ref("kehu_archive.action_kehu_destruction_submit").with_user(
            self.applicant
        )
        codes = [name for name in dir(self) if name.startswith("block_")]
        self.assertGreaterEqual(len(codes), 12)
        for name in codes:
            code = name.removeprefix("block_")
            with self.subTest(blocker=code), self.taken_back():
                clear = getattr(self, name)(archive)
                self.env.invalidate_all()
                self.assertEqual(
                    {one["code"] for one in application.get_blockers()}, {code}
                )
                for blocker in application.get_blockers():
                    self.assertTrue(blocker["message"].startswith(archive.name))
                    self.assertTrue(blocker["clears"])
                    self.assertTrue(
                        self.env[blocker["model"]].browse(blocker["res_id"]).exists()
                    )
                with self.assertRaises(UserError):
                    button.with_context(
                        active_model="kehu.destruction",
                        active_id=application.id,
                        active_ids=application.ids,
                    ).run()
                with self.assertRaises(UserError):
                    call_kw(application, "action_submit", [application.ids], {})
                clear()
                self.env.invalidate_all()
                self.assertEqual(application.get_blockers(), [])
                application.action_submit()
                self.assertEqual(application.state, "submitted")

    def test_each_blocker_alone_stops_a_verified_list_under_lock(self):
        archive = self.make_due()
        application = self.make_ready(archive)
        for name in ("retention", "hold", "loan", "copy", "receivable", "opportunity"):
            with self.subTest(blocker=name), self.taken_back():
                getattr(self, f"block_{name}")(archive)
                self.env.invalidate_all()
                with self.assertRaises(UserError):
                    self.execute(application)
                self.assertEqual(archive.state, "closed")
        self.execute(application)
        self.assertEqual(archive.state, "destroyed")

    def test_a_typed_confirmation_is_asked_for(self):
        application = self.make_ready(self.make_due())
        later = fields.Datetime.now() + timedelta(days=8)
        wizard = (
            self.env["kehu.destruction.step"]
            .with_user(self.executor)
            .create(
                {
                    "destruction_ids": [Command.set(application.ids)],
                    "step": "execute",
                    "confirmation": "yes",
                }
            )
        )
        with freeze_time(later), self.assertRaisesRegex(UserError, application.number):
            wizard.action_confirm()
        wizard.confirmation = application.number
        with freeze_time(later):
            wizard.action_confirm()
        self.assertEqual(application.state, "executed")

    def test_legal_and_finance_sign_before_a_list_is_registered(self):
        self.company.kehu_destruction_legal_id = self.employee
        self.company.kehu_destruction_finance_id = self.clerk
        application = self.make_approved(self.make_due())
        with self.assertRaisesRegex(UserError, "signature of"):
            application.action_register()
        with self.assertRaises(AccessError):
            application.with_user(self.stranger).action_countersign()
        application.with_user(self.employee).action_countersign()
        with self.assertRaisesRegex(UserError, "Kehu clerk"):
            application.action_register()
        application.with_user(self.clerk).action_countersign()
        application.action_register()
        self.assertEqual(application.state, "registered")

    def test_a_missing_setting_is_a_blocker(self):
        application = self.make_list(self.make_due())
        self.env.ref("kehu_archive.sequence_kehu_destruction_list").code = "other"
        self.assertIn(
            "setting", {blocker["code"] for blocker in application.get_blockers()}
        )
