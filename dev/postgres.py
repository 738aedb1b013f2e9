"""PostgreSQL: a private cluster of this project, or a server that the user gives.

A private cluster listens on the loopback interface only, on a port of its own,
asks for a password that only this project knows, and never touches the clusters
of the machine.
"""

import os
import secrets
import shutil
from pathlib import Path

from dev import disk, ports, system
from dev.locks import held
from dev.messages import Problem, explain, say
from dev.paths import project_key, state
from dev.shell import environment, run
from dev.unprivileged import Account

# What only a throw-away cluster may leave out: surviving a power cut.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "5min",
}
COMMON = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
}


class Server:
    """A PostgreSQL server that answers: where it is and who may enter."""

    def __init__(self, host, port, user, password):
        """Keep the address and the login.

        :param host: host name or socket folder.
        :param port: port number.
        :param user: role that may create databases.
        :param password: its password, or an empty text.
        """
        self.host = host
        self.port = int(port)
        self.user = user
        self.password = password

    def env(self):
        """Return the variables that point PostgreSQL's programs here."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password or None,
            "PGDATABASE": None,
            "PGSERVICE": None,
            "PGOPTIONS": None,
        }

    def program(self, name):
        """Return the path of one of PostgreSQL's client programs.

        :raises Problem: PostgreSQL's programs are not on the machine.
        """
        return bin_folder("psql") / name

    def run(self, name, *args, doing, **options):
        """Run one of PostgreSQL's programs against this server.

        :param name: program, such as ``pg_dump``.
        :param doing: what is being done, for the sentence in case of failure.
        :return: the completed process.
        :raises Problem: it failed.
        """
        command = [self.program(name), *args]
        return run(command, doing, log="postgres", env=self.env(), **options)

    def sql(self, query, database="postgres", doing="asking PostgreSQL"):
        """Return the rows of a query as lists of texts.

        :param query: one or several statements.
        :param database: where to run it.
        :param doing: what it is for.
        :raises Problem: it failed.
        """
        done = self.run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--no-align",
            "--tuples-only",
            "--field-separator=\x1f",
            "--set=ON_ERROR_STOP=1",
            f"--dbname={database}",
            doing=doing,
            text_in=query,
        )
        return [line.split("\x1f") for line in done.stdout.splitlines() if line]


def bin_folder(name):
    """Return the folder of PostgreSQL's programs, the newest version's.

    :param name: the entry under ``[system]`` to go by.
    :raises Problem: they are not on the machine and cannot be installed.
    """
    system.need(name)
    return Path(system.find(name)).resolve().parent


def given_server():
    """Return the server that ``PGHOST`` points at, or None.

    :raises Problem: it does not answer or does not let us create databases.
    """
    if not os.environ.get("PGHOST"):
        return None
    port = os.environ.get("PGPORT") or "5432"
    if not port.isdigit():
        raise Problem(
            f"PGPORT={port} is no port number: give the server's, often 5432."
        )
    server = Server(
        os.environ["PGHOST"],
        port,
        os.environ.get("PGUSER") or os.environ.get("USER") or "odoo",
        os.environ.get("PGPASSWORD", ""),
    )
    rows = server.sql(
        "SELECT rolcreatedb OR rolsuper, current_setting('server_version_num')::int "
        "FROM pg_roles WHERE rolname = current_user",
        doing=f"reaching the PostgreSQL server at {server.host}:{server.port}",
    )
    if rows[0][0] != "t":
        raise Problem(
            f"The PostgreSQL user {server.user} may not create databases: give it the "
            f"right with `ALTER ROLE {server.user} CREATEDB`, or leave PGHOST unset to "
            "use a private server."
        )
    if int(rows[0][1]) < 130000:
        raise Problem(
            "The PostgreSQL server is older than version 13, which Odoo 19 needs: give "
            "a newer one with PGHOST=, or leave PGHOST unset to use a private server."
        )
    return server


class Cluster:
    """A private cluster: made, started and stopped by these commands only."""

    def __init__(self, name, settings):
        """Find the cluster's place.

        :param name: what it is for: ``run`` or ``test``.
        :param settings: server settings beside the common ones.
        """
        self.name = name
        self.settings = {**COMMON, **settings}
        self.account = Account.for_servers()
        self.folder = self._place()
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"

    def _place(self):
        """Return the folder to use: in the project, if the account gets there."""
        at_home = state(f"postgres-{self.name}")
        elsewhere = Path(f"/var/tmp/kehu-archive-{project_key()}/postgres-{self.name}")
        for folder in (at_home, elsewhere):
            if (folder / "data" / "PG_VERSION").exists():
                return folder
        return at_home if self.account.can_enter(at_home.parent) else elsewhere

    def server(self):
        """Return the running server's address and login, starting it if need be.

        :raises Problem: it cannot be made or started.
        """
        with held(state(f"postgres-{self.name}.lock")):
            if not (self.data / "PG_VERSION").exists():
                self._make()
            self._check_owner()
            port = self.port()
            if port is None:
                port = self._start()
        password = (self.folder / "password").read_text().strip()
        return Server(ports.LOOPBACK, port, "odoo", password)

    def exists(self):
        """Return whether the cluster was made."""
        return (self.data / "PG_VERSION").exists()

    def port(self):
        """Return the port of the running server, or None when it is stopped."""
        pid_file = self.data / "postmaster.pid"
        try:
            lines = pid_file.read_text().splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < 4 or self._control("status", check=False).returncode:
            return None
        return int(lines[3])

    def stop(self):
        """Stop the server if it runs.

        :return: whether it was running.
        """
        if not self.exists() or self.port() is None:
            return False
        self._control("stop", "-m", "fast", "-w", "-t", "60")
        return True

    def remove(self):
        """Stop the server and remove all its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self):
        disk.need(self.folder, 2, "the databases")
        system.need("postgresql")
        say(f"making a private PostgreSQL cluster ({self.name})")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.account.make_folder(self.folder)
        if not self.folder.is_relative_to(state()):
            say(
                f"its data is in {self.folder}, because the user {self.account.name} "
                "cannot enter the project folder"
            )
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24) + "\n")
        self.account.give(password)
        self.account.run(
            [
                bin_folder("postgresql") / "initdb",
                f"--pgdata={self.data}",
                "--username=odoo",
                "--auth=scram-sha-256",
                f"--pwfile={password}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            "making a PostgreSQL cluster",
        )

    def _check_owner(self):
        owner = self.data.stat().st_uid
        if owner != self.account.uid:
            raise Problem(
                f"The PostgreSQL data in {self.folder} belongs to another user "
                f"(id {owner}): run the same command as the user who made it, or "
                "remove it with `make reset` as root."
            )

    def _start(self):
        """Start the server on a free port and return the port."""
        remembered = self.folder / "port"
        for attempt in range(3):
            port = ports.any_free()
            if not attempt and remembered.exists():
                last = int(remembered.read_text())
                port = last if ports.is_free(last) else port
            settings = {**self.settings, "port": str(port)}
            options = " ".join(
                f"-c {name}='{value}'" for name, value in settings.items()
            )
            self.account.make_file(self.log)
            done = self._control(
                "start", "-w", "-t", "60", "-l", self.log, "-o", options, check=False
            )
            if not done.returncode:
                remembered.write_text(str(port))
                return port
            # The server's own log says why; pg_ctl only says that.
            said = done.stdout + self.log.read_text(errors="replace")[-4000:]
            if "could not bind" not in said:
                break
        raise Problem(explain(said, "starting PostgreSQL", self.log))

    def _control(self, *args, check=True):
        command = [bin_folder("postgresql") / "pg_ctl", "-D", self.data, *args]
        return self.account.run(command, f"pg_ctl {args[0]}", check=check)


def run_cluster():
    """Return the cluster of the demonstration, which keeps its data."""
    return Cluster("run", {})


def test_cluster():
    """Return the cluster of the tests, which may lose its data at any time."""
    return Cluster("test", FAST)


def interactive(server, database, args=()):
    """Replace this process by ``psql``.

    :param server: the server.
    :param database: database name.
    :param args: further arguments.
    """
    program = server.program("psql")
    os.execve(
        program,
        [str(program), f"--dbname={database}", *args],
        environment(server.env()),
    )
