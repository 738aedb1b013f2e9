"""Month-end invoicing while others work, and while the machine fails (R73, N9).

A real server with two workers, or a background job as a process of its own that is
killed: each order line stands on exactly one invoice afterwards, none on a stray one.
"""

import random
import signal
import subprocess
import time

import pytest

from dev import ports
from dev.paths import log_file
from tests.support.live import Database
from tests.support.parallel import all_at_once
from tests.support.rpc import RpcError

ROUNDS = 3
OFFICES = 12

SETUP = """
from odoo import Command
branches = env["res.partner"]
for number in range({offices}):
    office = env["res.partner"].create({{"name": f"竞速总公司{{number}}", "is_company": True}})
    office._kehu_register()
    for place in range(2):
        branch = env["res.partner"].create({{
            "name": f"竞速分公司{{number}}-{{place}}", "is_company": True,
            "head_office_id": office.id}})
        branch._kehu_register()
clerk = env.ref("kehu_archive.user_clerk_demo")
clerk.group_ids += env.ref("sales_team.group_sale_manager")
for policy in ("order", "delivery"):
    env["product.product"].create(
        {{"name": f"race by {{policy}}", "type": "service", "invoice_policy": policy}})
env.cr.commit()
print("READY")
"""

WORK = """
env["kehu.invoice.run"]._cron_{job}()
env.cr.commit()
print("FINISHED", flush=True)
"""


@pytest.fixture(scope="module")
def desk(bench_place):
    """Return a server with two workers, and its database."""
    name = "kehu_live_races"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    output = database.cli("shell", "--no-http", text_in=SETUP.format(offices=OFFICES))
    assert "READY" in output
    with database.serve("--workers=2", f"--gevent-port={ports.any_free()}") as server:
        yield server, database
    database.drop()


def make_orders(server, branches, policy="order"):
    """Make one order of each of some branches, half delivered; return their ids."""
    clerk = server.http("clerk")
    named = [["name", "like", "竞速分公司"]]
    [product] = clerk.call(
        "product.product", "search", [["name", "=", f"race by {policy}"]]
    )
    line = {"product_id": product, "product_uom_qty": 2, "price_unit": 11.0}
    if policy == "delivery":
        line["qty_delivered"] = 1
    orders = clerk.call(
        "sale.order",
        "create",
        [
            {"partner_id": branch, "order_line": [[0, 0, line]]}
            for branch in clerk.call("res.partner", "search", named, limit=branches)
        ],
    )
    clerk.call("sale.order", "action_confirm", orders)
    return orders


def make_run(server):
    """Make and preview a run of everything due; return session and run."""
    session = server.http("clerk")
    offices = session.call("res.partner", "search", [["name", "like", "竞速总公司"]])
    vals = {
        "date_from": "2020-01-01",
        "date_to": "2099-12-31",
        "head_office_ids": offices,
    }
    run = session.call(
        "kehu.invoice.run", "create", [{**vals, "invoice_date": "2026-11-27"}]
    )[0]
    session.call("kehu.invoice.run", "action_preview", [run])
    return session, run


def on_invoices(server, orders):
    """Return ``{order: [(state, type, quantity) of each invoice line]}``."""
    rows = server.psql(
        """SELECT line.order_id, made.parent_state, move.move_type, made.quantity
             FROM sale_order_line AS line
        LEFT JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
        LEFT JOIN account_move_line AS made ON made.id = rel.invoice_line_id
        LEFT JOIN account_move AS move ON move.id = made.move_id
            WHERE line.order_id = ANY(%s)""",
        [orders],
    )
    found = {}
    for order, state, kind, quantity in rows:
        lines = found.setdefault(order, [])
        if state and state != "cancel":
            lines.append((state, kind, float(quantity)))
    return found


def race(server, other, policy="order"):
    """Let a run make its drafts while ``other(session, orders)`` happens.

    :return: the orders, and the answers to the run and to the other
    """
    orders = make_orders(server, 4, policy)
    clerk, run = make_run(server)
    session = server.http("clerk")
    answers = all_at_once(
        [
            lambda: clerk.call("kehu.invoice.run", "action_create_drafts", [run]),
            lambda: other(session, orders),
        ]
    )
    return orders, answers


def press_wizard(session, orders):
    context = {"active_model": "sale.order", "active_ids": orders}
    wizard = session.call("sale.advance.payment.inv", "create", [{}], context=context)
    return session.call(
        "sale.advance.payment.inv", "create_invoices", wizard, context=context
    )


@pytest.mark.parametrize("count", [1, 4])
def test_a_run_and_the_wizard_at_once_never_invoice_a_line_twice(desk, count):
    server, _database = desk
    for _round in range(ROUNDS):
        orders, answers = race(
            server, lambda session, orders: press_wizard(session, orders[:count])
        )
        assert not all(isinstance(answer, RpcError) for answer in answers), answers
        found = on_invoices(server, orders)
        assert {len(lines) for lines in found.values()} <= {0, 1}, found
        # What one of the two refused is still there to be invoiced.
        if not all(found.values()):
            clerk, run = make_run(server)
            clerk.call("kehu.invoice.run", "action_create_drafts", [run])
        found = on_invoices(server, orders)
        assert {len(lines) for lines in found.values()} == {1}, found


