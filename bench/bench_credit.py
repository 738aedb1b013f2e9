"""Grades of 200,000 customers: the nightly run beside the bare query, and one form."""

import json

import pytest

from bench import credit_data, generate
from bench.measure import size, tell
from dev.paths import PROJECT
from dev.suite import Bench
from tests.support.live import Database

NAME = "kehu_bench_credit"
RUN_RATIO, FORM_MS = 2.0, 10.0


@pytest.fixture(scope="module")
def run():
    """Return a function that runs one measurement inside Odoo, on a full ledger."""
    bench = Bench()
    bench.databases.copy(bench.installed(), NAME)
    database = Database(bench, NAME)
    generate.customers(database, size("PARTNERS", 200_000))

    def measure(call):
        script = (
            f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
            f"from bench import credit_data\ncredit_data.{call}(env)\n"
        )
        output = bench.odoo.run(
            "shell",
            "-d",
            NAME,
            "--no-http",
            "--log-level=error",
            doing="measuring the grades",
            log="bench-credit",
            text_in=script,
        )
        lines = [line for line in output.splitlines() if credit_data.MARK in line]
        figures = json.loads(lines[-1].split(credit_data.MARK)[1])
        tell(f"credit, {call}", *(f"{key:12} {val}" for key, val in figures.items()))
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
