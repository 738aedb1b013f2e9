"""Asking for a closed archive, approval, reading, and the end, in a Chinese browser."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.support.browser import settle
from tests.support.customers import register_customer

SECRET = "只给获准者看的经营内容"
SECONDS = 40


@pytest.fixture
def closed_archive(server):
    """Return a customer of the demo rep whose archive is closed to rep2."""
    return register_customer(server, "查阅", main_business=SECRET)


def open_customer(page, partner):
    """Open the customer's page at its archive."""
    page.goto(f"/odoo/action-contacts.action_contacts/{partner}")
    page.locator(".o_form_view").wait_for()
    page.locator(".o_notebook").get_by_role("tab", name="客户档案").click()


def ask(page, customer):
    """Ask to consult: two clicks, and the purpose between them."""
    open_customer(page, customer["partner"])
    expect(page.get_by_text("档案对您关闭")).to_be_visible()
    expect(page.get_by_text(SECRET)).to_have_count(0)
    settle(page, "封闭的档案")
    page.get_by_role("button", name="申请查阅/借用").click()
    dialog = page.locator(".modal")
    purpose = dialog.locator(".o_field_widget[name=purpose] input")
    purpose.fill("准备同类客户的报价")
    settle(page, "查阅申请")
    dialog.locator("footer .btn-primary").click()
    page.locator(".o_notification", has_text="王经理").wait_for()


def approve(page, customer):
    """Approve the request, as the leader of the team."""
    page.goto("/odoo/action-kehu_archive.kehu_loan_action_decide")
    row = page.locator(".o_data_row, .o_kanban_record", has_text=customer["name"])
    settle(page, "待审批申请")
    row.locator("td[name=name], .fw-bold").first.click()
    page.locator(".o_form_view").wait_for()
    settle(page, "查阅申请单")
    page.locator(".o_form_statusbar").get_by_role("button", name="批准").click()
    page.locator(".o_arrow_button_current", has_text="已批准").wait_for()


def see(page, text):
    """Wait until the archive on the screen says what the customer's business is."""
    page.wait_for_function(
        """(text) => {
            const field = document.querySelector(
                ".o_field_widget[name=main_business]");
            return field && (field.innerText.includes(text) ||
                [...field.querySelectorAll("input, textarea")].some(
                    (box) => box.value.includes(text)));
        }""",
        arg=text,
    )


def end_in(server, archive, seconds):
    """Let the access to an archive end soon; returns the second of its end."""
    ((end,),) = server.psql(
        """UPDATE kehu_loan
              SET date_end = date_trunc('second', now() AT TIME ZONE 'UTC')
                             + %s * interval '1 second'
            WHERE archive_id = %s
        RETURNING extract(epoch FROM date_end)""",
        [seconds, archive],
    )
    return float(end)


def call(page, method, *args, **kwargs):
    """Call the server from the page as it stands, as its own scripts would."""
    return page.evaluate(
        """async ([method, args, kwargs]) => {
            const response = await fetch(`/web/dataset/call_kw/kehu.archive/${method}`, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: {
                    model: "kehu.archive", method, args, kwargs } }),
            });
            return await response.json();
        }""",
        [method, list(args), kwargs],
    )


def test_access_is_asked_for_approved_used_and_ends_at_the_second(
    browser_page, server, closed_archive
):
    """R10, R52, N2: from the locked page to the page that is refused after the end"""
    reader = browser_page("rep2")
    reader.locator(".o_navbar").wait_for()
    ask(reader, closed_archive)

    leader = browser_page("manager")
    leader.locator(".o_navbar").wait_for()
    approve(leader, closed_archive)

    open_customer(reader, closed_archive["partner"])
    reader.get_by_role("button", name="阅读档案").click()
    see(reader, SECRET)
    expect(reader.get_by_role("button", name="签名并移交")).to_have_count(0)
    fields = {"specification": {"main_business": {}}}
    end = end_in(server, closed_archive["id"], SECONDS)
    reader.reload()
    see(reader, SECRET)
    settle(reader, "获准查阅的档案")
    # For reading only: nothing to change, print or export.
    expect(reader.locator(".o_form_button_save")).to_have_count(0)
    assert time.time() < end - 2, "the machine was too slow to read in time"

    time.sleep(max(0, end - 1 - time.time()))
    before = call(reader, "web_read", [closed_archive["id"]], **fields)
    asked_at = time.time()
    if asked_at < end:
        assert before["result"][0]["main_business"] == SECRET
    time.sleep(max(0, end + 1 - time.time()))

    # The page still stands there: it can neither be read again nor saved.
    after = call(reader, "web_read", [closed_archive["id"]], **fields)
    assert after["error"]["data"]["name"] == "odoo.exceptions.AccessError"
    assert SECRET not in str(after)
    saved = call(
        reader,
        "web_save",
        [closed_archive["id"]],
        {"main_business": "改掉"},
        **fields,
    )
    assert saved["error"]["data"]["name"] == "odoo.exceptions.AccessError"
    reader.reload()
    reader.locator(".o_error_dialog, .o_notification, .modal, .o_view_nocontent").or_(
        reader.locator(".o_list_view, .o_kanban_view")
    ).first.wait_for()
    expect(reader.get_by_text(SECRET)).to_have_count(0)
    open_customer(reader, closed_archive["partner"])
    expect(reader.get_by_role("button", name=re.compile("阅读档案"))).to_have_count(0)
    expect(reader.get_by_role("button", name="申请查阅/借用")).to_be_visible()
