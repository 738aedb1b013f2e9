"""Code boxes and the notice of doubles, with a real keyboard in Chinese (R68-R74, R92)."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.chinese import assert_chinese

REP = ("rep", "rep")
MOST_TABS = 80
# Several servers and browsers may share the machine.
expect.set_options(timeout=30_000)


@pytest.fixture
def archive(server):
    """Return a draft archive of the rep; its head office has the code KB0001."""
    make_customer(server, "键盘总公司", "键盘总", "KB0001")
    return make_customer(server, "键盘分公司", "键盘分", "KB0002")


def make_customer(server, name, short_name, code):
    """Register a customer of the rep, or find the one of an earlier test."""
    domain = [("ref", "=", code)]
    found = server.rpc(*REP, "res.partner", "search", [domain])
    partner_id = (
        found[0]
        if found
        else server.rpc(
            *REP,
            "res.partner",
            "create",
            [{"name": name, "short_name": short_name, "ref": code, "is_company": True}],
            {"context": {"kehu_register": True}},
        )
    )
    [partner] = server.rpc(*REP, "res.partner", "read", [[partner_id], ["archive_id"]])
    return {"partner_id": partner_id, "archive_id": partner["archive_id"][0]}


class Keyboard:
    """A user who owns no mouse."""

    def __init__(self, page):
        self.page = page
        self.press = page.keyboard.press
        self.type = page.keyboard.type

    def field(self, name):
        return self.page.locator(f".o_field_widget[name={name}]").first

    def go_to(self, name):
        """Press Tab until the cursor is in a field."""
        inside = (
            "name => document.activeElement.closest('.o_field_widget')"
            "?.getAttribute('name') === name"
        )
        for _ in range(MOST_TABS):
            if self.page.evaluate(inside, name):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never reaches {name}")

    def fill(self, name, text):
        """Replace what a field holds and leave it by Tab."""
        self.go_to(name)
        self.press("Control+a")
        self.type(text)
        self.press("Tab")

    def shown(self, name):
        """Return what stands at the right of a code box."""
        return self.field(name).locator(".o_kehu_code_name")


def open_archive(browser_page, archive):
    page = browser_page("rep", f"/odoo/customer-archives/{archive['archive_id']}")
    page.wait_for_selector(".o_kehu_code input")
    return Keyboard(page)


def test_codes_and_tab_fill_in_an_archive_without_a_mouse(
    server, browser_page, archive
):
    """R69, R70, R74: a code and Tab; the name appears at the right; saved by key."""
    user = open_archive(browser_page, archive)
    user.fill("card_customer_class_id", "01")
    expect(user.shown("card_customer_class_id")).to_have_text("经销商")
    user.fill("card_region_id", "３７０２００")
    expect(user.shown("card_region_id")).to_have_text("青岛市")
    user.fill("card_head_office_id", "kb0001")
    expect(user.shown("card_head_office_id")).to_have_text("键盘总")
    user.fill("card_industry_id", "C36")
    expect(user.shown("card_industry_id")).to_have_text("汽车制造业")
    user.fill("card_industry_id", "农、林、牧、渔业")
    expect(user.shown("card_industry_id")).to_have_text("农、林、牧、渔业")
    user.fill("card_industry_id", "制造业")
    expect(user.shown("card_industry_id")).to_have_text("制造业")
    with user.page.expect_response("**/web_save"):
        user.press("Alt+s")
    [partner] = server.rpc(
        *REP,
        "res.partner",
        "read",
        [
            [archive["partner_id"]],
            ["region_id", "head_office_id", "industry_id", "customer_class_id"],
        ],
    )
    assert [value[1] for name, value in partner.items() if name != "id"] == [
        "青岛市",
        "键盘总",
        "制造业",
        "经销商",
    ]


def test_an_unknown_code_is_an_error_and_creates_nothing(server, browser_page, archive):
    """R69: unknown code: said at once, in Chinese; nothing saved, nothing created."""
    before = server.psql("SELECT count(*), max(id) FROM res_partner_industry")
    user = open_archive(browser_page, archive)
    user.fill("card_industry_id", "没有的行业")
    error = user.field("card_industry_id").locator(".o_kehu_code_error")
    expect(error).to_have_text("行业：没有代码或名称“没有的行业”。")
    expect(user.field("card_industry_id")).to_have_class(re.compile("o_field_invalid"))
    assert server.psql("SELECT count(*), max(id) FROM res_partner_industry") == before


def test_the_list_to_choose_from_opens_and_answers_by_keys(browser_page, archive):
    """R71: F2 with a part of the name, down, Enter."""
    user = open_archive(browser_page, archive)
    user.go_to("card_region_id")
    user.press("Control+a")
    user.type("青岛")
    user.press("F2")
    rows = user.page.locator(".modal .o_data_row")
    expect(rows.first).to_contain_text("370200")
    # From the search box to the head of the list, to its first row.
    user.press("ArrowDown")
    user.press("ArrowDown")
    user.press("Enter")
    expect(user.page.locator(".modal")).to_have_count(0)
    expect(user.shown("card_region_id")).to_have_text("青岛市")


def test_the_list_to_choose_from_has_the_tree_at_its_left(browser_page, archive):
    """R71: a province clicked in the tree leaves its cities; Escape closes the list."""
    user = open_archive(browser_page, archive)
    user.go_to("card_region_id")
    user.press("F2")
    dialog = user.page.locator(".modal")
    tree = dialog.locator(".o_search_panel")
    tree.get_by_text("山东省", exact=True).click()
    rows = dialog.locator(".o_data_row")
    expect(rows.first).to_contain_text("37")
    expect(dialog.locator(".o_data_row", has_text="北京市")).to_have_count(0)
    assert_chinese(user.page, "参照", extra=("back", "form", "list", "view"))
    user.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_double_click_opens_the_list(browser_page, archive):
    """R71: the reference by double click, chosen by double click."""
    user = open_archive(browser_page, archive)
    user.field("card_customer_class_id").locator("input").dblclick()
    row = user.page.locator(".modal .o_data_row", has_text="经销商").first
    row.dblclick()
    expect(user.page.locator(".modal")).to_have_count(0)
    expect(user.shown("card_customer_class_id")).to_have_text("经销商")


def test_typing_a_known_name_tells_whom_to_ask(browser_page, archive):
    """R92: a notice below the name of a new customer, while it is typed."""
    page = browser_page("manager", "/odoo/kehu-customers/new")
    name = page.locator("h1 .o_field_widget[name=name] textarea")
    name.focus()
    page.keyboard.type("键盘总公司")
    notice = page.locator(".o_kehu_duplicate_notice")
    expect(notice).to_contain_text("该客户已存在，请联系李销售")


def test_a_new_customer_gets_the_class_selected_at_the_left(browser_page):
    """R68: select a class in the search panel, press New."""
    page = browser_page("rep", "/odoo/kehu-customers")
    page.locator(
        ".o_search_panel_category_value header", has_text="经销商"
    ).first.click()
    page.locator(".o_list_button_add").click()
    page.locator(".o_notebook a[name=kehu_archive]").click()
    box = page.locator(".o_field_widget[name=customer_class_id]")
    expect(box.locator(".o_kehu_code_name")).to_have_text("经销商")
    expect(box.locator("input")).to_have_value("01")


@pytest.mark.parametrize("login", ["rep", "archivist"])
def test_screens_fit_a_telephone(browser_page, archive, login):
    """N12: 390 pixels wide, nothing overflows, and the steps are within reach."""
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}
    page = browser_page(login, "/odoo/customer-archives", has_touch=True, **phone)
    for path, sign in (
        ("/odoo/customer-archives", ".o_kanban_record"),
        ("/odoo/kehu-customers", ".o_kanban_record"),
        (f"/odoo/customer-archives/{archive['archive_id']}", ".o_kehu_code"),
        (f"/odoo/kehu-customers/{archive['partner_id']}", ".o_form_renderer"),
    ):
        page.goto(path)
        page.wait_for_selector(sign)
        width = page.evaluate(
            "Math.max(document.documentElement.scrollWidth,"
            " document.querySelector('.o_content').scrollWidth)"
        )
        assert width <= 390, path
    page.goto(f"/odoo/customer-archives/{archive['archive_id']}")
    expect(page.locator(".o_kehu_marking")).to_contain_text("机密")
    if login == "rep":
        expect(page.get_by_role("button", name="签名并移交")).to_be_in_viewport()
