"""What the measurements of the ledger do inside Odoo's shell.

Called by ``bench_ledger`` with an environment; each function prints one line of JSON.
"""

import io
import itertools
import json
import os
import resource
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

MARK = "bench-result "
# A busy machine may measure fewer: the ratios are medians over the rounds.
ROUNDS, PER_ROUND = int(os.environ.get("BENCH_ROUNDS", "25")), 40
CHAINS, LENGTH = 10_000, 100

_numbers = itertools.count(1)


def report(**figures):
    """Print figures so that the caller finds them among Odoo's output."""
    sys.stdout.write(f"{MARK}{json.dumps(figures)}\n")
    sys.stdout.flush()


def measure_writes(env, plain_database, audited_databases):
    """Create and write partners, one transaction each: plain Odoo and ours by turns.

    Judged by processor time, of Odoo and of its PostgreSQL process together: it does
    not depend on what else the machine does. The clock's seconds are told as well.

    :param env: environment of a database with the module
    :param plain_database: name of a database without it, on the same server
    :param dict audited_databases: names of those with OCA's ``auditlog``, if it can be
        had, by the way it logs: ``fast`` or ``full``
    """
    from odoo import api
    from odoo.modules.registry import Registry

    with ExitStack() as stack:
        plain_cr = stack.enter_context(Registry(plain_database).cursor())
        # In the same language: what it costs to translate is not the module's doing.
        plain = api.Environment(plain_cr, env.uid, env.context)
        warm_up(plain)
        warm_up(env)
        names = ["plain", "without", "with", "register", "plain_again"]
        audited = {}
        for log_type, name in audited_databases.items():
            cr = stack.enter_context(Registry(name).cursor())
            audited[log_type] = api.Environment(cr, env.uid, env.context)
            audit_partners(audited[log_type], log_type)
            warm_up(audited[log_type])
            names.append(log_type)
        spent = {name: [] for name in names}
        for _round in range(ROUNDS):
            spent["plain"].append(write_partners(plain)[0])
            spent["without"].append(write_partners(env)[0])
            saving, registering = write_partners(env, register=True)
            spent["with"].append(saving)
            spent["register"].append(registering)
            for log_type, audited_env in audited.items():
                spent[log_type].append(write_partners(audited_env)[0])
            # The same once more: how much two equal measurements differ.
            spent["plain_again"].append(write_partners(plain)[0])
    report(
        partners=ROUNDS * PER_ROUND,
        **{
            name: {
                "processor_seconds": round(sum(cost[0] for cost in costs), 2),
                "clock_seconds": round(sum(cost[1] for cost in costs), 2),
                "ratio": round(
                    statistics.median(
                        # Beside plain Odoo before and after: a machine gets slower
                        # and faster while it works.
                        2 * ours[0] / (before[0] + after[0])
                        for ours, before, after in zip(
                            costs, spent["plain"], spent["plain_again"], strict=True
                        )
                    ),
                    3,
                ),
            }
            for name, costs in spent.items()
        },
    )


def audit_partners(env, log_type):
    """Let OCA's ``auditlog`` log what is written of partners, ``fast`` or ``full``."""
    rule = env["auditlog.rule"].create(
        {
            "name": "partners",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "log_type": log_type,
            "log_create": True,
            "log_write": True,
            "log_unlink": True,
            "log_read": False,
        }
    )
    rule.set_to_confirmed()
    env.cr.commit()


def read_clocks(env):
    """Return processor time of Odoo and of its PostgreSQL process, and the clock's."""
    stat = Path(f"/proc/{env.cr._cnx.info.backend_pid}/stat").read_text()
    ticks = sum(map(int, stat.rpartition(")")[2].split()[11:13]))
    database = ticks / os.sysconf("SC_CLK_TCK")
    return time.process_time() + database, time.perf_counter()


class Meter:
    """Adds up what blocks of code cost."""

    def __init__(self, env):
        """Begin with nothing spent.

        :param env: the environment that the blocks use
        """
        self.env = env
        self.cost = (0.0, 0.0)

    def __enter__(self):
        """Look at the clocks."""
        self.start = read_clocks(self.env)

    def __exit__(self, *_error):
        """Add what was spent since."""
        clocks = zip(self.cost, self.start, read_clocks(self.env), strict=True)
        self.cost = tuple(cost + end - start for cost, start, end in clocks)


