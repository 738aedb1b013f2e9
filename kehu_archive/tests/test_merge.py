from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestMerge(KehuCommon):
    """Odoo's own merge of partners merges the archives, too (R92)."""

    def merge(self, *partners, into):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [partner.id for partner in partners], into
        )
        self.env.invalidate_all()

    def test_both_numbers_are_kept_and_lines_move(self):
        kept, lost = self.make_filed(), self.make_filed()
        self.make_principal(lost, family="moves along")
        lost.remark = "from the other"
        number = lost.name
        target, source = kept.partner_id, lost.partner_id
        self.merge(source, target, into=target)
        self.assertFalse(lost.exists())
        self.assertFalse(source.exists())
        self.assertEqual(target.archive_id, kept)
        self.assertEqual(kept.former_numbers, number)
        self.assertEqual(kept.remark, "from the other")
        self.assertEqual(kept.principal_ids.family, "moves along")
        self.assertIn(
            kept, self.env["kehu.archive"].search([("former_numbers", "ilike", number)])
        )

    def test_the_only_archive_follows_to_the_partner_that_stays(self):
        archive = self.make_filed()
        number, source = archive.name, archive.partner_id
        target = self.make_partner()
        self.merge(source, target, into=target)
        self.assertEqual(target.archive_id, archive)
        self.assertEqual(archive.partner_id, target)
        self.assertEqual((archive.name, archive.state), (number, "filed"))
        self.assertTrue(target.ref)

    def test_a_filed_archive_wins_over_a_draft(self):
        draft, filed = self.make_archive(), self.make_filed()
        number = filed.name
        target = draft.partner_id
        self.merge(filed.partner_id, target, into=target)
        archive = target.archive_id
        self.assertEqual((archive.name, archive.state), (number, "filed"))

    def test_branches_follow_and_the_customer_keeps_its_own_code(self):
        kept, lost = self.make_customer(ref="KEEP1"), self.make_customer(ref="LOST1")
        branch = self.make_customer(head_office_id=lost.id)
        self.merge(lost, kept, into=kept)
        self.assertEqual(kept.ref, "KEEP1")
        self.assertEqual(branch.head_office_id, kept)
