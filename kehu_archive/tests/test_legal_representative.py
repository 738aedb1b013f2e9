from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestLegalRepresentative(KehuCommon):
    """A new legal representative is proved by the scanned licence (R77)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.make_filed(legal_representative="Wang Wei")
        cls.customer = cls.archive.partner_id

    def make_licence(self, archive=None, scan=True, category="20_licence"):
        archive = archive or self.archive
        vals = {"archive_id": archive.id, "title": "Licence", "category": category}
        if scan:
            vals["attachment_ids"] = [
                Command.create({"name": "licence.pdf", "raw": b"%PDF-1.4 scan"})
            ]
        return self.env["kehu.archive.item"].create(vals)

    def change(self, name="Li Na"):
        self.customer.with_user(self.rep).legal_representative = name

    def test_a_change_on_a_filed_archive_is_unverified_until_a_scan_is_linked_r77(self):
        """R77"""
        self.assertFalse(self.archive.legal_rep_unverified)
        self.change()
        self.assertTrue(self.archive.legal_rep_unverified)
        self.assertTrue(self.customer.with_user(self.employee).legal_rep_unverified)
        self.archive.with_user(self.rep).legal_rep_evidence_id = self.make_licence()
        self.assertFalse(self.archive.legal_rep_unverified)

    def test_the_next_change_needs_a_scan_of_its_own(self):
        self.change()
        self.archive.legal_rep_evidence_id = self.make_licence()
        self.change("Zhao Min")
        self.assertTrue(self.archive.legal_rep_unverified)
        self.assertFalse(self.archive.legal_rep_evidence_id)

    def test_the_change_on_the_archives_own_form_counts_as_well(self):
        self.archive.with_user(self.rep).card_legal_representative = "Li Na"
        self.assertTrue(self.archive.legal_rep_unverified)

    def test_writing_the_same_name_is_no_change(self):
        self.change("Wang Wei")
        self.assertFalse(self.archive.legal_rep_unverified)

    def test_before_filing_nothing_has_to_be_proved(self):
        archive = self.make_archive(legal_representative="Wang Wei")
        archive.partner_id.legal_representative = "Li Na"
        self.assertFalse(archive.legal_rep_unverified)

    def test_only_a_scanned_licence_of_this_archive_is_evidence(self):
        self.change()
        for item in (
            self.make_licence(scan=False),
            self.make_licence(category="90_other"),
            self.make_licence(self.make_archive()),
        ):
            with self.subTest(item=item), self.assertRaises(ValidationError):
                self.archive.legal_rep_evidence_id = item

    def test_evidence_that_is_taken_away_leaves_the_change_unverified(self):
        self.change()
        licence = self.make_licence()
        self.archive.legal_rep_evidence_id = licence
        licence.attachment_ids.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(
            not licence.attachment_ids and self.archive.legal_rep_unverified
        )
        licence = self.make_licence()
        self.archive.legal_rep_evidence_id = licence
        licence.unlink()
        self.assertTrue(self.archive.legal_rep_unverified)

    def test_nobody_clears_the_flag_by_hand(self):
        self.change()
        with self.assertRaises(AccessError):
            self.archive.with_user(self.rep).legal_rep_changed_at = False

    def test_the_person_is_linked_by_name_and_role(self):
        person = self.make_principal(self.archive, consent=None)
        self.assertFalse(self.archive.legal_principal_id)
        person.role = "legal"
        self.assertEqual(self.archive.legal_principal_id, person)
        self.change()
        self.assertFalse(self.archive.legal_principal_id)
        archive = self.archive.with_user(self.rep)
        archive.action_add_legal_principal()
        archive.action_add_legal_principal()
        self.assertEqual(archive.legal_principal_id.name, "Li Na")
        self.assertEqual(len(archive.principal_ids), 2)

    def test_the_history_keeps_the_former_name(self):
        archive = self.make_filed(legal_representative="Wang Wei")
        customer = archive.partner_id.with_context(tracking_disable=False)
        self.env.flush_all()
        self.cr.precommit.run()
        customer.legal_representative = "Li Na"
        self.env.flush_all()
        self.cr.precommit.run()
        values = customer.message_ids.sudo().tracking_value_ids
        self.assertIn("Wang Wei", values.mapped("old_value_char"))
