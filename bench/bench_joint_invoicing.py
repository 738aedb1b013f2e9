"""Joint invoices of head offices beside Odoo's own to the parent's address.

The same orders twice in one database: once by our month-end preview and invoicing, once
by Odoo's own ``_create_invoices`` with the head office as the invoice address of every
order. Sums to the cent, every line once. Sizes come from the environment:
``BENCH_ORDERS`` (10000), ``BENCH_HEAD_OFFICES`` (300).
"""

import json
import os

from bench.measure import tell
from dev.suite import Bench
from tests.support.live import Database

# Time per order line not above Odoo's own.
BAR = 1.0
BATCH = 500

WORK = """
import json, time
from odoo import Command
count, offices = {orders}, {offices}
env = env(context={{**env.context, "tracking_disable": True, "lang": None}})
env["account.chart.template"].try_loading("generic_coa", env.company)
env.company.tax_calculation_rounding_method = "round_per_line"
env.company.kehu_auto_register = False
tax = env["account.tax"].search([("type_tax_use", "=", "sale")], limit=1)
products = env["product.product"].create(
    [{{"name": f"bench {{n}}", "type": "service", "invoice_policy": "order",
       "list_price": 10 + n, "taxes_id": [Command.set(tax.ids)]}} for n in range(5)])
def partners(vals_list, registered):
    made = env["res.partner"].create(vals_list)
    if registered:
        env["kehu.archive"].create([{{"partner_id": partner.id}} for partner in made])
    return made
def group(registered):
    heads = partners([
        {{"name": f"HO {{n}}", "is_company": True}} for n in range(offices)], registered)
    branches = partners([
        {{"name": f"Branch {{n}}", "is_company": True}} for n in range(offices * 4)],
        registered)
    if registered:
        for number, head in enumerate(heads):
            branches[number::offices].head_office_id = head
    return heads, branches
groups = {{"ours": group(True), "theirs": group(False)}}
def make(name):
    heads, branches = groups[name]
    made = env["sale.order"]
    for start in range(0, count, {batch}):
        vals_list = []
        for number in range(start, min(start + {batch}, count)):
            branch = branches[number % len(branches)]
            vals = {{"partner_id": branch.id, "order_line": [
                Command.create({{"product_id": products[(number + n) % 5].id,
                    "product_uom_qty": 1 + n, "price_unit": 9.99 + number % 97 + n,
                    "discount": 5 * (number % 3)}}) for n in range(3)]}}
            if name == "theirs":
                # Odoo's own way: the address stands on the order, and the customers
                # are in no archive, so that nothing of ours takes part.
                head = heads[number % len(branches) % offices]
                vals["partner_invoice_id"] = vals["partner_shipping_id"] = head.id
            vals_list.append(vals)
        orders = env["sale.order"].create(vals_list)
        orders.action_confirm()
        made |= orders
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    return made
ours, theirs = make("ours"), make("theirs")
def timed(function):
    env.invalidate_all()
    begin = time.perf_counter()
    result = function()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - begin, result
def of_branches(name, orders, place):
    chosen = {{branch.id for number, branch in enumerate(groups[name][1])
              if number % offices in place}}
    return orders.filtered(lambda order: order.partner_id.id in chosen)
ids = {{"ours": [], "theirs": []}}
seconds = {{"ours": 0.0, "theirs": 0.0}}
# In turns, so that both meet the machine in the same mood.
step = max(1, offices // 10)
for start in range(0, offices, step):
    place = set(range(start, min(start + step, offices)))
    for name, orders in (("theirs", theirs), ("ours", ours)):
        part = of_branches(name, orders, place)
        taken, moves = timed(part._create_invoices)
        seconds[name] += taken
        ids[name] += moves.ids
env.invalidate_all()
result = {{"seconds": seconds}}
for name, orders in (("ours", ours), ("theirs", theirs)):
    moves = env["account.move"].browse(ids[name])
    result[name] = {{
        "invoices": len(moves),
        "untaxed": round(sum(moves.mapped("amount_untaxed")), 2),
        "total": round(sum(moves.mapped("amount_total")), 2),
        "ordered": round(sum(orders.mapped("amount_total")), 2),
        "lines": len(orders.order_line),
        "once": sum(len(line.invoice_lines) == 1 for line in orders.order_line),
        "sections": len(moves.invoice_line_ids.filtered(
            lambda line: line.display_type == "line_section")),
    }}
print("FIGURES", json.dumps(result))
"""


def test_joint_invoices_cost_no_more_than_odoo_s_own_to_the_parent_s_address():
    """R73: sums to the cent, each line once, in no more time than Odoo's own."""
    place = Bench()
    name = "kehu_bench_joint"
    place.databases.copy(place.installed(), name)
    database = Database(place, name)
    work = WORK.format(
        orders=int(os.environ.get("BENCH_ORDERS", "10000")),
        offices=int(os.environ.get("BENCH_HEAD_OFFICES", "300")),
        batch=BATCH,
    )
    try:
        output = database.cli("shell", "--no-http", text_in=work, timeout=7200)
    finally:
        database.drop()
    line = next(row for row in output.splitlines() if "FIGURES" in row)
    figures = json.loads(line[line.index("{") :])
    seconds, ours, theirs = (figures[key] for key in ("seconds", "ours", "theirs"))
    per_line = {
        key: 1000 * seconds[key] / figures[key]["lines"] for key in ("ours", "theirs")
    }
    tell(
        f"{ours['lines']} order lines onto joint invoices",
        f"Odoo's own, parent's address: {seconds['theirs']:.1f} s, "
        f"{per_line['theirs']:.2f} ms a line, {theirs['invoices']} invoices",
        f"joint, with sections: {seconds['ours']:.1f} s, "
        f"{per_line['ours']:.2f} ms a line, {ours['invoices']} invoices, "
        f"{ours['sections']} sections",
        f"ratio {seconds['ours'] / seconds['theirs']:.2f}",
    )
    for figure in (ours, theirs):
        assert figure["total"] == figure["ordered"]
        assert figure["once"] == figure["lines"]
    assert ours["untaxed"] == theirs["untaxed"]
    assert ours["sections"] > ours["invoices"]
    assert seconds["ours"] <= BAR * seconds["theirs"]
