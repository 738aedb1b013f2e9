"""Twenty people lend and return the same original at the same time (R11, R12).

A server with several worker processes: what they share is the database alone.
"""

import functools

import pytest

from dev import ports
from tests.support.live import Database
from tests.support.parallel import all_at_once
from tests.support.rpc import RpcError

PEOPLE = 20
ROUNDS = 3

SETUP = """
from odoo import Command
archive = env.ref("kehu_archive.archive_haifeng_demo")
rooms = env["res.users"]
loans = []
for number in range({people}):
    for kind, group in (("reader", "base.group_user"),
                        ("room", "kehu_archive.group_kehu_archivist")):
        user = env["res.users"].with_context(no_reset_password=True).create({{
            "name": f"{{kind}} {{number}}", "login": f"{{kind}}{{number}}",
            "password": f"{{kind}}{{number}}", "lang": "zh_CN",
            "group_ids": [Command.set([env.ref("base.group_user").id,
                                       env.ref(group).id])]}})
        if kind == "reader":
            loan = env["kehu.loan"].with_user(user).create({{
                "archive_id": archive.id, "kind": "borrow", "medium": "original",
                "purpose": "parallel"}})
            loan.action_submit()
            loan.with_user(archive.team_id.user_id).action_approve()
            loans.append(loan.id)
env.cr.commit()
print("LOANS", loans)
"""


@pytest.fixture(scope="module")
def counter(bench_place):
    """Return ``(server with two workers, ids of the approved loans)``."""
    name = "kehu_live_parallel"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    output = database.cli("shell", "--no-http", text_in=SETUP.format(people=PEOPLE))
    line = next(row for row in output.splitlines() if "LOANS" in row)
    loans = [int(part) for part in line.partition("[")[2].rstrip("] ").split(",")]
    with database.serve("--workers=2", f"--gevent-port={ports.any_free()}") as server:
        yield server, loans
    database.drop()


def held(server, loans):
    """Return which of these loans are lent, as the database has them."""
    return [
        row[0]
        for row in server.psql(
            "SELECT id FROM kehu_loan WHERE state = 'lent' AND medium = 'original'"
            " AND id = ANY(%s)",
            [loans],
        )
    ]


def test_of_twenty_hand_overs_one_wins_and_no_return_is_lost(counter):
    """R11, R12: never two holders, and each loser is told clearly."""
    server, loans = counter
    rooms = [server.http(f"room{number}") for number in range(PEOPLE)]
    waiting = dict(enumerate(loans))
    for _round in range(ROUNDS):
        numbers = list(waiting)
        answers = all_at_once(
            [
                functools.partial(
                    rooms[number].call,
                    "kehu.loan",
                    "action_lend",
                    [waiting[number]],
                    signature="me",
                )
                for number in numbers
            ]
        )
        lent = held(server, loans)
        assert len(lent) == 1, "the original has exactly one holder"
        losers = [answer for answer in answers if isinstance(answer, RpcError)]
        assert len(losers) == len(numbers) - 1
        for error in losers:
            assert error.name in (
                "odoo.exceptions.UserError",
                "odoo.exceptions.ValidationError",
            ), error
            assert "原件" in error.message, error.message
        # Everybody tries to take it back at once: one does, nothing is lost.
        answers = all_at_once(
            [
                functools.partial(
                    rooms[number].call,
                    "kehu.loan",
                    "action_return",
                    lent[:1],
                    signature="me",
                    pages=3,
                )
                for number in range(PEOPLE)
                if waiting.get(number) != lent[0]
            ]
        )
        assert held(server, loans) == []
        done = [answer for answer in answers if not isinstance(answer, RpcError)]
        assert len(done) == 1, "the return is signed once"
        signed = server.psql(
            "SELECT state, return_signature, return_pages FROM kehu_loan WHERE id = %s",
            [lent[0]],
        )
        assert signed == [("returned", "me", 3)]
        waiting = {number: loan for number, loan in waiting.items() if loan != lent[0]}
    # The database's own refusal is logged as a query that failed; nothing else is.
    expected = ("websocket", "bad query")
    assert not [
        line
        for line in server.logged("ERROR")
        if not any(word in line for word in expected)
    ]
