"""The demonstration: what `make run` shows, checked on a real server.

Other tests make records in the same database: what is counted here are the
demonstration's own records, known by their external ids.
"""

import re

import pytest

from tests.support.rpc import RpcError

CUSTOMERS = """
    SELECT partner.*, archive.state, archive.id AS archive
      FROM ir_model_data data
      JOIN res_partner partner ON partner.id = data.res_id
      JOIN kehu_archive archive ON archive.partner_id = partner.id
     WHERE data.module = 'kehu_archive' AND data.model = 'res.partner'
"""
# One line per posted invoice: how many days after the due date it was paid, or how
# many days it has been open since; of customers whose grade is not about to change.
DELAYS = f"""
    SELECT customer.id, customer.credit_grade, move.id AS invoice,
           line.reconciled AS paid,
           COALESCE(max(partial.max_date) FILTER (WHERE line.reconciled), CURRENT_DATE)
               - line.date_maturity AS delay
      FROM ({CUSTOMERS}) customer
      JOIN account_move move ON move.commercial_partner_id = customer.id
       AND move.move_type = 'out_invoice' AND move.state = 'posted'
      JOIN account_move_line line ON line.move_id = move.id
      JOIN account_account account ON account.id = line.account_id
       AND account.account_type = 'asset_receivable'
      LEFT JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
     WHERE NOT EXISTS (SELECT FROM kehu_credit_assessment last
                        WHERE last.partner_id = customer.id AND last.is_last
                          AND last.state = 'proposed')
     GROUP BY customer.id, customer.credit_grade, move.id, line.id
"""
LOGINS = ["rep", "rep2", "manager", "archivist", "auditor", "clerk", "itadmin"]


def values(server, query):
    """Return the first column of a query as a set."""
    return {row[0] for row in server.psql(query)}


def call(server, login, model, method, *args, **kwargs):
    """Call a method as a demo user, whose password is the login."""
    return server.rpc(login, login, model, method, args, kwargs)


def demo_archives(server):
    """Return the ids of the demonstration's archives."""
    return [row[0] for row in server.psql(f"SELECT archive FROM ({CUSTOMERS}) c")]


def test_the_customers_cover_every_industry_nature_and_category(server):
    """R35, R84, R85, R86: at least 40, and no option of the form is left out."""
    assert server.psql(f"SELECT count(*) FROM ({CUSTOMERS}) c")[0][0] >= 40
    industries = values(
        server,
        f"""SELECT industry.code FROM ({CUSTOMERS}) c
              JOIN res_partner_industry industry ON industry.id = c.industry_id""",
    )
    assert industries == set("ABCDEFGHIJKLMNOPQRST")
    labels = values(server, "SELECT name FROM kehu_industry_label")
    assert len(labels) == 20
    used = values(server, f"SELECT industry_text FROM ({CUSTOMERS}) c")
    assert labels <= used
    natures = values(server, f"SELECT customer_nature FROM ({CUSTOMERS}) c")
    assert natures == {"government", "special", "company", "individual", "partner"}
    enterprises = values(
        server, f"SELECT DISTINCT enterprise_nature_id FROM ({CUSTOMERS}) c"
    )
    known = values(server, "SELECT id FROM kehu_enterprise_nature")
    assert known <= enterprises
    categories = values(server, f"SELECT customer_category FROM ({CUSTOMERS}) c")
    assert categories == {"key", "main", "ordinary", "potential"}


def test_a_clubs_members_are_customers_beside_companies(server):
    """R35: at least four members, each an individual of the members' class."""
    members = server.psql(
        f"""SELECT c.is_company, c.customer_nature FROM ({CUSTOMERS}) c
              JOIN kehu_customer_class class ON class.id = c.customer_class_id
             WHERE class.code = '0301'"""
    )
    assert len(members) >= 4
    assert set(members) == {(False, "individual")}


def test_four_head_offices_have_branches_of_every_kind(server):
    """R72"""
    rows = server.psql(
        f"""SELECT head_office_id, head_office_relation FROM ({CUSTOMERS}) c
             WHERE head_office_id IS NOT NULL"""
    )
    assert len({office for office, _kind in rows}) == 4
    assert len(rows) >= 8
    assert {kind for _office, kind in rows} == {"branch", "subsidiary", "store"}


def test_every_chinese_tax_number_is_right(server):
    """R76: nothing that the check warns of."""
    ids = [row[0] for row in server.psql(f"SELECT id FROM ({CUSTOMERS}) c")]
    cards = call(
        server, "auditor", "res.partner", "read", ids, ["name", "vat", "vat_warning"]
    )
    assert sum(bool(card["vat"]) for card in cards) >= 40
    assert [card for card in cards if card["vat_warning"]] == []


