"""Attacks on a running server: nothing leaks, and every refusal is a clean error.

Every model of the module, found at run time, by every role without a right on the
archive, with guessed ids, by JSON-RPC, JSON-2 and XML-RPC; for the addresses of plain
HTTP see ``test_access_attack_routes.py``. What is right follows from ``tests/support/attack_table.py``.
"""

import json

import pytest

from tests.support.attack import CLEAN, GUESS, SECRET, WAYS, Refused, count_found
from tests.support.attack_table import ATTACKERS, KINDS
from tests.support.attack_target import state_of
from tests.support.rpc import RpcError

# Not attacked by guessed ids: nobody said what they are, or they have no rows of ours.
_WITHOUT_ROWS = (None, "abstract", "odoo", "figures")
OUTSIDERS = tuple(login for login in ATTACKERS if login != "auditor")


@pytest.fixture(scope="module")
def server(attacked):
    """Return the server that is attacked, in place of the one that all tests share."""
    return attacked


def test_every_model_of_the_module_is_classified(target):
    """A new model needs one line in the table, else nobody attacks it."""
    unknown = [model for model, (kind, _rows) in target["targets"].items() if not kind]
    assert not unknown, (
        f"Say who may read and change {', '.join(unknown)}: add one line for each to "
        "MODELS in tests/support/attack_table.py."
    )
    empty = [
        model
        for model, (kind, rows) in target["targets"].items()
        if kind not in _WITHOUT_ROWS and not rows.ids
    ]
    assert not empty, (
        f"There is no row of {', '.join(empty)} to attack: let _SETUP in "
        "tests/support/attack_target.py make one."
    )


class Attack:
    """One role, by one way, against all models; collects what went wrong."""

    def __init__(self, server, login, way, key):
        """Come in."""
        self.server = server
        self.login = login
        self.way = WAYS[way](server, login, key)
        # What the methods answer is the same by each way in.
        self.thorough = way == "JSON-RPC"
        # Whether the present model may be read.
        self.reads = False
        self.faults = []

    def try_one(self, target, name, method, has_ids, named):
        """Make one attack.

        :return: the answer; None when it was refused
        """
        what = f"{target.model} {name}"
        try:
            ids = target.ids[:1] if has_ids == "one" else target.ids
            answer = self.way.call(
                target.model, method, ids if has_ids else None, **named
            )
        except Refused as refused:
            # Who may read a row may be told its name with the refusal to change it.
            if SECRET in refused.text and not self.reads:
                self.faults.append(f"{what}: the refusal tells it")
            if not refused.clean and not self._is_odoos(refused.text):
                self.faults.append(f"{what}: no clean refusal: {refused.text[-400:]}")
            return None
        return answer

    @staticmethod
    def _is_odoos(text):
        """Tell Odoo's own limits of XML-RPC from errors of ours."""
        return "cannot marshal" in text or "dictionary key must be string" in text

    def check(self, target, kind):
        """Try everything on one model."""
        self.reads = reads = self.login in kind.readers
        changes = self.login in kind.changers
        before = state_of(self.server, target)
        for attack in target.get_readings():
            if attack[1] == "copy" and reads and self.login in kind.adders:
                # A row of one's own, with words that one may read.
                continue
            answer = self.try_one(target, *attack)
            if answer is not None and not reads:
                self.faults.append(f"{target.model} {attack[0]}: {answer!r:.200}")
        for attack in target.get_searches(self.thorough):
            answer = self.try_one(target, *attack)
            if answer is not None and not reads and count_found(answer):
                self.faults.append(f"{target.model} {attack[0]}: found {answer!r:.200}")
        if not changes:
            for attack in target.get_changes():
                answer = self.try_one(target, *attack)
                if answer is not None:
                    self.faults.append(f"{target.model} {attack[0]}: {answer!r:.200}")
        for attack in target.get_additions():
            if attack[1] == "create" and self.login in kind.adders:
                continue
            answer = self.try_one(target, *attack)
            if not reads and SECRET in json.dumps(answer, ensure_ascii=False):
                self.faults.append(f"{target.model} {attack[0]}: tells it")
        after = state_of(self.server, target)
        if not kind.moves and not changes and after[0] != before[0]:
            self.faults.append(f"{target.model}: the rows were changed")
        if not kind.moves and self.login not in kind.adders and after[1] != before[1]:
            self.faults.append(f"{target.model}: rows were added or removed")

    def check_dialog(self, target):
        """Open a dialog on the archive: it answers nothing that the user may not read."""
        try:
            made = self.way.call(target.model, "create", vals_list=[target.get_made()])
        except Refused as refused:
            if SECRET in refused.text or not refused.clean:
                self.faults.append(f"{target.model} create: {refused.text[-400:]}")
            return
        names = list(target.fields)
        try:
            answer = self.way.call(target.model, "read", made, fields=names)
        except Refused as refused:
            answer = refused.text
        if SECRET in json.dumps(answer, ensure_ascii=False):
            self.faults.append(f"{target.model}: the user's own dialog tells it")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("login", ATTACKERS)
