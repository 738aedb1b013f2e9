"""A backup comes back on another machine, as the handbook describes (R95, R100)."""

import json

import pytest

from tests.support.live import Database
from tests.support.restoring import Backup, OtherMachine

FAMILY = "备份前写下的家庭情况"
CHANGED = "备份前改掉的主营"
PAPER = "备份里的合同扫描件"

_BEFORE = f"""
archive = env.ref("kehu_archive.archive_haifeng_demo")
person = env["kehu.principal"].create({{"archive_id": archive.id, "name": "Saved"}})
person.consent = "granted"
person.family = {FAMILY!r}
archive.main_business = {CHANGED!r}
env.cr.commit()
archive.main_business = "泵阀"
env["kehu.archive.item"].create({{
    "archive_id": archive.id, "title": "Saved",
    "attachment_ids": [(0, 0, {{"name": "a.txt", "raw": {PAPER!r}.encode()}})],
}})
env.cr.commit()
"""

_TELL = """
import json
archive = env.ref("kehu_archive.archive_haifeng_demo")
saved = [("name", "=", "Saved"), ("archive_id", "=", archive.id)]
person = env["kehu.principal"].search(saved)
item = env["kehu.archive.item"].search(
    [("title", "=", "Saved"), ("archive_id", "=", archive.id)])
broken = env["kehu.event"].verify_chain()
check = env["kehu.event.check"].sudo()._check()
print("TOLD" + json.dumps({
    "family": person.family, "business": archive.main_business,
    "paper": item.attachment_ids.raw.decode(), "broken": len(broken),
    "sealed": check.sealed, "result": check.result,
    "history": CHANGED in str(archive.get_history()),
    "warning": archive.vault_warning or "",
}))
""".replace("CHANGED", repr(CHANGED))

_ROTATE = """
print("ROTATED", env["kehu.vault"]._rotate_master_key())
env.cr.commit()
"""


def tell(database):
    """Return what a database says of the archive, opened by Odoo's command line."""
    lines = database.cli("shell", "--no-http", text_in=_TELL).splitlines()
    (told,) = [line.partition("TOLD")[2] for line in lines if "TOLD{" in line]
    return json.loads(told)


@pytest.fixture(scope="module")
def backup(bench_place, tmp_path_factory):
    """Return a backup of a database in which something of each kind was written."""
    name = "kehu_saved"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    database.cli("shell", "--no-http", text_in=_BEFORE)
    yield Backup(database, tmp_path_factory.mktemp("backup"))
    database.drop()


@pytest.fixture
def machine(bench_place, tmp_path):
    """Return another machine, without anything."""
    machine = OtherMachine(bench_place, tmp_path)
    yield machine
    for name in ("kehu_back", "kehu_back_older"):
        machine.bench.databases.drop(name)


def test_with_its_key_all_of_it_is_there_and_the_ledger_is_whole(machine, backup):
    """R95, R100: traits, history, files, and each chain with its seal."""
    machine.bring_keys(backup)
    told = tell(machine.restore(backup, "kehu_back"))
    assert told["family"] == FAMILY
    assert told["history"]
    assert told["paper"] == PAPER
    assert (told["broken"], told["sealed"], told["result"]) == (0, True, "intact")
    assert told["warning"] == ""


def test_without_its_key_nothing_is_lost_and_the_key_brought_later_opens_it(
    machine, backup
):
    """R100: one message; what is not encrypted can be read; no other key is made."""
    database = machine.restore(backup, "kehu_back")
    told = tell(database)
    assert told["warning"]
    assert not told["family"]
    assert (told["business"], told["paper"]) == ("泵阀", PAPER)
    assert not list(machine.keys.glob("master.key*"))

    machine.bring_keys(backup)
    assert tell(database)["family"] == FAMILY


def test_a_backup_from_before_a_change_of_the_key_opens_with_the_old_file(
    machine, backup
):
    """R100: the old key stays beside the new one for backups that need it."""
    machine.bring_keys(backup)
    database = machine.restore(backup, "kehu_back")
    assert "ROTATED" in database.cli("shell", "--no-http", text_in=_ROTATE)
    assert list(machine.keys.glob("master.key.old-*"))

    older = tell(machine.restore(backup, "kehu_back_older"))
    assert (older["family"], older["result"]) == (FAMILY, "intact")
    assert tell(database)["family"] == FAMILY
