import re

from lxml import etree

from odoo import models
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TRANSLATED_ATTRS

MODULE = "kehu_archive"
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile("[A-Za-z]{3,}")
# What is called the same in Chinese.
NAMES = re.compile(
    r"\b(SHA-256|XLSX|PDF|HTML|JSON|xlsx|xls|zip|Odoo|Asia/Shanghai|Excel|WPS)\b"
)


@tagged("post_install", "-at_install")
class TestChineseScreens(TransactionCase):
    """What the database gives a Chinese user of ours is Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms([MODULE], ["zh_CN"])
        cls.env.registry.clear_cache()
        cls.chinese = cls.env(context={"lang": "zh_CN"})

    def _is_english(self, text):
        words = NAMES.sub("", text or "")
        return bool(ENGLISH.search(words)) and not CHINESE.search(words)

    def _our_records(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", model)]
        )
        return self.chinese[model].browse(data.mapped("res_id")).exists()

    def test_every_field_and_every_choice_has_a_chinese_name(self):
        seen = 0
        for model_name, model in self.env.registry.items():
            ours = [
                name
                for name, field in model._fields.items()
                if field._module == MODULE and name not in models.MAGIC_COLUMNS
            ]
            if not ours or model._abstract:
                continue
            # sudo: some tables are nobody's to read; their fields are described anyway.
            described = self.chinese[model_name].sudo().fields_get(ours)
            for name, field in described.items():
                # The choices of a related field of Odoo's are Odoo's.
                choices = [] if field.get("related") else field.get("selection", [])
                for text in (field["string"], *(label for _value, label in choices)):
                    seen += 1
                    with self.subTest(field=f"{model_name}.{name}"):
                        self.assertFalse(self._is_english(text), text)
        self.assertGreater(seen, 1000)

    def test_every_view_and_every_report_speaks_chinese(self):
        views = self._our_records("ir.ui.view")
        self.assertGreater(len(views), 100)
        for view in views:
            for element in etree.fromstring(view.arch).iter(etree.Element):
                texts = [element.get(name) for name in TRANSLATED_ATTRS]
                if element.tag not in ("script", "style", "attribute"):
                    texts += [element.text]
                texts += [element.tail]
                for text in filter(None, texts):
                    with self.subTest(view=view.key or view.name, text=text.strip()):
                        self.assertFalse(self._is_english(text))

    def test_every_record_of_ours_has_a_chinese_name(self):
        for model in (
            "ir.actions.act_window",
            "ir.actions.client",
            "ir.actions.report",
            "ir.actions.server",
            "ir.cron",
            "ir.model",
            "ir.sequence",
            "ir.ui.menu",
            "kehu.archive.section",
            "kehu.retention.rule",
            "mail.activity.type",
            "res.groups",
            "res.groups.privilege",
            "res.partner.industry",
        ):
            for record in self._our_records(model):
                with self.subTest(model=model, record=record.display_name):
                    self.assertTrue(CHINESE.search(record.name or ""), record.name)

    def test_names_in_a_sentence_are_parted_as_the_language_parts_them(self):
        natures = self.env.ref("kehu_archive.nature_310") + self.env.ref(
            "kehu_archive.nature_330"
        )
        for lang, parted in (("zh_CN", "、"), ("en_US", ", ")):
            theirs = natures.with_context(lang=lang)
            names = parted.join(theirs.mapped("display_name"))
            with self.subTest(lang=lang), self.assertRaises(UserError) as caught:
                theirs.unlink()
            self.assertIn(names, str(caught.exception))
