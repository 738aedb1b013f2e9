"""Two people use up what is left of one credit limit at the same moment (R87).

A server with several worker processes: what they share is the database alone.
"""

import pytest

from tests.support.parallel import all_at_once, refused, serve_workers

ROUNDS = 4
REPS = ("rep", "manager")

SETUP = """
from odoo import Command
env.company.write({"kehu_credit_limit_policy": "block", "kehu_unfiled_policy": "off"})
env["res.partner"].search([("archive_id", "!=", False)]).with_context(
    tracking_disable=True).write({"use_partner_credit_limit": True, "credit_limit": 1e9})
env.cr.commit()
print("READY")
"""

# Two branches of one head office: the cards differ, the limit is one.
QUOTATIONS = """
from odoo import Command
product = env["product.product"].create(
    {{"name": "parallel", "type": "service", "invoice_policy": "order"}})
rep = env.ref("kehu_archive.user_rep_demo")
office = env.ref("kehu_archive.partner_beichen_heping_demo").head_office_id
used = env["kehu.credit.gate"]._get_exposure(office, env.company, True)
office.write({{"use_partner_credit_limit": True, "credit_limit": used + {room}}})
names = []
for name in ("partner_beichen_heping_demo", "partner_beichen_hexi_demo"):
    order = env["sale.order"].create({{
        "partner_id": env.ref("kehu_archive." + name).id, "user_id": rep.id,
        "order_line": [Command.create(
            {{"product_id": product.id, "price_unit": 600.0,
              "tax_ids": [Command.clear()]}})]}})
    names.append(order.id)
env.cr.commit()
print("ORDERS", *names)
"""


@pytest.fixture(scope="module")
def desk(bench_place):
    """Return a server with two workers whose company stops orders beyond the limit."""
    with serve_workers(bench_place, "kehu_live_credit", SETUP) as place:
        yield place


def make_quotations(database, room):
    """Make two quotations of 600 each; return their ids."""
    script = QUOTATIONS.format(room=room)
    output = database.cli("shell", "--no-http", text_in=script)
    line = next(row for row in output.splitlines() if "ORDERS" in row)
    return [int(number) for number in line.split()[1:]]


def confirm_at_once(server, orders):
    """Confirm each order by somebody else at the same moment; return the answers."""
    sessions = [server.http(login) for login in REPS]
    acts = [
        lambda session=session, order=order: session.call(
            "sale.order", "action_confirm", [order]
        )
        for session, order in zip(sessions, orders, strict=True)
    ]
    return all_at_once(acts)


def states(server, orders):
    """Return the status of each order, sorted."""
    rows = server.psql("SELECT state FROM sale_order WHERE id = ANY(%s)", [orders])
    return sorted(state for (state,) in rows)


def test_of_two_orders_that_fit_one_by_one_only_one_is_confirmed(desk):
    """R87: one wins, the other is told by how much it is too much."""
    server, database = desk
    for _round in range(ROUNDS):
        orders = make_quotations(database, room=1000)
        answers = confirm_at_once(server, orders)
        assert states(server, orders) == ["draft", "sale"], answers
        (loser,) = refused(answers)
        assert "200.00" in str(loser)


def test_two_orders_that_fit_together_are_both_confirmed(desk):
    """R87: who has to wait is tried anew, and is not refused for having waited."""
    server, database = desk
    orders = make_quotations(database, room=1200)
    answers = confirm_at_once(server, orders)
    assert states(server, orders) == ["sale", "sale"], answers
