from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..models.inherited import res_partner_trade
from .accounting import KehuAccounting
from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestTradeFacts(KehuCommon):
    """Life cycle and deal stage follow orders and quotations (R30, R31, R41)."""

    def make_order(self, customer, day=None):
        order = self.env["sale.order"].create({"partner_id": customer.id})
        if day:
            order.action_confirm()
            order.date_order = f"{day} 04:00:00"
        return order

    def stand(self, customer):
        self.cr.precommit.run()
        customer._kehu_refresh_trade()
        return customer.lifecycle, customer.deal_stage

    def test_a_customer_without_a_deal_is_a_future_one(self):
        self.assertEqual(self.stand(self.make_customer()), ("future", False))

    def test_a_quotation_makes_a_customer_about_to_deal_until_it_is_cancelled(self):
        customer = self.make_customer()
        order = self.make_order(customer)
        self.assertEqual(self.stand(customer), ("future", "upcoming"))
        order._action_cancel()
        self.assertEqual(self.stand(customer), ("future", False))

    def test_new_turns_old_and_current_turns_former_twelve_months_after_the_deal(self):
        customer = self.make_customer()
        self.make_order(customer, "2025-03-15")
        for today, expected in (
            ("2026-03-14 04:00:00", ("new", "current")),
            ("2026-03-15 04:00:00", ("old", "past")),
        ):
            with self.subTest(today=today), freeze_time(today):
                self.assertEqual(self.stand(customer), expected)

    def test_an_order_that_changes_hands_refreshes_both_customers(self):
        one, other = self.make_customer(), self.make_customer()
        order = self.make_order(one)
        self.cr.precommit.run()
        self.assertEqual(one.deal_stage, "upcoming")
        order.partner_id = other
        self.cr.precommit.run()
        self.assertFalse(one.deal_stage)
        self.assertEqual(other.deal_stage, "upcoming")

    def test_a_deleted_quotation_no_longer_counts(self):
        customer = self.make_customer()
        order = self.make_order(customer)
        self.cr.precommit.run()
        self.assertEqual(customer.deal_stage, "upcoming")
        order.unlink()
        self.cr.precommit.run()
        self.assertFalse(customer.deal_stage)

    def test_the_day_of_the_first_deal_follows_the_order_r41(self):
        """R41: move the first order, and the time of dealing follows."""
        customer = self.make_customer()
        order = self.make_order(customer, "2025-03-15")
        self.cr.precommit.run()
        self.assertEqual(str(customer.first_order_on), "2025-03-15")
        order.date_order = "2024-01-31 16:30:00"
        self.cr.precommit.run()
        # Half past midnight in Shanghai.
        self.assertEqual(str(customer.first_order_on), "2024-02-01")
        self.make_order(customer, "2024-06-01")
        self.cr.precommit.run()
        self.assertEqual(str(customer.last_order_on), "2024-06-01")

    def test_a_customer_is_a_future_one_from_its_registration_on(self):
        customer = self.make_customer()
        self.cr.precommit.run()
        self.assertEqual(customer.lifecycle, "future")

    def test_a_won_opportunity_no_longer_announces_a_deal_and_a_moved_one_moves(self):
        one, other = self.make_customer(), self.make_customer()
        lead = self.env["crm.lead"].create(
            {"name": "Pumps", "type": "opportunity", "partner_id": one.id}
        )
        self.cr.precommit.run()
        self.assertEqual(one.deal_stage, "upcoming")
        lead.partner_id = other
        self.cr.precommit.run()
        self.assertEqual((one.deal_stage, other.deal_stage), (False, "upcoming"))
        lead.action_set_lost()
        self.cr.precommit.run()
        self.assertFalse(other.deal_stage)


