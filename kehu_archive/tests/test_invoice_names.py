from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestInvoiceNames(AccountTestInvoicingCommon):
    """A posted invoice keeps and prints the name it was posted with (R65, R67)."""

    def test_a_later_rename_leaves_the_posted_invoice_as_it_was(self):
        customer = self.env["res.partner"].create(
            {"name": "青岛海风机械有限公司", "short_name": "海风", "is_company": True}
        )
        customer.sudo()._kehu_register()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": "2026-01-10",
                "invoice_line_ids": [
                    Command.create({"name": "Pump", "price_unit": 100.0})
                ],
            }
        )
        invoice.action_post()
        customer.name = "青岛新风机械有限公司"
        self.assertEqual(invoice.kehu_partner_name, "青岛海风机械有限公司")
        printed = (
            self.env["ir.actions.report"]
            ._render_qweb_html("account.report_invoice", invoice.ids)[0]
            .decode()
        )
        self.assertIn("青岛海风机械有限公司", printed)
        self.assertNotIn("青岛新风机械有限公司", printed)
        # Screens show the short name.
        self.assertEqual(invoice.partner_id.display_name, "海风")
