"""A database with one archive full of secrets, and people without a right on it."""

import contextlib
import json

from tests.support.attack import SECRET, Target
from tests.support.attack_table import kind_of

# Runs in Odoo's shell, on the demonstration.
_SETUP = """
import base64
import io
import json
from datetime import datetime, timedelta
import openpyxl
from odoo import Command
secret = {secret!r}
archive = env.ref("kehu_archive.archive_haifeng_demo")
archive.write(dict.fromkeys(("main_business", "remark", "market_area", "grade_basis",
                             "complaint_summary", "competitor_summary"), secret))
person = env["kehu.principal"].create({{"archive_id": archive.id, "name": secret}})
person.consent = "granted"
person.family = secret
for model, field in (("kehu.need", "description"), ("kehu.cooperation", "project"),
                     ("kehu.service.record", "description"),
                     ("kehu.competitor", "name"), ("kehu.archive.note", "text"),
                     ("kehu.archive.item", "title")):
    env[model].create({{"archive_id": archive.id, field: secret}})
item = env["kehu.archive.item"].search([("title", "=", secret)])
file = env["ir.attachment"].create({{"name": "x.txt", "raw": secret.encode(),
    "res_model": "kehu.archive.item", "res_id": item.id}})
item.attachment_ids = [Command.link(file.id)]
message = archive.message_post(body=secret)
activity = archive.activity_schedule("mail.mail_activity_data_todo", summary=secret,
    user_id=archive.user_id.id)

def make(login, *groups):
    return env["res.users"].with_context(no_reset_password=True).create({{
        "name": login, "login": login, "password": login, "lang": "zh_CN",
        "group_ids": [Command.set([env.ref(name).id for name in
            ("base.group_user", "base.group_allow_export", *groups)])]}})

env.ref("kehu_archive.user_auditor_demo").group_ids = [
    Command.link(env.ref("base.group_allow_export").id)]
make("outsider")
make("reader")
colleague = make("colleague")
former = make("exborrower")
make("othersrep", "kehu_archive.group_kehu_rep")
leader = make("othermanager", "kehu_archive.group_kehu_manager")
env["crm.team"].create({{"name": "elsewhere", "user_id": leader.id}})
env["kehu.opinion"].create({{"partner_id": archive.partner_id.id, "text": secret}})
sections = env["kehu.archive.section"].search([])

def ask(user, **vals):
    loan = env["kehu.loan"].with_user(user).create({{"archive_id": archive.id,
        "purpose": secret, "section_ids": [Command.set(sections.ids)], **vals}})
    loan.action_submit()
    return loan

ask(colleague)
loan = ask(former, purpose="before")
loan.with_user(archive.team_id.user_id).action_approve()
env.flush_all()
env.cr.execute("UPDATE kehu_loan SET date_start = now() at time zone 'UTC' - interval"
    " '2 days', date_end = now() at time zone 'UTC' - interval '1 second'"
    " WHERE id = %s", [loan.id])
env["kehu.section.request"].create({{"archive_id": archive.id,
    "section_id": sections.filtered(lambda section: section.code == "needs").id,
    "user_id": colleague.id}})

# A register whose only row is refused: its code is too long.
book, stream = openpyxl.Workbook(), io.BytesIO()
for row in (["客户编号", "客户名称"], ["X" * 40, secret]):
    book.active.append(row)
book.save(stream)
imports = env["kehu.register.import"].with_user(env.ref("kehu_archive.user_archivist_demo"))
job = imports.create({{"file": base64.b64encode(stream.getvalue()), "filename": "x.xlsx"}})
job.action_preview()
assert job.refused_count, "the row has to be refused"
scan = env["kehu.scan.code"]._get_tokens(archive)[archive.id]

def is_ours(endpoint):
    owner = type(endpoint.func.__self__)
    return any(kind.__module__.startswith("odoo.addons.kehu_archive.")
               for kind in owner.__mro__)

routes = sorted({{rule.rule for rule in env["ir.http"].routing_map().iter_rules()
                 if is_ours(rule.endpoint)}})
reports = env["ir.actions.report"].browse(env["ir.model.data"].search([
    ("module", "=", "kehu_archive"), ("model", "=", "ir.actions.report")]).mapped("res_id"))
keys = {{}}
for login in {logins!r}:
    user = env["res.users"].search([("login", "=", login)])
    user.password = login
    keys[login] = env["res.users.apikeys"].with_user(user).sudo()._generate(
        "rpc", "attack", datetime.now() + timedelta(days=1))
env.cr.commit()
print("FACTS", json.dumps({{"archive": archive.id, "file": file.id, "item": item.id,
    "message": message.id, "activity": activity.id, "keys": keys,
    "partner": archive.partner_id.id, "job": job.id, "scan": scan, "routes": routes,
    "reports": [{{"id": report.id, "name": report.report_name, "model": report.model,
        "type": report.report_type}} for report in reports]}}))
"""


def prepare(server, logins):
    """Write the secrets and make the people.

    :param logins: who attacks; each gets a key
    :return: ids of what was made, and the keys
    :rtype: dict
    """
    output = server.database.cli(
        "shell",
        "--no-http",
        text_in=_SETUP.format(secret=SECRET, logins=tuple(logins)),
    )
    line = next(row for row in output.splitlines() if "FACTS" in row)
    facts = json.loads(line[line.index("{") :])
    facts["targets"] = find_targets(server, facts, logins)
    return facts


