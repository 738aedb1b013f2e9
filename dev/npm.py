"""Tools from the npm registry, installed once per set of pins for all clones."""

from dev import disk, system
from dev.locks import made_once
from dev.messages import say
from dev.paths import cache
from dev.pins import key, pins
from dev.shell import run


def lint_modules():
    """Return the ``node_modules`` folder that holds the pinned lint tools.

    :raises dev.messages.Problem: npm is missing or a package cannot be had.
    """
    packages = pins()["lint"]["npm"]

    def make(folder):
        system.need("npm")
        disk.need(folder, 0.2, "the lint tools")
        say("installing the lint tools of npm")
        run(
            [
                "npm",
                "install",
                "--prefix",
                folder,
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                *packages,
            ],
            "installing npm packages",
            log="npm",
        )

    return made_once(cache("npm", key(sorted(packages))), make) / "node_modules"