def test_archives_stand_in_every_state_but_destroyed(server):
    """R94, R98: numbers and cabinets from filing on, a cut-off date when closed."""
    rows = server.psql(
        f"""SELECT a.state, a.name, a.cabinet_id, a.slot, a.closed_on, a.filed_by_id
              FROM kehu_archive a JOIN ({CUSTOMERS}) c ON c.archive = a.id"""
    )
    assert {row[0] for row in rows} == {"draft", "submitted", "filed", "closed"}
    for state, number, cabinet, slot, closed_on, filed_by in rows:
        filed = state in ("filed", "closed")
        assert all([number, cabinet, slot, filed_by]) == filed
        assert bool(closed_on) == (state == "closed")


def test_numbers_follow_the_calendar_without_gaps(server):
    """R50: each year counts from one, in the order of filing."""
    rows = server.psql(
        f"""SELECT a.name FROM kehu_archive a JOIN ({CUSTOMERS}) c ON c.archive = a.id
             WHERE a.name IS NOT NULL ORDER BY a.filed_at, a.name"""
    )
    years = {}
    for (name,) in rows:
        year, number = re.fullmatch(r"KH-.+-(\d{4})-(\d{5})", name).groups()
        years.setdefault(year, []).append(int(number))
    assert len(years) >= 2
    for numbers in years.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_some_drafts_are_late_and_some_due_soon(server):
    """R94"""
    rows = server.psql(
        f"""SELECT a.filing_deadline < now() AT TIME ZONE 'UTC',
                   a.filing_deadline < now() AT TIME ZONE 'UTC' + interval '4 days'
              FROM kehu_archive a JOIN ({CUSTOMERS}) c ON c.archive = a.id
             WHERE a.state = 'draft'"""
    )
    assert sum(late for late, _soon in rows) >= 2
    assert sum(soon and not late for late, soon in rows) >= 2
    assert any(not soon for _late, soon in rows)


def test_customers_of_grade_a_pay_on_time(server):
    """R88: nothing is overdue, and one of them was late once, long ago."""
    rows = server.psql(
        f"""SELECT id, count(*), count(*) FILTER (WHERE delay > 7),
                   COALESCE(max(delay) FILTER (WHERE NOT paid), 0)
              FROM ({DELAYS}) d WHERE credit_grade = 'a' GROUP BY id"""
    )
    assert len(rows) >= 10
    assert all(open_for <= 7 for _customer, _count, _late, open_for in rows)
    once = [(count, late) for _customer, count, late, _open in rows if late]
    assert len(once) == 1
    assert all(late / count < 0.2 for count, late in once)


def test_customers_of_grade_b_owe_often_and_pay_in_the_end(server):
    """R89: most customers of the grade were late twice or more; nothing is lost."""
    rows = server.psql(
        f"""SELECT id, count(*) FILTER (WHERE paid AND delay > 7),
                   COALESCE(max(delay) FILTER (WHERE NOT paid), 0)
              FROM ({DELAYS}) d WHERE credit_grade = 'b' GROUP BY id"""
    )
    assert sum(late >= 2 for _customer, late, _open in rows) >= 6
    assert all(late >= 1 for _customer, late, _open in rows)
    assert all(overdue <= 45 for _customer, _late, overdue in rows)


def test_customers_of_grade_c_have_been_owing_for_long(server):
    """R90: each has an invoice open more than 120 days after its due date."""
    rows = server.psql(
        f"""SELECT id, max(delay) FILTER (WHERE NOT paid) FROM ({DELAYS}) d
             WHERE credit_grade = 'c' GROUP BY id"""
    )
    assert len(rows) >= 3
    assert all(overdue and overdue > 120 for _customer, overdue in rows)


def test_refunds_lower_what_a_cooperation_brought(server):
    """R06: the figures come from the posted invoices of the order."""
    refunds = server.psql(
        "SELECT count(*) FROM account_move WHERE move_type = 'out_refund' "
        "AND state = 'posted'"
    )
    assert refunds[0][0] >= 3
    lines = call(
        server,
        "auditor",
        "kehu.cooperation",
        "search_read",
        [("order_id", "!=", False), ("archive_id", "in", demo_archives(server))],
        ["performance", "collection"],
    )
    assert len(lines) >= 30
    assert all(line["performance"] > 0 and line["collection"] for line in lines)


