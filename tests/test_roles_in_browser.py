"""Each role looks at its screens: no error, no traceback, no English."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.support.chinese import ODOO, assert_chinese
from tests.support.customers import register_customer
from tests.support.rpc import RpcError

READERS = ("rep", "manager", "archivist", "auditor")
IMPORTS = ("registration_import_new_action", "registration_import_action")
CODE_TABLES = ("cabinet", "customer_class", "region", "industry_label")
TABLES = (*[f"{name}_action" for name in CODE_TABLES], "enterprise_nature_action")
# The screens on each role's menu, as the names of actions.
SCREENS = {
    "rep": ("archive_action_my_late", *IMPORTS),
    "manager": (
        "archive_action_my_late",
        "archive_action_late",
        "disclosure_action",
        "leaver_action",
        *IMPORTS,
    ),
    "archivist": (
        "archive_action_to_receive",
        "archive_action_late",
        "archive_item_action",
        "release_action",
        "archive_copy_action",
        "disclosure_action",
        "leaver_action",
        *IMPORTS,
        *TABLES,
    ),
    "auditor": (
        "archive_action_late",
        "archive_item_action",
        "release_action",
        "archive_copy_action",
        "disclosure_action",
        "alert_action",
        "undertaking_text_action",
        "undertaking_action_users",
    ),
    "itadmin": TABLES,
}


@pytest.fixture(scope="module")
def archive(server):
    """Return a customer of the demo rep with its archive, as ids and a name."""
    return register_customer(server, "角色")


@pytest.fixture(scope="module")
def stranger(server):
    """Return the login of a sales rep of another team."""
    login = f"stranger{str(uuid.uuid4().int)[:8]}"
    groups = [
        server.rpc("admin", "admin", "ir.model.data", "check_object_reference", xmlid)[
            1
        ]
        for xmlid in (("base", "group_user"), ("kehu_archive", "group_kehu_rep"))
    ]
    server.rpc(
        "admin",
        "admin",
        "res.users",
        "create",
        [
            {
                "name": "钱外人",
                "login": login,
                "password": login,
                "lang": "zh_CN",
                "tz": "Asia/Shanghai",
                "group_ids": [(6, 0, groups)],
            }
        ],
    )
    return login


def look(page, screen):
    """Wait until a screen stands still; it shows no error and no English."""
    page.locator(".o_action_manager .o_content, .modal").first.wait_for()
    expect(page.locator(".o_loading_indicator")).to_have_count(0)
    page.wait_for_function("document.fonts.status === 'loaded'")
    expect(page.locator(".o_error_dialog, .o_error_detail")).to_have_count(0)
    assert_chinese(page, screen, extra=ODOO)


def apps(page):
    """Return the names of the apps that the user has."""
    page.locator(".o_navbar_apps_menu button").first.click()
    items = page.locator(".o-dropdown--menu .o_app")
    items.first.wait_for()
    names = [name.strip() for name in items.all_inner_texts()]
    page.keyboard.press("Escape")
    return names


@pytest.mark.parametrize("login", ["rep", "manager", "archivist", "auditor", "itadmin"])
def test_the_app_opens_for_everybody_who_works_with_archives(browser_page, login):
    """R06: each role has its own menu; every screen on it opens in Chinese."""
    page = browser_page(login)
    page.locator(".o_navbar").wait_for()
    assert "客户档案" in apps(page)
    for name in SCREENS[login]:
        page.goto(f"/odoo/action-kehu_archive.kehu_{name}")
        look(page, f"{login}: {name}")


@pytest.mark.parametrize("login", READERS)
def test_readers_look_at_archives_in_every_view(browser_page, archive, login):
    """R06: list, kanban, search panel, form and the customer's own page."""
    page = browser_page(login, "/odoo/action-kehu_archive.kehu_archive_action")
    look(page, f"{login}: archives")
    expect(page.locator(".o_search_panel")).to_be_visible()
    for view in ("list", "kanban"):
        page.locator(f".o_switch_view.o_{view}").click()
        page.locator(f".o_{view}_view").wait_for()
        look(page, f"{login}: archives, {view}")
    page.goto(f"/odoo/action-kehu_archive.kehu_archive_action/{archive['id']}")
    page.locator(".o_form_view").get_by_text(archive["name"]).first.wait_for()
    for tab in page.locator(".o_notebook_headers .nav-link").all():
        tab.click()
        look(page, f"{login}: archive, {tab.inner_text()}")
    page.goto(f"/odoo/action-contacts.action_contacts/{archive['partner']}")
    page.locator(".o_form_view").wait_for()
    page.locator(".o_notebook").get_by_role("tab", name="客户档案").click()
    look(page, f"{login}: customer")


def test_the_clerk_has_no_archives_and_still_works_with_customers(
    browser_page, archive
):
    """R06: who only invoices sees the card, and no way into the archive."""
    page = browser_page("clerk")
    page.locator(".o_navbar").wait_for()
    # The app is there for asking to consult or borrow: it holds no archives of theirs.
    assert "客户档案" in apps(page)
    page.goto("/odoo/customer-archives")
    page.locator(".o_list_view").wait_for()
    expect(page.locator(".o_data_row")).to_have_count(0)
    page.goto(f"/odoo/action-contacts.action_contacts/{archive['partner']}")
    page.locator(".o_form_view").wait_for()
    look(page, "clerk: customer")
    expect(page.locator("button[name=action_view_archive]")).to_have_count(0)


def assert_told(page, archive, screen):
    """A dialog says in Chinese that this may not be opened, and shows nothing of it."""
    told = page.locator(".modal")
    told.wait_for()
    # Odoo names the model by its technical name, too.
    assert_chinese(page, screen, extra=(*ODOO, "kehu", "archive"))
    assert "访问" in told.inner_text()
    expect(page.locator(".o_error_detail")).to_have_count(0)


@pytest.mark.parametrize("login", ["clerk", "itadmin"])
def test_who_reads_no_archives_finds_none_behind_a_guessed_address(
    browser_page, server, archive, login
):
    """R06: no crash, no content; Odoo leads back to a list, which is empty."""
    path = f"/odoo/action-kehu_archive.kehu_archive_action/{archive['id']}"
    page = browser_page(login, path)
    page.locator(".o_list_view").wait_for()
    expect(page.locator(".o_data_row")).to_have_count(0)
    expect(page.locator(".o_error_detail")).to_have_count(0)
    expect(page.locator(".o_view_nocontent")).to_contain_text("没有您可以查阅的档案")
    assert_chinese(page, f"{login}: nothing there", extra=ODOO)
    assert archive["name"] not in page.locator("body").inner_text()
    with pytest.raises(RpcError):
        server.rpc(login, login, "kehu.archive", "read", [[archive["id"]], ["name"]])


def test_a_rep_of_another_team_is_told_that_the_archive_is_not_hers(
    browser_page, archive, stranger
):
    """R06: from the customer's page, no crash; by its address, an empty list."""
    page = browser_page(
        stranger, f"/odoo/action-contacts.action_contacts/{archive['partner']}"
    )
    page.locator("button.oe_stat_button[name=action_view_archive]").click()
    assert_told(page, archive, "stranger: refused")
    page.goto(f"/odoo/action-kehu_archive.kehu_archive_action/{archive['id']}")
    page.locator(".o_list_view, .o_kanban_view").first.wait_for()
    assert archive["name"] not in page.locator("body").inner_text()
