"""Fetch Debian packages as files, with private package lists.

The machine's own mirror is used without naming it: apt is asked where it would
update from. Nothing of the machine's own apt state is changed, so that this works
for any user.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

from dev.locks import held
from dev.messages import Problem, say
from dev.paths import cache
from dev.shell import run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def mirror():
    """Return the address of the Debian mirror that this machine is set up with.

    ``DEBIAN_MIRROR`` in the environment overrides it.

    :raises Problem: apt is missing or has no Debian mirror.
    """
    given = os.environ.get("DEBIAN_MIRROR")
    if given:
        return given.rstrip("/")
    uris = run(
        ["apt-get", "--print-uris", "update"], "asking apt for its mirror", check=False
    ).stdout
    sites = re.findall(r"'(\S+?)/dists/[^']*/InRelease'", uris)
    sites += run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(SITE)",
            "Created-By: Packages",
        ],
        "asking apt for its mirror",
        check=False,
    ).stdout.split()
    for site in sites:
        if "security" not in site and "ubuntu" not in site:
            return site.rstrip("/")
    raise Problem(
        "This machine's apt has no Debian mirror: add one to its sources, set "
        "DEBIAN_MIRROR=, or give an Odoo 19 source tree with ODOO_SRC=."
    )


class PrivateLists:
    """Package lists of some suites, kept apart from those of the machine."""

    def __init__(self, folder, suites):
        """Prepare the folder.

        :param folder: where sources, lists and apt's cache are kept.
        :param suites: names of the suites to look into.
        """
        self.folder = folder
        self.suites = sorted(suites)

    def options(self):
        """Return apt's options that point it at this folder."""
        options = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Get::List-Cleanup": "0",
        }
        if os.geteuid() == 0:
            # apt's own download user cannot enter a private home folder.
            options["APT::Sandbox::User"] = "root"
        return [
            part for key, value in options.items() for part in ("-o", f"{key}={value}")
        ]

    def update(self):
        """Fetch the lists.

        :raises Problem: the keyring is missing or the mirror does not answer.
        """
        if not KEYRING.exists():
            raise Problem(
                "The keys of the Debian archive are missing: install the package "
                "debian-archive-keyring and run the same command again."
            )
        for name in ("lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        site = mirror()
        (self.folder / "sources.list").write_text(
            "".join(
                f"deb [signed-by={KEYRING}] {site} {suite} main\n"
                for suite in self.suites
            )
        )
        say("fetching the package lists of Debian " + " and ".join(self.suites))
        run(
            ["apt-get", *self.options(), "update", "--error-on=any"],
            "fetching package lists",
        )

    def offered(self, name):
        """Return the versions of a package, newest first.

        :param name: package name.
        """
        found = run(
            ["apt-cache", *self.options(), "madison", name],
            f"looking {name} up",
            check=False,
        ).stdout
        return re.findall(rf"^\s*{re.escape(name)} \|\s+(\S+)\s+\|", found, re.M)

    def choose(self, name, version, series=""):
        """Return the pinned version, or the next best one when it is gone.

        :param name: package name.
        :param version: pinned version.
        :param series: what a substitute's version must begin with.
        :raises Problem: nothing suitable is offered.
        """
        offered = self.offered(name)
        if version in offered:
            return version
        for candidate in offered:
            if candidate.startswith(series):
                say(f"{name} {version} is no longer offered: taking {candidate}")
                return candidate
        raise Problem(
            f"Debian offers no {name} {series or version}: correct its version in "
            "dev/pins.toml, or give an Odoo 19 source tree with ODOO_SRC=."
        )

    def download(self, wanted, folder):
        """Fetch packages.

        :param wanted: ``{name: version}``.
        :param folder: where the files go.
        :return: ``{name: path}``.
        """
        run(
            ["apt-get", *self.options(), "download"]
            + [f"{name}={version}" for name, version in wanted.items()],
            "downloading " + ", ".join(wanted),
            cwd=folder,
        )
        return {name: next(folder.glob(f"{name}_*.deb")) for name in wanted}


def fetch(packages, suites, series):
    """Return the files of Debian packages, downloading what the cache lacks.

    :param packages: ``{name: version}``.
    :param suites: suites to look into.
    :param series: ``{name: what a substitute's version must begin with}``.
    :return: list of paths in the cache.
    :raises Problem: something cannot be had.
    """
    store = cache("debs", ".lock").parent

    def path(name, version):
        return store / f"{name}_{version.replace(':', '%3a')}.deb"

    with held(store / ".lock", "another command is downloading: waiting"):
        missing = {n: v for n, v in packages.items() if not path(n, v).exists()}
        if missing:
            lists = PrivateLists(cache("apt", ".keep").parent, suites)
            lists.update()
            chosen = {
                n: lists.choose(n, v, series.get(n, "")) for n, v in missing.items()
            }
            say("downloading " + ", ".join(chosen))
            with tempfile.TemporaryDirectory(dir=store) as folder:
                for name, file in lists.download(chosen, Path(folder)).items():
                    # A substitute is kept under the pinned name: next time it counts.
                    os.replace(file, path(name, packages[name]))
            shutil.rmtree(lists.folder / "lists", ignore_errors=True)
    return [path(name, version) for name, version in packages.items()]
