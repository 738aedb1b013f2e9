from odoo import models
from odoo.tests import tagged

from .common import KehuCommon
from .loan_common import LoanCommon


@tagged("post_install", "-at_install")
class TestCheapPartnerWrites(KehuCommon):
    """What a write of a customer cannot change is not computed for it (N13)."""

    def pending(self, archive):
        field = archive._fields["completeness"]
        return self.env.is_to_compute(field, archive)

    def test_another_value_of_a_filled_fact_leaves_completeness_alone(self):
        archive = self.make_archive(phone="0532-1")
        self.env.flush_all()
        archive.partner_id.phone = "0532-2"
        self.assertFalse(self.pending(archive))

    def test_filling_and_emptying_a_fact_counts_at_once(self):
        archive = self.make_archive(phone="0532-1")
        self.env.flush_all()
        before = archive.completeness
        archive.partner_id.phone = False
        self.assertLess(archive.completeness, before)
        self.assertIn("phone", archive.missing_facts)
        archive.partner_id.phone = "0532-2"
        self.assertEqual(archive.completeness, before)

    def test_what_waited_to_be_computed_before_the_write_still_is(self):
        archive = self.make_archive(phone="0532-1")
        self.env.flush_all()
        archive.partner_id.phone = False
        archive.partner_id.name = "Another name"
        self.assertTrue(self.pending(archive))
        self.assertIn("phone", archive.missing_facts)

    def test_a_new_partner_sets_off_what_odoo_would(self):
        """Contacts change what their company shows, once somebody looked at it."""
        company = self.make_partner()
        contact = self.make_partner(parent_id=company.id)
        self.assertTrue(company.child_ids.display_name)
        fields = list(contact._fields.values())

        def tell(due):
            return [(field, records.ids, made) for field, records, made in due]

        ours = tell(contact._modified(fields, True))
        self.assertIn(
            contact._fields["commercial_partner_id"], [due[0] for due in ours]
        )
        self.assertEqual(ours, tell(models.BaseModel._modified(contact, fields, True)))

    def test_the_size_of_a_new_partner_is_known_when_it_is_made(self):
        """R05: nothing of ours waits to be computed for a partner just made."""
        industry = self.env["res.partner.industry"].search([("code", "=", "C")])
        for values, size in (
            ({"industry_id": industry.id, "employee_count": 10}, "micro"),
            ({}, False),
        ):
            partner = self.make_partner(**values)
            field = partner._fields["size_class"]
            self.assertFalse(self.env.is_to_compute(field, partner))
            self.assertEqual(partner.size_class, size)

    def test_settings_are_not_read_along_with_every_company(self):
        self.env.invalidate_all()
        company = self.env.company
        self.assertTrue(company.name)
        for name, field in company._fields.items():
            if name.startswith("kehu_") and field.store and field.column_type:
                self.assertNotIn(company.id, field._get_cache(self.env), name)

    def test_one_query_reads_all_settings(self):
        self.env.invalidate_all()
        company = self.env.company
        self.assertTrue(company.name)
        with self.assertQueryCount(1):
            settings = (company.kehu_filing_days, company.kehu_credit_months)
        self.assertTrue(all(settings))


@tagged("post_install", "-at_install")
class TestOwnArchivesByIndex(LoanCommon):
    """The rule of a rep gives PostgreSQL lists that it finds by index (N13)."""

    def explain(self, domain, user):
        archives = self.env["kehu.archive"].with_user(user)
        query = archives._search(domain).select("COUNT(*)")
        # As with many archives: a table of the size of a test is gone through.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("EXPLAIN " + query.code, query.params)
        return "\n".join(row[0] for row in self.env.cr.fetchall())

    def test_no_part_of_the_rule_is_asked_of_each_archive(self):
        plan = self.explain([], self.stranger)
        self.assertNotIn("SubPlan", plan)
        self.assertIn("BitmapOr", plan)

    def test_a_grant_is_found_by_the_list(self):
        Archive = self.env["kehu.archive"].with_user(self.stranger)
        self.assertNotIn(self.archive, Archive.search([]))
        self.make_approved(user=self.stranger)
        self.assertIn(self.archive, Archive.search([]))

    def test_conditions_that_name_nobody_are_searched_as_odoo_does(self):
        plan = self.explain([("loan_ids.state", "=", "lent")], self.env.user)
        self.assertNotIn("ANY ($", plan)


@tagged("post_install", "-at_install")
class TestCheapRequests(LoanCommon):
    """What each request needs is looked up once, or read alone (N13)."""

    def test_a_request_reads_of_archive_and_customer_what_it_looks_at(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.make_loan().action_submit()
        self.env.flush_all()
        customer = self.archive.partner_id
        for record, name in ((self.archive, "main_business"), (customer, "street")):
            cache = record._fields[name]._get_cache(self.env)
            self.assertNotIn(record.id, cache, name)

    def test_the_sequence_of_the_own_company_counts_as_soon_as_it_is_there(self):
        self.assertTrue(self.make_loan().name.startswith("JY"))
        sequence = self.env["ir.sequence"].create(
            {
                "name": "Own",
                "code": "kehu.loan",
                "prefix": "OWN",
                "company_id": self.env.company.id,
            }
        )
        self.assertTrue(self.make_loan().name.startswith("OWN"))
        sequence.active = False
        self.assertTrue(self.make_loan().name.startswith("JY"))
        sequence.active = True
        self.assertTrue(self.make_loan().name.startswith("OWN"))
        sequence.unlink()
        self.assertTrue(self.make_loan().name.startswith("JY"))

    def test_a_section_that_becomes_sensitive_is_not_asked_for_by_itself(self):
        section = self.make_loan().section_ids[0].sudo()
        section.sensitive = True
        self.assertNotIn(section, self.make_loan().section_ids)
        section.sensitive = False
        self.assertIn(section, self.make_loan().section_ids)

    def test_the_task_of_the_approver_is_named_when_it_is_made(self):
        loan = self.make_loan()
        loan.action_submit()
        task = self.env["mail.activity"].search(
            [("res_model", "=", loan._name), ("res_id", "=", loan.id)], limit=1
        )
        self.assertIn(loan.name, task.res_name)
        self.assertEqual(task.res_name, loan.display_name)
