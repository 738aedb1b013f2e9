import re

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import PoFileReader


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """A Chinese user sees no English of ours."""

    def _terms(self, name):
        """Return {source: translation} of one language file of the module."""
        path = file_path(f"kehu_archive/i18n/{name}")
        return {row["src"]: row["value"] for row in PoFileReader(path)}

    def test_every_exported_term_has_a_chinese_translation(self):
        exported = self._terms("kehu_archive.pot")
        chinese = self._terms("zh_CN.po")
        self.assertGreater(len(exported), 500)
        missing = [source for source in exported if not chinese.get(source)]
        self.assertEqual(missing, [], "Terms without a Chinese translation")

    def test_placeholders_survive_translation(self):
        pattern = re.compile(r"%\(\w+\)[sd]")
        for source, value in self._terms("zh_CN.po").items():
            with self.subTest(source=source):
                self.assertEqual(
                    sorted(set(pattern.findall(source))),
                    sorted(set(pattern.findall(value or ""))),
                )
