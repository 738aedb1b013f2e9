"""A generated ledger, and grades by somebody who reads it the slow way.

Nothing here uses the module's queries or its scoring: what both say must be the same.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

# What becomes of an invoice, by the hundred: see the CASE below.
_PLAN = """
CREATE TABLE kehu_gen AS
SELECT row_number() OVER () AS n, made.*,
       CASE WHEN fate < 58 THEN 'paid' WHEN fate < 70 THEN 'late'
            WHEN fate < 78 THEN 'parts' WHEN fate < 84 THEN 'open'
            WHEN fate < 88 THEN 'half' WHEN fate < 92 THEN 'credit'
            WHEN fate < 95 THEN 'returned' WHEN fate < 96 THEN 'lost'
            WHEN fate < 98 THEN 'early' ELSE 'exchange' END AS fate_name
  FROM (SELECT customer.id AS partner_id,
               round((100 + random() * 9000)::numeric, 2) AS amount,
               due, due - (ARRAY[0, 0, 30, 30, 60])[1 + floor(random() * 5)::int]
                   AS day,
               (1 + floor(random() * 40)::int) AS delay_days,
               random() < 0.04 AS is_slow, random() < 0.004 AS disputed,
               random() < 0.1 AS is_foreign, floor(random() * 100)::int AS fate
          FROM (SELECT id, kind FROM kehu_gen_customer) customer,
               generate_series(1, 4) number,
               LATERAL (SELECT %(today)s::date - floor(random() * 900)::int + 40
                               + 0 * number + 0 * customer.id AS due) dated
         WHERE random() + 0 * number < customer.kind) made
"""
# n * 8 + part: the documents of one invoice, in the order in which they are posted.
_PARTS = """
CREATE TABLE kehu_gen_part AS
SELECT n, part, kind, amount, day FROM (
    SELECT n, 1 AS part, 'payment' AS kind, amount,
           CASE fate_name WHEN 'paid' THEN due - delay_days / 4
                WHEN 'early' THEN day - delay_days
                ELSE due + CASE WHEN is_slow THEN 50 + delay_days ELSE delay_days END
           END AS day
      FROM kehu_gen WHERE fate_name IN ('paid', 'late', 'early', 'exchange')
    UNION ALL
    SELECT n, 1, 'payment', round(amount / 3, 2), due - 5
      FROM kehu_gen WHERE fate_name IN ('parts', 'half')
    UNION ALL
    SELECT n, 2, 'payment', amount - round(amount / 3, 2), due + delay_days - 20
      FROM kehu_gen WHERE fate_name = 'parts'
    UNION ALL
    SELECT n, 1, 'refund', round(amount / 4, 2), due + 90
      FROM kehu_gen WHERE fate_name = 'credit'
    UNION ALL
    SELECT n, 2, 'payment', amount - round(amount / 4, 2), due + delay_days - 20
      FROM kehu_gen WHERE fate_name = 'credit'
    UNION ALL
    SELECT n, 1, 'reversal', amount, due + delay_days
      FROM kehu_gen WHERE fate_name = 'returned'
    UNION ALL
    SELECT n, 1, 'loss', amount, due + 100 FROM kehu_gen WHERE fate_name = 'lost'
    UNION ALL
    SELECT n, 2, 'exchange', 0.37, due + 120
      FROM kehu_gen WHERE fate_name = 'exchange') planned
 WHERE day <= %(today)s
"""
_MOVES = """
INSERT INTO account_move (id, name, move_type, state, auto_post, date, invoice_date,
       partner_id, commercial_partner_id, company_id, journal_id, currency_id,
       kehu_disputed, reversed_entry_id, origin_payment_id, amount_total_signed)
SELECT %(move)s + n * 4, 'GEN/' || n, 'out_invoice', 'posted', 'no', day, day,
       partner_id, partner_id, %(company)s, %(sale)s, %(currency)s, disputed, NULL,
       NULL::int, amount
  FROM kehu_gen
