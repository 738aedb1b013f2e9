"""An Odoo web server in the background."""

import time
import urllib.error
import urllib.request

from dev.messages import Problem, explain
from dev.ports import LOOPBACK
from dev.process import Background
from dev.runner import last_error

PATIENCE = 180


class WebServer:
    """One Odoo server for one database."""

    def __init__(self, path, log):
        """Keep where it is written down.

        :param path: file that says which process it is.
        :param log: file for its output.
        """
        self.background = Background(path)
        self.log = log

    def port(self):
        """Return the port of the running server, or None."""
        facts = self.background.facts()
        return facts["port"] if facts else None

    def url(self):
        """Return the address of the running server, or None."""
        port = self.port()
        return f"http://{LOOPBACK}:{port}" if port else None

    def start(self, odoo, database, port, *args):
        """Start it and wait until it answers.

        :param odoo: :class:`dev.runner.Odoo`.
        :param database: the only database it serves.
        :param port: the port to listen on.
        :param args: further arguments for Odoo.
        :return: its address.
        :raises Problem: it does not come up.
        """
        begin = self.log.stat().st_size if self.log.exists() else 0
        command = odoo.command(
            "-d", database, f"--http-port={port}", f"--db-filter=^{database}$", *args
        )
        process = self.background.start(
            command, self.log, env=odoo.env(), cwd=odoo.data, port=port
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if process.poll() is not None:
                break
            if answers(self.url() or ""):
                return self.url()
            time.sleep(0.2)
        self.background.stop()
        with self.log.open(errors="replace") as stream:
            stream.seek(begin)
            output = stream.read()
        raise Problem(explain(last_error(output), "starting the server", self.log))

    def stop(self):
        """Stop it.

        :return: whether it was running.
        """
        return self.background.stop()


def answers(url):
    """Return whether Odoo shows its login page at ``url``."""
    try:
        with urllib.request.urlopen(f"{url}/web/login", timeout=60) as reply:
            return reply.status == 200
    except (OSError, ValueError):
        return False
