"""Exporting, printing and filing messages, clicked as people do in Chinese."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.support.browser import settle
from tests.support.chinese import ALLOWED, ODOO, assert_chinese, english_words
from tests.support.customers import register_customer

# Logins of the demonstration are no words either.
_LATIN = {
    "rep",
    "manager",
    "archivist",
    "auditor",
    "itadmin",
    "clerk",
    "admin",
    "credit",
}
SAID = "电话里说定：六十天付款，单价一千二百元"
LATER = "改口：九十天付款"


@pytest.fixture
def archive(server):
    """Return a customer of the demo rep, with an archive of its own."""
    return register_customer(server, "使用")


def newest_release(server):
    """Return the last act of printing or exporting, as the register has it."""
    rows = server.psql(
        """SELECT r.id, r.name, r.kind, r.reason, u.login
             FROM kehu_release r JOIN res_users u ON u.id = r.user_id
            ORDER BY r.id DESC LIMIT 1"""
    )
    keys = ("id", "number", "kind", "reason", "login")
    return dict(zip(keys, rows[0], strict=True)) if rows else {"id": 0}


def reason_dialog(page):
    """Return the dialog that asks what a copy is for."""
    dialog = page.locator(".modal", has=page.locator(".o_field_widget[name=use]"))
    dialog.wait_for()
    return dialog


def give_reason(page, use, details=""):
    """Answer what the copy is for."""
    dialog = reason_dialog(page)
    dialog.get_by_label(use, exact=True).check()
    if details:
        dialog.locator(".o_field_widget[name=reason] input").fill(details)
    settle(page, "用途")
    dialog.locator("footer .btn-primary").click()


def search_archives(page, customer):
    """Show the archive of a customer as a list of one."""
    page.goto("/odoo/action-kehu_archive.kehu_archive_action?view_type=list")
    search = page.locator(".o_searchview_input")
    search.fill(customer["name"])
    search.press("Enter")
    row = page.locator(".o_data_row")
    expect(row).to_have_count(1)
    return row


def open_export(page, customer):
    """Choose the archive in the list and open Odoo's own export."""
    row = search_archives(page, customer)
    row.locator(".o_list_record_selector input").check()
    page.get_by_role("button", name="操作").click()
    page.locator(".o-dropdown--menu").get_by_text("导出", exact=True).click()
    export = page.locator(".modal", has=page.locator(".o_select_button"))
    export.locator(".o_export_field").first.wait_for()
    settle(page, "导出")
    return export


def test_an_export_from_the_list_asks_what_for_and_is_marked(
    browser_page, server, archive
):
    """R18, R103: Odoo's own export button; nothing leaves when the user cancels"""
    page = browser_page("archivist", path=None)
    before = newest_release(server)
    export = open_export(page, archive)
    downloads = []
    page.on("download", lambda download: downloads.append(download))
    export.locator(".o_select_button").click()
    reason_dialog(page).locator("footer .btn-secondary").click()
    expect(page.locator(".o_field_widget[name=use]")).to_have_count(0)
    assert newest_release(server) == before
    assert not downloads

    with page.expect_download() as download:
        export.locator(".o_select_button").click()
        give_reason(page, "其他", "与客户对账")
    release = newest_release(server)
    assert release["id"] > before["id"]
    assert release["kind"] == "export"
    assert release["login"] == "archivist"
    assert release["reason"] == "其他: 与客户对账"
    assert release["number"] in download.value.suggested_filename
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    (mark, *_), _head, row = book.worksheets[0].iter_rows(values_only=True)
    assert mark.startswith("陈档案 ") and mark.endswith(f" {release['number']}")
    assert archive["name"] in " ".join(map(str, row))


def test_other_is_no_reason_without_details(browser_page, server, archive):
    """R103: the dialog marks what is missing and stays"""
    page = browser_page("archivist", path=None)
    before = newest_release(server)
    open_export(page, archive).locator(".o_select_button").click()
    dialog = reason_dialog(page)
    dialog.get_by_label("其他", exact=True).check()
    dialog.locator("footer .btn-primary").click()
    missing = dialog.locator(".o_field_widget[name=reason].o_field_invalid")
    expect(missing).to_be_visible()
    # Odoo's own notice of it has no Chinese in Odoo.
    words = (*ODOO, "missing", "required", "fields")
    assert_chinese(page, "没有说明的其他用途", extra=words)
    assert newest_release(server) == before


def test_the_catalogue_is_printed_for_a_reason_and_marked(
    browser_page, server, archive
):
    """R17, R103: the print menu of the form; each page names user, time and number"""
    page = browser_page("rep", f"/odoo/customer-archives/{archive['id']}")
    page.locator(".o_form_view").wait_for()
    page.locator(".o_cp_action_menus button").first.click()
    page.locator(".o-dropdown--menu").get_by_text("打印", exact=True).hover()
    entry = page.locator(".o-dropdown--menu").get_by_text("目录", exact=True)
    with page.expect_popup() as popup:
        entry.click()
        give_reason(page, "归入纸质卷宗")
    release = newest_release(server)
    assert (release["kind"], release["reason"]) == ("report", "归入纸质卷宗")
    sheet = popup.value
    mark = sheet.get_by_text(release["number"])
    mark.first.wait_for()
    assert mark.count() > 1
    expect(mark.first).to_contain_text("李销售")
    assert_chinese(sheet, "目录", extra=ODOO)


