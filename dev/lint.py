"""``make lint``: style and conventions of all sources."""

import subprocess

from dev import venv
from dev.messages import say
from dev.paths import MODULE, PROJECT

SOURCES = [MODULE, "dev", "tests"]


def run(arguments):
    """Check the sources with every tool, also when an earlier one complains.

    :param arguments: ``--fix`` corrects what the formatter can correct.
    :return: exit code, 0 when no tool found anything.
    """
    bin_folder = venv.lint_python().parent
    fix = "--fix" in arguments
    commands = [
        [bin_folder / "ruff", "check", *(["--fix"] if fix else []), *SOURCES],
        [bin_folder / "ruff", "format", *([] if fix else ["--check"]), *SOURCES],
        [
            bin_folder / "pylint",
            "--load-plugins=pylint_odoo",
            "--valid-odoo-versions=19.0",
            "--disable=all",
            "--enable=odoolint",
            "--disable=C8101,C8103,C8112",
            "--score=no",
            MODULE,
        ],
    ]
    codes = []
    for command in commands:
        say("checking with " + " ".join(str(part) for part in command[:2]))
        codes.append(subprocess.run(command, cwd=PROJECT, check=False).returncode)
    return 1 if any(codes) else 0