def warm_up(env):
    write_partners(env, count=5)


def write_partners(env, register=False, count=PER_ROUND):
    """Create and write some partners.

    :param register: make each an archived customer between the two
    :return: what creating and writing cost, and what registering did, as
        :func:`read_clocks`
    """
    saving, registering = Meter(env), Meter(env)
    for _each in range(count):
        number = next(_numbers)
        with saving:
            partner = env["res.partner"].create(
                {
                    "name": f"Bench {number}",
                    "is_company": True,
                    "phone": f"0532 {number}",
                    "city": "Qingdao",
                    "street": f"Road {number}",
                }
            )
            env.cr.commit()
        if register:
            with registering:
                partner._kehu_register()
                env.cr.commit()
        env.invalidate_all()
        with saving:
            partner.write(
                {
                    "name": f"Bench {number} Ltd",
                    "phone": f"0533 {number}",
                    "city": "Jinan",
                    "street": f"Street {number}",
                    "email": f"bench{number}@example.com",
                }
            )
            env.cr.commit()
        env.invalidate_all()
    return saving.cost, registering.cost


def measure_verification(env):
    """Fill the ledger with a million rows and verify them in one pass."""
    start = time.perf_counter()
    fill(env)
    filled = time.perf_counter() - start
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    verdict = env["kehu.event"]._verify()
    spent = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    env.cr.execute("ALTER TABLE kehu_event DISABLE TRIGGER kehu_append_only")
    env.cr.execute(
        "UPDATE kehu_event SET action = 'export' WHERE id = "
        "(SELECT max(id) - %s FROM kehu_event)",
        [CHAINS * LENGTH // 2],
    )
    broken = env["kehu.event"]._verify()["broken"]
    env.cr.rollback()
    report(
        rows=verdict["event_count"],
        chains=verdict["chain_count"],
        broken=len(verdict["broken"]),
        named=[link["reason"] for link in broken],
        filling_seconds=round(filled, 1),
        seconds=round(spent, 1),
        grown_mb=round((after - before) / 1024, 1),
    )


def fill(env):
    """Write chains as long as asked for, sealed, past the ORM."""
    from odoo.addons.kehu_archive.models.control.kehu_event import GENESIS, VERSION

    events, heads = env["kehu.event"], env["kehu.event.head"]
    key = env["kehu.ledger"]._get_keys([])["ledger"]
    at, uid = "2030-01-01 00:00:00.000000", env.uid
    payload = "5a" * 80
    first = 1_000_000_000
    env.cr.execute("DROP INDEX kehu_event_chain_uniq")
    for base in range(first, first + CHAINS, 500):
        rows, ends = io.StringIO(), io.StringIO()
        for archive in range(base, min(base + 500, first + CHAINS)):
            digest = GENESIS
            for place in range(1, LENGTH + 1):
                row = (VERSION, digest, archive, place, at, uid, "change", payload)
                digest = events._get_digest(row)
                rows.write("\t".join(map(str, (*row, digest))) + "\n")
            seal = heads._get_seal(key, archive, LENGTH, digest)
            ends.write(f"{archive}\t{LENGTH}\t{digest}\t{seal}\n")
        for text, table, columns in (
            (
                rows,
                "kehu_event",
                "version, previous_digest, archive_id, sequence, at, user_id, action,"
                "payload, digest",
            ),
            (ends, "kehu_event_head", "archive_id, count, digest, seal"),
        ):
            text.seek(0)
            env.cr._obj.copy_expert(f"COPY {table} ({columns}) FROM STDIN", text)
    env.cr.execute(
        "CREATE UNIQUE INDEX kehu_event_chain_uniq ON kehu_event (archive_id, sequence)"
    )
    env.cr.commit()
    env.cr.execute("ANALYZE kehu_event; ANALYZE kehu_event_head")
    env.cr.commit()