def test_two_years_of_business_end_today(server):
    """R41: counted back from the installation, so that it never gets stale."""
    first, last, count = server.psql(
        f"""SELECT CURRENT_DATE - min(o.date_order)::date,
                   CURRENT_DATE - max(o.date_order)::date, count(*)
              FROM sale_order o JOIN ({CUSTOMERS}) c ON c.id = o.partner_id
             WHERE o.state = 'sale'"""
    )[0]
    assert 690 <= first <= 735
    assert 0 <= last <= 45
    assert count >= 100


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("lifecycle", {"future", "new", "old"}),
        ("deal_stage", {"past", "current", "upcoming"}),
        ("sales_rank", {"major", "general", "sporadic"}),
        ("size_class", {"large", "medium", "small"}),
        ("credit_grade", {"a", "b", "c"}),
    ],
)
def test_every_value_of_a_classification_occurs(server, field, expected):
    """R30, R31, R36, R05, R87"""
    rows = server.psql(
        f"SELECT {field}, count(*) FROM ({CUSTOMERS}) c GROUP BY {field}"
    )
    assert expected <= {value for value, _count in rows}


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("kehu_need", "kind", {"need", "tendency", "special", "intention"}),
        (
            "kehu_service_record",
            "kind",
            {"after_sales", "satisfaction", "complaint"},
        ),
        ("kehu_archive_fact", "state", {"na", "refused"}),
        ("kehu_consent", "decision", {"granted", "refused"}),
        ("kehu_archive", "confidentiality", {"internal", "confidential", "secret"}),
    ],
)
def test_every_kind_of_line_occurs(server, table, column, expected):
    """R44, R46, R07, R91, R40, R83"""
    key = "id" if table == "kehu_archive" else "archive_id"
    rows = server.psql(
        f"""SELECT DISTINCT line.{column} FROM {table} line
              JOIN ({CUSTOMERS}) c ON c.archive = line.{key}"""
    )
    assert expected <= {row[0] for row in rows}


def test_complaints_are_open_overdue_and_settled(server):
    """R07"""
    rows = server.psql(
        f"""SELECT r.state, r.state = 'open' AND r.deadline < CURRENT_DATE
              FROM kehu_service_record r JOIN ({CUSTOMERS}) c ON c.archive = r.archive_id
             WHERE r.kind = 'complaint'"""
    )
    assert {state for state, _overdue in rows} == {"open", "closed"}
    assert any(overdue for _state, overdue in rows)
    assert any(state == "open" and not overdue for state, overdue in rows)


def test_traits_are_kept_for_those_who_agreed_only(server):
    """R40"""
    people = call(
        server,
        "archivist",
        "kehu.principal",
        "search_read",
        [("archive_id", "in", demo_archives(server))],
        ["consent", "birth_month", "personality"],
    )
    assert {person["consent"] for person in people} == {
        "none",
        "granted",
        "partial",
        "refused",
    }
    for person in people:
        kept = bool(person["birth_month"])
        assert kept == (person["consent"] in ("granted", "partial"))
        assert bool(person["personality"]) == (person["consent"] == "granted")


def test_requests_stand_at_every_step_and_one_original_is_overdue(server):
    """R10-R12"""
    states = {row[0] for row in server.psql("SELECT DISTINCT state FROM kehu_loan")}
    assert states >= {"submitted", "approved", "lent", "returned", "refused"}
    overdue = server.psql(
        """SELECT u.login, l.lent_at < l.date_end, l.lent_pages
             FROM kehu_loan l JOIN res_users u ON u.id = l.borrower_id
            WHERE l.state = 'lent' AND l.date_end < now() AT TIME ZONE 'UTC'"""
    )
    assert overdue == [("manager", True, 41)]
    # Nobody reads on because of a request of the demonstration.
    assert not server.psql(
        """SELECT l.name FROM kehu_loan l JOIN kehu_archive a ON a.id = l.archive_id
            WHERE l.grants_access AND l.borrower_id != a.user_id
              AND l.state IN ('approved', 'lent') AND l.medium != 'original'"""
    )


def test_a_catalogue_has_files_that_the_rep_can_open(server):
    """R08"""
    items = call(
        server,
        "rep",
        "kehu.archive.item",
        "search_read",
        [("attachment_ids", "!=", False)],
        ["title", "attachment_ids"],
    )
    assert len(items) >= 3
    file = items[0]["attachment_ids"][0]
    answer = server.http("rep").get(f"/web/content/{file}?download=1")
    assert answer.status_code == 200
    assert "甲方" in answer.text or "客户" in answer.text or "期初" in answer.text


