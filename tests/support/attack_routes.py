"""The plain addresses of the module, and who gets an answer there.

ONE ENTRY FOR EACH NEW ROUTE, in ``ROUTES``. The test asks the routing map of the server
which routes there are, Odoo's own that the module extends included, and fails for those
that are not here.
"""

import html
import io
import json
import zipfile
from dataclasses import dataclass, field

from tests.support.attack import SECRET
from tests.support.attack_table import ATTACKERS, KINDS, MODELS

#: Numbers and words that attackers try where an id is expected.
GUESSED = (0, 999_999_999, "-1", "1%20OR%201=1", "..%2F..%2Fetc%2Fpasswd", "九")
_NOBODY = frozenset()
_AUDITOR = frozenset({"auditor"})
_ALL = frozenset(ATTACKERS)
# Models of forms, and which id of the target is one's.
_FORMS = {"kehu.archive": "archive", "res.partner": "partner"}
# Roles that work with archives, each with those that are theirs: none.
_READERS = frozenset({"othersrep", "othermanager", "auditor"})


@dataclass(frozen=True)
class Try:
    """One request.

    ``may`` get an answer; ``reads`` may find secrets in it; all others are refused.
    """

    path: str
    data: dict = field(default_factory=dict)
    method: str = "GET"
    may: frozenset = _NOBODY
    reads: frozenset = _NOBODY


def _ask_form(target):
    reports = [row for row in target["reports"] if row["type"] == "k_xlsx"]
    guesses = sorted({1, target["archive"], target["partner"]})
    for report in reports:
        yield _post_form(report["id"], [999_999_999])
        if report["model"] in _FORMS:
            number = target[_FORMS[report["model"]]]
            yield _post_form(report["id"], [number], may=_AUDITOR)
        else:
            # Tables of figures, cut to what each user may see of them.
            yield _post_form(report["id"], guesses, may=_ALL, reads=_AUDITOR)
    number = reports[0]["id"]
    yield _post_form(999_999_999, [target["archive"]])
    yield _post_form("x", [target["archive"]])
    yield Try("/kehu/report/xlsx", {"report_id": number, "ids": "{"}, method="POST")
    yield Try("/kehu/report/xlsx", {"report_id": number, "ids": "[]"})


def _post_form(report, ids, may=_NOBODY, reads=None):
    data = {"report_id": report, "ids": json.dumps(ids), "reason": "偷看"}
    reads = may if reads is None else reads
    return Try("/kehu/report/xlsx", data, method="POST", may=may, reads=reads)


def _ask_register(target):
    these = json.dumps([("id", "=", target["archive"])])
    guess = json.dumps([("main_business", "ilike", SECRET)])
    for domain in ("[]", these, guess):
        yield Try(
            "/kehu/register/xlsx",
            {"domain": domain, "reason": "偷看"},
            method="POST",
            may=_READERS,
            reads=_AUDITOR,
        )
    for domain in ("[", '[["nothing", "=", 1]]', "7"):
        yield Try(
            "/kehu/register/xlsx",
            {"domain": domain, "reason": "偷看"},
            method="POST",
        )


def _ask_refused(target):
    for number in (target["job"], *GUESSED):
        yield Try(f"/kehu/register/refused/{number}")


def _ask_destruction(target):
    _kind, rows = target["targets"]["kehu.destruction"]
    may = KINDS[MODELS["kehu.destruction"]].readers
    for number in rows.ids:
        yield Try(f"/kehu/destruction/{number}/xlsx", may=may, reads=may)
    for number in GUESSED:
        yield Try(f"/kehu/destruction/{number}/xlsx")


def _ask_export(target):
    for model, number, column in (
        ("kehu.archive", target["archive"], "main_business"),
        ("res.partner", target["partner"], "archive_id/main_business"),
        ("kehu.archive.item", target["item"], "title"),
    ):
        asked = {
            "model": model,
            "fields": [{"name": column, "label": column, "type": "char"}],
            "ids": [number],
            "domain": [],
            "import_compat": False,
            "groupby": [],
            "context": {"kehu_reason": "偷看"},
        }
        for form in ("xlsx", "csv"):
            yield Try(
                f"/web/export/{form}",
                {"data": json.dumps(asked)},
                method="POST",
                may=_AUDITOR,
                reads=_AUDITOR,
            )


# Whatever is scanned leads on; where to is looked at by a test of its own.
def _ask_scan(target):
    yield Try(f"/kehu/scan/{target['scan']}", may=_ALL)
    for code in GUESSED:
        yield Try(f"/kehu/scan/{code}", may=_ALL)


# A person's page opens by its signature alone; ids, guesses and torn ones are refused
# alike. What the right link shows is tested in tests/test_person_link.py of the module.
def _ask_person(target):
    for code in (*GUESSED, f"1-9999999999-{'0' * 64}", f"{target['archive']}-1-x"):
        yield Try(f"/kehu/person/{code}")
        for step, data in (
            ("withdraw", {"item": "family"}),
            ("ask", {"kind": "access"}),
        ):
            yield Try(f"/kehu/person/{code}/{step}", data, method="POST")


ROUTES = {
    "/kehu/destruction/<int:destruction_id>/xlsx": _ask_destruction,
    "/kehu/form/blank": lambda target: [Try("/kehu/form/blank", may=_READERS)],
    "/kehu/ledger/pack": lambda target: [Try("/kehu/ledger/pack", may=_AUDITOR)],
    "/kehu/person/<string:token>": _ask_person,
    "/kehu/person/<string:token>/ask": _ask_person,
    "/kehu/person/<string:token>/withdraw": _ask_person,
    "/kehu/register/refused/<int:job_id>": _ask_refused,
    "/kehu/register/xlsx": _ask_register,
    "/kehu/report/xlsx": _ask_form,
    "/kehu/scan/<string:token>": _ask_scan,
    "/web/export/csv": _ask_export,
    "/web/export/xlsx": _ask_export,
}


def ask_reports(target):
    """Ask for each printed report of the module by its address.

    Who may read the records may print them, but for labels, which only the archive
    room prints.
    """
    stated = json.dumps({"kehu_reason": "偷看"})
    for report in target["reports"]:
        if not report["type"].startswith("qweb"):
            continue
        labels = report["name"].endswith("_labels")
        may = _NOBODY if labels else KINDS[MODELS[report["model"]]].readers
        _kind, rows = target["targets"][report["model"]]
        for form in ("html", "pdf", "text"):
            for number in rows.ids:
                path = f"/report/{form}/{report['name']}/{number}"
                yield Try(path, {"context": stated}, may=may, reads=may)
        path = f"/report/pdf/{report['name']}/{rows.ids[0]}"
        yield Try(
            "/report/download",
            {"data": json.dumps([path, "qweb-pdf"]), "context": stated},
            method="POST",
            may=may,
            reads=may,
        )


def unpack(content):
    """Return all text of an answer, that inside of workbooks included."""
    parts = [content]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = [book.read(name) for name in book.namelist()]
    # XML may write Chinese as numbers.
    return html.unescape(b"\n".join(parts).decode(errors="replace"))
