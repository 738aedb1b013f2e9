"""The Odoo source tree: one that the user has, or Debian's package unpacked."""

import os
import re
from pathlib import Path

from dev import apt, disk
from dev.locks import made_once
from dev.messages import Problem, say
from dev.paths import cache
from dev.pins import key, pins
from dev.shell import run


class Tree:
    """A place with Odoo's Python package and its addons."""

    def __init__(self, python_path, addons=()):
        """Describe a tree.

        :param python_path: the folder that holds the package ``odoo``.
        :param addons: addons folders beside the package's own one.
        """
        self.python_path = Path(python_path)
        self.addons = [Path(path) for path in addons]

    def identity(self):
        """Return what changes when the tree is another one."""
        release = self.python_path / "odoo" / "release.py"
        return [str(self.python_path), release.stat().st_mtime_ns]


def tree():
    """Return the tree to use, unpacking it first if need be.

    :raises Problem: ``ODOO_SRC`` is no Odoo 19, or the package cannot be had.
    """
    given = os.environ.get("ODOO_SRC")
    return given_tree(Path(given).expanduser()) if given else packaged_tree()


def given_tree(source):
    """Return the tree of ``ODOO_SRC=``.

    :param source: a source checkout or a folder that holds the package ``odoo``.
    :raises Problem: it is not Odoo 19.
    """
    source = source.resolve()
    release = source / "odoo" / "release.py"
    if not release.is_file():
        raise Problem(
            f"ODOO_SRC={source} holds no Odoo: give the folder in which odoo/ and "
            "addons/ are."
        )
    found = re.search(r"version_info\s*=\s*\((\d+)", release.read_text())
    if not found or found[1] != "19":
        raise Problem(
            f"ODOO_SRC={source} holds another Odoo version: give a source tree of "
            "version 19.0."
        )
    beside = source / "addons"
    return Tree(source, [beside] if (beside / "sale").is_dir() else [])


def packaged_tree():
    """Return Debian's package, unpacked once for all clones of this user."""
    odoo = pins()["odoo"]
    folder = cache("odoo", f"{odoo['version']}-{key(odoo)}")
    made_once(folder, unpack)
    return Tree(folder / "usr" / "lib" / "python3" / "dist-packages")


def unpack(folder):
    """Fill a new tree.

    :param folder: the empty folder.
    :raises Problem: no room, no network, or an incomplete package.
    """
    disk.need(folder, 2.5, "Odoo with its packages")
    odoo = pins()["odoo"]
    packages = {odoo["package"]: odoo["version"]}
    suites = {odoo["suite"]}
    for group in ("assets", "assets_unstable"):
        wanted = dict(odoo[group])
        suites.add(wanted.pop("suite"))
        packages.update(wanted)
    files = apt.fetch(packages, suites, {odoo["package"]: odoo["series"]})
    say("unpacking Odoo")
    for file in files:
        run(["dpkg", "-x", file, folder], f"unpacking {file.name}")
    package = folder / "usr" / "lib" / "python3" / "dist-packages" / "odoo"
    for name in odoo["stubs"]["files"]:
        stub = package / "addons" / name
        if not stub.exists():
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.touch()
    if not (package / "release.py").is_file():
        raise Problem(
            "The Odoo package is not laid out as expected: correct its version in "
            "dev/pins.toml, or give an Odoo 19 source tree with ODOO_SRC=."
        )
