from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestCodeField(HttpCase):
    """R69-R71, R74: the code box, tested in a browser."""

    def test_r69_the_code_box_passes_its_browser_tests(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            "&filter=%40kehu_archive%2Fcode_field",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
