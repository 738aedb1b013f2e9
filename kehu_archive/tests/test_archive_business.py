from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .accounting import KehuAccounting


class QueryCounting:
    def count_queries(self, records, *names):
        """Queries that reading ``names`` of ``records`` takes on a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        records.read(names)
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestCardCounts(QueryCounting, KehuAccounting):
    """Purchases and complaints show live on the card (R07, R45)."""

    def setUp(self):
        super().setUp()
        self.archive = self.make_archive()
        self.customer = self.archive.partner_id

    def complain(self, archive=None, **vals):
        return self.env["kehu.service.record"].create(
            {
                "archive_id": (archive or self.archive).id,
                "kind": "complaint",
                "description": "Leaks",
                **vals,
            }
        )

    def counts(self, user=None, archive=None):
        self.env.invalidate_all()
        archive = (archive or self.archive).with_user(user or self.env.user)
        return (
            archive.order_count,
            archive.invoice_count,
            archive.complaint_count,
            archive.open_complaint_count,
        )

    def test_the_counts_match_the_documents_r45(self):
        contact = self.make_partner(is_company=False, parent_id=self.customer.id)
        self.make_quotation(self.customer)
        order = self.make_order(self.customer)
        self.make_order(contact)
        self.invoice_order(order)
        self.make_invoice(contact)
        self.make_invoice(self.customer, kind="out_refund")
        self.make_invoice(self.customer, post=False)
        self.make_order(self.make_customer())
        self.complain()
        self.complain(state="closed")
        self.complain(kind="after_sales")
        self.assertEqual(self.counts(), (2, 3, 2, 1))

    def test_the_buttons_open_exactly_what_they_count(self):
        contact = self.make_partner(is_company=False, parent_id=self.customer.id)
        orders = self.make_order(self.customer) | self.make_order(contact)
        invoice = self.make_invoice(contact)
        complaint = self.complain()
        self.complain(kind="satisfaction")
        for action, records in (
            (self.archive.action_view_orders(), orders),
            (self.archive.action_view_invoices(), invoice),
            (self.archive.action_view_complaints(), complaint),
        ):
            with self.subTest(model=action["res_model"]):
                found = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(found, records)

    def test_a_document_that_is_cancelled_is_gone_from_the_count(self):
        order, invoice = (
            self.make_order(self.customer),
            self.make_invoice(self.customer),
        )
        self.assertEqual(self.counts()[:2], (1, 1))
        order._action_cancel()
        invoice.button_draft()
        self.assertEqual(self.counts()[:2], (0, 0))

    def test_a_settled_complaint_is_no_longer_open(self):
        complaint = self.complain()
        self.assertEqual(self.counts()[2:], (1, 1))
        complaint.state = "closed"
        self.assertEqual(self.counts()[2:], (1, 0))

    def test_each_reader_counts_what_he_may_read(self):
        self.make_order(self.customer, user_id=self.rep.id)
        self.make_order(self.customer, user_id=self.mate.id)
        self.complain()
        self.assertEqual(self.counts(self.rep)[0], 1)
        self.assertEqual(self.counts(self.manager)[0], 2)
        # The archive room keeps archives and sells nothing.
        self.assertEqual(self.counts(self.archivist), (0, 0, 1, 1))

    def test_an_open_complaint_shows_on_the_customers_card_r07(self):
        """R07"""
        self.complain()
        for user, expected in (
            (self.rep, 1),
            (self.archivist, 1),
            (self.stranger, 0),
            (self.employee, 0),
        ):
            with self.subTest(user=user.name):
                self.env.invalidate_all()
                card = self.customer.with_user(user)
                self.assertEqual(card.open_complaint_count, expected)

    def test_a_contact_shows_the_complaints_of_its_company(self):
        self.complain()
        contact = self.make_partner(is_company=False, parent_id=self.customer.id)
        self.assertEqual(contact.open_complaint_count, 1)

    def test_fifty_archives_take_as_many_queries_as_one(self):
        archives = self.archive
        for _ in range(49):
            archives |= self.make_archive()
        for archive in archives:
            self.complain(archive)
            self.make_order(archive.partner_id)
        names = (
            "order_count",
            "invoice_count",
            "complaint_count",
            "open_complaint_count",
        )
        self.count_queries(archives[:1], *names)
        self.assertEqual(
            self.count_queries(archives[:1], *names),
            self.count_queries(archives, *names),
        )
        partners = self.env["res.partner"].browse(archives.partner_id.ids)
        self.assertEqual(
            self.count_queries(partners[:1], "open_complaint_count"),
            self.count_queries(partners, "open_complaint_count"),
        )


@tagged("post_install", "-at_install")
class TestBuyingTendency(QueryCounting, KehuAccounting):
    """What a customer tends to buy follows from its orders (R44)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-06-01 04:00:00"))
        cls.products = {
            name: cls.make_product(
                name, cls.env["product.category"].create({"name": name})
            )
            for name in ("Pumps", "Valves", "Seals", "Pipes", "Tanks")
        }
        cls.archive = cls.make_archive()
        cls.customer = cls.archive.partner_id

    def buy(self, name, amount, day, **vals):
        return self.make_order(
            self.customer, amount, day, self.products.get(name), **vals
        )

    def tendency(self):
        return [
            (line["category"], line["share"], line["trend"])
            for line in self.archive.with_user(self.rep).get_buying_tendency()
        ]

    def test_share_and_trend_follow_the_order_mix_r44(self):
        for name, before, now in (
            ("Pumps", 100, 600),
            ("Valves", 200, 200),
            ("Seals", 200, 100),
            ("Pipes", 0, 100),
            ("Tanks", 300, 0),
        ):
            if before:
                self.buy(name, before, "2025-01-10")
            if now:
                self.buy(name, now, "2026-01-10")
        self.assertEqual(
            self.tendency(),
            [
                ("Pumps", 60, "growing"),
                ("Valves", 20, "steady"),
                ("Pipes", 10, "new"),
                ("Seals", 10, "falling"),
                ("Tanks", 0, "stopped"),
            ],
        )

    def test_a_tenth_more_or_less_is_a_trend_and_less_than_that_is_not(self):
        for now, expected in (
            (110, "growing"),
            (109.99, "steady"),
            (90.01, "steady"),
            (90, "falling"),
        ):
            with self.subTest(now=now):
                self.assertEqual(self.archive._get_trend(now, 100), expected)

    def test_the_year_ends_at_midnight_where_the_company_is(self):
        # Half past midnight of 2 June 2025 in Shanghai: within the last twelve months.
        order = self.buy("Pumps", 100, "2025-06-02")
        order.date_order = "2025-06-01 16:30:00"
        self.assertEqual(self.tendency(), [("Pumps", 100, "new")])
        order.date_order = "2025-06-01 15:30:00"
        self.assertEqual(self.tendency(), [("Pumps", 0, "stopped")])
        order.date_order = "2024-06-01 15:30:00"
        self.assertEqual(self.tendency(), [])

    def test_quotations_cancelled_orders_and_notes_do_not_count(self):
        self.make_quotation(self.customer, 100, self.products["Pumps"])
        self.buy("Valves", 100, "2026-01-10")._action_cancel()
        order = self.buy("Seals", 100, "2026-01-10")
        order.order_line = [Command.create({"display_type": "line_note", "name": "x"})]
        self.assertEqual(self.tendency(), [("Seals", 100, "new")])

    def test_orders_of_contacts_count_and_those_of_others_do_not(self):
        contact = self.make_partner(is_company=False, parent_id=self.customer.id)
        self.make_order(contact, 100, "2026-01-10", self.products["Pumps"])
        self.make_order(
            self.make_customer(), 900, "2026-01-10", self.products["Valves"]
        )
        self.assertEqual(self.tendency(), [("Pumps", 100, "new")])

    def test_foreign_orders_count_at_their_rate(self):
        foreign = self.env["res.currency"].create({"name": "KHU", "symbol": "K"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.25,
            }
        )
        self.buy("Pumps", 400, "2026-01-10")
        order = self.make_quotation(self.customer, 100, self.products["Valves"])
        order.write({"currency_id": foreign.id, "date_order": "2026-01-10 04:00:00"})
        order.order_line.price_unit = 100
        order.action_confirm()
        self.assertEqual(self.tendency(), [("Pumps", 50, "new"), ("Valves", 50, "new")])

    def test_the_page_of_needs_shows_it_beside_the_reps_own_note(self):
        self.buy("Pumps", 100, "2026-01-10")
        archive = self.archive.with_user(self.rep)
        archive.need_ids = [
            Command.create({"kind": "tendency", "description": "Prefers pumps"})
        ]
        self.assertIn("Pumps", archive.buying_tendency)
        self.assertIn("100 %", archive.buying_tendency)
        self.assertFalse(self.make_archive().buying_tendency)

    def test_a_name_of_a_category_is_text_and_never_markup(self):
        self.products["Pumps"].categ_id.name = "<b>P</b>"
        self.buy("Pumps", 100, "2026-01-10")
        self.assertIn("&lt;b&gt;P", self.archive.buying_tendency)

    def test_fifty_archives_take_as_many_queries_as_one(self):
        archives = self.archive
        for _ in range(49):
            archives |= self.make_archive()
        self.count_queries(archives, "buying_tendency")
        self.assertEqual(
            self.count_queries(archives[:1], "buying_tendency"),
            self.count_queries(archives, "buying_tendency"),
        )