@tagged("post_install", "-at_install")
class TestTradeRules(KehuAccounting):
    """Each customer is judged by the company that keeps its archive (R30, R31, R36)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "kehu_new_months": 12,
                "kehu_idle_months": 12,
                "kehu_major_percent": 20,
                "kehu_major_years": 1,
                "kehu_sporadic_deals": 2,
            }
        )
        cls.west = cls.env["res.company"].create(
            {
                "name": "West",
                "kehu_tz": "America/Los_Angeles",
                "kehu_new_months": 6,
                "kehu_idle_months": 3,
                "kehu_major_percent": 50,
                "kehu_major_years": 0,
                "kehu_sporadic_deals": 1,
            }
        )

    def rank(self, *customers):
        self.env.flush_all()
        some = self.env["res.partner"].union(*customers)
        some._kehu_refresh_trade()
        some._kehu_refresh_sales_rank(some._kehu_get_major_bars())
        return [customer.sales_rank for customer in customers]

    def refreshed(self, customer):
        self.cr.precommit.run()
        return customer.lifecycle, customer.deal_stage

    # === WHOSE RULES === #

    def test_the_months_are_those_of_the_company_that_keeps_the_archive(self):
        ours = self.make_customer()
        theirs = self.make_archive({"company_id": self.west.id}).partner_id
        self.make_invoice(ours, day="2026-01-10")
        self.make_invoice(theirs, day="2026-01-10")
        with freeze_time("2026-08-01 04:00:00"):
            (ours | theirs)._kehu_refresh_trade()
        self.assertEqual((ours.lifecycle, ours.deal_stage), ("new", "current"))
        self.assertEqual((theirs.lifecycle, theirs.deal_stage), ("old", "past"))

    def test_today_is_the_day_in_that_companys_time_zone(self):
        ours = self.make_customer()
        theirs = self.make_archive({"company_id": self.west.id}).partner_id
        self.make_invoice(ours, day="2025-07-10")
        self.make_invoice(theirs, day="2026-01-10")
        # The tenth in Shanghai, still the ninth in Los Angeles.
        with freeze_time("2026-07-10 02:00:00"):
            (ours | theirs)._kehu_refresh_trade()
            self.assertEqual(ours.lifecycle, "old")
            self.assertEqual(theirs.lifecycle, "new")
        with freeze_time("2026-07-10 08:00:00"):
            (ours | theirs)._kehu_refresh_trade()
            self.assertEqual(theirs.lifecycle, "old")

    def test_a_shared_archive_follows_the_main_company_whoever_triggers_it(self):
        customer = self.make_archive().partner_id
        customer.archive_id.company_id = False
        main = self.env["res.partner"]._kehu_get_main_company()
        main.write({"kehu_new_months": 2, "kehu_tz": "Asia/Shanghai"})
        self.make_invoice(customer, day="2026-01-10")
        for company in (main, self.company, self.west):
            with self.subTest(company=company.name), freeze_time("2026-03-10 04:00:00"):
                customer.with_company(company)._kehu_refresh_trade()
                self.assertEqual(customer.lifecycle, "old")

    def test_the_archive_belongs_to_the_company_that_registered_the_customer(self):
        partner = self.make_partner()
        archive = partner.with_company(self.west).sudo()._kehu_register()
        self.env.flush_all()
        self.assertEqual(archive.company_id, self.west)
        partner.company_id = self.company
        self.assertEqual(archive.company_id, self.company)
        partner.company_id = False
        self.assertEqual(archive.with_company(self.west).company_id, self.company)

    def test_a_time_zone_that_does_not_exist_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Asia/Beijing"):
            self.company.kehu_tz = "Asia/Beijing"

    def test_senseless_numbers_are_refused(self):
        for name, value in (
            ("kehu_major_percent", 101),
            ("kehu_major_percent", -1),
            ("kehu_idle_months", -1),
        ):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.company[name] = value

    # === DOCUMENTS === #

    def test_an_invoice_counts_from_posting_until_it_is_reset_or_cancelled(self):
        customer = self.make_customer()
        day = fields.Date.today()
        invoice = self.make_invoice(customer, day=day, post=False)
        self.assertEqual(self.refreshed(customer), ("future", False))
        invoice.action_post()
        self.assertEqual(self.refreshed(customer), ("new", "current"))
        invoice.button_draft()
        self.assertEqual(self.refreshed(customer), ("future", False))
        invoice.action_post()
        self.refreshed(customer)
        invoice.button_cancel()
        self.assertEqual(self.refreshed(customer), ("future", False))

    def test_an_invoice_that_changes_hands_refreshes_both_customers(self):
        one, other = self.make_customer(), self.make_customer()
        invoice = self.make_invoice(one, day=fields.Date.today())
        self.refreshed(one)
        invoice.button_draft()
        invoice.partner_id = other
        invoice.action_post()
        self.assertEqual(self.refreshed(one), ("future", False))
        self.assertEqual(self.refreshed(other), ("new", "current"))

    def test_an_invoice_to_a_contact_is_a_deal_of_its_company(self):
        customer = self.make_customer()
        contact = self.make_partner(is_company=False, parent_id=customer.id)
        self.make_invoice(contact, day=fields.Date.today())
        self.assertEqual(self.refreshed(customer), ("new", "current"))
        self.assertFalse(contact.lifecycle)

    def test_a_refund_alone_is_no_deal(self):
        customer = self.make_customer()
        self.make_invoice(customer, day=fields.Date.today(), kind="out_refund")
        self.assertEqual(self.refreshed(customer), ("future", False))

    def test_a_partner_without_an_archive_is_left_alone(self):
        partner = self.make_partner()
        self.make_invoice(partner, day=fields.Date.today())
        self.assertEqual(self.refreshed(partner), (False, False))

    # === SALES RANK === #

    def make_buyers(self, amounts, first="2024-01-10", deals=3, **archive_vals):
        """Customers who bought first at ``first``, then for these amounts."""
        buyers = []
        for amount in amounts:
            customer = self.make_archive(archive_vals).partner_id
            self.make_invoice(customer, 1.0, day=first)
            for _ in range(deals):
                self.make_invoice(customer, amount / deals, day="2026-01-10")
            buyers.append(customer)
        return buyers

    def test_the_best_fifth_is_major_and_the_next_one_is_not(self):
        """R36: the percentile, on its edge."""
        with freeze_time("2026-06-01 04:00:00"):
            buyers = self.make_buyers([900, 600, 600, 300, 300])
            self.assertEqual(self.rank(*buyers), ["major"] + ["general"] * 4)
            self.company.kehu_major_percent = 19
            self.assertEqual(self.rank(*buyers), ["general"] * 5)

    def test_equal_amounts_are_on_the_same_side_of_the_edge(self):
        with freeze_time("2026-06-01 04:00:00"):
            buyers = self.make_buyers([900, 900, 300, 300, 300])
            self.assertEqual(self.rank(*buyers), ["general"] * 5)
            self.company.kehu_major_percent = 40
            self.assertEqual(self.rank(*buyers), ["major"] * 2 + ["general"] * 3)

    def test_a_major_customer_has_been_with_us_for_the_years_of_the_settings(self):
        with freeze_time("2026-06-01 04:00:00"):
            self.company.kehu_major_percent = 100
            old = self.make_buyers([900], first="2025-06-01")
            new = self.make_buyers([900], first="2025-06-02")
            self.assertEqual(self.rank(*old, *new), ["major", "general"])

    def test_few_invoices_make_a_sporadic_customer(self):
        with freeze_time("2026-06-01 04:00:00"):
            self.company.kehu_major_percent = 0
            twice, thrice = (
                *self.make_buyers([900], deals=2),
                *self.make_buyers([900], deals=3),
            )
            self.assertEqual(self.rank(twice, thrice), ["sporadic", "general"])

    def test_who_bought_earlier_than_a_year_ago_is_sporadic_and_who_never_did_nothing(
        self,
    ):
        with freeze_time("2026-06-01 04:00:00"):
            former, never = self.make_customer(), self.make_customer()
            self.make_invoice(former, 900, day="2025-06-01")
            self.assertEqual(self.rank(former, never), ["sporadic", False])
            self.make_invoice(former, 900, day="2025-06-02")
            self.company.kehu_sporadic_deals = 0
            self.assertEqual(self.rank(former), ["general"])

    def test_refunds_lower_the_amount_that_ranks(self):
        with freeze_time("2026-06-01 04:00:00"):
            self.company.kehu_major_percent = 50
            one, other = self.make_buyers([900, 600])
            self.assertEqual(self.rank(one, other), ["major", "general"])
            self.make_invoice(one, 500, day="2026-02-01", kind="out_refund")
            self.assertEqual(self.rank(one, other), ["general", "major"])

    def test_a_customer_whose_refunds_ate_its_sales_is_never_major(self):
        with freeze_time("2026-06-01 04:00:00"):
            self.company.kehu_major_percent = 100
            (customer,) = self.make_buyers([900])
            self.make_invoice(customer, 900, day="2026-02-01", kind="out_refund")
            self.assertEqual(self.rank(customer), ["general"])

    def test_customers_are_compared_with_those_of_the_same_company(self):
        with freeze_time("2026-06-01 04:00:00"):
            ours = self.make_buyers([9000, 900, 900, 900, 900])
            theirs = self.make_buyers([90, 30], company_id=self.west.id)
            self.assertEqual(
                self.rank(*ours, *theirs),
                ["major"] + ["general"] * 4 + ["major", "general"],
            )

    # === NIGHTLY WORK === #

    def run_cron(self, seconds_left):
        """Run the nightly work in batches of two; returns what it reported."""
        reports = []

        def commit_progress(_cron, processed=0, *, remaining=None, deactivate=False):
            reports.append(remaining if remaining is not None else processed)
            return seconds_left.pop(0) if seconds_left else 60

        with (
            patch.object(res_partner_trade, "_BATCH", 2),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", commit_progress
            ),
        ):
            self.env["res.partner"]._cron_refresh_trade()
        return reports

    def test_the_nightly_work_goes_in_batches_and_goes_on_where_it_stopped(self):
        customers = [self.make_customer() for _ in range(5)]
        for customer in customers:
            self.make_invoice(customer, day="2026-01-10")
        self.cr.precommit.run()
        self.env.cr.execute(
            "UPDATE res_partner SET lifecycle = NULL WHERE archive_id IS NOT NULL"
        )
        self.env.invalidate_all()
        total = self.env["res.partner"].search_count([("archive_id", "!=", False)])
        self.assertEqual(self.run_cron([60, 60, 0]), [total, 2, 2])
        done = [bool(customer.lifecycle) for customer in customers]
        self.assertLess(sum(done), 5)
        rest = self.run_cron([])
        self.assertEqual(rest[0], total - 4)
        self.assertTrue(all(customer.lifecycle for customer in customers))
        self.assertTrue(all(customer.sales_rank for customer in customers))
        # The next night begins with the first one again.
        self.assertEqual(self.run_cron([])[0], total)

    def test_fifty_customers_take_as_many_queries_as_one(self):
        customers = [self.make_customer() for _ in range(50)]
        some = self.env["res.partner"].union(*customers)
        counts = []
        self.env["res.partner"]._kehu_get_main_company()  # Remembered from then on.
        for batch in (some[:1], some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch._kehu_refresh_trade()
            batch._kehu_refresh_sales_rank({})
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
