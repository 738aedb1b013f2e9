"""The offline verifier in a real browser, fed with a pack of a real server (N1, N19)."""

import json

import pytest

from dev.paths import MODULE, PROJECT

VERIFIER = PROJECT / MODULE / "static" / "verifier" / "kehu_ledger_verifier.html"


@pytest.fixture(scope="module")
def pack(server):
    """Return the pack that an auditor downloads, with some events and a day closed."""
    rep = server.http("rep")
    archives = rep.call(
        "kehu.archive", "search_read", [("state", "=", "draft")], ["id"], limit=3
    )
    for archive in archives:
        for text in ("Pumps", "Valves", "Turbines"):
            rep.call("kehu.archive", "write", [archive["id"]], {"main_business": text})
    server.database.cli(
        "shell",
        text_in="env['kehu.event.check']._cron_check_ledger()\nenv.cr.commit()\n",
    )
    rep.call("kehu.archive", "write", [archives[0]["id"]], {"main_business": "Mills"})
    answer = server.http("auditor").get("/kehu/ledger/pack")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    for word in ("Pumps", "Turbines", "main_business"):
        assert word not in answer.text
    return answer.text


def dump(content):
    """Write a pack as the server does: one row a line."""
    lists = {name: content.pop(name) for name in ("anchors", "heads", "rows")}
    parts = [json.dumps(content)[:-1]]
    parts += [
        f'"{name}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]"
        for name, rows in lists.items()
    ]
    return ",\n".join(parts) + "}\n"


@pytest.fixture
def verify(browser, tmp_path):
    """Return a function that feeds a pack to the page, opened from a file, offline."""
    context = browser.new_context(locale="zh-CN", offline=True)
    page = context.new_page()

    def run(text):
        page.goto(VERIFIER.as_uri())
        path = tmp_path / "pack.json"
        path.write_text(text, encoding="utf-8")
        page.set_input_files("#pack", path)
        page.wait_for_selector("#verdict.good, #verdict.bad")
        rows = [
            [cell.inner_text() for cell in row.query_selector_all("td")]
            for row in page.query_selector_all("#findings tbody tr")
        ]
        shown = page.is_visible("#findings")
        return page.inner_text("#verdict"), rows if shown else []

    yield run
    context.close()


def test_a_pack_as_it_was_downloaded_verifies(pack, verify):
    verdict, findings = verify(pack)
    rows = len(json.loads(pack)["rows"])
    assert rows > 10
    assert "登记链完整" in verdict
    assert f"{rows} 行" in verdict
    assert "1 个每日摘要" in verdict
    assert findings == []


def test_each_altered_column_of_a_row_is_named(pack, verify):
    rows = json.loads(pack)["rows"]
    number = next(i for i, row in enumerate(rows) if row[4] == 2)
    changes = {
        2: "0" * 64,
        5: "2020-01-01 00:00:00.000000",
        6: 999_999,
        7: "destroy",
        8: "00",
    }
    for column, value in changes.items():
        content = json.loads(pack)
        row = content["rows"][number]
        row[column] = value
        verdict, findings = verify(dump(content))
        assert "被改动" in verdict, column
        assert findings[0][:3] == [str(row[3]), "2", str(row[0])], column


def test_removed_inserted_and_cut_rows_are_named(pack, verify):
    rows = json.loads(pack)["rows"]
    second = next(i for i, row in enumerate(rows) if row[4] == 2)
    archive = rows[second][3]
    last = max(i for i, row in enumerate(rows) if row[3] == archive)

    content = json.loads(pack)
    del content["rows"][second]
    verdict, findings = verify(dump(content))
    assert [archive, 2] == [int(cell) for cell in findings[0][:2]]
    assert "缺一行" in findings[0][3]

    content = json.loads(pack)
    content["rows"].insert(second, content["rows"][second])
    verdict, findings = verify(dump(content))
    assert findings[0][0] == str(archive)
    assert "插入" in findings[0][3]

    content = json.loads(pack)
    gone = content["rows"].pop(last)
    verdict, findings = verify(dump(content))
    assert [archive, gone[4]] == [int(cell) for cell in findings[0][:2]]
    assert "截断" in findings[0][3]


def test_a_chain_that_was_mended_with_its_head_fails_the_digest_of_its_day(
    pack, verify
):
    content = json.loads(pack)
    heads = {head[0]: head for head in content["heads"]}
    covered = content["anchors"][0][2]
    row = next(
        row
        for row in content["rows"]
        if row[0] <= covered and heads[row[3]][1] == row[4] and row[4] > 1
    )
    previous = next(
        other
        for other in content["rows"]
        if other[3] == row[3] and other[4] == row[4] - 1
    )
    content["rows"].remove(row)
    heads[row[3]][1:] = [previous[4], previous[9]]
    verdict, findings = verify(dump(content))
    assert "被改动" in verdict
    assert [line[0] for line in findings] == [content_day(pack)]
    assert "每日摘要" in findings[0][3]


def content_day(pack):
    return json.loads(pack)["anchors"][0][1]


def test_what_is_no_pack_is_refused(pack, verify):
    for text in ("", "x", "{}", '{"format": "other"}\n', pack[: len(pack) // 2]):
        verdict, findings = verify(text)
        assert "无法校验" in verdict
        assert findings == []


def test_only_auditors_get_the_pack(server):
    for login in ("rep", "manager", "archivist"):
        assert server.http(login).get("/kehu/ledger/pack").status_code == 403
