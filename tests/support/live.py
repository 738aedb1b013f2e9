"""A database of its own, and a real server process in front of it."""

import contextlib
import itertools

import psycopg2

from dev import ports
from dev.paths import log_file, state
from dev.runner import leading
from dev.web import WebServer
from tests.support.rpc import Session

_numbers = itertools.count(1)


class Database:
    """A database that belongs to one test or one session of tests."""

    def __init__(self, bench, name):
        """Keep the tools.

        :param bench: :class:`dev.suite.Bench`.
        :param name: name of an existing database.
        """
        self.bench = bench
        self.db = name

    def connect(self):
        """Return a new psycopg2 connection to the database."""
        server = self.bench.server
        return psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=self.db,
        )

    def psql(self, query, params=None):
        """Run one statement and commit it.

        :param query: SQL with ``%s`` for parameters.
        :param params: their values.
        :return: list of rows as tuples; empty for statements without a result.
        """
        with contextlib.closing(self.connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, params)
                return cursor.fetchall() if cursor.description else []

    def cli(self, *args, text_in=None, timeout=1800):
        """Run Odoo's command line on this database.

        :param args: its arguments: ``-u module``, ``shell``, ``i18n export`` ...
        :param text_in: text for its standard input.
        :param timeout: seconds after which it is given up.
        :return: everything it printed.
        :raises dev.messages.Problem: it failed.
        """
        subcommand = leading(args)
        rest = args[len(subcommand) :]
        ending = [] if subcommand else ["--stop-after-init", "--no-http"]
        return self.bench.odoo.run(
            *subcommand,
            "-d",
            self.db,
            *rest,
            *ending,
            doing="running Odoo for a test",
            log="odoo-cli",
            text_in=text_in,
            timeout=timeout,
        )

    @contextlib.contextmanager
    def serve(self, *args):
        """Serve the database for the time of the block.

        :param args: further arguments for Odoo.
        :return: context manager that gives a :class:`LiveServer`.
        """
        name = f"live-{next(_numbers)}"
        log = log_file(name)
        log.write_text("")
        web = WebServer(state(f"{name}.json"), log)
        url = web.start(
            self.bench.odoo,
            self.db,
            ports.any_free(),
            "--max-cron-threads=0",
            *args,
        )
        try:
            yield LiveServer(self, url, log)
        finally:
            web.stop()

    def drop(self):
        """Remove the database with its files."""
        self.bench.databases.drop(self.db)


class LiveServer:
    """A real Odoo server process on a database of its own."""

    def __init__(self, database, url, log):
        """Keep where it is.

        :param database: :class:`Database`.
        :param url: its address.
        :param log: path of its log file.
        """
        self.database = database
        self.db = database.db
        self.url = url
        self.log = log
        self.psql = database.psql
        self.connect = database.connect
        self._sessions = {}

    def http(self, login=None, password=None):
        """Return a new session; the demo users' passwords equal their logins.

        :param login: user's login; left out for a visitor.
        :param password: user's password.
        """
        return Session(self.url, self.db, login, password or login)

    def rpc(self, login, password, model, method, args=(), kwargs=None):
        """Call a public method of a model as a user.

        :raises tests.support.rpc.RpcError: the server answered with an error.
        """
        key = (login, password)
        if key not in self._sessions:
            self._sessions[key] = self.http(login, password)
        return self._sessions[key].call(model, method, *args, **(kwargs or {}))

    def log_end(self):
        """Return where the server's log ends now, for ``logged(since=...)``."""
        return self.log.stat().st_size

    def logged(self, *levels, since=0):
        """Return the lines of the server's log that have one of these levels.

        :param levels: such as ``ERROR`` or ``WARNING``.
        :param int since: only what was written after this :meth:`log_end`; other
            tests share the server and may have provoked errors of their own.
        """
        with self.log.open("rb") as log:
            log.seek(since)
            lines = log.read().decode(errors="replace").splitlines()
        return [
            line for line in lines if line.split()[3:4] and line.split()[3] in levels
        ]
