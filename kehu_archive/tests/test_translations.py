import ast
import re
from collections import Counter
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import PoFileReader

# What a translation takes over as it is: parameters, percent signs, and elements.
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd%]|</?\w+")
CHINESE = "[\u4e00-\u9fff]"
# Terms without a word.
WORDLESS = {
    "SHA-256:",
    "of",
    "%(order)s (%(customer)s)",
    "%(party)s: %(orders)s",
}
# Said of a field of Odoo's, and translated by Odoo.
ODOOS = "The type of the report that will be rendered"
# The words of archivists and accountants, and words that were once mistaken.
GLOSSARY = {
    "Archive Number": "档号",
    "Brought Back": "已归还",
    "Consent To": "同意事项",
    "Credit Grade": "客户信誉",
    "Credit Party": "信用单位",
    "Customer Code": "客户编号",
    "Declined": "已拒绝",
    "Destruction List": "销毁清册",
    "Destruction Witness": "监销人",
    "Difference": "差异",
    "Digest": "摘要",
    "Disclosure": "披露",
    "Failed": "失败",
    "Filed": "已归档",
    "Handed In": "已移交",
    "Head Office": "客户总公司",
    "Invoiced Party": "开票单位",
    "Ledger": "登记链",
    "Legal Hold": "冻结",
    "Match Table": "勾兑表",
    "Medium": "载体",
    "Medium-sized": "中型",
    "Override": "特批",
    "Refused": "拒绝提供",
    "Request Release": "申请放行",
    "Retention Period": "保管期限",
    "Returned": "退回",
    "SHA-256": "SHA-256 摘要",
    "Turned Down": "已驳回",
}
REFUSALS = {"UserError", "ValidationError", "AccessError", "RedirectWarning"}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """A Chinese user sees no English of ours, and Chinese written like Chinese."""

    def _terms(self, name):
        """Return {source: translation} of one language file of the module."""
        path = file_path(f"kehu_archive/i18n/{name}")
        return {row["src"]: row["value"] for row in PoFileReader(path)}

    def _chinese(self):
        """Yield each term and what it says in Chinese, without its elements."""
        for source, value in self._terms("zh_CN.po").items():
            if source.startswith(ODOOS):
                continue
            yield source, re.sub(r"<[^>]*>", "", value or "")

    def _sources(self, folder, suffix):
        """Yield the path and the text of the module's own files."""
        root = Path(file_path("kehu_archive/__manifest__.py")).parent / folder
        for path in sorted(root.rglob(f"*{suffix}")):
            if "tests" not in path.relative_to(root).parts:
                yield path.relative_to(root), path.read_text(encoding="utf-8")

    def test_every_exported_term_has_a_chinese_translation(self):
        exported = self._terms("kehu_archive.pot")
        chinese = self._terms("zh_CN.po")
        self.assertGreater(len(exported), 500)
        missing = [source for source in exported if not chinese.get(source)]
        self.assertEqual(missing, [], "Terms without a Chinese translation")

    def test_parameters_and_elements_survive_translation(self):
        for source, value in self._terms("zh_CN.po").items():
            with self.subTest(source=source):
                self.assertEqual(
                    Counter(KEPT.findall(source)), Counter(KEPT.findall(value or ""))
                )

    def test_no_translation_is_english(self):
        for source, value in self._terms("zh_CN.po").items():
            with self.subTest(source=source):
                self.assertTrue(re.search(CHINESE, value) or source in WORDLESS, value)

    def test_the_words_of_the_field_are_used(self):
        chinese = self._terms("zh_CN.po")
        for source, value in GLOSSARY.items():
            with self.subTest(source=source):
                self.assertEqual(chinese.get(source), value)

    def test_chinese_has_its_own_punctuation(self):
        wrong = re.compile(rf"{CHINESE}[,;:?!()]|[,;:?!()]{CHINESE}|{CHINESE}\.$")
        for source, value in self._chinese():
            with self.subTest(source=source):
                self.assertIsNone(wrong.search(value), value)

    def test_no_blank_stands_between_chinese_characters(self):
        for source, value in self._chinese():
            with self.subTest(source=source):
                found = re.search(rf"{CHINESE} +{CHINESE}", value)
                self.assertTrue(found is None or value.startswith("例如 "), value)

    def test_no_refusal_is_raised_in_words_that_nobody_translates(self):
        raised = 0
        for path, text in self._sources(".", ".py"):
            for node in ast.walk(ast.parse(text)):
                if not isinstance(node, ast.Raise) or not isinstance(
                    node.exc, ast.Call
                ):
                    continue
                name = ast.unparse(node.exc.func).rpartition(".")[2]
                if name in REFUSALS:
                    raised += 1
                    for argument in node.exc.args:
                        with self.subTest(file=str(path), line=node.lineno):
                            self.assertNotIsInstance(
                                argument, ast.Constant | ast.JoinedStr
                            )
        self.assertGreater(raised, 100)

    def test_the_web_client_says_nothing_that_nobody_translates(self):
        said = re.compile(
            r"(?:notification\.add\(\s*|(?:title|body|label|confirmLabel|cancelLabel"
            r"|placeholder|description):\s*)[\"'`](?=[A-Za-z])"
        )
        files = list(self._sources("static/src", ".js"))
        self.assertGreater(len(files), 5)
        for path, text in files:
            with self.subTest(file=str(path)):
                self.assertIsNone(said.search(text))
