"""``make i18n``: the template and the Chinese translations, brought up to the source."""

import shutil

from dev.messages import Problem, say
from dev.paths import MODULE, PROJECT, state
from dev.suite import Bench

DATABASE = "kehu_i18n"
LANGUAGE = "zh_CN"
EMPTY = '""'


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
    chinese = folder / f"{LANGUAGE}.po"
    keep_translations(exported[chinese], chinese)
    left = untranslated(exported[chinese])
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


def keep_translations(new, known):
    """Give exported terms the translations of the present file, and no others.

    A record whose English was rewritten keeps, in an upgraded database, the Chinese of
    what it said before. Exported, that would pass for the translation of its new words,
    and of whatever else says the same.

    :param pathlib.Path new: the exported .po file, changed in place.
    :param pathlib.Path known: the present .po file.
    """
    translations = {
        term(entry): entry.partition("\nmsgstr ")[2].rstrip("\n")
        for entry in known.read_text(encoding="utf-8").split("\n\n")
    }
    entries = new.read_text(encoding="utf-8").split("\n\n")
    for place, entry in enumerate(entries):
        if words := term(entry):
            head = entry.partition("\nmsgstr ")[0]
            entries[place] = f"{head}\nmsgstr {translations.get(words) or EMPTY}"
    new.write_text("\n\n".join(entries).rstrip("\n") + "\n", encoding="utf-8")


def term(entry):
    """Return what an entry of a .po file translates, however its lines are broken."""
    source = entry.partition("\nmsgid ")[2].partition("\nmsgstr ")[0]
    return "".join(line.strip()[1:-1] for line in source.splitlines())


def untranslated(path):
    """Return how many terms of a .po file have an empty translation."""
    entries = path.read_text(encoding="utf-8").split("\n\n")[1:]
    return sum(
        'msgid ""\nmsgstr ""' not in entry and entry.rstrip().endswith('msgstr ""')
        for entry in entries
    )
