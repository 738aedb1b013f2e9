"""Run Odoo's command line with the right interpreter, tree and configuration."""

import configparser
import itertools
import os
import re
import signal
import subprocess
from pathlib import Path

from dev import venv
from dev.messages import Problem, explain
from dev.paths import PROJECT, log_file, state
from dev.shell import environment
from dev.tree import tree

LAUNCHER = Path(__file__).parent / "launcher" / "odoo-bin"
# A module that cannot be installed is no failure to Odoo; to us it is.
INSTALL_TROUBLE = re.compile(
    r"installed without demo data|incompatible version, setting installable=False"
    r"|not installable|Some modules are not loaded|invalid module names"
)


def fetch():
    """Bring Odoo and the Python packages it needs onto the machine.

    :raises Problem: something cannot be had.
    """
    tree()
    venv.odoo_python()


class Odoo:
    """Odoo as one purpose uses it: with its server, data folder and settings."""

    def __init__(self, name, server, addons=()):
        """Prepare the configuration file.

        :param name: what it is for; names its configuration, data and logs.
        :param server: :class:`dev.postgres.Server`.
        :param addons: further addons folders.
        """
        self.name = name
        self.server = server
        self.tree = tree()
        self.python = venv.odoo_python()
        self.addons = [*self.tree.addons, PROJECT, *map(Path, addons)]
        self.data = state("data", name)
        self.conf = self.write_conf(state("conf", f"{name}.conf"))

    def write_conf(self, path, **settings):
        """Write a configuration file that only this user can read.

        :param path: where.
        :param settings: options beside the usual ones.
        :return: ``path``.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        parser = configparser.RawConfigParser()
        parser["options"] = {
            "addons_path": ",".join(str(path) for path in self.addons),
            "data_dir": str(self.data),
            "db_host": self.server.host,
            "db_port": str(self.server.port),
            "db_user": self.server.user,
            "db_password": self.server.password or "False",
            "http_interface": "127.0.0.1",
            "list_db": "False",
            "skip_auto_install": "True",
            **settings,
        }
        path.touch(mode=0o600)
        with path.open("w") as stream:
            parser.write(stream)
        return path

    def env(self):
        """Return the variables that Odoo's processes need."""
        outside = os.environ.get("PYTHONPATH")
        paths = [str(self.tree.python_path), *([outside] if outside else [])]
        return environment(
            {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}
        )

    def command(self, *args):
        """Return the command line of Odoo with this configuration.

        :param args: arguments, the subcommands first if there are any.
        """
        first = leading(args)
        rest = args[len(first) :]
        line = [self.python, LAUNCHER, *first, "-c", self.conf, *rest]
        return [str(part) for part in line]

    def run(self, *args, doing, log, text_in=None, timeout=3600):
        """Run Odoo to its end.

        :param args: its arguments.
        :param doing: what is being done, for the sentence in case of failure.
        :param log: name of the log file, written anew.
        :param text_in: text for its standard input.
        :param timeout: seconds after which it is given up.
        :return: everything it printed.
        :raises Problem: it failed.
        """
        path = log_file(log)
        with path.open("w") as stream:
            process = subprocess.Popen(
                self.command(*args),
                stdin=subprocess.PIPE if text_in else subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=self.env(),
                cwd=self.data,
                text=True,
            )
            try:
                process.communicate(text_in, timeout=timeout)
            except subprocess.TimeoutExpired as error:
                raise Problem(
                    f"Odoo did not finish within {timeout} seconds ({doing}): read "
                    f"{path} for what it was busy with."
                ) from error
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
        output = path.read_text(errors="replace")
        if process.returncode:
            raise Problem(explain(last_error(output), doing, path))
        return output

    def install(self, database, modules, *args, doing, log, update=False):
        """Install or upgrade modules in a database, making the database if need be.

        :param database: its name.
        :param modules: module names.
        :param args: further arguments.
        :param doing: what is being done, for the sentence in case of failure.
        :param log: name of the log file.
        :param update: upgrade instead of install.
        :raises Problem: Odoo failed, or left something out.
        """
        output = self.run(
            "-d",
            database,
            "-u" if update else "-i",
            ",".join(modules),
            "--stop-after-init",
            "--no-http",
            *args,
            doing=doing,
            log=log,
        )
        trouble = INSTALL_TROUBLE.search(output)
        if trouble:
            line = next(x for x in output.splitlines() if trouble[0] in x)
            raise Problem(
                f"A module was not installed whole ({doing}): {line[24:200]}; read "
                f"{log_file(log)} for the reason."
            )


def leading(args):
    """Return the arguments before the first option: subcommands and what they name.

    :param args: arguments of Odoo's command line.
    """
    words = itertools.takewhile(lambda arg: not str(arg).startswith("-"), args)
    return list(words)


def last_error(output):
    """Return what is worth reading of Odoo's output after a failure.

    :param output: everything it printed.
    :return: the last traceback's end if there is one, else everything.
    """
    ends = [
        line
        for line in output.splitlines()
        if re.match(r"(?:[\w.]+\.)?\w*(?:Error|Exception|Exit|Fault)\b", line)
    ]
    return ends[-1] if ends else output
