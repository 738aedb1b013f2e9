"""Fixtures of the whole-system tests.

``server``          a real server on a copy of the demonstration, Chinese active
``browser_page``    ``browser_page(login, path)`` opens a real browser window
``fresh_database``  ``fresh_database(modules=..., demo=...)`` makes a database
``odoo_cli``        ``odoo_cli(database, "-u", "kehu_archive")`` runs Odoo to its end
``attacked``        a server of its own for the attack tests, and ``target`` in it
``bench_place``     what these are made from: PostgreSQL, Odoo, templates
"""

import itertools

import pytest
from playwright.sync_api import sync_playwright

from dev import system
from dev.paths import MODULE
from dev.suite import Bench
from tests.support.attack_table import ATTACKERS
from tests.support.attack_target import prepare
from tests.support.browser import Windows
from tests.support.live import Database

OUTCOME = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Let fixtures know how their test went."""
    report = yield
    item.stash.setdefault(OUTCOME, {})[report.when] = report
    return report


@pytest.fixture(scope="session")
def bench_place():
    """Return PostgreSQL, Odoo and the database recipes."""
    return Bench()


@pytest.fixture(scope="session")
def server(bench_place):
    """Return a running :class:`tests.support.live.LiveServer`.

    All tests of a session share it: a test makes its own records and does not
    depend on how many others there are.
    """
    name = "kehu_live"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    with database.serve() as live:
        yield live
    database.drop()


@pytest.fixture(scope="session")
def attacked(bench_place):
    """Return a server of its own: attackers and their target stay out of others."""
    name = "kehu_attack"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    with database.serve() as live:
        yield live
    database.drop()


@pytest.fixture(scope="session")
def target(attacked):
    """Return the ids of an archive full of secrets, and people without a right."""
    return prepare(attacked, ATTACKERS)


@pytest.fixture(scope="session")
def browser():
    """Return the machine's own Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=system.find("chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def browser_page(request, browser, server):
    """Return a function that opens browser windows, and close them afterwards.

    A failed test leaves pictures in ``.kehu/pictures``; an uncaught JavaScript
    error fails the test.
    """
    windows = Windows(browser, server, request.node.name)
    yield windows
    outcome = request.node.stash.get(OUTCOME, {}).get("call")
    if outcome is not None and outcome.failed:
        for path in windows.picture():
            print(f"picture of the failed test: {path}")
    windows.close()
    assert not windows.errors, "uncaught JavaScript errors:\n" + "\n".join(
        windows.errors
    )


@pytest.fixture
def fresh_database(bench_place):
    """Return a function that makes a database, dropped after the test.

    ``fresh_database(name=None, modules=(MODULE,), demo=False)`` starts from the
    template with the module's dependencies and gives a
    :class:`tests.support.live.Database` with ``modules`` installed beside them;
    ``modules=()`` gives the template alone.
    """
    made = []
    numbers = itertools.count(1)

    def make(name=None, modules=(MODULE,), demo=False):
        database = Database(bench_place, f"kehu_fresh_{name or next(numbers)}")
        others = [module for module in modules if module != MODULE]
        databases = bench_place.databases
        source = (
            bench_place.installed(demo)
            if MODULE in modules
            else databases.template(demo)
        )
        made.append(database)
        databases.copy(source, database.db)
        if others:
            database.cli("-i", ",".join(others))
        return database

    yield make
    for database in made:
        database.drop()


@pytest.fixture
def odoo_cli(bench_place):
    """Return a function that runs Odoo's command line on a database.

    ``odoo_cli(database, *args, text_in=None)``, where ``database`` is a name or a
    :class:`tests.support.live.Database`; returns everything Odoo printed.
    """

    def run(database, *args, **options):
        if isinstance(database, str):
            database = Database(bench_place, database)
        return database.cli(*args, **options)

    return run
