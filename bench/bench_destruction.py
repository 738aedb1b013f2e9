"""What destroying an archive costs, in lists of 100 and of 1,000 archives (R22-R24).

The cost per archive has to be the same in a long list as in a short one, for each step
that looks at every archive. Sizes come from the environment: ``BENCH_LIST`` (1000).
"""

import json

from bench.measure import size, tell
from tests.support.destruction import prepare

SHORT = 100
# A long list may cost this much more for each archive than a short one.
RATIO = 1.25

WORK = """
import json, time
from datetime import date
from odoo import Command
from odoo.addons.kehu_archive.models.destruction import kehu_destruction_execution as run
user = lambda login: env["res.users"].search([("login", "=", login)])
applicant, head = user("live_applicant"), user("live_head")
executor, witness = user("live_executor"), user("live_witness")

def timed(function):
    env.invalidate_all()
    begin = time.perf_counter()
    function()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - begin

def measure(archives):
    one = env["kehu.destruction"].with_user(applicant).create({{
        "reason": "Due", "legal_basis": "Rule", "line_ids": [
            Command.create({{"archive_id": archive.id}}) for archive in archives]}})
    env.cr.commit()
    steps = {{
        "handing in": lambda: one.action_submit(),
        "approving": lambda: one.with_user(head).action_approve(),
        "registering": lambda: one.action_register(),
        "verifying, first person": lambda: one.action_verify(),
        "verifying, second person": lambda: one.with_user(witness).action_verify(),
        "witness": lambda: one.with_user(witness).action_witness(),
        "last look and first batch": lambda: one.with_user(executor).action_execute(),
        "all further batches": lambda: env["kehu.destruction"]._cron_continue(),
    }}
    seconds = {{name: timed(step) for name, step in steps.items()}}
    assert one.state == "executed", one.state
    assert one.destroyed_count == len(archives)
    return seconds

archives = env["kehu.archive"].browse({archives})
result = []
for count in {sizes}:
    part, archives = archives[:count], archives[count:]
    result.append([count, measure(part)])
print("SECONDS", json.dumps(result))
"""


def test_an_archive_costs_the_same_in_a_long_list_as_in_a_short_one(empty):
    """Each step on 100, on 1,000 and again on 100 archives, seconds for each archive."""
    sizes = [SHORT, size("LIST", 1000), SHORT]
    database = empty("kehu_bench_destruction")
    archives, _lists = prepare(database, sum(sizes), [])
    output = database.cli(
        "shell", "--no-http", text_in=WORK.format(archives=archives, sizes=sizes)
    )
    line = next(row for row in output.splitlines() if "SECONDS" in row)
    results = json.loads(line[line.index("[") :])
    lines = []
    for step in results[0][1]:
        lines.append(
            f"{step}: "
            + ", ".join(
                f"{seconds[step]:.2f} s of {count}"
                f" ({1000 * seconds[step] / count:.1f} ms each)"
                for count, seconds in results
            )
        )
    each = [sum(seconds.values()) / count for count, seconds in results]
    ratio = each[1] / (each[0] + each[2]) * 2
    tell(
        f"Destroying {sizes[1]} archives in one list",
        *lines,
        f"the whole procedure, each archive: {', '.join(f'{s:.3f} s' for s in each)}",
        f"long / short: {ratio:.2f}",
    )
    assert ratio <= RATIO, f"each archive of the long list costs {ratio:.2f} times"
