"""A customer's way from a filled form to the archive room, in a Chinese browser."""

import io
import re
import uuid

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.support.chinese import assert_chinese
from tests.support.forms import ANSWERS, TICKS, Form, filled_in

# Words of Odoo itself that its Chinese translation leaves in English: the tooltip of
# the breadcrumb, the names of views for screen readers.
BREADCRUMB = ("back", "form", "list", "kanban", "view")


def downloaded(page, press):
    """Return the bytes of what a press downloads."""
    with page.expect_download() as waiting:
        press()
    with open(waiting.value.path(), "rb") as file:
        return file.read()


def menu(page, section, name):
    """Open a menu item of the app."""
    page.locator(".o_menu_sections").get_by_role("button", name=section).click()
    page.get_by_role("menuitem", name=name, exact=True).click()


def download_registration_form(page):
    """Print the registration form of the record on the screen."""
    page.locator(".o_cp_action_menus button").first.click()
    page.get_by_role("menuitem", name="打印").or_(
        page.locator(".o-dropdown--menu .dropdown-toggle", has_text="打印")
    ).first.hover()
    entry = page.locator(".o-dropdown--menu").get_by_text("客户档案登记表", exact=True)
    entry.last.click()
    return Form(download_for_a_reason(page))


def download_for_a_reason(page):
    """Say in the dialog what the copy is for; returns the bytes of the file."""
    dialog = page.locator(".modal")
    dialog.get_by_label("归入纸质卷宗").check()
    assert_chinese(page, "副本用途", extra=BREADCRUMB)
    return downloaded(page, dialog.locator("footer .btn-primary").click)


def download_register(page, customer):
    """Download the register of the archives found; returns its rows as dicts."""
    page.goto("/odoo/action-kehu_archive.kehu_archive_action?view_type=list")
    search = page.locator(".o_searchview_input")
    search.fill(customer["code"])
    search.press("Enter")
    page.locator(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)").first.wait_for()
    page.locator(".o_cp_action_menus button").first.click()
    page.locator(".o_kehu_register_menu").click()
    data = download_for_a_reason(page)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    (mark, *_), head, *rows = book["客户台账"].iter_rows(values_only=True)
    assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d \S+$", mark), "no watermark"
    return [dict(zip(head, row, strict=False)) for row in rows]


@pytest.fixture
def customer():
    """Return the name and code of a customer that nobody else made."""
    tag = str(uuid.uuid4().int)[:8]
    return {"name": f"青岛故事机械有限公司{tag}", "code": f"ST{tag}"}


def register_by_import(page, customer):
    """Download the blank form, fill it in, preview and take it over."""
    blank = downloaded(page, lambda: menu(page, "待办", "空白登记表"))
    menu(page, "待办", "导入登记表")
    page.locator(".o_kehu_form_upload input[type=file]").set_input_files(
        {
            "name": "登记表.xlsx",
            "mimeType": "application/octet-stream",
            "buffer": filled_in(blank, customer),
        }
    )
    page.locator(".o_kehu_form_upload").get_by_text("登记表.xlsx").wait_for()
    assert_chinese(page, "导入")
    page.locator(".o_form_statusbar").get_by_role("button", name="预览").first.click()
    lines = page.locator(".o_field_widget[name=line_ids]")
    expect(lines.get_by_text(customer["name"])).to_be_visible(timeout=60_000)
    expect(lines.get_by_text("新客户")).to_be_visible()
    assert_chinese(page, "导入预览")

    lines.get_by_role("button", name="逐格查看").click()
    cells = page.locator(".o_field_widget[name=plain_ids]")
    expect(cells.get_by_text("私营企业")).to_be_visible()
    expect(cells.locator("tr", has_text="企业性质")).to_contain_text("C8")
    assert_chinese(page, "逐格查看", extra=BREADCRUMB)

    page.locator(".breadcrumb a, .o_back_button").first.click()
    page.locator(".o_form_statusbar").get_by_role("button", name="确认导入").click()
    page.locator(".o_notification", has_text="登记表已写入档案").wait_for()


