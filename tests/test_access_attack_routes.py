"""Attacks by plain addresses: every route and every printed report of the module.

Which there are, the server's own routing map says; who gets an answer stands in
``tests/support/attack_routes.py``.
"""

import html
import re

import pytest

from tests.support.attack import CLEAN, SECRET
from tests.support.attack_routes import ROUTES, ask_reports, unpack
from tests.support.attack_table import ATTACKERS

# The last one: who tries too often is told to wait.
_REFUSALS = {400, 403, 404, 405, 422, 429}
# Odoo logs each refusal of an export as an error.
_ODOOS_LOGGER = "odoo.addons.web.controllers.export"
_ANSWERS = {200, 302, 303}


@pytest.fixture(scope="module")
def server(attacked):
    """Return the server that is attacked, in place of the one that all tests share."""
    return attacked


def test_every_route_of_the_module_has_its_attacks(target):
    """A new route needs an entry in the table, else nobody attacks it."""
    unknown = sorted(set(target["routes"]) - set(ROUTES))
    assert not unknown, (
        f"Say who gets an answer at {', '.join(unknown)}: add an entry for each to "
        "ROUTES in tests/support/attack_routes.py."
    )
    gone = sorted(set(ROUTES) - set(target["routes"]))
    assert not gone, f"No such routes any more: {', '.join(gone)}"


def get_tries(target):
    """Return all requests of all routes and reports."""
    tries = [one for ask in dict.fromkeys(ROUTES.values()) for one in ask(target)]
    return [*tries, *ask_reports(target)]


def csrf(session):
    """Return a token for forms, as a page of the session holds it."""
    return re.search(r'csrf_token: "([^"]+)"', session.get("/odoo").text)[1]


def send(session, one, token):
    """Send a request; what it leads on to is not followed."""
    if one.method == "POST":
        return session.post(
            one.path, data={**one.data, "csrf_token": token}, allow_redirects=False
        )
    return session.get(one.path, params=one.data, allow_redirects=False)


def get_error(reply):
    """Return the name of the error in a page made for the web client's downloads.

    Such a page is answered with 200 now and then, and is a refusal all the same.
    """
    text = html.unescape(html.unescape(reply.text))
    found = re.search(r"""["']data["']: {"name": "([^"]+)""", text)
    return found and found[1]


def is_clean(reply):
    """Tell whether a refusal is one for people, not a crash."""
    if error := get_error(reply):
        return error in CLEAN
    return reply.status_code in _REFUSALS and "Traceback" not in reply.text


@pytest.mark.parametrize("login", ATTACKERS)
def test_no_address_of_the_module_tells_more_than_the_table_says(server, target, login):
    """R14, R51, R52: by guessed ids, with torn parameters, with a reason made up."""
    session = server.http(login)
    token = csrf(session)
    since = server.log_end()
    faults = []
    for one in get_tries(target):
        reply = send(session, one, token)
        told = f"{one.method} {one.path} {one.data}: {reply.status_code}"
        answered = reply.status_code in _ANSWERS and not get_error(reply)
        if answered and login not in one.may:
            faults.append(f"{told}: answered")
        if not answered and not is_clean(reply):
            faults.append(f"{told}: no clean refusal: {reply.text[:200]}")
        if login not in one.reads and SECRET in unpack(reply.content):
            faults.append(f"{told}: tells it")
    faults += [
        line
        for line in server.logged("ERROR", "CRITICAL", since=since)
        if _ODOOS_LOGGER not in line
    ]
    assert not faults, "\n".join(faults)


def test_the_table_of_routes_lets_those_read_who_may(server, target):
    """Were nothing answered to anybody, the attacks would prove nothing."""
    session = server.http("auditor")
    token = csrf(session)
    read, answered = set(), set()
    for one in get_tries(target):
        if "auditor" not in one.may:
            continue
        reply = send(session, one, token)
        if reply.status_code in _ANSWERS and not get_error(reply):
            answered.add(one.path)
        if SECRET in unpack(reply.content):
            read.add(one.path)
    for path in (
        "/kehu/form/blank",
        "/kehu/ledger/pack",
        f"/kehu/destruction/{target['targets']['kehu.destruction'][1].ids[0]}/xlsx",
    ):
        assert path in answered, (path, answered)
    for path in (
        "/kehu/report/xlsx",
        "/kehu/register/xlsx",
        "/web/export/xlsx",
        "/web/export/csv",
        f"/report/html/kehu_archive.report_kehu_catalogue/{target['archive']}",
    ):
        assert path in read, (path, read)


def test_visitors_are_asked_to_log_in(server, target):
    """R51: without a session nothing is answered at all."""
    session = server.http()
    for one in get_tries(target):
        reply = send(session, one, "")
        told = f"{one.method} {one.path}: {reply.status_code}"
        assert SECRET not in unpack(reply.content), told
        if reply.status_code in (302, 303):
            assert "/web/login" in reply.headers["Location"], told
        else:
            assert reply.status_code in _REFUSALS, f"{told} {reply.text[-300:]}"


def test_a_form_sent_from_another_site_is_refused(server, target):
    """R17: a reader's browser takes nothing out because a foreign page says so."""
    session = server.http("auditor")
    for one in get_tries(target):
        if one.method == "POST" and one.path.startswith("/kehu/"):
            # With a slash in it, a guessed id is no address at all.
            refused = 404 if "%2F" in one.path else 400
            assert send(session, one, "forged").status_code == refused, one.path


def test_a_scanned_code_leads_nowhere_for_those_who_may_not_open_it(server, target):
    """R51, N15: a right and a wrong code look alike, but for the code itself."""
    wrong = "k" + "0" * (len(target["scan"]) - 1)
    for login in ATTACKERS:
        session = server.http(login)
        leads = [
            session.get(f"/kehu/scan/{code}", allow_redirects=False)
            .headers["Location"]
            .replace(code, "CODE")
            for code in (target["scan"], wrong)
        ]
        if login == "auditor":
            assert f"/{target['archive']}" in leads[0], leads
        else:
            assert leads[0] == leads[1], (login, leads)
