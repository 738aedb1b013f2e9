from unittest.mock import patch

from odoo import api
from odoo.tests import tagged

from ..models.register.register_overrides import MAKING, WRITING, is_ours_alone
from .register_import_common import RegisterImportCommon


@tagged("post_install", "-at_install")
class TestOtherModulesAreAsked(RegisterImportCommon):
    """R96: a register goes past the ORM only where nobody else is listening."""

    def test_the_modules_that_we_were_written_with_are_known(self):
        installed = set(
            self.env["ir.module.module"]
            .search([("state", "=", "installed")])
            .mapped("name")
        )
        if installed & {"base_automation", "base_vat", "partner_autocomplete"}:
            self.skipTest("another module is listening in this database")
        for model in ("res.partner", "kehu.archive"):
            self.assertTrue(is_ours_alone(self.env[model], MAKING), model)

    def test_a_class_of_an_unknown_module_is_heard(self):
        class Stranger:
            """As another module's class would stand among the bases."""

            def write(self, vals):  # pylint: disable=method-required-super
                """Do something of its own."""

        Stranger.__module__ = "odoo.addons.stranger.models.partner"
        model = type("Model", (Stranger,), {"__module__": "odoo.orm.models"})()
        self.assertTrue(is_ours_alone(model, MAKING))
        self.assertFalse(is_ours_alone(model, WRITING))

    def listen(self, model, method):
        """Put a method in place as automation rules do; return what it hears."""
        cls, heard = self.env.registry[model], []
        origin = getattr(cls, method)

        @api.model_create_multi
        def create(self, vals_list):
            records = origin(self, vals_list)
            heard.extend(records.ids)
            return records

        def write(self, vals):
            heard.extend((record_id, *sorted(vals)) for record_id in self.ids)
            return origin(self, vals)

        self.enterContext(
            patch.object(cls, method, {"create": create, "write": write}[method])
        )
        return heard

    def test_new_customers_go_through_anothers_create(self):
        heard = self.listen("res.partner", "create")
        head = ["客户编号", "客户名称", "客户性质", "主营业务", "市场区域", "账号"]
        data = self.sheet(
            ["OVR01", "甲有限公司", "普通公司", "齿轮", "无", "380302"],
            ["OVR02", "张三", "个人", None, None, None],
            head=head,
        )
        self.imported(self.rep, data)
        made = self.find("OVR01") + self.find("OVR02")
        self.assertEqual(heard, made.ids)
        self.assertEqual(made.mapped("is_company"), [True, False])
        archive = made[0].archive_id
        self.assertEqual(archive.main_business, "齿轮")
        self.assertEqual(archive.user_id, self.rep)
        self.assertEqual(made[0].bank_ids.acc_number, "380302")
        self.assertEqual(
            {entry["source"] for entry in archive.fact_sources.values()}, {"import"}
        )

    def test_both_ways_make_the_same_customer(self):
        head = ["客户编号", "客户名称", "客户性质", "主营业务", "员工人数", "电话"]
        rows = ["同一有限公司", "普通公司", "齿轮", 30, "0532-88886666"]
        self.imported(self.rep, self.sheet(["OVR03", *rows], head=head))
        inserted = self.columns("OVR03")
        self.find("OVR03").unlink()
        self.listen("res.partner", "create")
        self.imported(self.rep, self.sheet(["OVR03", *rows], head=head))
        self.maxDiff = None
        self.assertEqual(self.columns("OVR03"), inserted)

    def columns(self, code):
        """Return what the database holds of a customer and its archive."""
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT to_jsonb(partner), to_jsonb(archive)
                 FROM res_partner partner
                 JOIN kehu_archive archive ON archive.partner_id = partner.id
                WHERE partner.ref = %s""",
            [code],
        )
        own = {"id", "archive_id", "partner_id", "commercial_partner_id"}
        return [
            {
                name: value
                for name, value in line.items()
                if name not in own
                and not name.endswith(("_date", "_at", "_ack", "_deadline"))
            }
            for line in self.env.cr.fetchone()
        ]

    def test_new_archives_go_through_anothers_create(self):
        heard = self.listen("kehu.archive", "create")
        self.imported(self.rep, self.sheet(["OVR04", "丁有限公司", None, None, None]))
        self.assertEqual(heard, self.find("OVR04").archive_id.ids)

    def test_changes_go_through_anothers_write(self):
        archive = self.make_archive(ref="OVR05", name="旧名有限公司")
        cards = self.listen("res.partner", "write")
        contents = self.listen("kehu.archive", "write")
        head = ["客户编号", "客户名称", "主营业务"]
        self.imported(self.rep, self.sheet(["OVR05", "新名有限公司", "轴"], head=head))
        self.assertIn((archive.partner_id.id, "name"), cards)
        self.assertIn((archive.id, "main_business"), contents)
        self.assertEqual(archive.main_business, "轴")

    def test_unregistered_customers_go_through_both(self):
        partner = self.env["res.partner"].create(
            {"name": "戊有限公司", "is_company": True}
        )
        cards = self.listen("res.partner", "write")
        archives = self.listen("kehu.archive", "create")
        self.imported(self.rep, self.sheet(["OVR06", "戊有限公司", "戊", None, None]))
        self.assertIn(partner.id, [heard[0] for heard in cards])
        self.assertEqual(archives, partner.archive_id.ids)
