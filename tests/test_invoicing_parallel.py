"""Two clerks invoice the same month at the same moment: no line twice (R73).

A server with several worker processes: what they share is the database alone.
"""

import pytest

from tests.support.parallel import all_at_once, serve_workers
from tests.support.rpc import RpcError

ROUNDS = 3
CLERKS = ("clerk", "clerk2")

SETUP = """
from odoo import Command
clerk = env.ref("kehu_archive.user_clerk_demo")
clerk.with_context(no_reset_password=True).copy(
    {"name": "clerk2", "login": "clerk2", "password": "clerk2",
     "group_ids": [Command.set(clerk.group_ids.ids)]})
env.cr.commit()
print("READY")
"""

ORDERS = """
from odoo import Command
product = env["product.product"].create(
    {"name": "parallel", "type": "service", "invoice_policy": "order"})
for name in ("partner_beichen_heping_demo", "partner_beichen_hexi_demo") * 5:
    order = env["sale.order"].create({
        "partner_id": env.ref("kehu_archive." + name).id,
        "order_line": [Command.create(
            {"product_id": product.id, "price_unit": 11.0})]})
    order.action_confirm()
env.cr.commit()
print("PRODUCT", product.id)
"""


@pytest.fixture(scope="module")
def desk(bench_place):
    """Return a server with two workers, and two clerks on it."""
    with serve_workers(bench_place, "kehu_live_invoicing", SETUP) as place:
        yield place


def invoiced_lines(server, product):
    """Return how often each order line of the product is on an invoice."""
    return server.psql(
        """SELECT line.id, count(rel.invoice_line_id)
             FROM sale_order_line AS line
        LEFT JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
            WHERE line.product_id = %s GROUP BY line.id""",
        [product],
    )


def make_orders(database):
    """Make ten orders of two branches; return the product that tells them apart."""
    output = database.cli("shell", "--no-http", text_in=ORDERS)
    line = next(row for row in output.splitlines() if "PRODUCT" in row)
    return int(line.split()[-1])


def start_run(server, login):
    """Make and preview a run of everything due; return a function that drafts it."""
    session = server.http(login)
    run_id = session.call(
        "kehu.invoice.run",
        "create",
        [
            {
                "date_from": "2020-01-01",
                "date_to": "2099-12-31",
                "invoice_date": "2026-11-30",
            }
        ],
    )[0]
    session.call("kehu.invoice.run", "action_preview", [run_id])
    return run_id, lambda: session.call(
        "kehu.invoice.run", "action_create_drafts", [run_id]
    )


def test_two_month_end_runs_at_once_never_invoice_a_line_twice(desk):
    """R73: on two real connections, several rounds."""
    server, database = desk
    for _round in range(ROUNDS):
        product = make_orders(database)
        runs = [start_run(server, login) for login in CLERKS]
        answers = all_at_once([act for _run, act in runs])
        assert not all(isinstance(answer, RpcError) for answer in answers), answers
        counts = invoiced_lines(server, product)
        assert len(counts) == 10
        assert {count for _line, count in counts} == {1}


def test_the_wizard_and_the_wizard_at_once_never_invoice_a_line_twice(desk):
    """R73: Odoo's own button, pressed twice at the same moment."""
    server, database = desk
    for _round in range(ROUNDS):
        product = make_orders(database)
        rows = server.psql(
            "SELECT DISTINCT order_id FROM sale_order_line WHERE product_id = %s",
            [product],
        )
        orders = [order for (order,) in rows]

        def press(login, orders=orders):
            session = server.http(login)
            context = {"active_model": "sale.order", "active_ids": orders}
            wizard = session.call(
                "sale.advance.payment.inv", "create", [{}], context=context
            )[0]
            return session.call(
                "sale.advance.payment.inv", "create_invoices", [wizard], context=context
            )

        all_at_once([lambda login=login: press(login) for login in CLERKS])
        counts = invoiced_lines(server, product)
        assert {count for _line, count in counts} == {1}
