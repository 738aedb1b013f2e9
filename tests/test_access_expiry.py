"""A grant ends on its second: on every path, on a session that is open (R10, R51)."""

import json
import time

import pytest

from tests.support.attack import CLEAN, SECRET
from tests.support.attack_target import prepare
from tests.support.live import Database
from tests.support.rpc import RpcError

# How long the paths may take, all together, on a busy machine.
_SECONDS = 40


@pytest.fixture(scope="module")
def server(bench_place):
    """Return a server of its own: its archive is full of secrets."""
    name = "kehu_expiry"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    with database.serve() as live:
        yield live
    database.drop()


@pytest.fixture(scope="module")
def target(server):
    """Return the ids of the archive and of what hangs on it."""
    return prepare(server, ("reader",))


@pytest.fixture
def granted(server, target):
    """Return a session whose user was granted every section, and when that ends."""
    reader = server.http("reader")
    sections = server.psql("SELECT id FROM kehu_archive_section")
    loan = reader.call(
        "kehu.loan",
        "create",
        [
            {
                "archive_id": target["archive"],
                "purpose": "attack",
                "section_ids": [(6, 0, [row[0] for row in sections])],
            }
        ],
    )
    reader.call("kehu.loan", "action_submit", loan)
    with pytest.raises(RpcError):
        reader.call("kehu.loan", "action_approve", loan)
    server.http("manager").call("kehu.loan", "action_approve", loan)
    # What the reader writes and has to do belongs to the conversation as well.
    partner = server.psql(
        "SELECT partner_id FROM res_users WHERE login = 'reader'",
    )[0][0]
    server.psql(
        "UPDATE mail_message SET author_id = %s WHERE id = %s",
        [partner, target["message"]],
    )
    server.psql(
        "UPDATE mail_activity SET user_id = %s WHERE id = %s",
        [reader.uid, target["activity"]],
    )

    def end_at(moment):
        server.psql(
            "UPDATE kehu_loan SET date_end = to_timestamp(%s) AT TIME ZONE 'UTC',"
            " date_start = LEAST(date_start, to_timestamp(%s) AT TIME ZONE 'UTC'"
            " - interval '1 second') WHERE id = %s",
            [moment, moment, loan[0]],
        )

    return reader, end_at


def get_paths(server, reader, target):
    """Return every way that is open to a reader by grant, by name."""
    archive = target["archive"]
    need = [
        row[0]
        for row in server.psql(
            "SELECT id FROM kehu_need WHERE archive_id = %s", [archive]
        )
    ]

    def get_file(path):
        reply = reader.get(path)
        if reply.status_code == 200 and SECRET in reply.content.decode(
            errors="replace"
        ):
            assert reply.headers["Cache-Control"] == "no-store", path
        return reply.content.decode(errors="replace")

    return {
        "form": lambda: reader.call(
            "kehu.archive", "web_read", [archive], {"main_business": {}}
        ),
        "list": lambda: reader.call(
            "kehu.archive",
            "web_search_read",
            [("id", "=", archive)],
            {"main_business": {}},
        ),
        "group by": lambda: reader.call(
            "kehu.archive",
            "formatted_read_group",
            [("id", "=", archive)],
            ["main_business"],
            ["__count"],
        ),
        "from the partner": lambda: reader.call(
            "res.partner",
            "web_read",
            [target["partner"]],
            {"archive_id": {"fields": {"main_business": {}}}},
        ),
        "lines": lambda: reader.call("kehu.need", "read", need, ["description"]),
        "lines by name": lambda: reader.call(
            "kehu.need", "name_search", "", [("id", "in", need)]
        ),
        "lines grouped": lambda: reader.call(
            "kehu.need",
            "web_read_group",
            [("id", "in", need)],
            ["description"],
            ["__count"],
        ),
        "file": lambda: get_file(f"/web/content/{target['file']}?unique=abc"),
        "file by its record": lambda: get_file(
            f"/web/content/ir.attachment/{target['file']}/raw"
        ),
        "attachment": lambda: reader.call(
            "ir.attachment", "read", [target["file"]], ["raw", "index_content", "name"]
        )
        and get_file(f"/web/content/{target['file']}"),
        "chatter": lambda: reader.call(
            "mail.message", "read", [target["message"]], ["body"]
        ),
        "activity": lambda: reader.call(
            "mail.activity", "read", [target["activity"]], ["summary"]
        ),
    }


def test_each_path_is_open_before_the_last_second_and_closed_after_it(
    server, target, granted
):
    """R10: end − 1 s open, end + 1 s closed, the same session all the time."""
    reader, end_at = granted
    paths = get_paths(server, reader, target)
    for name, path in paths.items():
        end = int(time.time()) + _SECONDS
        end_at(end)
        assert SECRET in json.dumps(path(), ensure_ascii=False), name
        # The end is set so that the next answer comes within its last second.
        end = int(time.time()) + 2
        end_at(end)
        time.sleep(max(0, end - 0.9 - time.time()))
        answer = told(path)
        if time.time() < end:
            assert SECRET in answer, f"{name}: closed too early"
        time.sleep(max(0, end + 1 - time.time()))
        assert SECRET not in told(path), f"{name}: open after the end"


def test_nothing_can_be_saved_exported_or_printed_after_the_end(
    server, target, granted
):
    """R10: a page opened before the end; and consulting is view only even before."""
    reader, end_at = granted
    archive = target["archive"]
    end_at(int(time.time()) + _SECONDS)
    assert reader.call("kehu.archive", "read", [archive], ["main_business"])
    changes = {
        "export": lambda: reader.call(
            "kehu.archive", "export_data", [archive], ["main_business"]
        ),
        "save": lambda: reader.call(
            "kehu.archive",
            "web_save",
            [archive],
            {"main_business": "x"},
            {"main_business": {}},
        ),
        "message": lambda: reader.call(
            "kehu.archive", "message_post", [archive], body="x"
        ),
        "activity": lambda: reader.call(
            "kehu.archive", "activity_schedule", [archive], summary="x"
        ),
        "delete": lambda: reader.call("kehu.archive", "unlink", [archive]),
    }
    for name in ("export", "save", "delete"):
        with pytest.raises(RpcError):
            changes[name]()
    end_at(int(time.time()) - 1)
    for change in changes.values():
        with pytest.raises(RpcError) as refused:
            change()
        assert refused.value.name in CLEAN
        assert SECRET not in refused.value.debug


def told(path):
    """Return all that a path answers, refusals included."""
    try:
        return json.dumps(path(), ensure_ascii=False)
    except RpcError as error:
        assert error.name in CLEAN, error
        return f"{error.message} {error.debug}"
