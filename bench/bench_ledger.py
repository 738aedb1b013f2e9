"""What the ledger costs: saving partners, and verifying a million rows."""

import json

import pytest

from bench import ledger_data
from dev.paths import PROJECT
from dev.suite import Bench

WITHOUT_ARCHIVE, WITH_LEDGER = 1.05, 1.25
VERIFY_SECONDS, VERIFY_MB = 60, 100
NAME, PLAIN = "kehu_bench_ledger", "kehu_bench_ledger_plain"


@pytest.fixture(scope="module")
def run():
    """Return a function that runs one measurement inside Odoo."""
    bench = Bench()
    bench.databases.copy(bench.installed(), NAME)
    bench.databases.copy(bench.databases.template(False), PLAIN)

    def measure(call):
        script = (
            f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
            f"from bench import ledger_data\nledger_data.{call}\n"
        )
        output = bench.odoo.run(
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
    for name in (NAME, PLAIN):
        bench.databases.drop(name)


def test_saving_partners_costs_little_more_than_plain_odoo(run):
    figures = run(f"measure_writes(env, {PLAIN!r})")
    noise = abs(figures["plain_again"]["ratio"] - 1)
    assert figures["without"]["ratio"] <= WITHOUT_ARCHIVE + noise
    assert figures["with"]["ratio"] <= WITH_LEDGER + noise


def test_a_million_rows_are_verified_in_one_pass_and_constant_memory(run):
    figures = run("measure_verification(env)")
    assert figures["rows"] >= ledger_data.CHAINS * ledger_data.LENGTH
    assert figures["broken"] == 0
    assert figures["named"] == ["altered"]
    assert figures["seconds"] <= VERIFY_SECONDS
    assert figures["grown_mb"] <= VERIFY_MB
