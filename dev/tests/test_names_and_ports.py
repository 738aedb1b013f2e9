"""Small decisions that everything else rests on: names, keys, ports, paths."""

import os
import re
import socket
from types import SimpleNamespace

import pytest

from dev import databases, ports, system
from dev.databases import Databases, link_or_copy
from dev.locks import made_once
from dev.messages import Problem
from dev.pins import key


@pytest.fixture
def named():
    """Return a function that names a template for a tree."""

    def name(kind="bare", tree="a", modules=("contacts",)):
        odoo = SimpleNamespace(
            tree=SimpleNamespace(identity=lambda: [tree]), server=None
        )
        return Databases(odoo).template_name(kind, list(modules))

    return name


def test_a_template_is_named_after_all_that_it_is_made_from(named):
    names = {
        named(),
        named(kind="demo"),
        named(tree="b"),
        named(modules=("contacts", "crm")),
    }
    assert len(names) == 4
    assert named() == named()
    assert all(re.fullmatch(r"kehu_tpl_(bare|demo)_[0-9a-f]{12}", n) for n in names)


def test_a_new_recipe_makes_a_new_template_of_its_kind_only(named, monkeypatch):
    bare, demo = named(), named(kind="demo")
    monkeypatch.setitem(databases.RECIPE, "demo", databases.RECIPE["demo"] + 1)
    assert named() == bare
    assert named(kind="demo") != demo


def test_every_database_of_ours_has_a_name_that_reset_removes(named):
    """`make reset` on somebody's own server drops what begins with kehu_."""
    assert named().startswith("kehu_")


def test_equal_parts_give_equal_keys_whatever_the_order_of_a_mapping():
    assert key({"a": 1, "b": 2}) == key({"b": 2, "a": 1})
    assert key(["a", "b"]) != key(["b", "a"])


def test_the_first_free_port_steps_over_one_that_is_taken():
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert not ports.is_free(number)
        assert number < ports.first_free(number) <= number + 100
        with pytest.raises(Problem, match="choose a free one with PORT="):
            ports.first_free(number, tries=1)


def test_any_free_port_is_free():
    assert ports.is_free(ports.any_free())


def test_the_newest_version_of_a_program_wins():
    """Sorted as text, 9.6 would come after 15."""
    paths = ["/usr/lib/postgresql/9.6/bin/initdb", "/usr/lib/postgresql/15/bin/initdb"]
    assert max(paths, key=system.version_order) == paths[1]


def test_files_are_linked_where_that_is_possible_and_copied_elsewhere(
    tmp_path, monkeypatch
):
    source = tmp_path / "source"
    source.write_text("content")
    link_or_copy(source, tmp_path / "linked")
    assert (tmp_path / "linked").samefile(source)

    def refuse(*paths):
        raise OSError("another disk")

    monkeypatch.setattr(os, "link", refuse)
    link_or_copy(source, tmp_path / "copied")
    assert (tmp_path / "copied").read_text() == "content"
    assert not (tmp_path / "copied").samefile(source)


def test_a_folder_is_made_once_and_again_only_after_a_failure(tmp_path):
    made = []

    def make(folder):
        made.append(folder)
        (folder / "half").touch()
        if len(made) == 1:
            raise Problem("no network")

    folder = tmp_path / "tree"
    with pytest.raises(Problem):
        made_once(folder, make)
    assert not folder.exists()
    made_once(folder, make)
    made_once(folder, make)
    assert len(made) == 2