def complete(page, customer):
    """Open the customer in Contacts, go from a gap to its field, fill it in."""
    page.goto("/odoo/action-contacts.action_contacts")
    search = page.locator(".o_searchview_input")
    search.fill(customer["code"])
    search.press("Enter")
    page.locator(".o_kanban_record, .o_data_row", has_text="故事机械").first.click()
    page.locator(".o_notebook").get_by_role("tab", name="客户档案").click()
    assert_chinese(page, "联系人", extra=BREADCRUMB)

    # A code and Tab: its name appears.
    region = page.locator(".o_field_widget[name=region_id]")
    region.locator("input").fill("370202")
    region.locator("input").press("Tab")
    expect(region.locator(".o_kehu_code_name")).to_contain_text("市南区")
    page.locator(".o_form_button_save").click()

    page.locator(".o_field_widget[name=archive_state]").wait_for()
    page.get_by_role("button", name="打开档案").click()
    page.locator(".o_kehu_gaps summary").click()
    assert_chinese(page, "档案表单", extra=BREADCRUMB)
    page.locator(".o_kehu_gap[data-key='main_business']").click()
    field = page.locator(".o_field_widget[name=main_business]").locator(
        "input, textarea"
    )
    expect(field).to_be_focused()
    field.fill("数控机床零部件")
    page.locator(".o_form_button_save").click()
    expect(page.locator(".o_kehu_gap[data-key='main_business']")).to_have_count(0)


def sign(page):
    """Sign the archive on the screen and hand it in."""
    page.locator(".o_form_statusbar").get_by_role("button", name="签名并移交").click()
    dialog = page.locator(".modal")
    assert_chinese(page, "签名", extra=BREADCRUMB)
    dialog.locator(".btn-primary").click()
    page.locator(".o_arrow_button_current", has_text="已移交").wait_for()


def file(page, customer, cabinet):
    """Receive the archive, number it and put it into a cabinet; returns its number."""
    menu(page, "待办", "待接收")
    row = page.locator(".o_data_row, .o_kanban_record", has_text=customer["code"])
    expect(row).to_be_visible()
    assert_chinese(page, "待接收", extra=BREADCRUMB)
    row.locator("[name=partner_id], .fw-bold").first.click()
    page.locator(".o_form_statusbar").get_by_role("button", name="接收归档").click()
    dialog = page.locator(".modal")
    box = dialog.locator(".o_field_widget[name=cabinet_id] input")
    box.fill(cabinet)
    page.locator(".o-autocomplete--dropdown-menu").get_by_text(cabinet).first.click()
    assert_chinese(page, "接收归档", extra=BREADCRUMB)
    dialog.locator("footer .btn-primary").click()
    page.locator(".o_arrow_button_current", has_text="已归档").wait_for()
    number = page.locator(".o_field_widget[name=name]").first.inner_text().strip()
    assert_chinese(page, "已归档的档案", extra=BREADCRUMB)
    return number


def test_a_customer_is_registered_completed_signed_filed_and_printed(
    browser_page, server, customer
):
    """R94, R96: from a filled form to the archive room and back onto paper"""
    before = server.log_end()
    rep = browser_page("rep", "/odoo/action-kehu_archive.kehu_archive_action")
    rep.locator(".o_kanban_view, .o_list_view").first.wait_for()
    assert_chinese(rep, "档案", extra=BREADCRUMB)
    register_by_import(rep, customer)
    complete(rep, customer)
    sign(rep)

    cabinet = f"C{customer['code']}"
    server.rpc(
        "archivist",
        "archivist",
        "kehu.cabinet",
        "create",
        [{"code": cabinet, "name": "故事柜"}],
    )
    archivist = browser_page(
        "archivist", "/odoo/action-kehu_archive.kehu_archive_action"
    )
    archivist.locator(".o_kanban_view, .o_list_view").first.wait_for()
    number = file(archivist, customer, cabinet)
    assert number, "the archive has its number"

    # What was typed comes out again, with what the two added.
    form = download_registration_form(archivist)
    assert form.header("档案编号：") == number
    assert form.header("客户编号：") == customer["code"]
    assert form.value("客户名称") == customer["name"]
    assert form.value("主营业务") == "数控机床零部件"
    assert form.value("所属地区").startswith("370202")
    assert form.value("售后服务") == "无"
    for label in ("简称", "法定代表人"):
        assert form.value(label) == ANSWERS[label]
    assert str(form.value("员工人数")) == "186"
    for option in TICKS:
        assert form.has_tick(option), option
    assert form.sheet["B13"].value == "王建国"

    archivist.locator("button[name=action_view_items]").click()
    archivist.locator(".o_list_view").wait_for()
    assert_chinese(archivist, "目录", extra=BREADCRUMB)

    # The register says the same of it as the form.
    [line] = download_register(archivist, customer)
    assert line["档案编号"] == number
    assert line["客户编号"] == customer["code"]
    assert line["客户名称"] == customer["name"]
    assert line["主营业务"] == "数控机床零部件"
    errors = server.logged("ERROR", since=before)
    assert not errors, "\n".join(errors)
