from collections import Counter

from lxml import etree

from odoo import models
from odoo.tests import tagged

from .common import KehuCommon

MODULE = "kehu_archive"


def has_chinese(text):
    return any("\u4e00" <= char <= "\u9fff" for char in text or "")


@tagged("post_install", "-at_install")
class TestScreens(KehuCommon):
    """Every screen explains itself and opens for those who see its menu (N12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms([MODULE], ["zh_CN"])
        cls.env.registry.clear_cache()

    def our_records(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id")).exists()

    def test_every_field_has_help_in_english_and_chinese(self):
        for model_name, model in self.env.registry.items():
            ours = [
                name
                for name, field in model._fields.items()
                if field._module == MODULE and name not in models.MAGIC_COLUMNS
            ]
            if not ours or model._abstract:
                continue
            # Some tables are nobody's to read; their fields are described anyway.
            described = self.env[model_name].sudo()
            english = described.fields_get(ours, ["help"])
            chinese = described.with_context(lang="zh_CN").fields_get(ours, ["help"])
            for name in ours:
                with self.subTest(field=f"{model_name}.{name}"):
                    self.assertTrue(english[name].get("help"), "no help")
                    self.assertTrue(
                        has_chinese(chinese[name].get("help")), "no Chinese help"
                    )

    def test_every_list_says_in_chinese_what_to_do_when_it_is_empty(self):
        actions = self.our_records("ir.actions.act_window").filtered(
            lambda action: action.target != "new"
            and {"list", "kanban"} & set(action.view_mode.split(","))
        )
        self.assertGreater(len(actions), 10)
        for action in actions:
            with self.subTest(action=action.name):
                chinese = action.with_context(lang="zh_CN")
                self.assertIn("o_view_nocontent", chinese.help or "")
                self.assertTrue(has_chinese(chinese.help))
                self.assertTrue(has_chinese(chinese.name))

    def test_every_menu_entry_opens_for_everybody_who_sees_it(self):
        root = self.env.ref("kehu_archive.kehu_archive_menu_root")
        # The register is a file: whoever takes it may export.
        self.archivist.group_ids += self.env.ref("base.group_allow_export")
        opened = set()
        for user in (
            self.rep,
            self.manager,
            self.archivist,
            self.auditor,
            self.admin,
            self.clerk,
        ):
            Menu = self.env["ir.ui.menu"].with_user(user)
            visible = Menu._visible_menu_ids()
            menus = Menu.search([("id", "child_of", root.id)]).filtered(
                lambda menu, visible=visible: menu.id in visible
            )
            self.assertIn(root.id, menus.ids, user.login)
            # sudo: the web client loads actions for everybody who may see the menu.
            for menu in menus.sudo().filtered("action"):
                with self.subTest(user=user.login, menu=menu.complete_name):
                    self.open(menu.action, user)
                    opened.add(menu.id)
        entries = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        unseen = entries.filtered("action").filtered(lambda m: m.id not in opened)
        self.assertFalse(unseen.mapped("complete_name"), "seen by nobody")

    def open(self, action, user):
        """Do what the web client does when a user chooses an entry."""
        if action._name != "ir.actions.act_window":
            return
        Model = self.env[action.res_model].with_user(user)
        views = Model.get_views([(False, mode) for mode in action.view_mode.split(",")])
        self.assertTrue(views["views"])
        if set(action.view_mode.split(",")) & {"list", "kanban"}:
            Model.web_search_read([], {"display_name": {}}, limit=1)

    def test_each_page_of_an_archive_is_named_once(self):
        """R108"""
        arch = self.env["kehu.archive"].get_view(view_type="form")["arch"]
        pages = etree.fromstring(arch).xpath("//page")
        for attribute in ("name", "string"):
            counts = Counter(page.get(attribute) for page in pages)
            self.assertEqual(max(counts.values()), 1, counts)
            self.assertNotIn(None, counts)

    def test_the_confidentiality_of_an_archive_is_marked_on_screen(self):
        for view_type in ("form", "list"):
            arch = self.env["kehu.archive"].get_view(view_type=view_type)["arch"]
            self.assertTrue(
                etree.fromstring(arch).xpath("//field[@name='confidentiality']")
            )

    def test_bulk_steps_say_what_they_did(self):
        archives = self.make_archive() | self.make_archive()
        step = self.env.ref("kehu_archive.action_kehu_archive_submit")
        answer = (
            step.with_user(self.rep)
            .with_context(
                active_model="kehu.archive",
                active_ids=archives.ids,
                active_id=archives[0].id,
            )
            .run()
        )
        self.assertEqual(set(archives.mapped("state")), {"submitted"})
        self.assertIn("2", answer["params"]["message"])
        wizard = (
            self.env["kehu.archive.file"]
            .with_user(self.archivist)
            .with_context(active_model="kehu.archive", active_ids=archives.ids)
            .create({})
        )
        answer = wizard.action_confirm()
        for archive in archives:
            self.assertIn(archive.name, answer["params"]["message"])

    def test_urgency_follows_the_deadline(self):
        """R94"""
        archive = self.make_archive()
        self.assertFalse(archive.filing_urgency)
        self.env.flush_all()
        for days, urgency in ((9, "soon"), (11, "late")):
            self.env.cr.execute(
                "UPDATE kehu_archive SET filing_deadline ="
                " now() AT TIME ZONE 'UTC' + make_interval(days => %s) WHERE id = %s",
                [10 - days, archive.id],
            )
            archive.invalidate_recordset()
            self.assertEqual(archive.filing_urgency, urgency)
        archive.with_user(self.rep).action_submit()
        self.assertFalse(archive.filing_urgency)

    def test_a_lead_shows_the_archive_to_those_who_may_open_it(self):
        customer = self.make_customer()
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": customer.id, "user_id": self.rep.id}
        )
        self.assertEqual(lead.with_user(self.rep).kehu_archive_id, customer.archive_id)
        self.assertFalse(lead.with_user(self.stranger).kehu_archive_id)
        action = lead.with_user(self.rep).action_kehu_open_archive()
        self.assertEqual(action["res_id"], customer.archive_id.id)

    def test_an_order_shows_the_code_of_its_customer(self):
        """R66"""
        customer = self.make_customer(ref="C77")
        contact = self.make_partner(parent_id=customer.id, is_company=False)
        Order = self.env["sale.order"]
        self.assertEqual(
            Order.new({"partner_id": contact.id}).kehu_customer_code, "C77"
        )
        other = self.make_partner(ref="X1")
        self.assertFalse(Order.new({"partner_id": other.id}).kehu_customer_code)
