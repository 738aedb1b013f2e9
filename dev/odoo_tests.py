"""``make odoo-tests``: Odoo's own tests, with the module installed beside them.

What fails for reasons that ``docs/odoo-tests.md`` explains is not a failure of the run;
every other failure is, and so is an explanation whose test does not fail any more.
"""

import re

from dev import ports
from dev.messages import Problem, say
from dev.paths import PROJECT, log_file
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
#: A line of the explanations: ``- `TestClass.test_name`: why``.
EXPLAINED = re.compile(r"^- `(\w+\.\w+)`", re.MULTILINE)
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def run(arguments):
    """Run the tests of the modules, or of those named, and compare with the page.

    :param arguments: module names, or test tags of Odoo such as ``/sale:TestSaleOrder``.
    :return: exit code.
    :raises dev.messages.Problem: a test fails without an explanation.
    """
    bench = Bench()
    bench.databases.copy(bench.installed(), DATABASE)
    bench.odoo.run(
        "shell",
        "-d",
        DATABASE,
        "--no-http",
        doing="turning the database to English, which Odoo's tests read",
        log="odoo-tests-language",
        text_in=ENGLISH,
    )
    left = set()
    explained = set(EXPLAINED.findall(explanations()))
    for tags in arguments or MODULES:
        tag = tags if tags.startswith("/") else f"/{tags}"
        name = re.sub(r"\W+", "-", tag).strip("-")[:60]
        output = test(bench.odoo, tag, f"odoo-tests-{name}")
        failed = set(FAILURE.findall(output))
        counts = RESULT.findall(output)
        if not counts:
            raise Problem(
                f"The tests {tag} did not run to their end: read "
                f"{log_file(f'odoo-tests-{name}')} for the reason."
            )
        say(f"{tag}: {counts[-1][2]} tests, {len(failed)} fail")
        for unexplained in sorted(failed - explained):
            say(f"    {unexplained}")
        left |= failed - explained
    if left:
        raise Problem(
            f"{len(left)} of Odoo's tests fail without an explanation in "
            "docs/odoo-tests.md."
        )
    return 0


def test(odoo, tag, log):
    """Run Odoo's test runner; return what it printed, failures or not."""
    try:
        return odoo.run(
            "-d",
            DATABASE,
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
