"""The pins hold for every Python that the commands say they run with."""

import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from dev.pins import pins

# Debian 12's own Python: the oldest machine that the README promises.
OLDEST = "3.11.2"


def requirements():
    """Return the pinned requirements that hold for the present Python."""
    python = pins()["python"]
    found = [Requirement(text) for text in python["odoo"] + python["tests"]]
    return [one for one in found if not one.marker or one.marker.evaluate()]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda one: one.name)
def test_a_pinned_package_runs_on_the_oldest_python(requirement):
    """A release that wants 3.11.5 is not offered to a bare Debian 12 at all."""
    asked = metadata.metadata(requirement.name).get("Requires-Python") or ""
    assert SpecifierSet(asked).contains(OLDEST)


def test_every_package_is_pinned_to_one_version():
    for requirement in requirements():
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), requirement
