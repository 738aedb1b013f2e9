"""Programs of the machine itself: see that they are there, or install them."""

import glob
import os
import re
import shutil

from dev.locks import held
from dev.messages import Problem, say
from dev.paths import cache
from dev.pins import pins
from dev.shell import run


def find(name):
    """Return the path of a program or file that ``pins.toml`` names, or None.

    :param name: its entry under ``[system]``.
    """
    entry = pins()["system"][name]
    for pattern in entry.get("files", ()):
        found = glob.glob(pattern, recursive=True)
        if found:
            return max(found, key=version_order)
    for program in entry.get("programs", ()):
        path = shutil.which(program)
        if path:
            return path
    return None


def version_order(path):
    """Return a sorting key by which .../9.6/... comes before .../15/..."""
    return [int(part) for part in re.findall(r"\d+", path)]


def need(*names):
    """Make sure that programs are on the machine.

    :param names: their entries under ``[system]``.
    :raises Problem: one is missing and cannot be installed by this user.
    """
    missing = [name for name in names if not find(name)]
    if not missing:
        return
    entries = pins()["system"]
    packages = [entries[name]["package"] for name in missing]
    required = [
        entries[name]["package"]
        for name in missing
        if not entries[name].get("optional")
    ]
    if os.geteuid() != 0:
        command = f"`apt-get install --no-install-recommends {' '.join(packages)}`"
        if required:
            raise Problem(
                f"This machine lacks {', '.join(required)}: run {command} as root, "
                "then the same command again."
            )
        say(f"going on without {', '.join(packages)}: {command} as root brings it")
        return
    install(packages)
    still = [
        entries[name]["package"]
        for name in missing
        if not entries[name].get("optional") and not find(name)
    ]
    if still:
        raise Problem(
            f"{', '.join(still)} cannot be found although installed: correct its "
            "[system] entry in dev/pins.toml."
        )


def install(packages):
    """Install Debian packages as root.

    :param packages: their names.
    :raises Problem: no network, locked, or not offered.
    """
    say(f"installing {', '.join(packages)} (apt-get)")
    command = [
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=300",
        "install",
        "--yes",
        "--no-install-recommends",
        *packages,
    ]
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    doing = "installing " + ", ".join(packages)
    with held(cache("apt-install.lock"), "another command is installing: waiting"):
        first = run(command, doing, log="apt", env=quiet, check=False)
        if first.returncode:
            # Lists that are missing or old are the usual reason.
            run(["apt-get", "update"], "fetching package lists", log="apt")
            run(command, doing, log="apt", env=quiet)