UNION ALL
SELECT %(move)s + n * 4 + part, kind || '/' || n || '/' || part,
       CASE kind WHEN 'refund' THEN 'out_refund' WHEN 'reversal' THEN 'out_refund'
            ELSE 'entry' END, 'posted', 'no', part.day, NULL, partner_id, partner_id,
       %(company)s, CASE kind WHEN 'payment' THEN %(bank)s
                         WHEN 'refund' THEN %(sale)s WHEN 'reversal' THEN %(sale)s
                         ELSE %(misc)s END,
       %(currency)s, FALSE, CASE WHEN kind = 'reversal' THEN %(move)s + n * 4 END,
       CASE WHEN kind = 'payment' THEN %(payment)s END, -part.amount
  FROM kehu_gen_part part JOIN kehu_gen USING (n)
"""
_LINES = """
WITH settled AS (
    SELECT n, SUM(amount) AS amount FROM kehu_gen_part
     WHERE kind <> 'exchange' GROUP BY n
), line AS (
    SELECT n, 0 AS part, 0 AS side, %(receivable)s::int AS account, kehu_gen.amount,
           kehu_gen.amount - COALESCE(settled.amount, 0) AS residual, day, due
      FROM kehu_gen LEFT JOIN settled USING (n)
    UNION ALL
    SELECT n, 0, 1, %(income)s, -amount, 0, day, NULL FROM kehu_gen
    UNION ALL
    SELECT n, part, 0, %(receivable)s, -amount, 0, day, day FROM kehu_gen_part
    UNION ALL
    SELECT n, part, 1, CASE kind WHEN 'payment' THEN %(cash)s
                            WHEN 'loss' THEN %(expense)s
                            WHEN 'exchange' THEN %(expense)s ELSE %(income)s END,
           amount, 0, day, NULL FROM kehu_gen_part
)
INSERT INTO account_move_line (id, move_id, name, display_type, parent_state, date,
       date_maturity, partner_id, account_id, company_id, company_currency_id,
       currency_id, journal_id, debit, credit, balance, amount_currency,
       amount_residual, amount_residual_currency, reconciled)
SELECT %(line)s + (n * 4 + line.part) * 2 + side, %(move)s + n * 4 + line.part,
       'GEN', CASE WHEN line.due IS NULL THEN 'product' ELSE 'payment_term' END,
       'posted', line.day, line.due, partner_id, account, %(company)s, %(currency)s,
       CASE WHEN is_foreign THEN %(foreign)s ELSE %(currency)s END, %(sale)s,
       GREATEST(line.amount, 0), GREATEST(-line.amount, 0), line.amount,
       line.amount * CASE WHEN is_foreign THEN 2 ELSE 1 END, residual,
       residual * CASE WHEN is_foreign THEN 2 ELSE 1 END,
       account = %(receivable)s AND residual = 0
  FROM line JOIN kehu_gen USING (n)
"""
_PARTIALS = """
INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount,
       debit_amount_currency, credit_amount_currency, company_id, max_date,
       exchange_move_id)
SELECT %(line)s + n * 8, %(line)s + (n * 4 + part) * 2,
       CASE WHEN kind = 'exchange' THEN 0 ELSE part.amount END, part.amount,
       part.amount, %(company)s, GREATEST(part.day, due),
       CASE WHEN kind = 'exchange' THEN %(move)s + n * 4 + part END
  FROM kehu_gen_part part JOIN kehu_gen USING (n)
