"""Living in a company's Odoo: installed, upgraded and uninstalled beside its data."""

import hashlib

import pytest

# What a database held before the module came: the same code twice, a name wider than
# archived customers may have, a tax number that fails its check.
EXISTING = """
partners = env["res.partner"].create([
    {"name": "老客户甲", "ref": "A-1", "is_company": True, "vat": False},
    {"name": "老客户乙", "ref": "A-1", "is_company": True},
    {"name": "名" * 60, "is_company": True},
])
env["sale.order"].create({"partner_id": partners[0].id})
env.cr.commit()
"""
REGISTERED = """
partner = env["res.partner"].create({"name": "新登记客户", "is_company": True})
archive = partner._kehu_register()
archive.action_submit()
archive.action_file()
env.company.kehu_filing_days = 7
env.cr.commit()
"""


@pytest.fixture(scope="module")
def place(bench_place):
    """Return a database of a company that has never seen the module."""
    from tests.support.live import Database

    database = Database(bench_place, "kehu_lifecycle")
    bench_place.databases.copy(bench_place.databases.template(), database.db)
    database.cli("shell", "--no-http", text_in=EXISTING)
    yield database
    database.drop()


def columns(database, table):
    """Return the columns of a table."""
    rows = database.psql(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    return {row[0] for row in rows}


def content(database, table, names):
    """Return a digest of what a table says in some columns, row by row."""
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    rows = database.psql(f"SELECT {listed} FROM {table} ORDER BY id")
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.fixture(scope="module")
def before(place):
    """Return what the partners and orders were before the module came."""
    names = {
        table: columns(place, table) - {"write_date", "write_uid"}
        for table in ("res_partner", "sale_order")
    }
    return {
        table: (listed, content(place, table, listed))
        for table, listed in names.items()
    }


def unchanged(place, before):
    """Tell which tables still say what they said before."""
    return [
        table
        for table, (listed, digest) in before.items()
        if content(place, table, listed) == digest
    ]


def test_installing_changes_no_partner_and_no_order_of_an_existing_database(
    place, before
):
    """R62, R64: the rules bind archived customers only"""
    place.cli("-i", "kehu_archive")
    assert unchanged(place, before) == ["res_partner", "sale_order"]
    assert place.psql("SELECT count(*) FROM kehu_archive") == [(0,)]


def test_upgrading_keeps_archives_and_settings(place, before):
    place.cli("shell", "--no-http", text_in=REGISTERED)
    query = """SELECT a.name, a.state, a.filing_deadline, p.ref
                 FROM kehu_archive a JOIN res_partner p ON p.archive_id = a.id"""
    filed = place.psql(query)
    assert [row[1] for row in filed] == ["filed"]
    place.cli("-u", "kehu_archive")
    assert place.psql(query) == filed
    assert place.psql(
        "SELECT kehu_filing_days FROM res_company ORDER BY id LIMIT 1"
    ) == [(7,)]


def test_uninstalling_leaves_the_companys_own_data_and_nothing_of_ours(place, before):
    partners = place.psql("SELECT count(*) FROM res_partner")
    place.cli("module", "uninstall", "kehu_archive")
    assert place.psql("SELECT count(*) FROM res_partner") == partners
    left = place.psql(
        """SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public'
              AND (table_name LIKE 'kehu%%' OR column_name LIKE 'kehu%%')"""
    )
    assert left == []
    functions = place.psql("SELECT proname FROM pg_proc WHERE proname LIKE 'kehu%%'")
    assert functions == []
    assert place.psql("SELECT ref FROM res_partner WHERE name = '老客户甲'") == [
        ("A-1",)
    ]


def test_the_module_can_be_installed_again_after_it_was_removed(place):
    place.cli("-i", "kehu_archive")
    assert place.psql(
        "SELECT state FROM ir_module_module WHERE name = 'kehu_archive'"
    ) == [("installed",)]
