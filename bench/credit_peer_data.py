"""What happens inside Odoo while OCA's ``account_financial_risk`` stands beside ours."""

import random
import statistics
import time

from bench.credit_data import FIELDS, FORMS, tell, work
from bench.measure import size

RISK = (
    "risk_invoice_draft", "risk_invoice_open", "risk_invoice_unpaid",
    "risk_account_amount", "risk_account_amount_unpaid", "risk_total",
    "risk_exception", "risk_amount_exceeded", "risk_remaining_value",
)  # fmt: skip
# As somebody who uses it sets it up: what counts against the limit.
COUNTED = """
UPDATE res_partner SET risk_invoice_open_include = TRUE,
       risk_invoice_unpaid_include = TRUE, risk_invoice_draft_include = TRUE
 WHERE ref LIKE 'B%'
"""
# Theirs takes the longer for each customer the fewer are read at once, and the more.
BATCHES = (100, 500, 2000)


def measure_peer(env):
    """Let both modules find out what they know of the same customers, in turns.

    Theirs are what is open, overdue and in draft, and whether it exceeds the limit, of
    a random part of the customers, and nothing is kept. Ours is the night of all of
    them: grades, with reasons and figures, kept as snapshots.
    """
    env.cr.execute("SELECT id FROM res_partner WHERE ref LIKE 'B%%' ORDER BY id")
    ids = [row[0] for row in env.cr.fetchall()]
    some = sorted(random.Random(5).sample(ids, min(size("PEER", 5000), len(ids))))
    spent = {"ours": [], **{batch: [] for batch in BATCHES}}
    for _round in range(size("ROUNDS", 3)):
        env.cr.execute("TRUNCATE kehu_credit_assessment")
        env.cr.commit()
        spent["ours"].append(work(env, env["kehu.credit.assessment"]._cron_assess))
        env.cr.execute("SELECT COUNT(*) FROM kehu_credit_assessment")
        graded = env.cr.fetchone()[0]
        env.cr.commit()
        for batch in BATCHES:
            spent[batch].append(work(env, lambda batch=batch: _read(env, some, batch)))
    theirs = {batch: _rate(spent[batch], len(some)) for batch in BATCHES}
    best = min(theirs, key=theirs.get)
    tell(
        graded=graded,
        read=len(some),
        ours_us=_rate(spent["ours"], graded),
        ours_us_clock=_rate(spent["ours"], graded, 1),
        **{f"theirs_us_{batch}": rate for batch, rate in theirs.items()},
        theirs_us=theirs[best],
        theirs_us_clock=_rate(spent[best], len(some), 1),
        **_measure_forms(env, ids),
    )


def _rate(costs, count, which=0):
    """Return microseconds for each customer: of processor time, or by the clock."""
    return round(statistics.median(cost[which] for cost in costs) / count * 1e6, 1)


def _read(env, ids, batch):
    for start in range(0, len(ids), batch):
        env["res.partner"].browse(ids[start : start + batch]).read(RISK)
        env.invalidate_all()


def _measure_forms(env, ids):
    """Return how many milliseconds one customer takes, in the median."""
    spent = {"theirs": [], "ours": []}
    for number in random.Random(3).sample(ids, min(FORMS, len(ids))):
        customer = env["res.partner"].browse(number)
        customer.read(["name", "archive_id", "commercial_partner_id"])
        for name, fields in (("ours", FIELDS), ("theirs", RISK)):
            begin = time.perf_counter()
            customer.read(fields)
            spent[name].append(time.perf_counter() - begin)
        env.invalidate_all()
    return {
        f"{name}_form_ms": round(statistics.median(times) * 1000, 2)
        for name, times in spent.items()
    }
