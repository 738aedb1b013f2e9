"""``make i18n``: the template and the Chinese translations, brought up to the source."""

from dev.messages import Problem, say
from dev.paths import MODULE, PROJECT
from dev.suite import Bench

DATABASE = "kehu_i18n"
LANGUAGE = "zh_CN"


def run(arguments):
    """Export the terms in place and count what is not translated.

    :param arguments: ``--check`` leaves the files as they are.
    :raises dev.messages.Problem: terms without a translation are left.
    """
    folder = PROJECT / MODULE / "i18n"
    before = {path: path.read_bytes() for path in folder.glob("*.po*")}
    bench = Bench()
    bench.databases.copy(bench.installed(), DATABASE)
    try:
        bench.odoo.run(
            "i18n",
            "export",
            "-d",
            DATABASE,
            MODULE,
            "-l",
            "pot",
            LANGUAGE,
            doing="exporting the terms",
            log="i18n",
        )
    finally:
        bench.databases.drop(DATABASE)
    left = untranslated(folder / f"{LANGUAGE}.po")
    if "--check" in arguments:
        for path, content in before.items():
            path.write_bytes(content)
    if left:
        raise Problem(
            f"{left} terms of {LANGUAGE}.po have no translation: fill in their msgstr."
        )
    say(f"every term is translated into {LANGUAGE}")
    return 0


def untranslated(path):
    """Return how many terms of a .po file have an empty translation."""
    entries = path.read_text(encoding="utf-8").split("\n\n")[1:]
    return sum(
        'msgid ""\nmsgstr ""' not in entry and entry.rstrip().endswith('msgstr ""')
        for entry in entries
    )
