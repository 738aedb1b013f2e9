"""Real browser windows, logged in as demo users."""

import re

from playwright.sync_api import expect

from dev.paths import state
from tests.support.chinese import ODOO, assert_chinese

WINDOW = {
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "viewport": {"width": 1366, "height": 900},
    "accept_downloads": True,
}


class Windows:
    """Opens windows for one test and closes them after it."""

    def __init__(self, browser, server, name):
        """Keep the tools.

        :param browser: Playwright's browser.
        :param server: :class:`tests.support.live.LiveServer`.
        :param name: the test's name, for pictures.
        """
        self.browser = browser
        self.server = server
        self.name = re.sub(r"[^\w.-]+", "_", name)[:100]
        self.contexts = []
        # Uncaught JavaScript errors of all windows; the test fails if any are left.
        self.errors = []

    def __call__(self, login, path="/odoo", password=None, server=None, **options):
        """Open a window as a user.

        :param login: user's login; the password equals it unless given.
        :param path: where to go first; None stays on an empty page.
        :param password: user's password.
        :param server: another server than the session's.
        :param options: Playwright's context options, such as ``viewport``.
        :return: Playwright's page.
        """
        server = server or self.server
        context = self.browser.new_context(base_url=server.url, **{**WINDOW, **options})
        context.set_default_timeout(30_000)
        # The first page after an installation waits for the assets to be built.
        context.set_default_navigation_timeout(180_000)
        self.contexts.append(context)
        cookies = server.http(login, password).cookies
        context.add_cookies(
            [{"name": c.name, "value": c.value, "url": server.url} for c in cookies]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if path is not None:
            page.goto(path)
        return page

    def picture(self):
        """Keep a picture of every open page, to see why a test failed.

        :return: the pictures' paths.
        """
        paths = []
        for context in self.contexts:
            for page in context.pages:
                path = state("pictures", f"{self.name}-{len(paths) + 1}.png")
                page.screenshot(path=path)
                paths.append(path)
        return paths

    def close(self):
        """Close all windows."""
        for context in self.contexts:
            context.close()


def settle(page, screen, extra=()):
    """Wait until nothing loads any more; the screen speaks Chinese.

    :param page: Playwright's page.
    :param screen: its name, for the message.
    :param extra: words in Latin letters that this screen may hold.
    """
    expect(page.locator(".o_loading_indicator")).to_have_count(0)
    assert_chinese(page, screen, extra=(*ODOO, *extra))