def write_message(page, text):
    """Log a note in the conversation on the screen."""
    page.locator(".o-mail-Chatter-logNote").click()
    composer = page.locator(".o-mail-Chatter .o-mail-Composer")
    composer.locator(".o-mail-Composer-input, .odoo-editor-editable").first.fill(text)
    composer.locator(".o-mail-Composer-send").click()
    message = page.locator(".o-mail-Message", has_text=text)
    message.first.wait_for()
    return message.first


def file_message(page, message):
    """Choose the filing among the actions of a message."""
    message.hover()
    message.locator(".o-mail-Message-actions button").last.click()
    page.locator(".o-dropdown--menu").get_by_text("归入档案", exact=True).click()


def edit_message(page, message, text):
    """Change what a message says."""
    message.hover()
    message.locator(".o-mail-Message-actions button[title=编辑]").click()
    composer = page.locator(".o-mail-Message .o-mail-Composer")
    box = composer.locator(".o-mail-Composer-input, .odoo-editor-editable").first
    box.fill(text)
    box.press("Control+Enter")
    page.locator(".o-mail-Message", has_text=text).first.wait_for()


def test_a_message_is_filed_and_stays_as_it_was_when_the_message_is_edited(
    browser_page, server, archive
):
    """R97: from the customer's conversation into the catalogue, as said that moment"""
    page = browser_page(
        "rep", f"/odoo/action-contacts.action_contacts/{archive['partner']}"
    )
    page.locator(".o_form_view").wait_for()
    message = write_message(page, SAID)
    file_message(page, message)
    dialog = page.locator(".modal", has=page.locator(".o_field_widget[name=category]"))
    expect(dialog.locator(".o_field_widget[name=title] input")).to_have_value(SAID)
    settle(page, "沟通记录归档")
    dialog.locator("footer .btn-primary").click()
    page.locator(".o_notification", has_text="已归档").or_(
        page.locator(".o_notification", has_text=archive["name"])
    ).first.wait_for()
    edit_message(page, message, LATER)

    rows = server.psql(
        "SELECT id, said, digest FROM kehu_archive_item WHERE archive_id = %s",
        [archive["id"]],
    )
    ((item, said, digest),) = rows
    assert said == SAID
    page.goto(f"/odoo/customer-archives/{archive['id']}")
    page.locator(".o_notebook").get_by_role("tab", name="目录").click()
    page.locator(".o_field_widget[name=item_ids] .o_data_row").first.wait_for()
    settle(page, "目录里的归档消息")
    page.goto(f"/odoo/archive-catalogue/{item}")
    wording = page.locator(".o_field_widget[name=said]")
    expect(wording).to_contain_text(SAID)
    expect(page.locator(".o_field_widget[name=digest]")).to_contain_text(digest)
    expect(
        page.locator(".o_field_widget[name=digest_valid] input[type=checkbox]")
    ).to_be_checked()
    expect(page.get_by_text(LATER)).to_have_count(0)
    settle(page, "归档的消息")


def test_the_auditor_makes_the_evidence_of_protection_from_the_archive(
    browser_page, server, archive
):
    """N12: one click from the archive, with real rights measured; Chinese throughout"""
    page = browser_page("auditor", f"/odoo/customer-archives/{archive['id']}")
    page.locator(".o_form_view").wait_for()
    page.locator(".o_cp_action_menus button").first.click()
    page.locator(".o-dropdown--menu").get_by_text("商业秘密保护证据包").click()
    dialog = page.locator(".modal", has=page.locator("[name=date_from]"))
    expect(dialog.locator("[name=archive_id] input")).to_have_value(
        re.compile(archive["name"])
    )
    settle(page, "保护证据包")
    with page.expect_download(timeout=120_000) as download:
        dialog.get_by_role("button", name="生成证据包").click()
        give_reason(page, "其他", "诉讼举证")
    release = newest_release(server)
    assert (release["kind"], release["login"]) == ("evidence", "auditor")
    assert release["number"] in download.value.suggested_filename
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.sheetnames[0] == "商业秘密保护证据包"
    rights = list(book["实测权限矩阵"].iter_rows(min_row=5, values_only=True))
    assert len({row[0] for row in rights}) > 10, "each role was measured"
    chain = dict(book["登记链"].iter_rows(min_row=5, max_col=2, values_only=True))
    assert len(chain["本档案登记链的末端摘要"]) == 64
    for sheet in book:
        words = " ".join(str(cell) for row in sheet.values for cell in row if cell)
        assert not english_words(words, ALLOWED | _LATIN), sheet.title
    actions = server.psql(
        "SELECT count(*) FROM kehu_event WHERE action = 'evidence' AND archive_id = %s",
        [archive["id"]],
    )
    assert actions == [(1,)]
