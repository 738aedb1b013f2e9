"""Joint invoices of head offices beside Odoo's own to the parent's address.

The same delivered orders twice in one database: of customers with an archive, invoiced
jointly, and of strangers whose orders name the head office as the address, invoiced by
Odoo's own ``_create_invoices``. Then the jointly invoiced ones once more by a month-end
run. Sums to the cent, every line once. Sizes come from the environment:
``BENCH_ORDERS`` (10000), ``BENCH_HEAD_OFFICES`` (300).
"""

import json

import pytest

from bench import ledger_data, order_data
from bench.measure import size, tell
from dev.paths import PROJECT
from tests.support.live import Database

# Time per order line not above Odoo's own.
BAR = 1.0
FULL = "kehu_bench_orders"


@pytest.fixture(scope="module")
def sizes():
    """Return the numbers of orders and of head offices."""
    return size("ORDERS", 10_000), size("HEAD_OFFICES", 300)


@pytest.fixture(scope="module")
def ordered(place, sizes):
    """Return a function that runs one measurement inside a copy of the full database."""
    place.databases.copy(place.installed(), FULL)
    order_data.orders(Database(place, FULL), *sizes)
    made = []

    def measure(call):
        name = f"{FULL}_{len(made)}"
        place.databases.copy(FULL, name)
        made.append(name)
        text = (
            f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n"
            f"from bench import invoicing_work\ninvoicing_work.{call}\n"
        )
        output = Database(place, name).cli(
            "shell", "--no-http", "--log-level=error", text_in=text, timeout=7200
        )
        lines = [line for line in output.splitlines() if ledger_data.MARK in line]
        assert lines, output[-2000:]
        return json.loads(lines[-1].split(ledger_data.MARK)[1])

    yield measure
    for name in (FULL, *made):
        place.databases.drop(name)


def check_sums(figures, orders, offices):
    """Each head office has what its branches ordered, each line is there once."""
    assert figures["heads"] == offices
    assert figures["wrong"] == 0
    assert figures["lines"] == figures["once"]
    assert figures["lines"] == 3 * orders


def test_joint_invoices_cost_no_more_than_odoo_s_own_to_the_parent_s_address(
    ordered, sizes
):
    """R73: sums to the cent, each line once, in no more time than Odoo's own."""
    orders, offices = sizes
    figures = ordered(f"measure_turns(env, {offices})")
    ours, theirs, marked = (figures[key] for key in ("ours", "theirs", "marked"))
    ratios = {key: ours[key] / theirs[key] for key in ("processor", "clock")}
    tell(
        f"{orders} orders of {offices} head offices, {ours['lines']} lines",
        *(
            f"{name}: {side['processor']:.1f} s of processor, {side['clock']:.1f} s, "
            f"{1000 * side['processor'] / side['lines']:.2f} ms a line, "
            f"{side['invoices']} invoices, +{side['mebibytes']} MiB"
            for name, side in (
                ("Odoo's own, parent's address", theirs),
                ("joint, with sections", ours),
            )
        ),
        f"{marked['sections']} sections, {marked['deliveries']} delivery numbers",
        f"ratio: {ratios['processor']:.2f} by processor, {ratios['clock']:.2f} by clock",
    )
    for side in (ours, theirs):
        check_sums(side, orders, offices)
    assert ours["total"] == theirs["total"]
    assert marked["sections"] > ours["invoices"]
    assert marked["orders"] == ours["lines"]
    assert marked["deliveries"] == 2 * orders
    assert ratios["processor"] <= BAR
    assert ratios["clock"] <= BAR


def test_a_month_end_run_of_all_head_offices_goes_from_preview_to_posted(
    ordered, sizes
):
    """R73: one run for all of them; the clerk waits for no part of it."""
    orders, offices = sizes
    figures = ordered(f"measure_run(env, {offices})")
    spent, grown = figures["spent"], figures["mebibytes"]
    tell(
        f"month-end run: {orders} orders of {offices} head offices, "
        f"{figures['rows']} rows",
        *(
            f"{step}: {spent[step][0]:.1f} s of processor, {spent[step][1]:.1f} s, "
            f"+{grown[step]} MiB"
            for step in spent
        ),
    )
    check_sums(figures, orders, offices)
    made, failed, _state = figures["drafts"]
    assert (made, failed) == (figures["invoices"], 0)
    assert (figures["state"], figures["posted"]) == ("posted", made)
