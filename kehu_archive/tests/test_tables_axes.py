from lxml import etree

from odoo.tests import tagged

from .invoicing_common import KehuInvoicing

TABLES = (
    "kehu.sales.statistics",
    "kehu.customer.table",
    "kehu.sales.funnel",
    "kehu.match",
    "kehu.customer.kpi",
)


@tagged("post_install", "-at_install")
class TestAxesOfTables(KehuInvoicing):
    """N8: nobody is given a row for each of 200,000 customers without asking for it."""

    def test_no_table_opens_by_customer(self):
        for name in TABLES:
            for kind in ("pivot", "graph"):
                with self.subTest(table=name, view=kind):
                    arch = self.env[name].get_view(view_type=kind)["arch"]
                    axes = {
                        node.get("name")
                        for node in etree.fromstring(arch).iter("field")
                        if node.get("type") != "measure"
                    }
                    self.assertFalse(axes & {"customer_id", "party_id", "partner_id"})

    def test_the_tables_of_one_customer_open_by_branch(self):
        for name in ("action_kehu_sales_statistics", "action_kehu_kpi"):
            context = getattr(self.office, name)()["context"]
            self.assertEqual(context["pivot_row_groupby"], ["customer_id"])
        statement = self.env["kehu.statement"].create({"party_id": self.office.id})
        context = statement.action_show()["context"]
        self.assertEqual(context["pivot_row_groupby"], ["customer_id"])
