"""What happens inside Odoo while the tables are measured: everybody opens each screen.

A screen is asked for as a browser asks: the columns of its list with a count up to
10,000, the groups and measures of its pivot and graph as the views give them.
"""

import json
import os
import statistics
import time
from datetime import date, timedelta
from pathlib import Path

from lxml import etree

MARK = "TABLES-FIGURES "
TABLES = {
    "kehu.sales.statistics": "customer_id",
    "kehu.customer.table": "partner_id",
    "kehu.sales.funnel": "partner_id",
    "kehu.match": "customer_id",
    "kehu.customer.kpi": "customer_id",
    "kehu.credit.assessment": "partner_id",
}
USERS = ("rep", "manager", "clerk", "admin")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


def tell(**figures):
    """Print figures where the measurement finds them."""
    print(MARK + json.dumps(figures))


def get_users(env):
    """Return who asks: a representative, a leader, a clerk, and who may see all."""
    users = env["res.users"].with_context(lang="zh_CN")
    found = {
        name: users.search([("login", "=", f"bench_{name}")])
        for name in ("manager", "clerk")
    }
    return {
        "rep": users.search([("login", "=", "bench_rep0")]),
        **found,
        "admin": env.ref("base.user_admin"),
    }


def get_arch(model, kind):
    """Return the view of a kind as XML."""
    return etree.fromstring(model.get_view(view_type=kind)["arch"])


def get_specification(model):
    """Return what a browser asks of a list: its columns, names of linked records."""
    names = dict.fromkeys(
        node.get("name") for node in get_arch(model, "list").iter("field")
    )
    return {
        name: {"fields": {"display_name": {}}} if model._fields[name].relational else {}
        for name in names
        if name in model._fields
    }


def get_axes(model, kind):
    """Return the groups and measures of a pivot or graph.

    :return: groups of rows, groups of columns, aggregates
    """
    rows, columns, measures = [], [], []
    for node in get_arch(model, kind).iter("field"):
        name = node.get("name")
        field = model._fields[name]
        if node.get("type") == "measure":
            measures.append(f"{name}:{field.aggregator}")
            continue
        interval = node.get("interval") or "month"
        group = f"{name}:{interval}" if field.type == "date" else name
        (columns if node.get("type") == "col" else rows).append(group)
    return rows, columns, [*measures, "__count"]


def get_acts(model, customer_name, customer):
    """Return the screens of a table, as functions."""
    listed = get_specification(model)
    rows, columns, measures = get_axes(model, "pivot")
    sets = [
        rows[:row] + columns[:column]
        for row in range(len(rows) + 1)
        for column in range(len(columns) + 1)
    ]
    bars, _columns, heights = get_axes(model, "graph")
    own = [(customer_name, "=", customer.id)]
    acts = {
        "list": lambda: model.web_search_read([], listed, limit=80, count_limit=10001),
        "pivot": lambda: model.formatted_read_grouping_sets([], sets, measures),
        "graph": lambda: model.formatted_read_group([], bars, heights),
        "search": lambda: model.web_search_read(
            [(customer_name, "ilike", customer.name)],
            listed,
            limit=80,
            count_limit=10001,
        ),
        "customer": lambda: model.web_search_read(own, listed, limit=80),
    }
    if hasattr(model, "_kehu_render_table"):
        acts["xlsx"] = lambda: write(model.search(own))
        if "date" in model._fields:
            end = date.today().replace(day=1)
            month = [("date", ">=", end - timedelta(days=28)), ("date", "<", end)]
            acts["month"] = lambda: write(model.search(month))
    return acts


def write(rows):
    """Write a workbook, if there is something to write."""
    if rows:
        rows._kehu_render_table()


def read_cost(env):
    """Return the processor time of Odoo and of its PostgreSQL so far."""
    stat = Path(f"/proc/{env.cr._cnx.info.backend_pid}/stat")
    ticks = stat.read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def measure(env, act, rounds=ROUNDS):
    """Return medians of processor time and clock, and the number of queries.

    What takes long is not done again.
    """
    costs, clocks, queries = [], [], 0
    for _round in range(rounds):
        env.invalidate_all()
        cost, clock, queries = read_cost(env), time.perf_counter(), env.cr.sql_log_count
        act()
        costs.append(read_cost(env) - cost)
        clocks.append(time.perf_counter() - clock)
        queries = env.cr.sql_log_count - queries
        if clocks[-1] > 20:
            break
    return (
        round(statistics.median(costs), 3),
        round(statistics.median(clocks), 3),
        queries,
    )


FLOOR = """
SELECT sum(amount) FROM (
    SELECT sum(-line.balance) AS amount
      FROM account_move_line line JOIN account_move move ON move.id = line.move_id
     WHERE move.state = 'posted' AND line.display_type = 'product'
       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
    UNION ALL
    SELECT sum(line.price_subtotal)
      FROM sale_order_line line JOIN sale_order o ON o.id = line.order_id
     WHERE o.state = 'sale' AND line.display_type IS NULL) AS read
"""


def measure_tables(env):
    """Time each screen of each table for everybody who may see it, beside the floor."""
    from odoo.exceptions import AccessError

    env["res.company"].search([]).kehu_credit_auto_accept = False
    env["kehu.credit.assessment"]._cron_assess()
    env.cr.commit()
    env.cr.execute("ANALYZE kehu_credit_assessment")
    env.cr.commit()
    people = get_users(env)
    customer = env["res.partner"].search(
        [("user_id", "=", people["rep"].id), ("archive_id", "!=", False)], limit=1
    )
    figures = {
        "floor": {"everybody": {"read": measure(env, lambda: env.cr.execute(FLOOR))}}
    }
    for table, customer_name in TABLES.items():
        for who, user in people.items():
            model = (
                env[table]
                .with_user(user)
                .with_context(lang="zh_CN", tz="Asia/Shanghai")
            )
            try:
                model.check_access("read")
            except AccessError:
                continue
            acts = get_acts(model, customer_name, customer)
            figures[f"{table} {who}"] = {
                name: measure(env, act) for name, act in acts.items()
            }
            print(table, who, figures[f"{table} {who}"], flush=True)
    tell(**figures)
