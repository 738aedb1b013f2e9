"""Attacks on a running server: nothing leaks, and every refusal is a clean error.

Every model of the module, by JSON-RPC, JSON-2 and XML-RPC, by people who have no right
on the archive, with guessed ids; and the paths of plain HTTP.
"""

import contextlib
import json
import time
import xmlrpc.client

import pytest
import requests

from tests.support.live import Database
from tests.support.rpc import RpcError

SECRET = "绝密标记ZX81"
# What nobody outside may read; what an answer must never hold.
CLEAN = {
    "odoo.exceptions.AccessError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.MissingError",
}
OUTSIDERS = ("outsider", "othersrep", "clerk", "itadmin")

SETUP = """
from odoo import Command
archive = env.ref("kehu_archive.archive_haifeng_demo")
secret = {secret!r}
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
for login, group in (("outsider", "base.group_user"), ("reader", "base.group_user"),
                     ("othersrep", "kehu_archive.group_kehu_rep")):
    env["res.users"].with_context(no_reset_password=True).create({{
        "name": login, "login": login, "password": login, "lang": "zh_CN",
        "group_ids": [Command.set([env.ref(name).id for name in
            ("base.group_user", group, "base.group_allow_export")])]}})
env["kehu.opinion"].create({{"partner_id": archive.partner_id.id, "text": secret}})
keys = {{}}
for login in ("outsider", "othersrep", "clerk", "itadmin"):
    user = env["res.users"].search([("login", "=", login)])
    keys[login] = env["res.users.apikeys"].with_user(user)._generate(
        "rpc", "attack", None) if user.has_group("base.group_system") else None
env.cr.commit()
import json
print("FACTS", json.dumps({{"archive": archive.id, "file": file.id,
    "message": message.id, "activity": activity.id,
    "partner": archive.partner_id.id}}))
"""


@pytest.fixture(scope="module")
def server(bench_place):
    """Return a server of its own: the attackers and their target stay out of others."""
    name = "kehu_attack"
    bench_place.databases.copy(bench_place.installed(demo=True), name)
    database = Database(bench_place, name)
    with database.serve() as live:
        yield live
    database.drop()


@pytest.fixture(scope="module")
def target(server):
    """Return the ids of an archive full of secrets, and people without a right."""
    output = server.database.cli(
        "shell", "--no-http", text_in=SETUP.format(secret=SECRET)
    )
    line = next(row for row in output.splitlines() if "FACTS" in row)
    facts = json.loads(line[line.index("{") :])
    # Models with rows behind them; dialogs belong to whoever opened them.
    facts["models"] = [
        row[0]
        for row in server.psql(
            "SELECT model FROM ir_model WHERE model LIKE 'kehu.%%'"
            " AND NOT transient AND NOT abstract ORDER BY model"
        )
        if row[0]
        not in (
            # Code tables and places: open to every employee.
            "kehu.region",
            "kehu.enterprise.nature",
            "kehu.customer.class",
            "kehu.industry.label",
            "kehu.cabinet",
            "kehu.place",
            "kehu.archive.section",
        )
    ]
    return facts


def rows_of(server, model, archive):
    """Return the ids of a model's rows that belong to the archive."""
    table = model.replace(".", "_")
    column = "id" if model == "kehu.archive" else "archive_id"
    has = server.psql(
        "SELECT 1 FROM information_schema.columns"
        " WHERE table_name = %s AND column_name = %s",
        [table, column],
    )
    if not has:
        return [row[0] for row in server.psql(f"SELECT id FROM {table} LIMIT 5")]
    query = f"SELECT id FROM {table} WHERE {column} = %s"
    return [row[0] for row in server.psql(query, [archive])]


def refused_or_empty(act):
    """Run an attack; it must be refused cleanly, or find nothing.

    :return: the answer, None when it was refused
    """
    try:
        answer = act()
    except RpcError as error:
        assert error.name in CLEAN, f"not a clean refusal: {error}"
        assert SECRET not in error.message
        assert SECRET not in error.debug
        return None
    assert SECRET not in json.dumps(answer, ensure_ascii=False, default=str)
    return answer


