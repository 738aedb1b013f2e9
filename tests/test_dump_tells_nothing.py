"""A dump of the database shows nothing of the sensitive layer, nor of the ledger (R100).

Words are planted as people leave them, the database is dumped, and they are looked for
in any writing: plain, escaped, base64, hexadecimal, packed.
"""

import base64
import gzip
import zlib

import pytest

from tests.support.dump import find_word

#: What stands in the sensitive layer now.
TRAITS = {
    "family": "暗记七三家有一女",
    "personality": "Verschlossen QZ73 und sparsam",
    "education": "暗记七四博士",
    "background": "Zuchthaus QZ75 Celle",
    "ability": "暗记七六算盘",
}
#: What was written and is written over or removed: only the ledger has it.
GONE = {
    "main_business": "暗记八一旧主营",
    "market_area": "Vormals QZ82 Ostasien",
    "need": "暗记八三旧需求",
}
#: What an ordinary field says: the dump has it, else nothing is proved.
PLAIN = "明记九九主营"

_PLANT = """
archive = env.ref("kehu_archive.archive_haifeng_demo")
person = env["kehu.principal"].create({{"archive_id": archive.id, "name": "Planted"}})
person.consent = "granted"
person.write({traits!r})
env.flush_all()
archive.write({{"main_business": {gone[main_business]!r},
    "market_area": {gone[market_area]!r}}})
need = env["kehu.need"].create({{"archive_id": archive.id,
    "description": {gone[need]!r}}})
env.cr.commit()
need.unlink()
archive.write({{"main_business": {plain!r}, "market_area": False}})
env.cr.commit()
"""


@pytest.fixture(scope="module")
def dump(bench_place, server):
    """Return a dump of a database in which all of it was written."""
    server.database.cli(
        "shell",
        "--no-http",
        text_in=_PLANT.format(traits=TRAITS, gone=GONE, plain=PLAIN),
    )
    told = bench_place.server.run("pg_dump", server.db, doing="dumping the database")
    return told.stdout.encode()


def test_what_is_not_encrypted_is_found(dump):
    """Were nothing found at all, the search would prove nothing."""
    assert "plain" in find_word(dump, PLAIN)


@pytest.mark.parametrize("word", TRAITS.values())
def test_personal_traits_are_in_no_dump(dump, word):
    """R100: the sensitive layer lies encrypted."""
    assert find_word(dump, word) == set()


@pytest.mark.parametrize("word", GONE.values())
def test_what_only_the_ledger_knows_is_in_no_dump(dump, word):
    """R100, N1: before and after stand in the ledger, encrypted, and nowhere else."""
    assert find_word(dump, word) == set()


def test_who_holds_the_keys_reads_all_of_it(server, dump):
    """It was there when the database was dumped, and is not lost."""
    archive = server.psql(
        "SELECT res_id FROM ir_model_data WHERE module = 'kehu_archive'"
        " AND name = 'archive_haifeng_demo'"
    )[0][0]
    lines = server.database.cli(
        "shell",
        "--no-http",
        text_in=f"archive = env['kehu.archive'].browse({archive})\n"
        "people = archive.principal_ids.filtered(lambda one: one.name == 'Planted')\n"
        "print('TRAITS', people.mapped('family'), archive.get_history())\n",
    )
    for word in (TRAITS["family"], GONE["main_business"], GONE["need"]):
        assert word in lines, word


@pytest.mark.parametrize(
    "written",
    [
        PLAIN.encode(),
        PLAIN.encode().hex().upper().encode(),
        base64.b64encode(b"x" + PLAIN.encode()),
        PLAIN.encode("unicode_escape"),
        b"\\\\x" + zlib.compress(b"before " + PLAIN.encode()).hex().encode(),
        base64.b64encode(gzip.compress(PLAIN.encode())),
    ],
)
def test_the_search_knows_each_writing(written):
    assert find_word(b"COPY t FROM stdin;\n1\t" + written + b"\tx\n", PLAIN)
