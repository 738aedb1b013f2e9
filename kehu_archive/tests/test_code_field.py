from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestBrowserUnits(HttpCase):
    """R69-R71, R74, R92: code boxes, amounts and the notice of doubles in a browser."""

    def test_r69_our_boxes_pass_their_browser_tests(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=60000"
            "&filter=%40kehu_archive",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
