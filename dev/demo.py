"""The demonstration: a served database with Chinese demo data that keeps its data."""

import os

from dev import ports, postgres, runner, source, system
from dev.databases import Databases
from dev.locks import held
from dev.messages import Problem, say
from dev.paths import MODULE, log_file, state
from dev.pins import pins
from dev.web import WebServer

DATABASE = "kehu_demo"
FIRST_PORT = 8069


class Demo:
    """What ``make run`` and the commands around it work on."""

    def __init__(self):
        """Bring PostgreSQL and Odoo up to the point where they can be used."""
        # What has to be downloaded comes first: without it no server is of any use.
        runner.fetch()
        self.server = postgres.given_server() or postgres.run_cluster().server()
        self.odoo = runner.Odoo("run", self.server)
        self.databases = Databases(self.odoo)
        self.web = web_server()

    def ready(self):
        """Return whether the database is there."""
        return DATABASE in self.databases.names()

    def prepare(self):
        """Make the database, or bring it up to the present source.

        :raises Problem: Odoo could not install or upgrade the module.
        """
        if not self.ready():
            say("installing the module with its demonstration data (a few minutes)")
            self.databases.create(
                DATABASE,
                [*pins()["databases"]["modules"], MODULE],
                demo=True,
                log="install",
            )
            remember_source()
        elif installed_source() != source.fingerprint():
            self.update()

    def update(self):
        """Upgrade the module in the database."""
        say("upgrading the module")
        self.odoo.install(
            DATABASE,
            [MODULE],
            # Else Odoo keeps the translations that the database has.
            "--i18n-overwrite",
            doing="upgrading the module",
            log="update",
            update=True,
        )
        remember_source()

    def serve(self, last=None):
        """Start the web server unless it runs where it is wanted.

        :param last: the port it had before it was stopped, kept if it is still free.
        :return: its address.
        :raises Problem: the port is taken or the server does not come up.
        """
        if last and not ports.is_free(last):
            last = None
        port = wanted_port(self.web.port() or last)
        if port != self.web.port():
            self.web.stop()
            say("starting the server")
            self.web.start(self.odoo, DATABASE, port)
        return self.web.url()

    def logins(self):
        """Return the users as (login, name, role in Chinese, role in English)."""
        rows = self.server.sql(LOGINS, DATABASE, doing="reading the demo users")
        return [tuple(row) for row in rows]


# One row per user that our demo data made, with the role in Chinese and English: the
# group of the module, for somebody outside it the first group of accounting.
LOGINS = f"""
SELECT u.login, p.name, COALESCE(role.zh, ''), COALESCE(role.en, '')
FROM res_users u
JOIN res_partner p ON p.id = u.partner_id
JOIN ir_model_data d ON d.model = 'res.users' AND d.res_id = u.id
    AND d.module = '{MODULE}'
LEFT JOIN LATERAL (
    SELECT COALESCE(g.name ->> 'zh_CN', g.name ->> 'en_US') AS zh,
           g.name ->> 'en_US' AS en,
           g.id + CASE e.module WHEN '{MODULE}' THEN 0 ELSE 1000000 END AS place
    FROM res_groups_users_rel r
    JOIN res_groups g ON g.id = r.gid
    JOIN ir_model_data e ON e.model = 'res.groups' AND e.res_id = g.id
    WHERE r.uid = u.id AND e.module IN ('{MODULE}', 'account')
    ORDER BY place LIMIT 1) role ON true
WHERE u.active
ORDER BY role.place NULLS LAST, u.id
"""


def login_lines(logins):
    """Return the table of logins: one line per role, further users below it.

    :param logins: (login, name, role in Chinese, role in English), in order.
    :return: list of lines.
    """
    lines, extra, seen = [], [], set()
    for login, name, chinese, english in logins:
        role = " ".join(part for part in (chinese, english) if part)
        line = f"{login:<12}{name}  {role}".rstrip()
        if role in seen:
            extra.append(f"    {line}（另一位 one more）")
        else:
            lines.append(f"    {line}")
        seen.add(role)
    return lines + extra


def wanted_port(running):
    """Return the port to serve on: the one asked for, else the present or a free one.

    :param running: the port of the running server, or None.
    :raises Problem: ``PORT`` is no port number, or somebody else's.
    """
    asked = os.environ.get("PORT")
    if asked and asked != str(running):
        return ports.wanted(asked)
    return running or ports.first_free(FIRST_PORT)


def web_server():
    """Return the demonstration's web server, running or not."""
    return WebServer(state("run.json"), log_file("server"))


def remember_source():
    """Write down which source the database was made or upgraded from."""
    state("run.source").write_text(source.fingerprint())


def installed_source():
    """Return which source the database was made or upgraded from."""
    path = state("run.source")
    return path.read_text() if path.exists() else None


def lock():
    """Hold the demonstration's lock for the time of the block."""
    return held(state("run.lock"), "another command works on the demonstration")


def run():
    """``make run``: serve the demonstration and say where and for whom."""
    system.need("postgresql", "fonts")
    with lock():
        running = web_server().port()
        # Said now, not after the minutes of the installation.
        wanted_port(running)
        demo = Demo()
        if running and demo.ready() and installed_source() != source.fingerprint():
            say("the module's source has changed: `make update` upgrades the database")
        else:
            demo.prepare()
        url = demo.serve()
    say("")
    print(f"  客户档案 Customer Archive   {url}\n")
    print("  登录名即密码 the password is the login")
    print("\n".join(login_lines(demo.logins())))
    print("\n  停止 stop: make stop    重来 start over: make reset && make run")


def update():
    """``make update``: upgrade the module in place and restart the server."""
    with lock():
        demo = existing()
        port = demo.web.port()
        demo.web.stop()
        demo.update()
        if port:
            say(f"serving at {demo.serve(port)}")


def stop():
    """``make stop``: stop the server and the private PostgreSQL clusters."""
    with lock():
        if web_server().stop():
            say("the server is stopped")
        for cluster in (postgres.run_cluster(), postgres.test_cluster()):
            if cluster.stop():
                say(f"PostgreSQL ({cluster.name}) is stopped")


def existing():
    """Return the demonstration, making nothing on the way.

    :raises Problem: it was never made.
    """
    if os.environ.get("PGHOST") or postgres.run_cluster().exists():
        demo = Demo()
        if demo.ready():
            return demo
    raise Problem("There is no demonstration database yet: run `make run` first.")
