from odoo.tests import HttpCase, tagged

from .common import KehuCommon

GO_TO_FIELD = """
const find = async (what) => {
    for (let i = 0; i < 100; i++) {
        const found = what();
        if (found) { return found; }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("not found: " + what);
};
const query = (selector) => find(() => document.querySelector(selector));
(async () => {
    (await query(".o_kehu_gaps summary")).click();
    (await query("[data-key='market_area']")).click();
    await find(() => document.activeElement.closest("[name='market_area']"));
    const row = (await query("[data-key='main_business']")).closest("li");
    row.querySelector(".o_kehu_gap_na").click();
    await query(".o_kehu_gap_undo");
    console.log("test successful");
})().catch((error) => console.error(error));
"""


@tagged("post_install", "-at_install")
class TestGapsPanel(KehuCommon, HttpCase):
    """Each gap is one click from its field (R91)."""

    def test_every_gap_names_the_page_of_its_field(self):
        for gap in self.make_archive().with_user(self.rep).get_gaps():
            with self.subTest(key=gap["key"]):
                self.assertTrue(gap["page"])

    def test_a_click_leads_to_the_field_and_another_says_not_applicable(self):
        archive = self.make_archive()
        self.browser_js(
            f"/odoo/customer-archives/{archive.id}",
            GO_TO_FIELD,
            "odoo.isReady === true",
            login="kehu_rep",
        )
        archive.invalidate_recordset()
        self.assertEqual(archive.fact_ids.mapped("key"), ["main_business"])