@pytest.mark.parametrize("login", OUTSIDERS)
def test_no_model_of_the_archive_leaks_to_people_without_a_right(server, target, login):
    """R14, R51, R52: read, write, create, delete, export, search, group by."""
    session = server.http(login)
    for model in target["models"]:
        ids = rows_of(server, model, target["archive"])
        names = server.psql(
            "SELECT name FROM ir_model_fields WHERE model = %s AND store"
            " AND ttype IN ('char', 'text', 'selection')",
            [model],
        )
        names = [row[0] for row in names][:5]
        attacks = {
            "read": lambda m=model, i=ids: session.call(m, "read", i),
            "web_read": lambda m=model, i=ids: session.call(
                m, "web_read", i, {"display_name": {}}
            ),
            "search_read": lambda m=model: session.call(m, "search_read", []),
            "name_search": lambda m=model: session.call(m, "name_search", SECRET),
            "export": lambda m=model, i=ids, n=names: session.call(
                m, "export_data", i, n
            ),
            "group by": lambda m=model, n=names: [
                session.call(m, "formatted_read_group", [], [name], ["__count"])
                for name in n
            ],
            "metadata": lambda m=model, i=ids: session.call(m, "get_metadata", i),
        }
        for name, attack in attacks.items():
            if ids or name not in ("read", "web_read", "export", "metadata"):
                answer = refused_or_empty(attack)
                if name == "read" and ids:
                    assert answer is None, f"{login} read {model} {ids}"
        for change in (
            lambda m=model, i=ids: session.call(m, "write", i, {"archive_id": False}),
            lambda m=model, i=ids: session.call(m, "unlink", i),
            lambda m=model, i=ids: session.call(m, "copy", i[:1]),
        ):
            if ids:
                assert refused_or_empty(change) is None, f"{login} changed {model}"
        assert rows_of(server, model, target["archive"]) == ids


@pytest.mark.parametrize("login", OUTSIDERS)
def test_nothing_hangs_on_the_archive_that_leaks_either(server, target, login):
    """R51: chatter, activities, files, by guessed id and by search."""
    session = server.http(login)
    for model, number in (
        ("mail.message", target["message"]),
        ("mail.activity", target["activity"]),
        ("ir.attachment", target["file"]),
    ):
        assert (
            refused_or_empty(lambda m=model, i=number: session.call(m, "read", [i]))
            is None
        )
        found = session.call(model, "search", [("id", "=", number)])
        assert found == [], f"{login} found {model}"
    answer = refused_or_empty(
        lambda: session.json_rpc(
            "/mail/thread/messages",
            thread_model="kehu.archive",
            thread_id=target["archive"],
        )
    )
    # Odoo answers with the user's own latest messages where the thread is closed.
    shown = (answer or {}).get("messages", [])
    about = server.psql(
        "SELECT id FROM mail_message WHERE id = ANY(%s) AND model = 'kehu.archive'",
        [shown],
    )
    assert not about
    for path in (
        f"/web/content/{target['file']}",
        f"/web/image/{target['file']}",
        f"/web/content/ir.attachment/{target['file']}/raw",
        f"/web/content/{target['file']}?access_token=guessed",
        f"/web/content/{target['file']}?access_token=",
    ):
        reply = session.get(path)
        assert SECRET.encode() not in reply.content, path
        assert reply.status_code in (200, 403, 404), path
        if reply.status_code == 200:
            assert reply.headers["Content-Type"].startswith("image/"), path


@pytest.mark.parametrize("login", OUTSIDERS)
def test_the_printed_form_is_refused(server, target, login):
    """R51: the XLSX by its own route, for archives and for partners."""
    session = server.http(login)
    reports = server.psql(
        "SELECT id, model FROM ir_act_report_xml WHERE report_type = 'k_xlsx'"
    )
    assert reports
    for report, model in reports:
        number = target["archive" if model == "kehu.archive" else "partner"]
        reply = session.post(
            "/kehu/report/xlsx",
            data={
                "report_id": report,
                "ids": json.dumps([number]),
                "reason": "偷看",
                "csrf_token": csrf(session),
            },
        )
        assert reply.status_code in (400, 403, 500), (login, model)
        assert "spreadsheet" not in reply.headers["Content-Type"]
        assert SECRET not in reply.text
    for path in (
        f"/report/html/kehu_archive.report_kehu_catalogue/{target['archive']}",
        f"/report/pdf/kehu_archive.report_kehu_catalogue/{target['archive']}",
    ):
        stated = {"context": json.dumps({"kehu_reason": "偷看"})}
        assert SECRET not in session.get(path, params=stated).text


def csrf(session):
    """Return a token for forms, as a page of the session holds it."""
    text = session.get("/odoo").text
    marker = 'csrf_token: "'
    begin = text.index(marker) + len(marker)
    return text[begin : text.index('"', begin)]


