"""What the ledger costs: saving partners, and verifying a million rows.

``BENCH_AUDITLOG`` names a folder that holds OCA's ``auditlog`` for 19.0 (the package
``odoo-addon-auditlog``, unpacked): then it saves the same partners in turns with ours.
"""

import json
import os

import pytest

from bench import ledger_data
from dev.paths import PROJECT
from dev.runner import Odoo
from dev.suite import Bench

WITHOUT_ARCHIVE, WITH_LEDGER = 1.05, 1.25
VERIFY_SECONDS, VERIFY_MB = 60, 100
NAME, PLAIN = "kehu_bench_ledger", "kehu_bench_ledger_plain"
# OCA's ``auditlog`` has two ways of logging; the quicker one keeps no old values.
AUDITED = {
    "fast": "kehu_bench_ledger_audited_fast",
    "full": "kehu_bench_ledger_audited_full",
}


@pytest.fixture(scope="module")
def run():
    """Return a function that runs one measurement inside Odoo."""
    bench = Bench()
    bench.databases.copy(bench.installed(), NAME)
    bench.databases.copy(bench.databases.template(False), PLAIN)
    odoo = bench.odoo
    if auditlog := os.environ.get("BENCH_AUDITLOG"):
        odoo = Odoo("audited", bench.server, addons=[auditlog])
        first, *others = AUDITED.values()
        bench.databases.copy(PLAIN, first)
        odoo.install(first, ["auditlog"], doing="installing", log="bench-auditlog")
        for name in others:
            bench.databases.copy(first, name)

    def measure(call):
        script = (
            f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
            f"from bench import ledger_data\nledger_data.{call}\n"
        )
        output = odoo.run(
            "shell",
            "-d",
            NAME,
            "--no-http",
            "--log-level=error",
            doing="measuring the ledger",
            log="bench-ledger",
            text_in=script,
        )
        lines = [line for line in output.splitlines() if ledger_data.MARK in line]
        figures = json.loads(lines[-1].split(ledger_data.MARK)[1])
        print(f"\n{call}: {json.dumps(figures, indent=1)}")
        return figures

    yield measure
    for name in (NAME, PLAIN, *AUDITED.values()):
        bench.databases.drop(name)


def test_saving_partners_costs_little_more_than_plain_odoo(run):
    audited = AUDITED if os.environ.get("BENCH_AUDITLOG") else {}
    figures = run(f"measure_writes(env, {PLAIN!r}, {audited!r})")
    noise = abs(figures["plain_again"]["ratio"] - 1)
    assert figures["without"]["ratio"] <= WITHOUT_ARCHIVE + noise
    assert figures["with"]["ratio"] <= WITH_LEDGER + noise
    for name in audited:
        assert figures["with"]["ratio"] < figures[name]["ratio"], name


def test_a_million_rows_are_verified_in_one_pass_and_constant_memory(run):
    figures = run("measure_verification(env)")
    assert figures["rows"] >= ledger_data.CHAINS * ledger_data.LENGTH
    assert figures["broken"] == 0
    assert figures["named"] == ["altered"]
    assert figures["seconds"] <= VERIFY_SECONDS
    assert figures["grown_mb"] <= VERIFY_MB
