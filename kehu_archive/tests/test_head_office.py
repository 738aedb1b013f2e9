from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestHeadOffice(KehuCommon):
    """A head office is another archived customer at the top (R72)."""

    def test_a_branch_belongs_to_an_archived_head_office(self):
        office = self.make_customer()
        branch = self.make_customer(head_office_id=office.id)
        self.assertEqual(office.branch_ids, branch)

    def test_a_customer_is_not_its_own_head_office(self):
        customer = self.make_customer()
        with self.assertRaises(ValidationError):
            customer.head_office_id = customer

    def test_a_head_office_is_registered_first(self):
        office = self.make_partner()
        branch = self.make_customer()
        with self.assertRaisesRegex(ValidationError, "register"):
            branch.head_office_id = office

    def test_a_chain_is_refused_from_either_end(self):
        top, middle, low = (self.make_customer() for _ in range(3))
        middle.head_office_id = top
        with self.assertRaises(ValidationError):
            low.head_office_id = middle
        with self.assertRaises(ValidationError):
            top.head_office_id = low

    def test_head_office_and_branch_share_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        office = self.make_customer(company_id=other.id)
        branch = self.make_customer(company_id=self.company.id)
        with self.assertRaises(ValidationError):
            branch.head_office_id = office
        shared = self.make_customer()
        branch.head_office_id = shared
