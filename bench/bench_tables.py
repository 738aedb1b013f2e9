"""The tables of figures on a big database, screen by screen, for everybody.

Beside a floor in the same run: one bare SQL query that adds up the same documents.
Sizes come from the environment: ``BENCH_TABLE_CUSTOMERS`` (200000),
``BENCH_TABLE_ORDERS`` (200000, a multiple of 50), ``BENCH_ROUNDS`` (3).
"""

import json

import pytest

from bench import credit_data, generate, tables_data, tables_work
from bench.measure import size, tell
from dev.paths import PROJECT
from tests.support.live import Database

NAME = "kehu_bench_tables"
# Processor seconds of a screen, as a multiple of the floor's.
ONE, ALL = 1.0, 6.0
# What is asked of one customer, and what a salesperson with 500 customers sees.
SMALL = ("customer", "xlsx")


@pytest.fixture(scope="module")
def filled(place):
    """Return a database with customers, receivables, orders, opportunities."""
    place.databases.copy(place.installed(), NAME)
    database = Database(place, NAME)
    generate.customers(database, size("TABLE_CUSTOMERS", 200_000))
    run(database, credit_data, "fill")
    tables_data.fill(database, size("TABLE_ORDERS", 200_000))
    yield database
    database.drop()


def run(database, module, call):
    """Call a function inside Odoo, and return what it tells."""
    script = (
        f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
        f"from {module.__name__} import {call}\n{call}(env)\n"
    )
    output = database.cli(
        "shell", "--no-http", "--log-level=error", text_in=script, timeout=7200
    )
    lines = [line for line in output.splitlines() if module.MARK in line]
    return json.loads(lines[-1].split(module.MARK)[1])


def test_the_tables_stay_within_reach_of_the_floor(filled):
    """N8, R26, R73, R109: for one customer at once, for all not far above the floor."""
    figures = run(filled, tables_work, "measure_tables")
    floor = figures.pop("floor")["everybody"]["read"][0]
    tell(
        f"tables, floor {floor:.2f} s of processor: ratio, processor, clock, queries",
        *(
            f"{who:32} {act:9} {cost / floor:6.2f} {cost:7.2f} {clock:7.2f} {queries:4}"
            for who, acts in figures.items()
            for act, (cost, clock, queries) in acts.items()
        ),
    )
    for who, acts in figures.items():
        for act, (cost, _clock, _queries) in acts.items():
            # A month of everything is as many rows as are written.
            if act != "month":
                bar = ONE if act in SMALL or who.endswith(" rep") else ALL
                assert cost <= bar * floor, (who, act)
