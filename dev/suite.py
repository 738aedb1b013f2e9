"""The whole test suite: the module inside Odoo, then the system from outside."""

import os
import subprocess
from pathlib import Path

from dev import postgres, source, system
from dev.databases import Databases
from dev.locks import held
from dev.messages import say
from dev.paths import MODULE, PROJECT, state
from dev.runner import Odoo, fetch

PASSED, FAILED, NOTHING_COLLECTED = 0, 1, 5
TEST_PROGRAMS = ("postgresql", "chromium", "libreoffice", "poppler", "fonts")
MODULE_DATABASE = "kehu_test"


class Bench:
    """A place for tests: a fast throw-away server, Odoo, and databases by recipe."""

    def __init__(self):
        """Bring PostgreSQL and Odoo up to the point where tests can use them."""
        fetch()
        self.server = postgres.given_server() or postgres.test_cluster().server()
        self.odoo = Odoo("test", self.server)
        self.databases = Databases(self.odoo)

    def installed(self, demo=False):
        """Return the name of a database that holds the module as it is now.

        It is made once per source: as long as only tests change, it is kept.

        :param demo: with the demonstration data.
        :raises dev.messages.Problem: the module cannot be installed.
        """
        kind = "demo" if demo else "bare"
        base = self.databases.template(demo)
        name = f"kehu_mod_{kind}_{base.rpartition('_')[2]}_{source.fingerprint()}"
        names = self.databases.names()
        if name in names:
            return name
        for old in names:
            if old.startswith(f"kehu_mod_{kind}_"):
                self.databases.drop(old)
        say(f"installing the module ({kind})")
        partial = f"kehu_mod_new_{kind}"
        self.databases.copy(base, partial)
        log = f"install-{kind}"
        if demo:
            self.databases.install_demonstration(partial, log)
        else:
            self.odoo.install(partial, [MODULE], doing="installing the module", log=log)
        self.databases.rename(partial, name)
        return name


def run(arguments):
    """``make test``.

    :param arguments: pytest's, for both parts.
    :return: exit code.
    """
    system.need(*TEST_PROGRAMS)
    with held(state("test.lock"), "another command is testing in this clone: waiting"):
        try:
            paths, options = chosen(arguments)
            parts = [module_tests, system_tests]
            if paths:
                inside = [path for path in paths if Path(path).parts[0] == MODULE]
                outside = [path for path in paths if path not in inside]
                return worst(
                    part(options, own)
                    for part, own in zip(parts, (inside, outside), strict=True)
                    if own
                )
            return worst(part(options) for part in parts)
        finally:
            if not os.environ.get("PGHOST"):
                postgres.test_cluster().stop()


def chosen(arguments):
    """Split pytest's arguments into the tests that are asked for and the rest.

    :param arguments: such as ``tests/test_story.py::test_name`` or ``-k name``.
    :return: paths of files and folders of this project, and what is left.
    """
    paths = [
        argument
        for argument in arguments
        if "/" in argument and (PROJECT / argument.partition("::")[0]).exists()
    ]
    return paths, [argument for argument in arguments if argument not in paths]


def worst(codes):
    """Return the exit code of several runs of pytest taken together.

    :param codes: their exit codes; "nothing collected" counts as passed as long as
        some other run found something.
    """
    codes = list(codes)
    found = [code for code in codes if code != NOTHING_COLLECTED]
    # A run that a signal killed has a negative code, so the largest will not do.
    failed = [code for code in found if code != PASSED]
    if failed:
        return failed[0] if failed[0] > 0 else FAILED
    return PASSED if found else NOTHING_COLLECTED


def module_tests(options, paths=(MODULE,)):
    """Run the module's own tests in a fresh copy of an installed database.

    :param options: pytest's.
    :param paths: files or folders of tests.
    :return: exit code.
    """
    bench = Bench()
    bench.databases.copy(bench.installed(), MODULE_DATABASE)
    conf = bench.odoo.write_conf(
        state("conf", "module-tests.conf"), db_name=MODULE_DATABASE
    )
    return pytest(
        bench.odoo,
        "the module, inside Odoo",
        f"--odoo-config={conf}",
        "--odoo-http",
        "--odoo-log-level=error",
        *paths,
        *options,
    )


def system_tests(options, paths=("tests", "dev/tests")):
    """Run the tests that look at the whole system from outside.

    :param options: pytest's.
    :param paths: files or folders of tests.
    :return: exit code.
    """
    bench = Bench()
    return pytest(
        bench.odoo,
        "the whole system, from outside",
        "-p",
        "no:odoo",
        *paths,
        *options,
    )


def bench(arguments):
    """``make bench``: run the measurements and show the numbers they give.

    :param arguments: pytest's; files or folders among them are the only ones measured.
    :return: exit code.
    """
    paths, options = chosen(arguments)
    system.need(*TEST_PROGRAMS)
    with held(state("test.lock"), "another command is testing in this clone: waiting"):
        try:
            return pytest(
                Bench().odoo,
                "the measurements",
                "-p",
                "no:odoo",
                "--override-ini=python_files=bench_*.py",
                "--capture=no",
                *(paths or ["bench"]),
                *options,
            )
        finally:
            if not os.environ.get("PGHOST"):
                postgres.test_cluster().stop()


def pytest(odoo, what, *arguments):
    """Run pytest in the project folder.

    :param odoo: how Odoo is run; gives the interpreter and the variables.
    :param what: what is tested, for the heading.
    :param arguments: pytest's.
    :return: its exit code.
    """
    say(f"testing {what}")
    env = {**odoo.env(), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [odoo.python, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=env, check=False).returncode
