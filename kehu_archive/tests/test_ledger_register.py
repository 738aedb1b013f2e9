from odoo.tests import tagged

from .test_ledger import LedgerCommon
from .test_register_import import RegisterImportCommon


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
