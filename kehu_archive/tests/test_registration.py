from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestRegistration(KehuCommon):
    """One customer, one archive, from the first business on (R29, R43, R92)."""

    def make_quotation(self, partner, user=None):
        return (
            self.env["sale.order"]
            .with_user(user or self.rep)
            .create({"partner_id": partner.id})
        )

    def test_a_quotation_registers_its_customer(self):
        partner = self.make_partner()
        self.make_quotation(partner)
        self.assertEqual(partner.archive_id.state, "draft")
        self.assertEqual(partner.archive_id.user_id, self.rep)

    def test_a_quotation_to_a_contact_registers_the_company(self):
        company = self.make_partner()
        contact = self.make_partner(is_company=False, parent_id=company.id)
        self.make_quotation(contact)
        self.assertTrue(company.archive_id)
        self.assertFalse(contact.archive_id)

    def test_the_registration_goes_when_the_quotation_is_rolled_back(self):
        """R43: same transaction."""
        partner = self.make_partner()
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            self.make_quotation(partner)
            raise ZeroDivisionError
        partner.invalidate_recordset()
        self.assertFalse(partner.archive_id)

    def test_a_converted_lead_registers_its_customer_and_keeps_the_archive(self):
        """R29"""
        lead = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .create({"name": "Pumps", "partner_name": "Sea Ltd", "type": "lead"})
        )
        lead._handle_partner_assignment()
        lead.convert_opportunity(lead.partner_id)
        archive = lead.partner_id.commercial_partner_id.archive_id
        self.assertEqual(archive.state, "draft")
        self.make_quotation(lead.partner_id)
        self.assertEqual(lead.partner_id.commercial_partner_id.archive_id, archive)

    def test_automatic_registration_can_be_switched_off(self):
        self.company.kehu_auto_register = False
        partner = self.make_partner()
        self.make_quotation(partner)
        self.assertFalse(partner.archive_id)

    def test_a_quotation_never_fails_for_the_archive(self):
        """Living in someone's Odoo: an odd partner sells on, with a note why."""
        for vals in ({"name": "汉" * 60}, {"ref": "old/ref 1"}):
            with self.subTest(vals=vals):
                partner = self.make_partner(**vals)
                self.assertTrue(self.make_quotation(partner))
                self.assertFalse(partner.archive_id)
                self.assertIn("Not registered", partner.message_ids[0].body)

    def test_our_own_company_is_no_customer(self):
        self.make_quotation(self.company.partner_id)
        self.assertFalse(self.company.partner_id.archive_id)

    def test_the_same_tax_number_is_registered_once(self):
        """R92"""
        twin = self.make_customer(vat="91110000600037341L")
        with self.assertRaisesRegex(UserError, twin.ref):
            self.make_customer(vat="91110000600037341l")

    def test_a_branch_may_share_the_tax_number_of_its_head_office(self):
        """R92: 分公司"""
        office = self.make_customer(vat="91110000600037341L")
        self.make_customer(vat="91110000600037341L", head_office_id=office.id)

        self.make_customer(vat="91110000600037341L", head_office_id=office.id)

    def test_the_same_name_in_the_same_region_is_registered_once(self):
        """R92"""
        qingdao, jinan = self.env["kehu.region"].search(
            [("code", "in", ("370200", "370100"))], order="code desc"
        )
        self.make_customer(name="Sea Wind", region_id=qingdao.id)
        with self.assertRaises(UserError):
            self.make_customer(name="ＳＥＡ wind", region_id=qingdao.id)
        self.make_customer(name="ＳＥＡ wind", region_id=jinan.id)

    def test_two_tax_numbers_are_two_customers_whatever_their_names(self):
        """R92: the name decides only where a tax number is missing."""
        self.make_customer(name="Sea Wind", vat="91110000600037341L")
        self.make_customer(name="Sea Wind", vat="91310000710939207H")
        with self.assertRaises(UserError):
            self.make_customer(name="Sea Wind", vat="/")

    def test_the_refusal_of_a_duplicate_names_its_code_and_whom_to_ask(self):
        """R92"""
        twin = self.make_customer(
            vat="91110000600037341L", user_id=self.stranger.id, ref="TWIN1"
        )
        partner = self.make_partner(vat=twin.vat)
        with self.assertRaises(UserError) as refusal:
            partner.with_user(self.rep).action_register_customer()
        self.assertIn("TWIN1", str(refusal.exception))
        self.assertIn(self.stranger.name, str(refusal.exception))
        self.assertFalse(partner.archive_id)

    def test_a_registered_customer_does_not_become_another_one_by_a_change(self):
        """R92"""
        self.make_customer(name="Sea Wind", vat="91110000600037341L")
        other = self.make_customer(name="Land Wind")
        for vals in ({"vat": "91110000600037341L"}, {"name": "sea wind"}):
            with (
                self.subTest(vals=vals),
                self.assertRaises(ValidationError),
                self.cr.savepoint(),
            ):
                other.with_user(self.rep).write(vals)

    def test_duplicates_are_told_without_telling_more(self):
        """R15: also for customers that the user may not open."""
        self.make_customer(
            name="Sea Wind",
            ref="SW1",
            vat="91110000600037341L",
            phone="0532-8888 1234",
            user_id=self.stranger.id,
        )
        ask = self.env["res.partner"].with_user(self.rep).kehu_find_duplicates
        for field, typed in [
            ("name", "sea wind"),
            ("ref", "ｓw1"),
            ("vat", "91110000600037341l"),
            ("phone", "053288881234"),
        ]:
            with self.subTest(field=field):
                answers = ask({field: typed})
                self.assertEqual([row["field"] for row in answers], [field])
                self.assertIn(self.stranger.name, answers[0]["message"])
                self.assertEqual(set(answers[0]), {"field", "message"})
        self.assertFalse(ask({"name": "%"}))
        self.assertFalse(ask({"phone": "-"}))

    def test_registering_many_costs_no_more_queries_per_customer(self):
        def count(number):
            partners = self.env["res.partner"]
            for _ in range(number):
                partners |= self.make_partner()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners._kehu_register()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        one, fifty = count(1), count(50)
        # One draw of the code sequence and one write each; nothing else per customer.
        self.assertLessEqual(fifty, one + 50 * 6, f"{one} for one, {fifty} for fifty")

    def test_a_special_requirement_is_shown_on_the_order(self):
        """R46"""
        archive = self.make_archive()
        self.env["kehu.need"].create(
            {
                "archive_id": archive.id,
                "kind": "special",
                "description": "Deliver before noon",
            }
        )
        order = self.make_quotation(archive.partner_id, self.manager)
        self.assertEqual(order.kehu_special_requirements, "Deliver before noon")

    def test_registration_by_hand_opens_the_archive(self):
        partner = self.make_partner()
        action = partner.with_user(self.rep).action_register_customer()
        self.assertEqual(action["res_id"], partner.archive_id.id)
        self.assertFalse(action.get("cache"))

    def test_a_failed_registration_leaves_nothing(self):
        partner = self.make_partner()
        Archive = type(self.env["kehu.archive"])
        with (
            patch.object(Archive, "_link_customers", side_effect=UserError("no")),
            self.assertRaises(UserError),
            self.cr.savepoint(),
        ):
            partner._kehu_register()
        self.assertFalse(
            self.env["kehu.archive"].search([("partner_id", "=", partner.id)])
        )
