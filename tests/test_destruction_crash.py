"""A destruction is killed again and again: each archive is whole or gone (R19, R24).

Afterwards an independent ``pg_dump`` and the files on disk are searched for what the
archives said.
"""

import random
import signal
import subprocess
import time

import pytest

from dev.paths import log_file
from tests.support.destruction import prepare
from tests.support.live import Database

ARCHIVES, KILLS = 60, 10
MARK = "KillMark7Q"

# Two archives in one transaction: many moments at which it can be killed.
EXECUTE = """
from odoo.addons.kehu_archive.models.destruction import kehu_destruction_execution as run
run.BATCH = 2
one = env["kehu.destruction"].browse({list_id})
print("READY", flush=True)
if not one.started_at:
    one.with_user(env["res.users"].search([("login", "=", "live_executor")])).action_execute()
    env.cr.commit()
print("BEGUN", flush=True)
env["kehu.destruction"]._cron_continue()
env.cr.commit()
print("FINISHED", flush=True)
"""


@pytest.fixture(scope="module")
def prepared(bench_place):
    """Return (database, id of a list that is ready, ids of its archives)."""
    name = "kehu_live_destruction"
    bench_place.databases.copy(bench_place.installed(), name)
    database = Database(bench_place, name)
    ids, (list_id,) = prepare(database, ARCHIVES, [ARCHIVES], mark=MARK)
    yield database, list_id, ids
    database.drop()


def start(database, list_id):
    """Start an execution as a process of its own."""
    odoo = database.bench.odoo
    process = subprocess.Popen(
        odoo.command("shell", "-d", database.db, "--no-http"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log_file("destruction-execution").open("w"),
        env=odoo.env(),
        cwd=odoo.data,
        text=True,
    )
    process.stdin.write(EXECUTE.format(list_id=list_id))
    process.stdin.close()
    return process


def wait_for(process, word):
    for line in process.stdout:
        if word in line:
            return True
    return False


def standing(database, ids):
    """Return which archives are destroyed; fail when one is neither whole nor gone."""
    rows = database.psql(
        """SELECT a.id, a.state, a.main_business IS NOT NULL,
                  EXISTS (SELECT FROM kehu_archive_key k WHERE k.archive_id = a.id),
                  EXISTS (SELECT FROM kehu_archive_note n WHERE n.archive_id = a.id),
                  EXISTS (SELECT FROM ir_attachment f
                           WHERE f.res_model = 'kehu.archive' AND f.res_id = a.id),
                  NOT EXISTS (SELECT FROM kehu_destruction_register r
                               WHERE r.archive_id = a.id)
             FROM kehu_archive a WHERE a.id = ANY(%s)""",
        [ids],
    )
    gone = set()
    for archive_id, state, *parts in rows:
        assert len(set(parts)) == 1, f"archive {archive_id} is half destroyed: {parts}"
        assert (state == "closed") == parts[0]
        if not parts[0]:
            gone.add(archive_id)
    return gone


def test_killed_ten_times_each_archive_is_whole_or_gone_and_it_goes_on(prepared):
    database, list_id, ids = prepared
    chance = random.Random(7)
    before, moments = set(), []
    for kill in range(KILLS):
        process = start(database, list_id)
        # The first two before and while it begins, the others in the midst of it.
        assert wait_for(process, "READY" if kill < 2 else "BEGUN")
        time.sleep(chance.uniform(0.3, 6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        gone = standing(database, ids)
        assert before <= gone, "what is destroyed stays destroyed"
        moments.append(len(gone))
        before = gone
    print("destroyed at each kill:", moments)
    assert moments[0] < ARCHIVES, "it was killed before the end"
    assert len(set(moments)) > 2, "it was killed in the midst of it"
    process = start(database, list_id)
    assert wait_for(process, "FINISHED")
    process.wait()
    assert standing(database, ids) == set(ids)
    assert database.psql(
        "SELECT state, proof FROM kehu_destruction WHERE id = %s", [list_id]
    ) == [("executed", "pending")]
    numbers = database.psql(
        "SELECT sequence FROM kehu_destruction_register ORDER BY sequence"
    )
    assert [row[0] for row in numbers] == list(range(1, ARCHIVES + 1))


def test_dump_and_files_hold_nothing_of_what_was_destroyed(prepared):
    database, list_id, _ids = prepared
    output = database.cli(
        "shell",
        "--no-http",
        text_in="env['kehu.destruction']._cron_prove()\nenv.cr.commit()\n"
        f"one = env['kehu.destruction'].browse({list_id})\n"
        "print('PROOF', one.proof, one.scan_ids.finding_ids.mapped('place'))\n"
        "print('CHAIN', env['kehu.event'].verify_chain())\n",
    )
    assert "PROOF clean []" in output
    assert "CHAIN []" in output
    dump = database.bench.server.run(
        "pg_dump", "--data-only", database.db, doing="dumping the database"
    ).stdout
    assert MARK not in dump
    assert "Live customer 1" in dump, "the dump has the rest"
    store = database.bench.odoo.data / "filestore" / database.db
    found = [
        path
        for path in store.rglob("*")
        if path.is_file() and MARK.encode() in path.read_bytes()
    ]
    assert found == []
