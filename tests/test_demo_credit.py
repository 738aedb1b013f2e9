"""The demonstration's credit: two years of grades, and quotations to try the rules on."""

import pytest

from tests.support.rpc import RpcError

# What the invoices of a customer were at the end of a day, recomputed from the books as
# they are now: paid when, by entries up to that day, due when.
LOOKING_BACK = """
    SELECT snapshot.id, snapshot.judged_count, snapshot.late_count,
           COALESCE(snapshot.overdue_age, 0),
           count(*) FILTER (WHERE claim.is_paid OR claim.delay > 7),
           count(*) FILTER (WHERE claim.delay > 7),
           COALESCE(max(claim.delay) FILTER (WHERE NOT claim.is_paid
                                               AND claim.delay > 0), 0)
      FROM kehu_credit_assessment snapshot
      LEFT JOIN LATERAL (
        SELECT paid.amount >= line.balance - 0.005 AS is_paid,
               CASE WHEN paid.amount >= line.balance - 0.005 THEN paid.day
                    ELSE snapshot.date END - line.date_maturity AS delay
          FROM account_move move
          JOIN account_move_line line ON line.move_id = move.id
           AND line.display_type = 'payment_term'
         CROSS JOIN LATERAL (
             SELECT COALESCE(sum(part.amount), 0) AS amount,
                    max(other.date) FILTER (
                        WHERE document.move_type <> 'out_refund') AS day
               FROM account_partial_reconcile part
               JOIN account_move_line other ON other.id = part.credit_move_id
               JOIN account_move document ON document.id = other.move_id
              WHERE part.debit_move_id = line.id AND other.date <= snapshot.date
             ) paid
         WHERE move.commercial_partner_id = snapshot.partner_id
           AND move.move_type = 'out_invoice' AND move.state = 'posted'
           AND move.invoice_date <= snapshot.date
        ) claim ON TRUE
     WHERE NOT snapshot.is_last AND COALESCE(snapshot.written_amount, 0) = 0
     GROUP BY snapshot.id
"""
TRIALS = """
    SELECT o.id FROM sale_order o JOIN res_users u ON u.id = o.user_id
     WHERE o.client_order_ref = %s AND u.login = 'rep' AND o.state = 'draft'
"""


def call(server, login, model, method, *args, **kwargs):
    """Call a method as a demo user, whose password is the login."""
    return server.rpc(login, login, model, method, args, kwargs)


def test_every_quarter_of_two_years_has_left_grades(server):
    """R87: a history of eight quarters at least, at their last days."""
    days = server.psql(
        """SELECT date, date = (date_trunc('quarter', date)
                                + interval '3 months - 1 day')::date, count(*)
             FROM kehu_credit_assessment
            WHERE date < (SELECT max(date) FROM kehu_credit_assessment)
            GROUP BY date ORDER BY date"""
    )
    assert len(days) >= 7
    assert all(is_end for _day, is_end, _count in days)
    # More and more customers have something to judge.
    assert [count for _day, _end, count in days] == sorted(
        count for _day, _end, count in days
    )


def test_each_grade_was_computed_from_the_books_as_they_stood_on_that_day(server):
    """R87-R90: recomputed from the dates of invoices and payments."""
    rows = server.psql(LOOKING_BACK)
    assert len(rows) > 100
    different = [row for row in rows if row[1:4] != row[4:7]]
    assert different == []


def test_one_receivable_was_given_up(server):
    """R90, R109: a loss among the reasons of grade C and among the key figures."""
    reasons = server.psql(
        """SELECT computed_grade FROM kehu_credit_assessment
            WHERE is_last AND signature LIKE '%%written_off%%'""",
        [],
    )
    assert reasons == [("c",)]
    losses = call(
        server, "auditor", "kehu.customer.kpi", "search_count", [["kind", "=", "loss"]]
    )
    assert losses == 1


