"""Many users write the same archive at once: no gap, no number twice (R16)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.rpc import RpcError

WRITERS, WRITES = 6, 5


@pytest.fixture
def archive(server):
    """Return the id of an archive of the demonstration's sales representative."""
    return server.http("rep").call(
        "kehu.archive", "search", [("state", "=", "draft")], limit=1
    )[0]


def write_as(server, archive, number):
    """Change a fact again and again, each time with a request of its own.

    :return: how many of the requests the server carried out
    """
    session = server.http("archivist" if number % 2 else "rep")
    done = 0
    for step in range(WRITES):
        try:
            session.call(
                "kehu.archive", "write", [archive], {"remark": f"{number}-{step}"}
            )
        except RpcError as error:
            # After five retries Odoo gives up, and says so.
            assert "could not serialize" in str(error), error
        else:
            done += 1
    return done


def test_parallel_writers_leave_a_chain_without_gap_or_duplicate(server, archive):
    before = server.psql(
        "SELECT count FROM kehu_event_head WHERE archive_id = %s", [archive]
    )[0][0]
    with ThreadPoolExecutor(WRITERS) as pool:
        done = sum(
            pool.map(lambda number: write_as(server, archive, number), range(WRITERS))
        )
    rows = server.psql(
        "SELECT sequence FROM kehu_event WHERE archive_id = %s ORDER BY sequence",
        [archive],
    )
    assert done > WRITERS
    assert [row[0] for row in rows] == list(range(1, before + done + 1))
    assert server.http("auditor").call("kehu.event", "verify_chain") == []


def test_a_refusal_is_logged_although_its_request_was_undone(server, archive):
    clerk = server.http("clerk")
    for _again in range(3):
        with pytest.raises(RpcError):
            clerk.call("kehu.archive", "read", [archive], ["main_business"])
    rows = server.psql(
        "SELECT login FROM kehu_event e JOIN res_users u ON u.id = e.user_id "
        "WHERE archive_id = %s AND action = 'refuse' AND login = 'clerk'",
        [archive],
    )
    assert rows == [("clerk",)], "once, however often within ten minutes"


def test_nobody_writes_the_ledger_by_rpc(server, archive):
    event = server.psql("SELECT max(id) FROM kehu_event")[0][0]
    for login in ("rep", "archivist", "auditor", "itadmin", "admin"):
        session = server.http(login)
        for method, arguments in (
            ("write", ([event], {"action": "read"})),
            ("unlink", ([event],)),
            ("create", ([{"archive_id": archive, "sequence": 1, "action": "read"}],)),
            ("_append_rows", ([],)),
            ("_append", ([],)),
        ):
            with pytest.raises(RpcError):
                session.call("kehu.event", method, *arguments)
    assert server.http("auditor").call("kehu.event", "verify_chain") == []


def test_a_dump_of_the_database_shows_nothing_of_the_ledger(server, archive):
    """R100: what was removed lives on in the ledger, where only its key opens it."""
    rep = server.http("rep")
    need = rep.call(
        "kehu.need",
        "create",
        [{"archive_id": archive, "description": "Zweiunddreissig Turbinen"}],
    )
    rep.call("kehu.need", "unlink", need)
    dump = server.database.bench.server.run(
        "pg_dump", "--data-only", server.db, doing="dumping the database"
    ).stdout
    assert "kehu_event" in dump
    assert "Zweiunddreissig" not in dump
    history = rep.call("kehu.archive", "get_history", [archive])
    assert "Zweiunddreissig Turbinen" in str(history)