@pytest.mark.parametrize("login", OUTSIDERS)
def test_xml_rpc_tells_no_more(server, target, login):
    """R52"""
    proxy = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/object", allow_none=True)
    uid = server.http(login).uid
    for model in ("kehu.archive", "kehu.principal", "kehu.need"):
        ids = rows_of(server, model, target["archive"])
        for method, arguments in (
            ("read", [ids]),
            ("search_read", [[]]),
            ("export_data", [ids, ["id"]]),
            ("write", [ids, {"archive_id": False}]),
        ):
            with contextlib.suppress(xmlrpc.client.Fault):
                answer = proxy.execute_kw(
                    server.db, uid, login, model, method, arguments
                )
                assert SECRET not in json.dumps(answer, ensure_ascii=False)
                assert method == "search_read", (login, model, method)


@pytest.mark.parametrize("login", OUTSIDERS)
def test_json_2_tells_no_more(server, target, login):
    """R52"""
    key = api_key(server, login)
    for model in ("kehu.archive", "kehu.principal", "kehu.need", "kehu.opinion"):
        ids = rows_of(server, model, target["archive"])
        for method, body in (
            ("read", {"ids": ids}),
            ("search_read", {"domain": []}),
            ("unlink", {"ids": ids}),
        ):
            reply = requests.post(
                f"{server.url}/json/2/{model}/{method}",
                json=body,
                headers={
                    "Authorization": f"bearer {key}",
                    "X-Odoo-Database": server.db,
                },
                timeout=60,
            )
            assert SECRET not in reply.text, (login, model, method)
            assert reply.status_code in (200, 403, 404, 422), reply.text
            if reply.status_code == 200:
                assert method == "search_read"


def api_key(server, login):
    """Make an API key of a user inside the server's database."""
    output = server.database.cli(
        "shell",
        "--no-http",
        text_in=(
            "from datetime import datetime, timedelta\n"
            f"user = env['res.users'].search([('login', '=', {login!r})])\n"
            "key = env['res.users.apikeys'].with_user(user).sudo()._generate("
            "'rpc', 'attack', datetime.now() + timedelta(days=1))\n"
            "env.cr.commit()\n"
            "print('KEY', key)\n"
        ),
    )
    line = next(row for row in output.splitlines() if "KEY " in row)
    return line.split("KEY ")[1].split()[0]


def test_a_grant_ends_on_its_second_in_a_live_session(server, target):
    """R10: end − 1 s open, end + 1 s closed, on the same session and page."""
    reader = server.http("reader")
    sections = server.psql("SELECT id FROM kehu_archive_section")
    loan = reader.call(
        "kehu.loan",
        "create",
        [
            {
                "archive_id": target["archive"],
                "purpose": "attack",
                "section_ids": [(6, 0, [row[0] for row in sections])],
            }
        ],
    )
    reader.call("kehu.loan", "action_submit", loan)
    with pytest.raises(RpcError):
        reader.call("kehu.loan", "action_approve", loan)
    server.http("manager").call("kehu.loan", "action_approve", loan)
    end = time.time() + 12
    server.psql(
        "UPDATE kehu_loan SET date_end = to_timestamp(%s) AT TIME ZONE 'UTC'"
        " WHERE id = %s",
        [int(end), loan[0]],
    )
    end = int(end)
    need = rows_of(server, "kehu.need", target["archive"])
    paths = {
        "archive": lambda: reader.call(
            "kehu.archive", "web_read", [target["archive"]], {"main_business": {}}
        ),
        "lines": lambda: reader.call("kehu.need", "read", need, ["description"]),
        "file": lambda: download(reader, target["file"]),
    }
    time.sleep(max(0, end - 4 - time.time()))
    for name, path in paths.items():
        assert SECRET in json.dumps(path(), ensure_ascii=False), name
    assert time.time() < end - 0.2, "the machine was too slow to ask in time"
    with pytest.raises(RpcError):
        reader.call("kehu.archive", "export_data", [target["archive"]], ["id"])
    time.sleep(max(0, end + 1 - time.time()))
    for name, path in paths.items():
        try:
            answer = path()
        except RpcError as error:
            assert error.name == "odoo.exceptions.AccessError"
            continue
        assert SECRET not in json.dumps(answer, ensure_ascii=False), name
    with pytest.raises(RpcError):
        reader.call(
            "kehu.archive",
            "web_save",
            [target["archive"]],
            {"main_business": "x"},
            {"main_business": {}},
        )


def download(session, number):
    """Return what a file holds, and demand that nobody keeps it."""
    reply = session.get(f"/web/content/{number}?unique=abc")
    if reply.status_code == 200:
        assert reply.headers["Cache-Control"] == "no-store"
    return reply.content.decode(errors="replace")
