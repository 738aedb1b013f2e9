"""Two windows and one import, against a real server."""

import base64
import threading
import uuid

import pytest

from tests.support.forms import filled_in
from tests.support.rpc import RpcError

MODEL = "kehu.registration.import"


@pytest.fixture
def previewed(server):
    """Return an import of the demo rep that waits to be taken over, and its code."""
    rep = server.http("rep")
    code = f"PA{str(uuid.uuid4().int)[:8]}"
    blank = rep.get("/kehu/form/blank").content
    form = filled_in(blank, {"name": f"并行测试有限公司{code}", "code": code})
    job = rep.call(MODEL, "create", {})
    file = rep.call(
        "ir.attachment",
        "create",
        {
            "name": "登记表.xlsx",
            "datas": base64.b64encode(form).decode(),
            "res_model": MODEL,
            "res_id": job,
        },
    )
    rep.call(MODEL, "write", [job], {"attachment_ids": [(6, 0, [file])]})
    drive(rep, job, rep.call(MODEL, "action_preview", [job]))
    return job, code


def drive(session, job, action):
    """Do the steps of an import as the browser does; returns the last progress."""
    window = action["params"]["window"]
    while True:
        progress = session.call(MODEL, "run_step", [job], window)
        if progress["state"] not in ("reading", "applying"):
            return progress


def test_of_two_people_who_take_one_import_over_one_wins_and_one_is_told(
    server, previewed
):
    """R96: pressed at the same moment: taken over once, one clear sentence"""
    job, code = previewed
    sessions = [server.http("rep"), server.http("rep")]
    start, answers = threading.Barrier(2), {}

    def press(number):
        start.wait()
        try:
            answers[number] = sessions[number].call(MODEL, "action_apply", [job])
        except RpcError as error:
            answers[number] = error

    threads = [threading.Thread(target=press, args=[number]) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [each for each in answers.values() if isinstance(each, RpcError)]
    (winner,) = (n for n, each in answers.items() if not isinstance(each, RpcError))
    assert len(refused) == 1
    assert "另一个窗口" in refused[0].message
    assert drive(sessions[winner], job, answers[winner])["state"] == "done"
    rows = server.psql(
        "SELECT count(*), count(archive_id) FROM res_partner WHERE ref = %s", [code]
    )
    assert rows == [(1, 1)]