"""


def fill(cr, places, seed=0.42):
    """Write invoices of the customers of table ``kehu_gen_customer``, and their fate.

    :param cr: a cursor; the table has ``id`` and ``kind``, the chance of an invoice
    :param dict places: ids of ``company``, ``currency``, ``foreign``, of the journals
        ``sale``, ``bank``, ``misc``, of the accounts ``receivable``, ``income``,
        ``cash``, ``expense``, of a ``payment``; and ``today``
    :return: how many invoices
    """
    cr.execute("SELECT setseed(%s)", [seed])
    cr.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM account_move")
    move = cr.fetchone()[0]
    cr.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM account_move_line")
    values = {**places, "move": move, "line": cr.fetchone()[0]}
    cr.execute(_PLAN, values)
    count = cr.rowcount
    cr.execute(_PARTS, values)
    for statement in (_MOVES, _LINES, _PARTIALS):
        cr.execute(statement, values)
    for table in ("account_move", "account_move_line"):
        cr.execute(
            "SELECT setval(%s, (SELECT MAX(id) FROM account_move_line))"
            if table == "account_move_line"
            else "SELECT setval(%s, (SELECT MAX(id) FROM account_move))",
            [f"{table}_id_seq"],
        )
    cr.execute("DROP TABLE kehu_gen_part; DROP TABLE kehu_gen")
    # The database has to know how much there is now: it plans for empty tables else.
    cr.execute(
        "ANALYZE account_move, account_move_line, account_partial_reconcile, "
        "res_partner, kehu_archive"
    )
    return count


def grade_slowly(cr, partner_id, rules, today):
    """Grade one customer document by document.

    :param cr: a cursor
    :param dict rules: thresholds
    :param date today: the day of the grade
    :return: a, b, c or None
    """
    since = today - relativedelta(months=rules["months"])
    cr.execute(
        """SELECT line.id, line.date_maturity, line.balance, line.amount_residual,
                  move.id, COALESCE(move.kehu_disputed, FALSE)
             FROM account_move_line line JOIN account_move move ON move.id = move_id
             JOIN account_account account ON account.id = line.account_id
            WHERE line.partner_id = %s AND move.state = 'posted'
              AND account.account_type = 'asset_receivable'
              AND move.move_type IN ('out_invoice', 'out_receipt')""",
        [partner_id],
    )
    judged = late = 0
    hard = False
    overdue, oldest = 0, 0
    for line_id, due, balance, residual, move_id, disputed in cr.fetchall():
        is_open = abs(residual) > 0.004
        if not is_open and due < since:
            continue
        cr.execute(
            """SELECT credit.date, part.amount, move.id, move.move_type,
                      move.origin_payment_id, move.reversed_entry_id
                 FROM account_partial_reconcile part
                 JOIN account_move_line credit ON credit.id = part.credit_move_id
                 JOIN account_move move ON move.id = credit.move_id
                WHERE part.debit_move_id = %s""",
            [line_id],
        )
        paid_days, returned, lost = [], 0, 0
        for day, amount, other_id, kind, payment, reversed_id in cr.fetchall():
            if kind == "out_refund" or reversed_id == move_id:
                returned += amount
            elif payment:
                paid_days.append(day)
            else:
                cr.execute(
                    """SELECT COUNT(*) FROM account_partial_reconcile
                        WHERE exchange_move_id = %s""",
                    [other_id],
                )
                if not cr.fetchone()[0]:
                    lost += amount
        if returned > balance - type(balance)("0.005"):
            continue
        hard = hard or disputed
        if lost:
            hard = True
            if is_open and due < today:
                overdue, oldest = overdue + residual, max(oldest, (today - due).days)
            continue
        if is_open:
            age = (today - due).days
            if age > 0:
                overdue, oldest = overdue + residual, max(oldest, age)
            if age > rules["grace"]:
                judged, late = judged + 1, late + 1
        elif paid_days:
            judged += 1
            delay = max(paid_days) - due
            if delay > timedelta(days=rules["grace"]):
                late += 1
                hard = hard or delay > timedelta(days=rules["easy"])
    if hard or oldest > rules["open"]:
        return "c"
    if late >= rules["often"] or (late and late / judged >= rules["share"] / 100):
        return "b"
    return "a" if judged else None