def test_an_order_cancelled_meanwhile_is_on_no_invoice(desk):
    server, _database = desk
    for _round in range(ROUNDS):
        orders, answers = race(
            server,
            lambda session, orders: session.call(
                "sale.order", "action_cancel", orders[:1]
            ),
        )
        found = on_invoices(server, orders)
        [(state,)] = server.psql(
            "SELECT state FROM sale_order WHERE id = %s", [orders[0]]
        )
        assert (state == "cancel") != isinstance(answers[1], RpcError), answers
        assert state != "cancel" or found[orders[0]] == [], answers
        assert all(len(lines) <= 1 for lines in found.values()), found


def change_line(session, orders, **vals):
    lines = session.call("sale.order.line", "search", [["order_id", "=", orders[0]]])
    session.call("sale.order.line", "write", lines, vals)


def test_an_order_changed_meanwhile_is_invoiced_as_previewed_or_not_at_all(desk):
    server, _database = desk
    for _round in range(ROUNDS):
        orders, _answers = race(
            server,
            lambda session, orders: change_line(session, orders, product_uom_qty=1),
        )
        lines = on_invoices(server, orders)[orders[0]]
        assert lines in ([], [("draft", "out_invoice", 2.0)])
        [(ordered, invoiced, left)] = server.psql(
            """SELECT product_uom_qty, qty_invoiced, qty_to_invoice
                 FROM sale_order_line WHERE order_id = %s""",
            [orders[0]],
        )
        assert left == ordered - invoiced
        assert float(invoiced) == sum(quantity for *_rest, quantity in lines)


def test_what_is_delivered_meanwhile_waits_for_the_next_run(desk):
    server, _database = desk
    for _round in range(ROUNDS):
        orders, _answers = race(
            server,
            lambda session, orders: change_line(session, orders, qty_delivered=2),
            policy="delivery",
        )
        clerk, run = make_run(server)
        clerk.call("kehu.invoice.run", "action_create_drafts", [run])
        total = {
            order: sum(quantity for *_rest, quantity in lines)
            for order, lines in on_invoices(server, orders).items()
        }
        assert total == {order: 2.0 if order == orders[0] else 1.0 for order in orders}


# === IN THE BACKGROUND === #


def start(database, job):
    """Start a background job as a process of its own."""
    odoo = database.bench.odoo
    process = subprocess.Popen(
        odoo.command("shell", "-d", database.db, "--no-http"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log_file("invoicing-background").open("w"),
        env=odoo.env(),
        cwd=odoo.data,
        text=True,
    )
    process.stdin.write(WORK.format(job=job))
    process.stdin.close()
    return process


def wait_for(process, word):
    return any(word in line for line in process.stdout)


def wait_until(server, query, run, count):
    """Wait until so many invoices of a run are done; return how many are."""
    for _turn in range(600):
        [(done,)] = server.psql(query, [run])
        if done >= count:
            return done
        time.sleep(0.05)
    raise AssertionError(f"only {done} of {count} within half a minute")


def finish(database, job):
    process = start(database, job)
    assert wait_for(process, "FINISHED")
    process.wait()


def begin(server, run, state):
    """What pressing the button does to a large run."""
    server.psql("UPDATE kehu_invoice_run SET state = %s WHERE id = %s", [state, run])


def test_a_run_taken_back_while_drafts_are_made_leaves_none(desk):
    """N9: whatever the moment, no draft is left of a run that was taken back."""
    server, database = desk
    chance, moments = random.Random(3), []
    orders = make_orders(server, 2 * OFFICES)
    for _round in range(2):
        clerk, run = make_run(server)
        begin(server, run, "drafting")
        process = start(database, "make_drafts")
        made = "SELECT count(*) FROM account_move WHERE kehu_run_id = %s"
        moments.append(wait_until(server, made, run, chance.randint(1, OFFICES - 4)))
        clerk.call("kehu.invoice.run", "action_cancel", [run])
        assert wait_for(process, "FINISHED")
        process.wait()
        assert server.psql(made, [run]) == [(0,)]
        assert server.psql(
            "SELECT state FROM kehu_invoice_run WHERE id = %s", [run]
        ) == [("cancelled",)]
        assert not any(on_invoices(server, orders).values())
    print("drafts made when taken back:", moments)


def test_drafting_and_posting_that_are_killed_go_on_and_do_nothing_twice(desk):
    server, database = desk
    moments = []
    orders = make_orders(server, 2 * OFFICES)
    _clerk, run = make_run(server)
    for job, state, of_job in (
        ("make_drafts", "drafting", "TRUE"),
        ("post_drafts", "posting", "state = 'posted'"),
    ):
        begin(server, run, state)
        for kill in (1, OFFICES // 2):
            process = start(database, job)
            done = (
                f"SELECT count(*) FROM account_move WHERE {of_job} AND kehu_run_id = %s"
            )
            moments.append(wait_until(server, done, run, kill))
            process.send_signal(signal.SIGKILL)
            process.wait()
        finish(database, job)
    print("invoices made and posted at each kill:", moments)
    assert server.psql("SELECT state FROM kehu_invoice_run WHERE id = %s", [run]) == [
        ("posted",)
    ]
    found = on_invoices(server, orders)
    assert found == {order: [("posted", "out_invoice", 2.0)] for order in orders}
    numbers = server.psql(
        """SELECT sequence_number FROM account_move
            WHERE kehu_run_id = %s ORDER BY sequence_number""",
        [run],
    )
    first = numbers[0][0]
    assert [row[0] for row in numbers] == list(range(first, first + len(numbers)))
