"""The archive room works with a scanner, on a telephone, in Chinese (R11, R12)."""

import pytest
from playwright.sync_api import expect

from tests.support.chinese import assert_chinese

TELEPHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def original(server):
    """Return the number of an archive whose original is approved to be lent."""
    [(archive_id, number)] = server.psql(
        """SELECT id, name FROM kehu_archive archive
            WHERE state = 'filed' AND cabinet_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM kehu_loan WHERE archive_id = archive.id)
              AND team_id IN (SELECT sale_team_id FROM res_users WHERE login = 'rep')
            ORDER BY id DESC LIMIT 1"""
    )
    loan_id = server.rpc(
        "rep",
        "rep",
        "kehu.loan",
        "create",
        [
            {
                "archive_id": archive_id,
                "kind": "borrow",
                "medium": "original",
                "purpose": "核对合同原件",
            }
        ],
    )
    server.rpc("rep", "rep", "kehu.loan", "action_submit", [[loan_id]])
    server.rpc("manager", "manager", "kehu.loan", "action_approve", [[loan_id]])
    return {"number": number, "loan": loan_id}


def scan(page, code):
    """Type what a scanner types."""
    box = page.locator(".o_kehu_scan input")
    box.fill(code)
    box.press("Enter")


def state_of(server, loan):
    return server.psql("SELECT state FROM kehu_loan WHERE id = %s", [loan])[0][0]


def press(page, name):
    """Press a button of the card, and confirm the dialog that asks to sign."""
    page.locator(f".o_kehu_scan_card button[name={name}]").click()
    dialog = page.locator(".modal")
    dialog.locator("footer .btn-primary").wait_for()
    assert_chinese(page, name)
    dialog.locator("footer .btn-primary").click()
    expect(dialog).to_have_count(0)


def test_an_original_is_lent_and_taken_back_by_scanning_its_label(
    browser_page, server, original
):
    """R11, R12: scan, hand over, scan, take back; the register says who had it."""
    page = browser_page(
        "archivist", "/odoo/action-kehu_archive.kehu_scan_action", **TELEPHONE
    )
    page.locator(".o_kehu_scan input").wait_for()
    assert_chinese(page, "扫描")

    scan(page, original["number"])
    card = page.locator(".o_kehu_scan_card")
    expect(card).to_contain_text("李销售")
    press(page, "lend")
    assert state_of(server, original["loan"]) == "lent"

    scan(page, original["number"])
    expect(card).to_contain_text("借阅人")
    assert_chinese(page, "扫描到的档案")
    press(page, "take_back")
    assert state_of(server, original["loan"]) == "returned"


def test_a_code_of_nothing_is_said_to_be_so(browser_page):
    page = browser_page(
        "archivist", "/odoo/action-kehu_archive.kehu_scan_action", **TELEPHONE
    )
    page.locator(".o_kehu_scan input").wait_for()
    scan(page, "no-such-label")
    expect(page.locator(".o_kehu_scan_notice")).to_contain_text("no-such-label")
    expect(page.locator(".o_kehu_scan_card")).to_have_count(0)
