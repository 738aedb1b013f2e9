"""What a rep's own archives cost to list, search, group and open, among many.

Beside the plain list of all partners, without any rule, in the same run. Sizes come
from the environment: ``BENCH_REP_PARTNERS`` (200000), ``BENCH_REP_OWN`` (500).
"""

import json

import pytest

from bench import generate
from bench.measure import size, tell
from tests.support.live import Database

RATIO = 0.3
NAME = "kehu_bench_rep"

WORK = """
import json, statistics, time
from lxml import etree
from odoo import Command
own = {own}
rep = env["res.users"].with_context(no_reset_password=True).create({{
    "name": "bench_rep", "login": "bench_rep", "group_ids": [Command.set([
        env.ref("base.group_user").id, env.ref("kehu_archive.group_kehu_rep").id])]}})
env.flush_all()
env.cr.execute("UPDATE kehu_archive SET user_id = %s WHERE id IN ("
    "SELECT id FROM kehu_archive ORDER BY md5(id::text) LIMIT %s)", [rep.id, own])
env.cr.execute("UPDATE res_partner SET user_id = %s WHERE archive_id IN ("
    "SELECT id FROM kehu_archive WHERE user_id = %s)", [rep.id, rep.id])
env.cr.commit()
env.cr.execute("ANALYZE kehu_archive; ANALYZE res_partner")
env.cr.commit()

def spec(model, view):
    # What a browser asks for: all columns of the list, names of linked records.
    arch = etree.fromstring(model.get_view(env.ref(view).id, "list")["arch"])
    names = dict.fromkeys(node.get("name") for node in arch.iter("field"))
    return {{
        name: {{"fields": {{"display_name": {{}}}}}}
        if model._fields[name].relational else {{}}
        for name in names if name in model._fields
    }}

def work(model, view, text, by):
    first = model.search([], limit=1)
    listed = spec(model, view)
    return {{
        "list": lambda: model.web_search_read([], listed, limit=80),
        "search": lambda: model.web_search_read(
            [(text, "ilike", "第12")], listed, limit=80),
        "group": lambda: model.formatted_read_group([], [by], ["__count"]),
        "form": lambda: model.browse(first.id).web_read(listed),
    }}

# The plain list: everything, no rules, by somebody whom none restricts.
plain = work(env["res.partner"].sudo(), "base.view_partner_tree", "name", "industry_id")
archives = env["kehu.archive"].with_user(rep)
ours = work(archives, "kehu_archive.kehu_archive_view_list", "partner_id.name", "state")
seconds, queries = {{}}, {{}}
for name in plain:
    times = {{"plain": [], "ours": []}}
    for _round in range({rounds}):
        for side, acts in (("plain", plain), ("ours", ours)):
            env.invalidate_all()
            before, begin = env.cr.sql_log_count, time.perf_counter()
            acts[name]()
            times[side].append(time.perf_counter() - begin)
            queries[name, side] = env.cr.sql_log_count - before
    seconds[name] = {{side: statistics.median(t) for side, t in times.items()}}

query = archives._search([]).select("COUNT(*)")
env.cr.execute("EXPLAIN " + query.code, query.params)
plan = "\\n".join(row[0] for row in env.cr.fetchall())
listed = spec(archives, "kehu_archive.kehu_archive_view_list")
counts = []
for number in (5, 80):
    records = archives.search([], limit=number)
    env.invalidate_all()
    before = env.cr.sql_log_count
    records.web_read(listed)
    counts.append(env.cr.sql_log_count - before)
print("REPLIST", json.dumps({{"seconds": seconds, "plan": plan, "counts": counts,
    "found": archives.search_count([])}}))
"""


@pytest.fixture(scope="module")
def figures(place):
    """Return what was measured in a database with many archives, few of the rep's."""
    place.databases.copy(place.installed(), NAME)
    database = Database(place, NAME)
    generate.customers(database, size("REP_PARTNERS", 200_000))
    script = WORK.format(own=size("REP_OWN", 500), rounds=size("ROUNDS", 3) + 2)
    output = database.cli("shell", "--no-http", "--log-level=error", text_in=script)
    yield json.loads(output.split("REPLIST ")[1].splitlines()[0])
    database.drop()


def test_a_reps_own_archives_cost_a_third_of_the_plain_list_at_most(figures):
    total = {
        side: sum(seconds[side] for seconds in figures["seconds"].values())
        for side in ("plain", "ours")
    }
    tell(
        "a rep's own archives, beside the plain list of all partners",
        *(
            f"{name:8} {one['plain'] * 1000:9.1f} ms {one['ours'] * 1000:9.1f} ms"
            for name, one in figures["seconds"].items()
        ),
        f"ratio {total['ours'] / total['plain']:.2f}, wanted {RATIO}",
    )
    assert figures["found"] == size("REP_OWN", 500)
    assert total["ours"] <= RATIO * total["plain"]


def test_the_rule_finds_its_index(figures):
    """All that makes an archive the rep's is found by index, nothing is gone through."""
    assert "Bitmap Index Scan on kehu_archive__user_id_index" in figures["plan"], (
        figures
    )
    assert "Seq Scan on kehu_archive" not in figures["plan"], figures["plan"]


def test_reading_takes_as_many_queries_for_many_as_for_few(figures):
    few, many = figures["counts"]
    assert few == many
