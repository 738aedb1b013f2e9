"""``make i18n``: the template and the Chinese translations, brought up to the source."""

import shutil

from dev.messages import Problem, say
from dev.paths import MODULE, PROJECT, state
from dev.suite import Bench

DATABASE = "kehu_i18n"
LANGUAGE = "zh_CN"


def run(arguments):
    """Export the terms in place and count what is not translated.

    :param arguments: ``--check`` leaves the files as they are.
    :raises dev.messages.Problem: terms without a translation are left.
    """
    folder = PROJECT / MODULE / "i18n"
    bench = Bench()
    bench.databases.copy(bench.installed(), DATABASE)
    try:
        # Not in place: the translations of terms in code are read from the very file
        # that would be written.
        exported = {
            folder / f"{MODULE}.pot": export(
                bench.odoo, "pot", state("i18n", "new.pot")
            ),
            folder / f"{LANGUAGE}.po": export(
                bench.odoo, LANGUAGE, state("i18n", "new.po")
            ),
        }
    finally:
        bench.databases.drop(DATABASE)
    left = untranslated(exported[folder / f"{LANGUAGE}.po"])
    if "--check" not in arguments:
        for path, new in exported.items():
            shutil.copyfile(new, path)
    if left:
        raise Problem(
            f"{left} terms of {LANGUAGE}.po have no translation: fill in their msgstr."
        )
    say(f"every term is translated into {LANGUAGE}")
    return 0


def export(odoo, language, path):
    """Write the module's terms to a file.

    :param odoo: :class:`dev.runner.Odoo`.
    :param language: a language's code, or ``pot`` for the terms alone.
    :param path: the file; its suffix says the format.
    :return: ``path``.
    """
    odoo.run(
        "i18n",
        "export",
        MODULE,
        "-d",
        DATABASE,
        "-l",
        language,
        "-o",
        path,
        doing="exporting the terms",
        log="i18n",
    )
    return path


def untranslated(path):
    """Return how many terms of a .po file have an empty translation."""
    entries = path.read_text(encoding="utf-8").split("\n\n")[1:]
    return sum(
        'msgid ""\nmsgstr ""' not in entry and entry.rstrip().endswith('msgstr ""')
        for entry in entries
    )
