"""What the measurements of joint invoices do inside Odoo's shell.

Called by ``bench_joint_invoicing`` with an environment; each prints one line of JSON.
"""

import datetime
import re
from pathlib import Path

from bench.ledger_data import Meter, report

TURNS = 10
# Untaxed and total of orders and of their invoices, head office by head office.
SUMS = """
WITH ordered AS (
    SELECT head.id AS head_id, sum(o.amount_untaxed) AS untaxed,
           sum(o.amount_total) AS total
      FROM sale_order o
      JOIN bench_place branch ON branch.id = o.partner_id AND branch.side = %(side)s
      JOIN bench_place head ON head.side = %(side)s
           AND head.number = branch.number %% %(offices)s
     GROUP BY head.id),
invoiced AS (
    SELECT commercial_partner_id AS head_id, count(*) AS moves,
           sum(amount_untaxed) AS untaxed, sum(amount_total) AS total,
           sum(balance) AS balance
      FROM account_move
      JOIN (SELECT move_id, sum(balance) AS balance FROM account_move_line
             WHERE display_type = 'payment_term' GROUP BY move_id) due
        ON due.move_id = account_move.id
     WHERE move_type = 'out_invoice' GROUP BY commercial_partner_id)
SELECT count(*), sum(moves)::int, sum(invoiced.total)::text,
       count(*) FILTER (WHERE ordered.untaxed IS DISTINCT FROM invoiced.untaxed
                           OR ordered.total IS DISTINCT FROM invoiced.total
                           OR ordered.total IS DISTINCT FROM invoiced.balance)
  FROM ordered LEFT JOIN invoiced USING (head_id)
"""
# Lines that are on exactly one invoice line, with their quantity and amount.
ONCE = """
SELECT count(*), count(*) FILTER (
           WHERE links = 1 AND line.product_uom_qty = made.quantity
             AND line.price_subtotal = made.price_subtotal
             AND line.price_subtotal = - made.balance
             AND line.qty_invoiced = made.quantity)
  FROM sale_order_line line
  JOIN sale_order o ON o.id = line.order_id
  JOIN bench_place branch ON branch.id = o.partner_id AND branch.side = %(side)s
  LEFT JOIN (SELECT link.order_line_id, count(*) AS links, sum(quantity) AS quantity,
                    sum(price_subtotal) AS price_subtotal, sum(balance) AS balance
               FROM sale_order_line_invoice_rel link
               JOIN account_move_line made ON made.id = link.invoice_line_id
              GROUP BY link.order_line_id) made ON made.order_line_id = line.id
"""
MARKED = """
SELECT count(*) FILTER (WHERE display_type = 'line_section'),
       count(*) FILTER (WHERE kehu_order_ref IS NOT NULL),
       count(*) FILTER (WHERE kehu_delivery_ref IS NOT NULL)
  FROM account_move_line
"""
ORDERS = """
SELECT o.id FROM sale_order o
  JOIN bench_place place ON place.id = o.partner_id AND place.side = %s
 WHERE place.number %% %s BETWEEN %s AND %s
 ORDER BY o.id
"""


class Growth:
    """How far this process grows in a block, in MiB: its highest size less the first."""

    def __enter__(self):
        """Forget the highest size so far."""
        self.mebibytes = 0
        Path("/proc/self/clear_refs").write_text("5")
        self.before = self._read("VmRSS")
        return self

    def __exit__(self, *_error):
        """Look at the highest size since."""
        self.mebibytes = self._read("VmHWM") - self.before

    @staticmethod
    def _read(name):
        status = Path("/proc/self/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024


def measure_turns(env, offices):
    """Invoice the same orders jointly and by Odoo's own, some head offices a turn.

    :param env: environment of a database of :mod:`bench.order_data`
    :param offices: how many head offices it has
    """
    # As in the wizard of a company that writes Chinese.
    env = env(context={**env.context, "lang": "zh_CN"})
    sides = {"P": "theirs", "B": "ours"}
    spent = {name: Meter(env) for name in sides.values()}
    grown = dict.fromkeys(sides.values(), 0)
    step = -(-offices // TURNS)
    for start in range(0, offices, step):
        # Who begins changes: a machine gets slower and faster while it works.
        for side in ("PB", "BP")[start // step % 2]:
            env.cr.execute(ORDERS, [side, offices, start, start + step - 1])
            ids = [row[0] for row in env.cr.fetchall()]
            env.invalidate_all()
            with Growth() as growth, spent[sides[side]]:
                env["sale.order"].browse(ids)._create_invoices()
                env.cr.commit()
            grown[sides[side]] = max(grown[sides[side]], growth.mebibytes)
        # What a measurement that is cut off has to tell.
        report(offices=start + step, **{name: spent[name].cost for name in spent})
    report(
        **{
            name: {
                "processor": spent[name].cost[0],
                "clock": spent[name].cost[1],
                "mebibytes": grown[name],
                **tally(env, side, offices),
            }
            for side, name in sides.items()
        },
        marked=marked(env),
    )


def measure_run(env, offices):
    """Invoice everything by a month-end run, as its buttons and its cron do."""
    env = env(context={**env.context, "lang": "zh_CN"})
    # The orders were made today: in Shanghai that may be tomorrow.
    day, today = datetime.timedelta(days=1), datetime.date.today()
    runs = env["kehu.invoice.run"]
    run = runs.create({"date_from": today - day, "date_to": today + day})
    spent, grown = {}, {}

    def do(name, *functions):
        meter = Meter(env)
        env.invalidate_all()
        with Growth() as growth, meter:
            for function in functions:
                function()
                env.cr.commit()
        spent[name] = meter.cost
        grown[name] = growth.mebibytes

    do("preview", run.action_preview, runs._cron_preview)
    rows = len(run.line_ids)
    do("drafts", run.action_create_drafts, runs._cron_make_drafts)
    drafts = run.move_count, run.error_count, run.state
    do("post", run.action_post, runs._cron_post_drafts)
    report(
        rows=rows,
        drafts=drafts,
        state=run.state,
        posted=sum(move.state == "posted" for move in run.move_ids),
        spent=spent,
        mebibytes=grown,
        **tally(env, "B", offices),
        marked=marked(env),
    )


def tally(env, side, offices):
    """Return whether the invoices of one side are what was ordered."""
    names = {"side": side, "offices": offices}
    env.cr.execute(SUMS, names)
    heads, moves, total, wrong = env.cr.fetchone()
    env.cr.execute(ONCE, names)
    lines, once = env.cr.fetchone()
    return {
        "heads": heads,
        "invoices": moves,
        "total": total,
        "wrong": wrong,
        "lines": lines,
        "once": once,
    }


def marked(env):
    """Return how many sections, and lines with order and delivery number, there are."""
    env.cr.execute(MARKED)
    return dict(
        zip(("sections", "orders", "deliveries"), env.cr.fetchone(), strict=True)
    )
