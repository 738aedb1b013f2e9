"""``make lint``: style and conventions of all sources."""

import subprocess

from dev import npm, venv
from dev.messages import say
from dev.paths import MODULE, PROJECT

SOURCES = [MODULE, "dev", "tests", "bench"]


def run(arguments):
    """Check the sources with every tool, also when an earlier one complains.

    :param arguments: ``--fix`` corrects what the formatters can correct.
    :return: exit code, 0 when no tool found anything.
    """
    codes = []
    for command in commands("--fix" in arguments):
        say(f"checking with {command[0].name} {command[1]}")
        codes.append(subprocess.run(command, cwd=PROJECT, check=False).returncode)
    return 1 if any(codes) else 0


def commands(fix):
    """Return the command lines of all tools.

    :param bool fix: correct instead of complaining, where the tool can.
    """
    python_tools = venv.lint_python().parent
    node_modules = npm.lint_modules()
    sources = [source for source in SOURCES if (PROJECT / source).exists()]
    return [
        [python_tools / "ruff", "check", *(["--fix"] if fix else []), *sources],
        [python_tools / "ruff", "format", *([] if fix else ["--check"]), *sources],
        [
            python_tools / "pylint",
            "--rcfile=.pylintrc",
            # A large model is one class per subject here, each in the file that names
            # it. (In the file of settings, `enable=odoolint` would win.)
            "--disable=consider-merging-classes-inherited",
            MODULE,
        ],
        [
            python_tools / "oca-checks-odoo-module",
            # The demonstration names branches twice: a head office has to be there
            # and registered before it can be named.
            "--disable=csv-duplicate-record-id",
            MODULE,
        ],
        [
            python_tools / "oca-checks-po",
            *sorted((PROJECT / MODULE / "i18n").glob("*.po*")),
        ],
        [
            node_modules / ".bin" / "prettier",
            "--write" if fix else "--check",
            "--log-level=warn",
            f"--plugin={node_modules / '@prettier' / 'plugin-xml' / 'src' / 'plugin.js'}",
            f"{MODULE}/**/*.{{xml,js,scss}}",
        ],
    ]