def test_the_sales_funnel_knows_what_was_quoted_and_ordered(server):
    """R26, R109: from the first talk to the order takes some weeks."""
    rows = call(
        server,
        "manager",
        "kehu.sales.funnel",
        "search_read",
        [],
        ["won_status", "days", "quoted_amount", "ordered_amount", "expected_revenue"],
    )
    won = [row for row in rows if row["won_status"] == "won"]
    assert won
    assert all(row["ordered_amount"] == row["expected_revenue"] for row in won)
    assert all(20 <= row["days"] <= 60 for row in won)
    assert any(row["quoted_amount"] > row["ordered_amount"] for row in rows)
    cycles = call(
        server,
        "manager",
        "kehu.customer.kpi",
        "search_read",
        [["kind", "=", "order"], ["cycle_days", ">", 0]],
        ["cycle_days"],
    )
    assert len(cycles) > 50


def test_grades_went_down_and_up(server):
    """R87-R90: there is something to see in the charts."""
    history = {}
    for partner, grade in server.psql(
        """SELECT partner_id, grade FROM kehu_credit_assessment
            WHERE grade IS NOT NULL AND state = 'accepted' ORDER BY date, id"""
    ):
        grades = history.setdefault(partner, [])
        if grades[-1:] != [grade]:
            grades.append(grade)
    courses = {"".join(grades) for grades in history.values()}
    assert {"a", "b", "abc", "aba", "bcb"} <= courses


def test_nobody_of_today_seems_to_have_decided_on_earlier_grades(server):
    """R87: they took effect by themselves, and the cards show the last ones."""
    decided = server.psql(
        """SELECT state, approver_id IS NULL, decided_at IS NULL, count(*)
             FROM kehu_credit_assessment WHERE NOT is_last GROUP BY 1, 2, 3"""
    )
    assert [row[:3] for row in decided] == [("accepted", True, True)]
    other = server.psql(
        """SELECT p.name, p.credit_grade, a.grade FROM kehu_credit_assessment a
             JOIN res_partner p ON p.id = a.partner_id
            WHERE a.is_last AND a.state = 'accepted' AND p.credit_grade <> a.grade"""
    )
    assert other == []


def test_two_grades_wait_for_whoever_accepts_them(server):
    """R87: their grade changes on the day of the installation."""
    rows = server.psql(
        """SELECT p.credit_grade, a.grade, a.date >= CURRENT_DATE - 1
             FROM kehu_credit_assessment a JOIN res_partner p ON p.id = a.partner_id
            WHERE a.state = 'proposed'
              AND p.id IN (SELECT res_id FROM ir_model_data
                            WHERE module = 'kehu_archive' AND model = 'res.partner')
            ORDER BY p.credit_grade"""
    )
    assert rows == [("a", "b", True), ("b", "c", True)]


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ("试用：超分公司额度", ["海风机械有限公司济南分公司", "30,000.00", "超出"]),
        ("试用：超集团额度", ["青岛海风机械有限公司", "150,000.00", "超出"]),
        ("试用：额度为零", ["青岛汇力羽毛球俱乐部有限公司", "额度为 0"]),
        ("试用：C级客户", ["大同黑山煤业有限公司", "信誉等级为 C"]),
    ],
)
def test_confirming_a_quotation_shows_why_it_is_stopped(server, about, expected):
    """R87: one rule each; what else should be known does not hide it."""
    [(order,)] = server.psql(TRIALS, [about])
    with pytest.raises(RpcError) as stopped:
        call(server, "rep", "sale.order", "action_confirm", [order])
    for text in [*expected, "申请放行"]:
        assert text in stopped.value.message
    assert stopped.value.message.count("额度") <= 2


def test_terms_that_a_grade_does_not_allow_are_told(server):
    """R87: they do not stop the quotation."""
    [(order,)] = server.psql(TRIALS, ["试用：账期超出等级"])
    [facts] = call(
        server,
        "rep",
        "sale.order",
        "read",
        [order],
        ["kehu_credit_warning", "kehu_credit_blocked"],
    )
    assert "60" in facts["kehu_credit_warning"]
    assert not facts["kehu_credit_blocked"]
