"""What happens inside Odoo while the grades are measured: a ledger, and the clock."""

import json
import os
import random
import statistics
import time
from pathlib import Path

from bench.bulk import filling

MARK = "CREDIT-FIGURES "
FORMS = 200
CHECKED = 1000
FIELDS = (
    "kehu_computed_grade", "kehu_credit_reasons", "kehu_on_time_percent",
    "kehu_late_count", "kehu_average_delay", "kehu_longest_delay", "kehu_open_amount",
    "kehu_overdue_amount", "kehu_overdue_age",
)  # fmt: skip


def tell(**figures):
    """Print figures where the measurement finds them."""
    print(MARK + json.dumps(figures))


def places(env):
    """Make the journals, accounts and the payment that the ledger refers to."""
    company = env.ref("base.main_company")
    accounts = {
        name: env["account.account"].create(
            {
                "name": f"Bench {name}",
                "code": f"99{number}0",
                "account_type": kind,
                "reconcile": name == "receivable",
            }
        )
        for number, (name, kind) in enumerate(
            (
                ("receivable", "asset_receivable"),
                ("income", "income"),
                ("cash", "asset_cash"),
                ("expense", "expense"),
            )
        )
    }
    journals = {
        name: env["account.journal"].create(
            {
                "name": f"Bench {name}",
                "code": f"Z{name[:3]}".upper(),
                "type": kind,
                **(
                    {"default_account_id": accounts["cash"].id}
                    if kind == "bank"
                    else {}
                ),
            }
        )
        for name, kind in (("sale", "general"), ("bank", "bank"), ("misc", "general"))
    }
    env.cr.execute(
        """INSERT INTO account_payment (payment_type, partner_type, amount, date,
                  journal_id, currency_id, company_id, state)
           VALUES ('inbound', 'customer', 1, now(), %s, %s, %s, 'draft')
           RETURNING id""",
        [journals["bank"].id, company.currency_id.id, company.id],
    )
    return {
        "payment": env.cr.fetchone()[0],
        "today": company._kehu_today(),
        "company": company.id,
        "currency": company.currency_id.id,
        "foreign": env.ref("base.EUR").id,
        **{name: account.id for name, account in accounts.items()},
        **{name: journal.id for name, journal in journals.items()},
    }


def fill(env):
    """Write two invoices on average for every customer of the bench."""
    from odoo.addons.kehu_archive.tests import credit_ledger

    at = places(env)
    env.cr.execute(
        """CREATE TABLE kehu_gen_customer AS
           SELECT id, 0.5 AS kind FROM res_partner WHERE ref LIKE 'B%%'"""
    )
    env.flush_all()
    # Deferred checks would stand in the way of dropping indexes.
    env.cr.commit()
    with filling(
        env.cr, "account_move", "account_move_line", "account_partial_reconcile"
    ):
        count = credit_ledger.fill(env.cr, at)
    env.cr.execute("DROP TABLE kehu_gen_customer")
    env.cr.commit()
    tell(invoices=count)


def work(env, call):
    """Return the processor time that a call takes, of Odoo and of its PostgreSQL.

    It hardly depends on what else the machine does.
    """
    stat = Path(f"/proc/{env.cr._cnx.info.backend_pid}/stat")

    def read():
        ticks = stat.read_text().rpartition(")")[2].split()[11:13]
        return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    begin, clock = read(), time.perf_counter()
    call()
    return round(read() - begin, 2), round(time.perf_counter() - clock, 2)


def measure_run(env):
    """Time the bare query, the first night, and a quiet one, in turn."""
    from odoo.tools import SQL

    env["res.company"].search([]).kehu_credit_auto_accept = False
    env.cr.commit()
    facts = env["kehu.credit.facts"]

    def bare():
        with facts._planning_for_all():
            env.execute_query(
                SQL("SELECT COUNT(facts) FROM (%s) facts", facts._get_facts_sql())
            )

    bares, first, quiet = [], [], []
    for _round in range(3):
        env.cr.execute("TRUNCATE kehu_credit_assessment")
        env.cr.commit()
        env.invalidate_all()
        bares.append(work(env, bare))
        first.append(work(env, env["kehu.credit.assessment"]._cron_assess))
        env.cr.commit()
        bares.append(work(env, bare))
        quiet.append(work(env, env["kehu.credit.assessment"]._cron_assess))
    env.cr.execute("SELECT COUNT(*) FROM kehu_credit_assessment")
    figures = {"snapshots": env.cr.fetchone()[0]}
    for name, costs in (("bare", bares), ("first", first), ("quiet", quiet)):
        figures[name] = statistics.median(cost for cost, _clock in costs)
        figures[f"{name}_clock"] = statistics.median(clock for _cost, clock in costs)
    tell(**figures)


def compare(env):
    """Grade a random thousand the slow way, and compare."""
    from odoo.addons.kehu_archive.tests import credit_ledger

    env.cr.execute("SELECT id FROM res_partner WHERE ref LIKE 'B%%' ORDER BY id")
    ids = [row[0] for row in env.cr.fetchall()]
    chosen = random.Random(7).sample(ids, min(CHECKED, len(ids)))
    rules = {"grace": 3, "months": 24, "often": 3, "share": 20, "easy": 60, "open": 90}
    today = env.ref("base.main_company")._kehu_today()
    env.cr.execute(
        "SELECT partner_id, computed_grade FROM kehu_credit_assessment WHERE is_last"
    )
    grades = dict(env.cr.fetchall())
    slow = {
        number: credit_ledger.grade_slowly(env.cr, number, rules, today)
        for number in chosen
    }
    tell(
        checked=len(chosen),
        different=sum(grades.get(number) != slow[number] for number in chosen),
        grades={grade: list(slow.values()).count(grade) for grade in "abc"},
    )


def measure_form(env):
    """Time the credit facts of single customers, beside what Odoo itself shows."""
    env.cr.execute("SELECT id FROM res_partner WHERE ref LIKE 'B%%' ORDER BY id")
    chosen = random.Random(3).sample([row[0] for row in env.cr.fetchall()], FORMS)
    ours, core = [], []
    for number in chosen:
        customer = env["res.partner"].browse(number)
        customer.read(["name", "archive_id", "commercial_partner_id"])
        begin = time.perf_counter()
        customer.read(FIELDS)
        ours.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        customer.read(["credit", "days_sales_outstanding"])
        core.append(time.perf_counter() - begin)
        env.invalidate_all()
    tell(
        form_ms=round(statistics.median(ours) * 1000, 2),
        form_p95_ms=round(sorted(ours)[int(FORMS * 0.95)] * 1000, 2),
        core_ms=round(statistics.median(core) * 1000, 2),
    )
