"""Fixtures of the measurements: databases that are full, and a server to ask.

Sizes come from the environment, so that a short run is possible:
``BENCH_CUSTOMERS`` (100000), ``BENCH_IMPORT_ROWS`` (20000), ``BENCH_LOAD_ROWS`` (20000),
``BENCH_PARTNERS`` (200000), ``BENCH_ROUNDS`` (3).
"""

import pytest

from bench import generate
from bench.measure import size
from dev.suite import Bench
from tests.support.live import Database


@pytest.fixture(scope="session")
def place():
    """Return PostgreSQL, Odoo and the database recipes."""
    return Bench()


@pytest.fixture(scope="session")
def full(place):
    """Return a database with many registered customers."""
    name = "kehu_bench_full"
    place.databases.copy(place.installed(), name)
    database = Database(place, name)
    generate.customers(database, size("CUSTOMERS", 100_000))
    yield database
    database.drop()


@pytest.fixture
def empty(place):
    """Return a function that makes a fresh database with the module."""
    made = []

    def make(name):
        database = Database(place, name)
        made.append(database)
        place.databases.copy(place.installed(), name)
        return database

    yield make
    for database in made:
        database.drop()