def find_targets(server, facts, logins):
    """Find every model that the module made or extends, with rows to attack.

    :return: {model: (kind or None, Target)}
    """
    attackers = [
        row[0]
        for row in server.psql(
            "SELECT id FROM res_users WHERE login = ANY(%s)", [list(logins)]
        )
    ]
    found = {}
    for model, abstract in server.psql(
        "SELECT DISTINCT m.model, m.abstract FROM ir_model m"
        " JOIN ir_model_data d ON d.model = 'ir.model' AND d.res_id = m.id"
        " WHERE d.module = 'kehu_archive' ORDER BY m.model"
    ):
        kind = kind_of(model, abstract)
        rows = Rows(server, model, facts, attackers)
        ids = (
            [] if kind in ("abstract", "figures") else rows.get_ids(make=kind != "odoo")
        )
        # Of Odoo's own models, only what the module added is asked for.
        fields = rows.get_fields(added=kind == "odoo")
        found[model] = (
            kind,
            Target(model, fields, ids, facts["archive"], facts["partner"]),
        )
    return found


class Rows:
    """The rows of one model in the database."""

    def __init__(self, server, model, facts, attackers):
        """Look at the columns of its table."""
        self._server = server
        self._model = model
        self._table = model.replace(".", "_")
        self._facts = facts
        self._attackers = attackers
        self._columns = {
            row[0]: row[1:]
            for row in server.psql(
                "SELECT column_name, data_type, is_nullable = 'YES'"
                " FROM information_schema.columns WHERE table_name = %s",
                [self._table],
            )
        }

    def get_fields(self, added):
        """Return what the model's fields are.

        :param bool added: only those that the module brought
        """
        rows = self._server.psql(
            "SELECT f.name, f.ttype, f.store, f.required, f.relation"
            " FROM ir_model_fields f WHERE f.model = %s AND (NOT %s OR EXISTS ("
            " SELECT FROM ir_model_data d WHERE d.model = 'ir.model.fields'"
            " AND d.res_id = f.id AND d.module = 'kehu_archive')) ORDER BY f.name",
            [self._model, added],
        )
        return {
            name: {
                "type": kind,
                "store": store,
                "required": required,
                "relation": relation,
            }
            for name, kind, store, required, relation in rows
        }

    def get_ids(self, make):
        """Return rows that belong to the archive, or any; never the attackers' own.

        :param bool make: write one when there is none
        """
        if "id" not in self._columns:
            return []
        ids = self._find()
        if not ids and make:
            self._plant()
            ids = self._find()
        return ids

    def _find(self):
        conditions, values = ["true"], []
        for column in ("create_uid", "borrower_id"):
            if column in self._columns:
                conditions.append(f"({column} = ANY(%s)) IS NOT TRUE")
                values.append(self._attackers)
        if self._model == "kehu.archive":
            conditions.append("id = %s")
            values.append(self._facts["archive"])
        elif self._model == "res.partner":
            conditions.append("id = %s")
            values.append(self._facts["partner"])
        elif "archive_id" in self._columns:
            conditions.append("archive_id = %s")
            values.append(self._facts["archive"])
        where = " AND ".join(conditions)
        return [
            row[0]
            for row in self._server.psql(
                f"SELECT id FROM {self._table} WHERE {where} ORDER BY id LIMIT 5",
                values,
            )
        ]

    def _plant(self):
        """Write a row past Odoo, whatever it may mean: only rights are tried on it."""
        links = dict(
            self._server.psql(
                "SELECT a.attname, r.relname FROM pg_constraint c"
                " JOIN pg_attribute a ON a.attrelid = c.conrelid"
                " AND a.attnum = c.conkey[1] JOIN pg_class r ON r.oid = c.confrelid"
                " WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
                [self._table],
            )
        )
        choices = dict(
            self._server.psql(
                "SELECT f.name, min(s.value) FROM ir_model_fields_selection s"
                " JOIN ir_model_fields f ON f.id = s.field_id WHERE f.model = %s"
                " GROUP BY f.name",
                [self._model],
            )
        )
        row = {}
        for name, (kind, nullable) in self._columns.items():
            if name == "id":
                continue
            if name == "archive_id":
                row[name] = self._facts["archive"]
            elif name in ("create_uid", "write_uid"):
                row[name] = 1
            elif name in links:
                row[name] = self._get_linked(links[name], nullable)
            elif name in choices:
                row[name] = choices[name]
            elif kind in ("character varying", "text"):
                row[name] = SECRET
            elif kind == "jsonb" and not nullable:
                row[name] = json.dumps({"en_US": SECRET})
            elif kind.startswith(("timestamp", "date")):
                row[name] = "2026-01-01"
            elif kind == "boolean":
                row[name] = False
            elif not nullable:
                row[name] = 1
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join(["%s"] * len(row))
        with contextlib.closing(self._server.connect()) as connection:
            cursor = connection.cursor()
            # No triggers, keys and checks: a row is needed, not a sensible one.
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                "SELECT conname FROM pg_constraint"
                " WHERE contype = 'c' AND conrelid = %s::regclass",
                [self._table],
            )
            for (check,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {self._table} DROP CONSTRAINT "{check}"')
            cursor.execute(
                f"INSERT INTO {self._table} ({names}) VALUES ({marks})",
                list(row.values()),
            )
            connection.commit()

    def _get_linked(self, table, nullable):
        if table == "res_partner":
            return self._facts["partner"]
        if table == "kehu_archive":
            return self._facts["archive"]
        if table == "res_users":
            return 1
        if nullable and not table.startswith("kehu_"):
            return None
        found = self._server.psql(f"SELECT max(id) FROM {table}")[0][0]
        return found if found or nullable else 1


def state_of(server, target):
    """Return a digest of the rows, and how many the table has."""
    table = target.model.replace(".", "_")
    return server.psql(
        f"SELECT md5(string_agg(t::text, '|' ORDER BY id) FILTER (WHERE id = ANY(%s))),"
        f" count(*) FROM {table} t",
        [target.ids],
    )[0]
