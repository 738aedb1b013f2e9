"""Grades of 200,000 customers: the nightly run beside the bare query, and one form.

``BENCH_FINANCIAL_RISK`` names a folder that holds OCA's ``account_financial_risk`` for
19.0 (the package ``odoo-addon-account_financial_risk``, unpacked): then it computes its
own figures of the same customers in turns with ours.
"""

import json
import os

import pytest

from bench import credit_data, credit_peer_data, generate
from bench.measure import size, tell
from dev.paths import PROJECT
from dev.runner import Odoo
from dev.suite import Bench
from tests.support.live import Database

NAME, PEER = "kehu_bench_credit", "kehu_bench_credit_peer"
RUN_RATIO, FORM_MS = 2.0, 10.0


@pytest.fixture(scope="module")
def run():
    """Return a function that runs one measurement inside Odoo, on a full ledger."""
    bench = Bench()
    bench.databases.copy(bench.installed(), NAME)
    database = Database(bench, NAME)
    generate.customers(database, size("PARTNERS", 200_000))

    def measure(call, data=credit_data, odoo=bench.odoo, name=NAME):
        script = (
            f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
            f"from {data.__name__} import {call}\n{call}(env)\n"
        )
        output = odoo.run(
            "shell",
            "-d",
            name,
            "--no-http",
            "--log-level=error",
            doing="measuring the grades",
            log="bench-credit",
            text_in=script,
        )
        lines = [line for line in output.splitlines() if credit_data.MARK in line]
        figures = json.loads(lines[-1].split(credit_data.MARK)[1])
        tell(f"credit, {call}", *(f"{key:18} {val}" for key, val in figures.items()))
        return figures

    measure("fill")
    for table in (
        "account_move",
        "account_move_line",
        "account_partial_reconcile",
        "res_partner",
    ):
        database.psql(f"VACUUM ANALYZE {table}")
    yield measure
    database.drop()


def test_the_nightly_run_takes_no_longer_than_twice_the_bare_query(run):
    """N8: a night on which every customer gets a snapshot, and a quiet one.

    Compared is processor time; the clock's seconds are told as well.
    """
    figures = run("measure_run")
    assert figures["quiet"] <= RUN_RATIO * figures["bare"]
    assert figures["first"] <= RUN_RATIO * figures["bare"]


def test_the_grades_equal_those_of_a_slow_reading(run):
    """R87: a random thousand, graded document by document."""
    figures = run("compare")
    assert figures["different"] == 0
    assert min(figures["grades"].values()) > 0


def test_the_facts_of_one_customer_show_at_once(run):
    """N8"""
    assert run("measure_form")["form_ms"] <= FORM_MS


@pytest.fixture
def run_peer(run):
    """Return a function that measures in a copy where OCA's module is installed too."""
    folder = os.environ.get("BENCH_FINANCIAL_RISK")
    if not folder:
        pytest.skip("BENCH_FINANCIAL_RISK does not say where account_financial_risk is")
    bench = Bench()
    odoo = Odoo("risk", bench.server, addons=[folder])
    bench.databases.copy(NAME, PEER)
    odoo.install(
        PEER, ["account_financial_risk"], doing="installing", log="bench-financial-risk"
    )
    database = Database(bench, PEER)
    database.psql(credit_peer_data.COUNTED)
    database.psql("VACUUM ANALYZE res_partner")
    yield lambda call: run(call, data=credit_peer_data, odoo=odoo, name=PEER)
    database.drop()


def test_a_grade_takes_no_longer_than_the_figures_of_financial_risk(run_peer):
    """N8: for each customer, theirs in batches of the size that suits it best"""
    figures = run_peer("measure_peer")
    assert figures["ours_us"] <= figures["theirs_us"]
    assert figures["ours_form_ms"] <= figures["theirs_form_ms"]
