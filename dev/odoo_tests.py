"""``make odoo-tests``: Odoo's own tests, with the module installed beside them.

What fails for reasons that ``docs/odoo-tests.md`` explains is not a failure of the run;
every other failure is, and so is an explanation whose test does not fail any more.
"""

import re
import subprocess

from dev import ports
from dev.messages import Problem, say
from dev.paths import PROJECT, log_file, state
from dev.suite import Bench

DATABASE = "kehu_odoo_tests"
MODULES = ("sale", "sale_stock", "crm", "account")
FAILURE = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
ENGLISH = """
env["res.lang"]._activate_lang("en_US")
env["res.users"].with_context(active_test=False).search([]).partner_id.lang = "en_US"
env["res.partner"].with_context(active_test=False).search([]).lang = "en_US"
env["ir.default"].set("res.partner", "lang", "en_US")
env["res.lang"].search([("code", "!=", "en_US")]).active = False
env.cr.commit()
"""
#: What the page names; it names no test that passes.
EXPLAINED = re.compile(r"`(Test\w+\.test_\w+)`")
RESULT = re.compile(r"\d+ failed, \d+ error\(s\) of \d+ tests")
#: The same of pytest, which runs what Odoo tags ``at_install``.
LATE_FAILURE = re.compile(r"^(?:SUBFAILED.*|FAILED|ERROR) \S+::(\w+)::(\w+)", re.M)
LATE_RESULT = re.compile(r"^\d+ (?:failed|passed).* in .*$", re.M)


def run(arguments):
    """Run the tests of the modules, or of those named, and compare with the page.

    :param arguments: module names, or test tags of Odoo such as ``/sale:TestSaleOrder``;
        ``at_install:crm`` for those that Odoo runs while it installs a module, and
        ``plain`` to run all of it where our module is not installed.
    :return: exit code.
    :raises dev.messages.Problem: a test fails without an explanation.
    """
    bench = Bench()
    plain = "plain" in arguments
    database = prepare(bench, plain)
    left = set()
    explained = set() if plain else set(EXPLAINED.findall(explanations()))
    for what in [one for one in arguments if one != "plain"] or MODULES:
        failed, summary = run_one(bench.odoo, database, what)
        say(f"{what}: {summary}")
        for unexplained in sorted(failed - explained):
            say(f"    {unexplained}")
        left |= failed - explained
    if left:
        raise Problem(
            f"{len(left)} of Odoo's tests fail without an explanation in "
            "docs/odoo-tests.md."
        )
    return 0


def prepare(bench, plain):
    """Make the database anew, in English; return its name.

    :param bench: :class:`dev.suite.Bench`.
    :param plain: without our module, by the same recipe.
    """
    database = f"{DATABASE}_plain" if plain else DATABASE
    source = bench.databases.template() if plain else bench.installed()
    bench.databases.copy(source, database)
    bench.odoo.run(
        "shell",
        "-d",
        database,
        "--no-http",
        doing="turning the database to English, which Odoo's tests read",
        log="odoo-tests-language",
        text_in=ENGLISH,
    )
    return database


def run_one(odoo, database, what):
    """Run the tests of one module or tag.

    :return: the tests that fail, and how many there were, in a sentence.
    :raises dev.messages.Problem: they did not run to their end.
    """
    name = f"odoo-tests-{re.sub(r'[^a-zA-Z0-9_]+', '-', what).strip('-')[:60]}"
    kind, _colon, module = what.partition(":")
    if kind == "at_install":
        output = test_loaded(odoo, database, module, log_file(name))
        failed = set(map(".".join, LATE_FAILURE.findall(output)))
        counts = LATE_RESULT.findall(output)
    else:
        tag = what if what.startswith("/") else f"/{what}"
        output = test(odoo, database, tag, name)
        failed = set(FAILURE.findall(output))
        counts = RESULT.findall(output)
    if not counts:
        raise Problem(
            f"The tests {what} did not run to their end: read {log_file(name)} "
            "for the reason."
        )
    return failed, counts[-1]


def test_loaded(odoo, database, module, log):
    """Run what Odoo tags ``at_install`` where every module is loaded, by pytest.

    Odoo itself would run it before the others are.

    :return: what pytest printed.
    """
    conf = odoo.write_conf(state("conf", "odoo-tests.conf"), db_name=database)
    tests = odoo.tree.python_path / "odoo" / "addons" / module / "tests"
    command = [odoo.python, "-m", "pytest", "-p", "dev.at_install_only"]
    command += [f"--odoo-config={conf}", "--odoo-http", "--odoo-log-level=error"]
    command += ["-q", "--tb=short", "-rfE", str(tests)]
    with log.open("w") as stream:
        subprocess.run(
            command,
            cwd=PROJECT,
            env={**odoo.env(), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return log.read_text(errors="replace")


def test(odoo, database, tag, log):
    """Run Odoo's test runner; return what it printed, failures or not."""
    try:
        return odoo.run(
            "-d",
            database,
            # The others run while modules are still missing from the registry.
            f"--test-tags={tag},-at_install",
            "--stop-after-init",
            "--workers=0",
            # Odoo's tests ask a server, which may not be the usual port's.
            f"--http-port={ports.any_free()}",
            doing="running Odoo's own tests",
            log=log,
            timeout=7200,
        )
    except Problem:
        # The exit code says no more than that some test failed.
        return log_file(log).read_text(errors="replace")


def explanations():
    """Return the text of the page that explains differences."""
    page = PROJECT / "docs" / "odoo-tests.md"
    return page.read_text(encoding="utf-8") if page.exists() else ""
