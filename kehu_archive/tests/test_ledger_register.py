from odoo.tests import tagged

from .ledger_common import LedgerCommon
from .register_import_common import RegisterImportCommon


@tagged("post_install", "-at_install")
class TestRegisterIsLogged(RegisterImportCommon, LedgerCommon):
    """Rows of a register go past create and write, and are logged all the same (R16)."""

    def test_a_new_customer_of_a_register_begins_its_chain(self):
        self.imported(self.rep, self.sheet(["LED01", "Ledger Pumps", "Pumps"]))
        archive = self.find("LED01").archive_id
        imported = self.events(archive)
        self.assertEqual(imported.mapped("action"), ["import"])
        self.assertEqual(imported.user_id, self.rep)
        self.assertEqual(self.changes(imported)["res.partner", "ref"], (None, "LED01"))

    def test_a_changed_customer_of_a_register_keeps_the_value_before(self):
        self.imported(self.rep, self.sheet(["LED02", "Ledger Pumps", "Pumps"]))
        archive = self.find("LED02").archive_id
        self.imported(self.rep, self.sheet(["LED02", "Ledger Pumps", "Valves"]))
        event = self.events(archive, "import")[-1]
        self.assertEqual(
            self.changes(event)["res.partner", "short_name"], ("Pumps", "Valves")
        )
        self.assertEqual(self.env["kehu.event"].verify_chain(), [])

    def test_what_the_columns_say_is_what_the_records_say(self):
        """R16: told from the columns of the insert, or read back: the same facts."""
        head = [
            "客户编号",
            "客户名称",
            "简称",
            "所属地区",
            "客户性质",
            "注册资本",
            "成立时间",
            "员工人数",
            "售后服务",
        ]
        row = [
            "LED03",
            "青岛对账有限公司",
            "对账",
            "370202",
            "普通公司",
            1234.5,
            "2008-05-12",
            86,
            "无",
        ]
        self.imported(self.rep, self.sheet(row, head=head))
        archive = self.find("LED03").archive_id
        told = self.changes(self.events(archive))
        ledger = self.env["kehu.ledger"].with_env(
            self.env["kehu.ledger"].with_context(lang="zh_CN")._get_clean_env()
        )
        for record in (archive, archive.partner_id):
            names = ledger._get_field_names(record._name)
            read = ledger._get_plain_values(
                ledger.env[record._name].browse(record.id), names
            )
            entered = {
                name: value
                for name, value in read[record.id].items()
                if value and not record._fields[name].company_dependent
            }
            self.assertEqual(
                entered,
                {
                    name: new
                    for (model, name), (_old, new) in told.items()
                    if model == record._name
                },
            )
