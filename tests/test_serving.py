"""The served system as such, before anything of the module is looked at."""


def test_the_login_page_is_served_in_chinese(server):
    """Chinese is the language of somebody who has not logged in yet."""
    page = server.http().get("/web/login")
    assert page.status_code == 200
    assert "密码" in page.text


def test_the_module_is_installed_with_its_demonstration_data(server):
    """A demonstration file that fails is skipped by Odoo with a warning only."""
    rows = server.psql(
        "SELECT state, demo FROM ir_module_module WHERE name = 'kehu_archive'"
    )
    assert rows == [("installed", True)]


def test_a_user_reaches_the_home_screen_in_a_real_browser(browser_page):
    """The web client starts, in Chinese, without an uncaught JavaScript error."""
    page = browser_page("admin")
    page.locator(".o_navbar").wait_for()
    page.get_by_text("讨论").first.wait_for()
