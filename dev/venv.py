"""Virtual environments, made once per set of pins and shared by all clones."""

import sys

from dev import disk
from dev.locks import made_once
from dev.messages import say
from dev.paths import cache
from dev.pins import key, pins, python_tag
from dev.shell import run


def odoo_python():
    """Return the interpreter that has what Odoo and the tests need."""
    python = pins()["python"]
    return environment("odoo", python["odoo"] + python["tests"])


def lint_python():
    """Return the interpreter that has the lint tools, and nothing of Odoo."""
    return environment("lint", pins()["lint"]["python"])


def environment(name, requirements):
    """Return the interpreter of a virtual environment, making it if need be.

    :param name: what it is for.
    :param requirements: pinned requirements.
    :return: path of its ``python``.
    :raises Problem: a package cannot be had.
    """

    def make(folder):
        disk.need(folder, 1, "the Python environment")
        say(f"installing the Python packages for {name}")
        run([sys.executable, "-m", "venv", folder], "making a Python environment")
        listed = folder / "requirements.txt"
        listed.write_text("\n".join(requirements) + "\n")
        pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
        run(
            [*pip, "install", "--no-input", "-r", listed],
            "installing Python packages",
            log="pip",
        )

    folder = cache("venv", f"{name}-{key(sorted(requirements), python_tag())}")
    return made_once(folder, make) / "bin" / "python"
