"""The ledger as people see it: in Chinese, in a real browser (R16, R17)."""

import re

import pytest

from dev.paths import state

# Words that only an untranslated screen of ours would show.
ENGLISH = re.compile(r"\b(Ledger|Chain|Digest|Event|History|Before|After|Verify)\b")


@pytest.fixture
def archive(server):
    """Return the id of an archive with something to tell."""
    rep = server.http("rep")
    archive = rep.call("kehu.archive", "search", [("state", "=", "draft")], limit=1)[0]
    rep.call("kehu.archive", "write", [archive], {"main_business": "水泵"})
    rep.call("kehu.archive", "write", [archive], {"main_business": "阀门"})
    return archive


def look(page, name):
    """Keep a picture, and see that no English of ours is on the screen."""
    page.screenshot(path=state("pictures", f"ledger-{name}.png"))
    text = page.inner_text(".o_action_manager")
    assert not ENGLISH.search(text), ENGLISH.search(text)
    return text


def test_an_auditor_reads_the_ledger(browser_page, archive):
    page = browser_page("auditor", "/odoo/kehu-ledger")
    page.wait_for_selector(".o_data_row")
    assert "已变更" in look(page, "list")
    page.click(".o_data_row:has-text('已变更') td[name=at]")
    page.wait_for_selector(".o_form_view table")
    text = look(page, "form")
    assert "变更前" in text
    assert "阀门" in text


def test_an_auditor_verifies_the_chains(browser_page, archive):
    page = browser_page("auditor", "/odoo/kehu-chain-status")
    page.click("button:has-text('立即校验')")
    page.wait_for_selector(".o_form_view .alert-success:visible")
    text = look(page, "status")
    assert "完整" in text


def test_a_sales_representative_reads_the_history_and_a_day(browser_page, archive):
    page = browser_page("rep", f"/odoo/kehu.archive/{archive}")
    page.wait_for_selector("button[name=action_view_history]")
    page.screenshot(path=state("pictures", "ledger-archive.png"))
    page.click("button[name=action_view_as_of]")
    page.wait_for_selector(".modal table")
    page.screenshot(path=state("pictures", "ledger-as-of.png"))
    assert "阀门" in page.inner_text(".modal")
    page.click(".modal footer button.btn-secondary")
    page.click("button[name=action_view_history]")
    page.wait_for_selector(".o_data_row")
    text = look(page, "history")
    assert "水泵 → 阀门" in text


def test_the_administrator_sees_the_master_key_but_no_ledger(browser_page, server):
    page = browser_page("itadmin", "/odoo")
    action = server.psql(
        "SELECT res_id FROM ir_model_data WHERE name = 'kehu_master_key_change_action'"
    )[0][0]
    page.goto(f"/odoo/action-{action}")
    page.wait_for_selector(".modal, .o_form_view")
    page.screenshot(path=state("pictures", "ledger-master-key.png"))
    assert "主密钥" in page.inner_text("body")
