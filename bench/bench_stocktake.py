"""What a stock-take of 10,000 files costs: start, tick, finish, correct, print.

Sizes come from the environment: ``BENCH_FILES`` (10000).
"""

import json

from bench import generate
from bench.measure import size, tell
from tests.support.live import Database

# One minute for the longest step: nobody waits longer in front of a screen.
BAR_SECONDS = 60
PLACED = """
UPDATE kehu_archive SET cabinet_id = %s, slot = 'all', state = 'filed',
       name = 'BENCH-' || id
"""
CABINET = """
cabinet = env["kehu.cabinet"].create({"code": "BENCH", "name": "bench"})
env.cr.commit()
print("CABINET", cabinet.id, ".")
"""
WORK = """
import json, time
from odoo import Command
user = env["res.users"].with_context(no_reset_password=True).create({{
    "name": "bench_archivist", "login": "bench_archivist", "group_ids": [Command.set(
        [env.ref("base.group_user").id,
         env.ref("kehu_archive.group_kehu_archivist").id])]}})
cabinet = env["kehu.cabinet"].search([("code", "=", "BENCH")])
other = cabinet.create({{"code": "BENCH2", "name": "bench"}})
env.cr.commit()
seconds = {{}}

def timed(step, function):
    env.invalidate_all()
    begin = time.perf_counter()
    result = function()
    env.flush_all()
    env.cr.commit()
    seconds[step] = round(time.perf_counter() - begin, 2)
    return result

count = env["kehu.stocktake"].with_user(user).create(
    {{"cabinet_ids": [Command.set(cabinet.ids)]}})
env.cr.commit()
timed("start", count.action_start)
lines = count.line_ids
assert len(lines) == {files}, len(lines)
half = len(lines) // 2
timed("tick half of them", lines[:half].action_found)
file = lines[half].archive_id
timed("scan one", lambda: count._count_file(file, other, env["kehu.place"]))
timed("finish, half missing", count.action_finish)
assert count.missing_count == len(lines) - half - 1
timed("correct one place", lambda: lines[half].action_correct_register())
timed("print", lambda: env["ir.actions.report"].with_user(user)._render_qweb_html(
    "kehu_archive.report_kehu_stocktake", count.ids))
print("SECONDS", json.dumps(seconds))
"""


def test_ten_thousand_files_are_counted_in_set_based_steps(place):
    """Start, tick, finish with as many cases and ledger entries as files."""
    files = size("FILES", 10_000)
    name = "kehu_bench_stocktake"
    place.databases.copy(place.installed(), name)
    database = Database(place, name)
    try:
        generate.customers(database, files)
        output = database.cli("shell", "--no-http", text_in=CABINET)
        line = next(row for row in output.splitlines() if "CABINET" in row)
        cabinet = int(line[line.index("CABINET") :].split()[1])
        database.psql(PLACED, [cabinet])
        work = WORK.format(files=files)
        output = database.cli("shell", "--no-http", text_in=work)
    finally:
        database.drop()
    line = next(row for row in output.splitlines() if "SECONDS" in row)
    seconds = json.loads(line[line.index("{") :])
    tell(
        f"A stock-take of {files} files",
        *(f"{step}: {taken} s" for step, taken in seconds.items()),
    )
    for step, taken in seconds.items():
        assert taken <= BAR_SECONDS, step
