from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestCardGuard(KehuCommon):
    """What nobody writes by hand, and what the card remembers (R16, R39)."""

    def test_the_link_to_the_archive_and_computed_facts_cannot_be_forged(self):
        customer, other = self.make_customer(), self.make_customer()
        for vals in (
            {"archive_id": False},
            {"archive_id": other.archive_id.id},
            {"lifecycle": "old"},
            {"deal_stage": "current"},
            {"sales_rank": "major"},
            {"first_order_on": "2020-01-01"},
        ):
            for user in (self.rep, self.manager, self.archivist):
                with (
                    self.subTest(vals=vals, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    customer.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.rep).create(
                {"name": "x", "archive_id": other.archive_id.id}
            )

    def test_the_clock_and_the_completeness_cannot_be_forged(self):
        """R94"""
        archive = self.make_archive()
        for vals in (
            {"registered_at": "2030-01-01 00:00:00"},
            {"filing_deadline": "2030-01-01 00:00:00"},
            {"completeness": 100},
            {"missing_facts": False},
            {"signature_digest": "0" * 64},
            {"closed_on": "2026-01-01"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                archive.with_user(self.rep).write(vals)

    def test_a_customer_keeps_its_old_address_in_its_history(self):
        """R39"""
        archive = self.make_archive(street="Old Road 1", phone="0532 1111")
        self.cr.precommit.run()
        archive.partner_id.write({"street": "New Road 9", "phone": "0532 2222"})
        self.env.flush_all()
        self.cr.precommit.run()
        told = [
            (line["before"], line["after"])
            for event in archive.with_user(self.rep).get_history()
            for line in event["lines"]
        ]
        self.assertIn(("Old Road 1", "New Road 9"), told)
        self.assertIn(("0532 1111", "0532 2222"), told)