def test_a_customer_put_away_keeps_its_archive_in_the_list(server):
    """R32"""
    rows = server.psql(
        f"SELECT archive FROM ({CUSTOMERS}) c WHERE NOT active AND state = 'closed'"
    )
    assert rows
    found = call(server, "archivist", "kehu.archive", "search", [])
    assert {row[0] for row in rows} <= set(found)


def test_the_demonstration_speaks_chinese(server):
    """No English name of a customer, product, user, deal, team or cabinet is left."""
    names = {
        row[0]
        for query in [
            "SELECT name FROM res_partner WHERE active AND id IN (SELECT partner_id "
            "FROM res_users WHERE active AND login NOT IN ('__system__', 'public'))",
            f"SELECT name FROM ({CUSTOMERS}) c",
            f"SELECT street FROM ({CUSTOMERS}) c",
            "SELECT COALESCE(name ->> 'zh_CN', name ->> 'en_US') FROM product_template",
            "SELECT COALESCE(name ->> 'zh_CN', name ->> 'en_US') FROM crm_team "
            "WHERE active",
            "SELECT name FROM crm_lead",
            "SELECT name FROM kehu_cabinet",
            "SELECT name FROM kehu_customer_class",
            "SELECT name FROM res_company",
        ]
        for row in server.psql(query)
    }
    assert [name for name in names if not re.search(r"[\u4e00-\u9fff]", name)] == []


@pytest.mark.parametrize("login", LOGINS)
def test_each_user_logs_in_and_works_in_chinese(server, login):
    """R02: one user per role, and a second rep."""
    session = server.http(login)
    assert session.context["lang"] == "zh_CN"
    assert session.context["tz"] == "Asia/Shanghai"


def test_a_rep_sees_the_own_archives_and_not_a_colleagues(server):
    """R52"""
    for login in ("rep", "rep2"):
        archives = call(server, login, "kehu.archive", "search_read", [], ["user_id"])
        users = {archive["user_id"][0] for archive in archives}
        assert users == {server.http(login).uid}
        assert len(archives) >= 15
    other = server.psql(
        f"""SELECT archive FROM ({CUSTOMERS}) c JOIN res_users u ON u.id = c.user_id
             WHERE u.login = 'rep' LIMIT 1"""
    )[0][0]
    with pytest.raises(RpcError):
        call(server, "rep2", "kehu.archive", "read", [other], ["name"])


def test_a_manager_sees_the_archives_of_the_own_team(server):
    """R57"""
    archives = call(server, "manager", "kehu.archive", "search_read", [], ["team_id"])
    teams = {archive["team_id"][1] for archive in archives}
    assert teams == {"华北销售部"}


def test_the_archive_room_and_the_auditor_see_all_and_the_auditor_changes_nothing(
    server,
):
    """R52"""
    everything = set(demo_archives(server))
    for login in ("archivist", "auditor"):
        assert everything <= set(call(server, login, "kehu.archive", "search", []))
    archive = min(everything)
    with pytest.raises(RpcError):
        call(server, "auditor", "kehu.archive", "write", [archive], {"slot": "X"})
    invoices = call(
        server, "auditor", "account.move", "search", [("move_type", "=", "out_invoice")]
    )
    assert len(invoices) >= 100
    with pytest.raises(RpcError):
        call(server, "auditor", "account.move", "write", invoices[:1], {"ref": "X"})


@pytest.mark.parametrize("login", ["clerk", "itadmin"])
def test_who_has_no_part_in_archives_sees_customers_but_no_archive(server, login):
    """R52, R95"""
    # Searching is open to every employee, since a grant may open an archive: it finds
    # nothing without one.
    assert call(server, login, "kehu.archive", "search_read", [], ["name"]) == []
    customer = server.psql(f"SELECT id, short_name FROM ({CUSTOMERS}) c LIMIT 1")[0]
    card = call(
        server, login, "res.partner", "read", [customer[0]], ["short_name", "ref"]
    )
    assert card[0]["short_name"] == customer[1]


@pytest.mark.parametrize(
    ("login", "model", "method"),
    [
        ("rep", "crm.lead", "search_count"),
        ("rep", "sale.order", "search_count"),
        ("manager", "crm.lead", "search_count"),
        ("manager", "sale.order", "search_count"),
        ("clerk", "sale.order", "search_count"),
        ("clerk", "account.move", "search_count"),
        ("auditor", "account.move", "search_count"),
    ],
)
def test_each_role_has_the_documents_of_its_work(server, login, model, method):
    """R101: without asking anybody first."""
    assert call(server, login, model, method, []) > 0