@tagged("post_install", "-at_install")
class TestSuggestedCategory(QueryCounting, KehuAccounting):
    """Deals suggest the category; only a person sets it (R36, R86)."""

    def make_ranked(self, rank, lifecycle="old", first="2020-01-01", **vals):
        customer = self.make_customer(**vals)
        customer.sudo().write(
            {
                "sales_rank": rank,
                "lifecycle": lifecycle,
                "first_order_on": first,
            }
        )
        return customer

    def test_rank_and_life_cycle_speak_for_a_category_r86(self):
        today = fields.Date.today()
        for rank, lifecycle, first, expected in (
            ("major", "old", "2020-01-01", "key"),
            ("general", "old", "2020-01-01", "main"),
            ("general", "new", today, "ordinary"),
            ("sporadic", "old", "2020-01-01", "ordinary"),
            (False, "future", False, "potential"),
            (False, False, False, False),
        ):
            with self.subTest(rank=rank, lifecycle=lifecycle):
                customer = self.make_ranked(rank, lifecycle, first)
                self.assertEqual(customer.suggested_category, expected)

    def test_general_turns_main_on_the_day_that_the_settings_say(self):
        self.company.kehu_main_years = 2
        customer = self.make_ranked("general", first="2024-06-02")
        for now, expected in (
            ("2026-06-01 15:59:59", "ordinary"),
            ("2026-06-01 16:00:00", "main"),
        ):
            with self.subTest(now=now), freeze_time(now):
                customer.invalidate_recordset(["suggested_category"])
                self.assertEqual(customer.suggested_category, expected)

    def test_a_manual_choice_is_never_overwritten_by_the_suggestion(self):
        """R86"""
        customer = self.make_ranked("major", customer_category="potential")
        self.make_invoice(customer, 1000, day=fields.Date.today())
        self.cr.precommit.run()
        customer._kehu_refresh_sales_rank(customer._kehu_get_major_bars())
        self.assertEqual(customer.customer_category, "potential")
        customer.archive_id.with_user(self.rep).action_fill_empty_categories()
        self.assertEqual(customer.customer_category, "potential")

    def test_one_click_takes_the_suggestion_and_it_is_gone(self):
        customer = self.make_ranked("major", customer_category="potential")
        archive = customer.archive_id.with_user(self.rep)
        self.assertEqual(archive.card_suggested_category, "key")
        archive.action_take_suggested_category()
        self.assertEqual(customer.customer_category, "key")
        self.assertFalse(customer.suggested_category)

    def test_empty_categories_of_a_list_are_filled_at_once(self):
        some = [
            self.make_ranked("major"),
            self.make_ranked("sporadic"),
            self.make_ranked("major", customer_category="main"),
        ]
        archives = self.env["res.partner"].union(*some).archive_id
        action = self.env.ref("kehu_archive.action_kehu_archive_fill_categories")
        action.with_user(self.rep).with_context(
            active_model="kehu.archive", active_ids=archives.ids
        ).run()
        self.assertEqual(
            [customer.customer_category for customer in some],
            ["key", "ordinary", "main"],
        )

    def test_who_may_not_write_the_archive_does_not_set_the_category(self):
        customer = self.make_ranked("major")
        for user in (self.stranger, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                customer.archive_id.with_user(user).action_take_suggested_category()

    def test_the_suggestion_is_called_like_the_category_in_every_language(self):
        partners = self.env["res.partner"].with_context(lang="zh_CN")
        labels = partners.fields_get(
            ["customer_category", "suggested_category"], ["selection"]
        )
        self.assertEqual(
            labels["suggested_category"]["selection"],
            labels["customer_category"]["selection"],
        )
        self.assertEqual(
            labels["suggested_category"]["selection"][0], ("key", "重要客户")
        )

    def test_partners_without_an_archive_get_no_suggestion(self):
        self.assertFalse(self.make_partner().suggested_category)

    def test_fifty_customers_take_as_many_queries_as_one(self):
        some = self.env["res.partner"].union(
            *(self.make_ranked("major") for _ in range(50))
        )
        self.count_queries(some, "suggested_category")
        self.assertEqual(
            self.count_queries(some[:1], "suggested_category"),
            self.count_queries(some, "suggested_category"),
        )


@tagged("post_install", "-at_install")
class TestPageCosts(KehuAccounting):
    """A page of fifty costs as many queries as a page of one (R79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(50):
            archive = cls.make_archive(
                legal_representative="Wang Wei", vat=f"VAT{number}"
            )
            cls.env["kehu.service.record"].create(
                {
                    "archive_id": archive.id,
                    "kind": "complaint",
                    "description": "Leaks",
                }
            )
            cls.make_order(archive.partner_id)

    def get_specification(self, model, view_type):
        """What the web client asks for to show a view: its fields."""
        arch = etree.fromstring(model.get_view(view_type=view_type)["arch"])
        return {
            node.get("name"): (
                {"fields": {"display_name": {}}}
                if model._fields[node.get("name")].type == "many2one"
                else {}
            )
            for node in arch.xpath("./field")
        }

    def count(self, model, specification, limit):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        records = model.web_search_read(
            [("partner_id.archive_id", "!=", False)]
            if model._name == "kehu.archive"
            else [("archive_id", "!=", False)],
            specification,
            limit=limit,
        )["records"]
        self.assertEqual(len(records), limit)
        return self.cr.sql_log_count - before

    def assert_same_cost(self, model, specification):
        self.count(model, specification, 50)
        one, fifty = (self.count(model, specification, limit) for limit in (1, 50))
        # Counting that there are more than the page shows is one query.
        self.assertLessEqual(fifty, one + 1)

    def test_the_list_of_archives(self):
        archives = self.env["kehu.archive"].with_user(self.rep)
        self.assert_same_cost(archives, self.get_specification(archives, "list"))

    def test_the_cards_facts_of_customers(self):
        names = (
            "open_complaint_count",
            "suggested_category",
            "suggested_bank_id",
            "legal_rep_unverified",
            "vat_warning",
            "archive_state",
            "archive_completeness",
        )
        partners = self.env["res.partner"].with_user(self.rep)
        self.assert_same_cost(partners, {name: {} for name in names})
