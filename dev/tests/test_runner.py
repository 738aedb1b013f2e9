"""How Odoo's command line is put together, and what is read from its output."""

import pytest

from dev.runner import INSTALL_TROUBLE, last_error, leading


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], []),
        (["-d", "x"], []),
        (["shell", "-d", "x"], ["shell"]),
        (
            ["i18n", "export", "kehu_archive", "-d", "x"],
            ["i18n", "export", "kehu_archive"],
        ),
        (["module", "force-demo", "-d", "x"], ["module", "force-demo"]),
    ],
)
def test_the_configuration_stands_behind_the_whole_subcommand(args, words):
    """Between `i18n` and `export` Odoo takes `-c` for a subcommand and gives up."""
    assert leading(args) == words


def test_demonstration_data_that_failed_is_trouble():
    """Odoo itself only warns, and goes on without."""
    assert INSTALL_TROUBLE.search(
        "WARNING Module kehu_archive demo data failed to install, installed without "
        "demo data"
    )
    assert not INSTALL_TROUBLE.search("INFO Module kehu_archive loaded in 3.1s")


def test_the_last_error_of_a_traceback_is_what_is_told():
    output = "Traceback:\n  File x\nValueError: first\n...\nKeyError: 'second'\nbye\n"
    assert last_error(output) == "KeyError: 'second'"
    assert last_error("nothing special\n") == "nothing special\n"
