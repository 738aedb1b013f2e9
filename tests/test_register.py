"""The register over the wire: streamed, noted, and refused to whoever may not."""

import base64
import io
import re

import openpyxl
import pytest
import xlsxwriter


def take(server, login, domain="[]"):
    """Ask for the register as the Print menu does."""
    session = server.http(login)
    token = re.search(r'csrf_token: "([^"]+)"', session.get("/odoo").text)[1]
    return session.post(
        "/kehu/register/xlsx",
        data={"domain": domain, "csrf_token": token, "reason": "盘点"},
    )


def notes(server):
    return server.psql("SELECT count(*) FROM kehu_register_export")[0][0]


def test_the_register_is_read_only_for_the_database_and_noted_all_the_same(server):
    """R50, R96: below watermark and headings, as many rows as the note says."""
    before = notes(server)
    answer = take(server, "archivist")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    rows = sum(1 for _row in book["客户台账"].iter_rows()) - 2
    assert rows > 0
    assert notes(server) == before + 1
    newest = "SELECT row_count FROM kehu_register_export ORDER BY id DESC LIMIT 1"
    assert server.psql(newest)[0][0] == rows


@pytest.mark.parametrize("domain", ["no json", "7", '[["nothing", "=", 1]]'])
def test_a_search_that_is_none_is_a_bad_request(server, domain):
    before = notes(server)
    assert take(server, "archivist", domain).status_code == 400
    assert notes(server) == before


def test_who_may_not_export_gets_a_sentence_and_no_file(server):
    server.psql(
        """DELETE FROM res_groups_users_rel USING ir_model_data data, res_users u
            WHERE gid = data.res_id AND data.module = 'base'
              AND data.name = 'group_allow_export' AND uid = u.id
              AND u.login = 'rep'"""
    )
    before = notes(server)
    answer = take(server, "rep")
    assert answer.status_code == 403
    assert not answer.content.startswith(b"PK")
    assert notes(server) == before


def test_a_register_without_a_reason_stays_where_it_is(server):
    """R103: and beyond the limit of the day it is refused, and the auditors told (R18)"""
    before = notes(server)
    session = server.http("archivist")
    token = re.search(r'csrf_token: "([^"]+)"', session.get("/odoo").text)[1]
    data = {"domain": "[]", "csrf_token": token}
    answer = session.post("/kehu/register/xlsx", data=data)
    assert answer.status_code == 403
    assert notes(server) == before

    alerts = "SELECT count(*) FROM kehu_alert WHERE kind = 'refused'"
    assert server.psql(alerts)[0][0] == 0
    limit = "UPDATE res_company SET kehu_release_limit = %s, kehu_release_excess = %s"
    server.psql(limit, [1, "block"])
    try:
        assert take(server, "archivist").status_code == 403
    finally:
        server.psql(limit, [50, "warn"])
    assert notes(server) == before
    assert server.psql(alerts)[0][0] == 1


def test_refused_rows_are_handed_to_the_one_who_imports_only(server):
    """R96: the rows that were not taken come back with the reason."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["客户编号", "客户名称", "所属地区"])
    sheet.write_row(1, 0, ["WIRE01", "线上有限公司", "999999"])
    book.close()
    values = {
        "file": base64.b64encode(stream.getvalue()).decode(),
        "filename": "台账.xlsx",
    }
    model = "kehu.register.import"
    (job,) = server.rpc("archivist", "archivist", model, "create", [[values]])
    server.rpc("archivist", "archivist", model, "action_preview", [[job]])
    path = f"/kehu/register/refused/{job}"
    answer = server.http("archivist").get(path)
    assert answer.content.startswith(b"PK")
    assert server.http("manager").get(path).status_code == 404
