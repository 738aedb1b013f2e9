from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.invoicing import kehu_invoice_run, kehu_invoice_run_work
from .invoicing_common import KehuInvoicing


class LargeRun(KehuInvoicing):
    """A run for two head offices that is large enough for the background."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids += cls.env.ref("account.group_account_invoice")
        cls.other_office = cls.make_customer(name="山川总公司")
        cls.east = cls.make_customer(
            name="山川东方分公司", head_office_id=cls.other_office.id
        )
        cls.orders = cls.order(cls.north, 5.0) | cls.order(cls.east, 7.0)
        cls.month = (
            cls.env["kehu.invoice.run"]
            .with_user(cls.clerk)
            .create(
                {
                    "date_from": "2020-01-01",
                    "date_to": "2099-12-31",
                    "invoice_date": "2026-10-31",
                    "head_office_ids": [
                        Command.set((cls.office | cls.other_office).ids)
                    ],
                }
            )
        )

    def work(self, job, pieces=None, meanwhile=None):
        """Run a cron job; its time is over after some pieces, if told.

        :param meanwhile: called after each piece
        """
        left = [pieces]

        def progress(cron, processed=0, **_options):
            cron.env.cr.flush()
            if processed and meanwhile:
                meanwhile()
            if processed and left[0] is not None:
                left[0] -= 1
                return left[0]
            return 60

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", progress):
            getattr(self.env["kehu.invoice.run"], job)()
        self.env.invalidate_all()

    def take_back_once(self):
        if self.month.state != "cancelled":
            self.month.action_cancel()


@tagged("post_install", "-at_install")
class TestLargePreview(LargeRun):
    """A preview of many orders is made in the background, some at a time (N9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(kehu_invoice_run, "_PREVIEWED_AT_ONCE", 1))
        cls.startClassPatcher(patch.object(kehu_invoice_run_work, "_ORDERS", 1))

    def test_a_preview_that_was_cut_off_goes_on_and_is_the_same_as_at_once(self):
        with patch.object(kehu_invoice_run, "_PREVIEWED_AT_ONCE", 100):
            self.month.action_preview()
        self.assertEqual(self.month.state, "preview")
        told = ["order_line_id", "party_id", "reason", "quantity", "amount", "date"]
        at_once = self.month.line_ids.sorted("order_line_id").read(told, load=None)
        self.month.action_preview()
        self.assertEqual((self.month.state, self.month.row_count), ("previewing", 0))
        self.work("_cron_preview", pieces=1)
        self.assertEqual((self.month.state, self.month.row_count), ("previewing", 1))
        self.work("_cron_preview")
        self.assertEqual(self.month.state, "preview")
        later = self.month.line_ids.sorted("order_line_id").read(told, load=None)
        for row in (*at_once, *later):
            del row["id"]
        self.assertEqual(later, at_once)

    def test_nothing_is_done_with_a_run_whose_preview_is_being_made(self):
        self.month.action_preview()
        for action in ("action_preview", "action_create_drafts", "action_post"):
            with self.subTest(action=action), self.assertRaises(UserError):
                getattr(self.month, action)()
        with self.assertRaises(UserError):
            self.month.date_to = "2026-12-31"

    def test_a_preview_that_is_taken_back_stays_so(self):
        self.month.action_preview()
        self.work("_cron_preview", meanwhile=self.take_back_once)
        self.assertEqual((self.month.state, self.month.row_count), ("cancelled", 1))
        self.month.action_preview()
        self.work("_cron_preview")
        self.assertEqual((self.month.state, self.month.row_count), ("preview", 2))


@tagged("post_install", "-at_install")
class TestLargeRun(LargeRun):
    """A large run works in the background, piece by piece (R73, N9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(kehu_invoice_run, "_AT_ONCE", 0))
        cls.month.action_preview()

    def make_drafts(self):
        self.month.action_create_drafts()
        self.work("_cron_make_drafts")

    def test_each_head_office_has_its_draft_from_the_clerk_who_asked(self):
        self.month.action_create_drafts()
        self.assertEqual((self.month.state, self.month.move_count), ("drafting", 0))
        self.work("_cron_make_drafts")
        self.assertEqual((self.month.state, self.month.move_count), ("drafted", 2))
        self.assertEqual(
            self.month.move_ids.partner_id, self.office | self.other_office
        )
        self.assertEqual(
            self.month.move_ids.message_ids.author_id, self.clerk.partner_id
        )

    def test_a_run_that_was_cut_off_goes_on_with_what_is_left(self):
        self.month.action_create_drafts()
        self.work("_cron_make_drafts", pieces=1)
        self.assertEqual((self.month.state, self.month.move_count), ("drafting", 1))
        self.work("_cron_make_drafts")
        self.assertEqual((self.month.state, self.month.move_count), ("drafted", 2))
        self.month.action_post()
        self.work("_cron_post_drafts", pieces=1)
        self.assertEqual(self.month.state, "posting")
        self.assertEqual(
            sorted(self.month.move_ids.mapped("state")), ["draft", "posted"]
        )
        self.work("_cron_post_drafts")
        self.assertEqual(self.month.state, "posted")
        self.assertEqual(set(self.month.move_ids.mapped("state")), {"posted"})
        for line in self.orders.order_line:
            self.assertEqual(len(line.invoice_lines), 1)

    def test_a_run_that_is_taken_back_between_two_drafts_gets_no_more(self):
        self.month.action_create_drafts()
        self.work("_cron_make_drafts", meanwhile=self.take_back_once)
        self.assertEqual((self.month.state, self.month.move_count), ("cancelled", 0))
        self.assertEqual(set(self.orders.mapped("invoice_status")), {"to invoice"})

    def test_nobody_takes_a_run_back_while_it_is_posted(self):
        self.make_drafts()
        self.month.action_post()
        self.assertEqual(self.month.state, "posting")
        with self.assertRaises(UserError):
            self.month.action_cancel()

    def test_an_invoice_that_cannot_be_posted_is_named_and_can_be_mended(self):
        self.make_drafts()
        broken = self.month.move_ids.filtered(
            lambda move: move.partner_id == self.other_office
        )
        broken.partner_id = False
        self.month.action_post()
        self.work("_cron_post_drafts")
        self.assertEqual(self.month.state, "drafted")
        self.assertEqual((self.month.move_ids - broken).state, "posted")
        self.assertEqual(broken.state, "draft")
        self.assertEqual(len(self.month.post_fault.splitlines()), 1)
        # In the language of whoever asked.
        name = broken.with_context(lang=self.clerk.lang).display_name
        self.assertIn(name, self.month.post_fault)
        broken.partner_id = self.other_office
        self.month.action_post()
        self.assertFalse(self.month.post_fault)
        self.work("_cron_post_drafts")
        self.assertEqual(self.month.state, "posted")
