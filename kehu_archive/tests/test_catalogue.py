from odoo.tests import tagged

from .common import KehuCommon


@tagged("post_install", "-at_install")
class TestCatalogue(KehuCommon):
    """The contents of an archive are sorted, numbered and printable (R08)."""

    def make_item(self, archive, category, date, title):
        return self.env["kehu.archive.item"].create(
            {
                "archive_id": archive.id,
                "category": category,
                "date": date,
                "title": title,
                "pages": 2,
            }
        )

    def test_items_put_in_out_of_order_are_numbered_in_order_without_gaps(self):
        archive = self.make_archive()
        contract = self.make_item(archive, "30_contract", "2026-02-01", "Contract 2")
        licence = self.make_item(archive, "20_licence", "2026-03-01", "Licence")
        early = self.make_item(archive, "30_contract", "2026-01-01", "Contract 1")
        self.assertEqual(
            archive.item_ids.sorted("position").mapped("title"),
            ["Licence", "Contract 1", "Contract 2"],
        )
        self.assertEqual(
            [licence.position, early.position, contract.position], [1, 2, 3]
        )
        licence.unlink()
        self.assertEqual([early.position, contract.position], [1, 2])

    def test_the_catalogue_prints_with_full_name_and_page_total(self):
        """R08, R67"""
        archive = self.make_filed(name="青岛海风机械有限公司", short_name="海风")
        self.make_item(archive, "20_licence", "2026-03-01", "Licence")
        self.make_item(archive, "30_contract", "2026-03-01", "Contract")
        html = (
            self.env["ir.actions.report"]
            .with_user(self.archivist)
            .with_context(kehu_reason="For the binder")
            ._render_qweb_html("kehu_archive.report_kehu_catalogue", archive.ids)[0]
            .decode()
        )
        for text in ("青岛海风机械有限公司", archive.name, "Licence", "Contract"):
            self.assertIn(text, html)
        self.assertRegex(html, r"<th class=\"text-end\">\s*4\s*</th>")
