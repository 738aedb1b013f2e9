"""Installing the module into a company's database of 200,000 partners."""

import re
import time

import pytest

from bench import generate
from bench.measure import size, tell
from dev.paths import MODULE
from tests.support.live import Database


@pytest.fixture
def company(place):
    """Return a database with partners and without the module."""
    name = "kehu_bench_install"
    place.databases.copy(place.databases.template(), name)
    database = Database(place, name)
    generate.partners(database, size("PARTNERS", 200_000))
    yield database
    database.drop()


def test_install_on_many_partners(company):
    begin = time.perf_counter()
    output = company.cli("-i", MODULE)
    seconds = time.perf_counter() - begin
    module = re.search(rf"Module {MODULE} loaded in ([\d.]+)s", output)
    tell(
        f"installing on {size('PARTNERS', 200_000)} partners",
        f"the whole command        {seconds:8.1f} s   (wanted: at most 30)",
        f"the module's own part    {float(module[1]):8.1f} s",
    )
    assert seconds <= 30
