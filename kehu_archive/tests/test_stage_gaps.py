from odoo.tests import Form, tagged

from ..registration import stages
from ..registration.definition import FIELDS, SECTIONS
from .accounting import KehuAccounting


@tagged("post_install", "-at_install")
class TestStageGaps(KehuAccounting):
    """Each stage of the business asks for the facts that are due by then (R03)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_archive(
            short_name="Sea", phone="0532 1", customer_nature="company"
        )
        cls.customer = cls.archive.partner_id

    def fill(self, *keep):
        """Mark everything as not applicable, except the facts of ``keep``."""
        for key, state in self.archive._get_fact_states().items():
            if state == "missing" and key not in keep:
                self.archive.set_fact_state(key, "na")

    def labels(self, *keys):
        labels = self.archive.with_user(self.rep)._get_fact_labels()
        return [labels[key] for key in keys]

    def prompt(self, record, user=None):
        record.invalidate_recordset(["kehu_gap_prompt"])
        text = record.with_user(user or self.rep).kehu_gap_prompt
        return text.split(", ") if text else []

    def quote(self):
        return self.make_quotation(self.customer, user_id=self.rep.id)

    def test_every_fact_that_counts_is_due_at_exactly_one_stage(self):
        keys = [key for stage in stages.STAGES for key in stages.EXPECTED[stage]]
        counted = [key for key, field in FIELDS.items() if field.required] + [
            section.rows_key
            for section in SECTIONS
            if section.rows_key and section.page_rows
        ]
        self.assertEqual(sorted(keys), sorted(counted))

    def test_each_stage_asks_for_its_own_facts_and_those_of_earlier_ones(self):
        self.assertEqual(stages.expected_by("lead"), stages.EXPECTED["lead"])
        self.assertEqual(
            set(stages.expected_by("after_sales")),
            {key for keys in stages.EXPECTED.values() for key in keys},
        )

    def test_confirming_an_order_prompts_exactly_the_gaps_of_that_stage_r03(self):
        """R03"""
        self.fill(
            "main_business",
            "partner_id.vat",
            "settlement_method",
            "market_flow",
            "after_sales_summary",
        )
        order = self.quote()
        self.assertEqual(self.prompt(order), self.labels("main_business"))
        order.with_user(self.rep).action_confirm()
        due = self.labels("main_business", "partner_id.vat", "settlement_method")
        self.assertEqual(self.prompt(order), due)
        task = self.archive.activity_ids.filtered(
            lambda task: (
                task.activity_type_id
                == self.env.ref("kehu_archive.mail_activity_stage_gaps")
            )
        )
        self.assertEqual(task.user_id, self.rep)
        self.assertEqual(task.note.count("<li>"), 3)

    def test_delivery_and_after_sales_ask_for_theirs(self):
        self.fill("partner_id.vat", "market_flow", "after_sales_summary")
        order = self.quote()
        order.action_confirm()
        self.assertEqual(self.prompt(order), self.labels("partner_id.vat"))
        order.order_line.qty_delivered = 1
        self.assertEqual(
            self.prompt(order), self.labels("partner_id.vat", "market_flow")
        )
        self.invoice_order(order)
        self.assertEqual(
            self.prompt(order),
            self.labels("partner_id.vat", "market_flow", "after_sales_summary"),
        )
        order._action_cancel()
        self.assertEqual(self.prompt(order), [])

    def test_a_lead_asks_who_the_customer_is(self):
        self.fill("main_business", "partner_id.vat", "market_area")
        lead = self.env["crm.lead"].create(
            {"name": "Pumps", "partner_id": self.customer.id, "user_id": self.rep.id}
        )
        self.assertEqual(self.prompt(lead), self.labels("main_business"))
        lead.action_set_lost()
        self.assertEqual(self.prompt(lead), [])

    def test_a_gap_that_is_filled_or_refused_is_not_asked_for_again(self):
        self.fill("main_business", "market_area")
        order = self.quote()
        self.archive.main_business = "Pumps"
        self.assertEqual(self.prompt(order), self.labels("market_area"))
        self.archive.set_fact_state("market_area", "refused")
        self.assertEqual(self.prompt(order), [])

    def test_a_complete_archive_gives_no_task_and_a_second_order_no_second_one(self):
        self.fill()
        self.quote().action_confirm()
        self.assertFalse(self.archive.activity_ids)
        self.archive.set_fact_state("main_business", "missing")
        self.quote().action_confirm()
        self.quote().action_confirm()
        self.assertEqual(len(self.archive.activity_ids), 1)

    def test_only_readers_of_the_archive_see_its_gaps(self):
        order = self.quote()
        self.assertTrue(self.prompt(order, self.manager))
        self.assertFalse(self.prompt(order, self.stranger))

    def test_a_keeper_is_told_by_somebody_who_has_more_companies_open(self):
        second = self.env["res.company"].create({"name": "Second"})
        companies = (self.company | second).ids
        order = self.quote().with_context(allowed_company_ids=companies)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.archive.activity_ids.user_id, self.rep)

    def test_the_order_is_confirmed_whatever_is_missing(self):
        order = self.quote()
        order.with_user(self.rep).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_banner_leads_to_the_archive(self):
        order = self.quote().with_user(self.rep)
        with Form(order) as form:
            self.assertTrue(form.kehu_gap_prompt)
        action = order.action_kehu_open_archive()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("kehu.archive", self.archive.id)
        )

    def test_a_closed_archive_is_not_completed_any_more(self):
        archive = self.make_closed()
        order = self.make_order(archive.partner_id, user_id=self.rep.id)
        self.assertEqual(self.prompt(order), [])
        self.assertFalse(archive.activity_ids)