def test_no_model_of_the_module_gives_more_than_the_table_says(
    server, target, login, way
):
    """R14, R51, R52: read, search, name, export, group, write, create, delete."""
    attack = Attack(server, login, way, target["keys"][login])
    for kind, rows in target["targets"].values():
        if kind in _WITHOUT_ROWS:
            continue
        attack.check(rows, KINDS[kind])
        if kind == "dialog" and login != "auditor":
            attack.check_dialog(rows)
    assert not attack.faults, "\n".join(attack.faults)


# Facts of the archive, by paths from what everybody reads.
_PATHS = ("main_business", "remark", "market_area", "need_ids.description")


@pytest.mark.parametrize("login", OUTSIDERS)
def test_odoos_own_models_tell_nothing_of_the_archive(server, target, login):
    """R51: by path in domains, groupings, exports and nested reading."""
    attack = Attack(server, login, "JSON-RPC", target["keys"][login])
    for kind, rows in target["targets"].values():
        if kind not in ("odoo", "figures"):
            continue
        attacks = [
            ("read", "read", True, {"fields": list(rows.fields)}),
            ("search_read", "search_read", False, {"domain": [], "limit": 200}),
        ]
        for name, facts in rows.fields.items():
            other = target["targets"].get(facts["relation"])
            if not other or not other[0] == "content":
                continue
            prefix = "" if facts["relation"] == "kehu.archive" else "archive_id."
            for path in _PATHS:
                full = f"{name}.{prefix}{path}"
                attacks += [
                    (
                        f"guessing {full}",
                        "search_count",
                        False,
                        {"domain": [(full, "ilike", GUESS)]},
                    ),
                    (
                        f"grouping by {full}",
                        "formatted_read_group",
                        False,
                        {
                            "domain": rows.these,
                            "groupby": [full],
                            "aggregates": ["__count"],
                        },
                    ),
                    (
                        f"exporting {full}",
                        "export_data",
                        True,
                        {"fields_to_export": [full.replace(".", "/")]},
                    ),
                ]
            attacks.append(
                (
                    f"nested {name}",
                    "web_read",
                    True,
                    {
                        "specification": {
                            name: {"fields": dict.fromkeys(other[1].texts, {})}
                        }
                    },
                )
            )
        for what in attacks:
            if what[2] and not rows.ids:
                continue
            try:
                answer = attack.way.call(
                    rows.model, what[1], rows.ids if what[2] else None, **what[3]
                )
            except Refused as refused:
                assert SECRET not in refused.text, (rows.model, what[0])
                continue
            if what[1] == "search_count":
                assert not answer, (rows.model, what[0])
            told = json.dumps(answer, ensure_ascii=False)
            place = told.find(SECRET)
            assert place < 0, (rows.model, what[0], told[max(0, place - 900) :][:1000])


def refused_or_empty(act):
    """Run an attack; it must be refused cleanly, or find nothing.

    :return: the answer, None when it was refused
    """
    try:
        answer = act()
    except RpcError as error:
        assert error.name in CLEAN, f"not a clean refusal: {error}"
        assert SECRET not in error.message
        assert SECRET not in error.debug
        return None
    assert SECRET not in json.dumps(answer, ensure_ascii=False, default=str)
    return answer


@pytest.mark.parametrize("login", OUTSIDERS)
def test_nothing_hangs_on_the_archive_that_leaks_either(server, target, login):
    """R51: chatter, activities, files, by guessed id and by search."""
    session = server.http(login)
    for model, number in (
        ("mail.message", target["message"]),
        ("mail.activity", target["activity"]),
        ("ir.attachment", target["file"]),
    ):
        assert (
            refused_or_empty(lambda m=model, i=number: session.call(m, "read", [i]))
            is None
        )
        found = session.call(model, "search", [("id", "=", number)])
        assert found == [], f"{login} found {model}"
    answer = refused_or_empty(
        lambda: session.json_rpc(
            "/mail/thread/messages",
            thread_model="kehu.archive",
            thread_id=target["archive"],
        )
    )
    # Odoo answers with the user's own latest messages where the thread is closed.
    shown = (answer or {}).get("messages", [])
    about = server.psql(
        "SELECT id FROM mail_message WHERE id = ANY(%s) AND model = 'kehu.archive'",
        [shown],
    )
    assert not about
    for path in (
        f"/web/content/{target['file']}",
        f"/web/image/{target['file']}",
        f"/web/content/ir.attachment/{target['file']}/raw",
        f"/web/content/{target['file']}?access_token=guessed",
        f"/web/content/{target['file']}?access_token=",
    ):
        reply = session.get(path)
        assert SECRET.encode() not in reply.content, path
        assert reply.status_code in (200, 403, 404), path
        if reply.status_code == 200:
            assert reply.headers["Content-Type"].startswith("image/"), path
