"""Two people destroy the same list at the same moment: one does (R20, R24).

A server with several worker processes: what they share is the database alone.
"""

import functools

import pytest

from dev import ports
from tests.support.destruction import prepare
from tests.support.live import Database
from tests.support.parallel import all_at_once, refused

LISTS, SIZE = 4, 6
# Another person is at it, or has begun it, or is done.
TOLD = ("正在处理", "正在执行", "已执行")


@pytest.fixture(scope="module")
def room(bench_place):
    """Return (server with two workers, ids of lists to execute, of free archives)."""
    name = "kehu_live_destroying"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    archives, lists = prepare(
        database, LISTS * SIZE + LISTS, [SIZE] * LISTS, lang="zh_CN"
    )
    with database.serve("--workers=2", f"--gevent-port={ports.any_free()}") as server:
        yield server, lists, archives[LISTS * SIZE :]
    database.drop()


def test_of_two_executions_at_once_one_wins_and_the_other_is_told(room):
    """R24: no archive is destroyed twice, and one name stands for it."""
    server, lists, _free = room
    people = [server.http(login) for login in ("live_executor", "live_executor2")]
    for list_id in lists:
        answers = all_at_once(
            [
                functools.partial(
                    person.call, "kehu.destruction", "action_execute", [list_id]
                )
                for person in people
            ]
        )
        (loser,) = refused(answers)
        assert "UserError" in loser.name or "LockError" in loser.name, loser
        assert any(word in loser.message for word in TOLD), loser.message
        winner = people[1 - answers.index(loser)]
        assert server.psql(
            "SELECT state, executor_id FROM kehu_destruction WHERE id = %s", [list_id]
        ) == [("executed", winner.uid)]
        assert server.psql(
            """SELECT count(*), count(DISTINCT archive_id), min(executor_id),
                      max(executor_id)
                 FROM kehu_destruction_register WHERE destruction_id = %s""",
            [list_id],
        ) == [(SIZE, SIZE, winner.uid, winner.uid)]


def test_of_two_lists_at_once_one_has_the_archive(room):
    """R20: an archive stands in one procedure, also when two begin one at once."""
    server, _lists, free = room
    people = [server.http(login) for login in ("live_applicant", "live_executor")]
    for archive_id in free:
        answers = all_at_once(
            [
                functools.partial(
                    person.call,
                    "kehu.destruction",
                    "create",
                    [
                        {
                            "reason": "到期",
                            "legal_basis": "制度",
                            "line_ids": [[0, 0, {"archive_id": archive_id}]],
                        }
                    ],
                )
                for person in people
            ]
        )
        (loser,) = refused(answers)
        assert "另一份销毁清册" in loser.message, loser.message
        assert server.psql(
            "SELECT count(*) FROM kehu_destruction_line WHERE archive_id = %s",
            [archive_id],
        ) == [(1,)]
