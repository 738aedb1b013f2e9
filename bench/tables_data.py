"""A company of many years, by SQL: teams, invoices with products, orders, leads.

On top of the customers of :mod:`bench.generate` and the receivables of
:mod:`bench.credit_data`: head offices with branches, representatives with their own
customers, product lines that add up to the invoices, delivered orders, opportunities.
"""

import contextlib

from bench import order_data
from bench.bulk import filling

# Representatives with few customers, and with many: all customers are divided up.
FEW, MANY, OWN = 20, 20, 500
TEAM = 10
OFFICES = 1000
# The first head office has as many branches, the others share the rest.
BRANCHES = 100
LEADS = 20_000

PEOPLE = """
from odoo import Command
env = env(context={{**env.context, "tracking_disable": True,
                    "no_reset_password": True, "lang": None}})
def person(login, *groups):
    return env["res.users"].create({{"name": login, "login": login, "group_ids": [
        Command.set([env.ref("base.group_user").id,
                     *(env.ref(group).id for group in groups)])]}})
rep, manager = "kehu_archive.group_kehu_rep", "kehu_archive.group_kehu_manager"
export = "base.group_allow_export"
chief = person("bench_manager", manager, export)
clerk = person("bench_clerk", "account.group_account_invoice", export)
reps = [person(f"bench_rep{{n}}", rep, export) for n in range({reps})]
team = env["crm.team"].create({{"name": "bench team", "user_id": chief.id}})
other = env["crm.team"].create({{"name": "bench others"}})
leads = env["crm.lead"].create([{{"name": f"bench {{n}}", "type": "opportunity",
    "expected_revenue": 1000 * n, "probability": 10 * n}} for n in range(10)])
leads[7:].action_set_won()
print("PEOPLE", team.id, other.id, min(leads.ids), reps[0].id, ".")
env.cr.commit()
"""
WHO = """
CREATE TABLE bench_who AS
SELECT customer.*, {rep} + number AS user_id,
       CASE WHEN number < {team_size} THEN {team} ELSE {other} END AS team_id
  FROM (SELECT id, n, CASE WHEN n < {few} * {own} THEN n % {few}
                           ELSE {few} + n % {many} END AS number
          FROM (SELECT id, row_number() OVER (ORDER BY md5(id::text)) - 1 AS n
                  FROM res_partner WHERE ref LIKE 'B%') numbered) customer;
CREATE UNIQUE INDEX ON bench_who (id);
CREATE UNIQUE INDEX ON bench_who (n);
ANALYZE bench_who;
"""
HEADS = """
UPDATE res_partner partner SET user_id = who.user_id, head_office_id = head.id,
       customer_rank = 1
  FROM bench_who who
  LEFT JOIN bench_who head ON head.n = CASE
       WHEN who.n < {offices} THEN NULL
       WHEN who.n < {offices} + {branches} THEN 0
       WHEN who.n < 20 * {offices} THEN 1 + who.n % ({offices} - 1) END
 WHERE partner.id = who.id;
UPDATE kehu_archive archive SET user_id = who.user_id, team_id = who.team_id,
       state = 'filed', name = 'BENCH-' || archive.id
  FROM bench_who who WHERE archive.partner_id = who.id;
"""
# Two of three invoices have a second line; those of branches name who ordered.
INVOICES = """
UPDATE account_move move
   SET invoice_user_id = CASE WHEN move_type <> 'entry' THEN who.user_id END,
       team_id = CASE WHEN move_type <> 'entry' THEN who.team_id END,
       invoice_currency_rate = 1
  FROM bench_who who WHERE who.id = move.partner_id AND move.partner_id IS NOT NULL;
CREATE TEMP TABLE bench_sold AS
SELECT line.id, line.move_id, line.balance, move.name,
       CASE WHEN line.id % 3 = 0 THEN line.balance
            ELSE round(line.balance * 0.4, 2) END AS part
  FROM account_move_line line JOIN account_move move ON move.id = line.move_id
 WHERE line.display_type = 'product'
   AND move.move_type IN ('out_invoice', 'out_refund');
CREATE UNIQUE INDEX ON bench_sold (id);
ANALYZE bench_sold;
UPDATE account_move_line line
   SET product_id = {product} + line.id % {products}, product_uom_id = {uom},
       quantity = 1 + line.id % 9, price_subtotal = abs(part), price_total = abs(part),
       balance = part, amount_currency = part, debit = GREATEST(part, 0),
       credit = GREATEST(-part, 0), move_name = sold.name
  FROM bench_sold sold WHERE sold.id = line.id;
"""
SECOND_LINES = """
INSERT INTO account_move_line ({columns})
SELECT {values} FROM account_move_line line JOIN bench_sold sold USING (id)
 WHERE sold.part <> sold.balance
"""
SECOND = {
    "product_id": "{product} + (line.id + 1) % {products}",
    "balance": "sold.balance - sold.part",
    "amount_currency": "sold.balance - sold.part",
    "debit": "GREATEST(sold.balance - sold.part, 0)",
    "credit": "GREATEST(sold.part - sold.balance, 0)",
    "price_subtotal": "abs(sold.balance - sold.part)",
    "price_total": "abs(sold.balance - sold.part)",
}
LINES = """
UPDATE account_move_line line SET kehu_customer_id = branch.id
  FROM bench_who head, bench_who branch
 WHERE line.partner_id = head.id AND head.n < {offices} AND line.display_type = 'product'
   AND branch.n = CASE WHEN head.n = 0 THEN {offices} + line.id % {branches}
                       ELSE {offices} - 1 + head.n + {offices} END
   AND line.product_id IS NOT NULL;
UPDATE account_move_line line SET move_name = move.name FROM account_move move
 WHERE move.id = line.move_id AND line.move_name IS NULL;
"""
# Orders of the last 900 days; those of the last 90 are not invoiced.
ORDERS = """
CREATE TEMP TABLE bench_order AS
SELECT o.id, who.id AS partner_id, who.user_id, who.team_id,
       now() - make_interval(days => o.number % 900) AS day,
       o.number % 900 >= 90 AS invoiced,
       CASE WHEN o.number % 5 = 0 THEN {lead} + (o.number / 5) % {leads} END AS lead_id
  FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1)::int AS number
          FROM sale_order WHERE id > {last}) o
  JOIN bench_who who ON who.n = (o.number * 7919::bigint) % {customers};
CREATE UNIQUE INDEX ON bench_order (id);
ANALYZE bench_order;
UPDATE sale_order o
   SET partner_id = made.partner_id, partner_invoice_id = made.partner_id,
       partner_shipping_id = made.partner_id, user_id = made.user_id,
       team_id = made.team_id, date_order = made.day, name = 'B' || o.id,
       create_date = made.day - interval '9 days',
       opportunity_id = made.lead_id,
       invoice_status = CASE WHEN invoiced THEN 'invoiced' ELSE 'to invoice' END
  FROM bench_order made WHERE made.id = o.id;
UPDATE sale_order_line line
   SET order_partner_id = made.partner_id,
       invoice_status = CASE WHEN invoiced THEN 'invoiced' ELSE 'to invoice' END,
       qty_invoiced = CASE WHEN invoiced THEN product_uom_qty ELSE 0 END,
       qty_to_invoice = CASE WHEN invoiced THEN 0 ELSE product_uom_qty END
  FROM bench_order made WHERE made.id = line.order_id;
UPDATE stock_picking picking SET name = 'OUT/' || picking.id, date_done = made.day,
       partner_id = made.partner_id
  FROM bench_order made WHERE picking.sale_id = made.id;
UPDATE stock_move move SET date = picking.date_done, partner_id = picking.partner_id,
       reference = picking.name
  FROM stock_picking picking
 WHERE move.picking_id = picking.id AND picking.sale_id > {last};
"""
LEADS_SQL = """
INSERT INTO crm_lead (id, {columns})
SELECT {lead} + n, {values}
  FROM generate_series(10, {leads} - 1) n JOIN crm_lead ON crm_lead.id = {lead} + n % 10
"""
LEAD_OWNERS = """
UPDATE crm_lead lead SET partner_id = who.id, user_id = who.user_id,
       team_id = who.team_id, create_date = now() - make_interval(days => who.n::int % 700)
  FROM bench_who who
 WHERE who.n = ((lead.id - {lead}) * 104729::bigint) % {customers} AND lead.id >= {lead};
SELECT setval('crm_lead_id_seq', (SELECT max(id) FROM crm_lead));
"""
VACUUMED = (
    *order_data.TABLES,
    "res_partner",
    "kehu_archive",
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "crm_lead",
    "product_product",
)


def fill(database, orders):
    """Fill a database that holds customers and their receivables.

    :param database: filled by :mod:`bench.generate` and ``credit_data.fill``
    :param int orders: how many, a multiple of ``order_data.MODELS``
    """
    output = database.cli(
        "shell",
        "--no-http",
        text_in=order_data.MAKE_MODELS.format(models=order_data.MODELS),
    )
    stranger = told(output, "MODELS")[0]
    output = database.cli("shell", "--no-http", text_in=PEOPLE.format(reps=FEW + MANY))
    team, other, lead, rep = told(output, "PEOPLE")
    with (
        contextlib.closing(database.connect()) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        names = {
            "team": team, "other": other, "lead": lead, "rep": rep, "few": FEW,
            "many": MANY, "own": OWN, "team_size": TEAM, "offices": OFFICES,
            "branches": BRANCHES, "leads": LEADS,
            **dict(zip(("product", "products", "uom"), products(cursor), strict=False)),
        }  # fmt: skip
        cursor.execute(WHO.format(**names))
        cursor.execute("SELECT count(*) FROM bench_who")
        names["customers"] = cursor.fetchone()[0]
        with filling(cursor, "res_partner", "kehu_archive"):
            cursor.execute("CREATE INDEX bench_owner ON kehu_archive (partner_id)")
            cursor.execute(HEADS.format(**names))
            cursor.execute("DROP INDEX bench_owner")
        with filling(cursor, "account_move", "account_move_line"):
            fill_invoices(cursor, names)
        with filling(cursor, "crm_lead"):
            fill_leads(cursor, names)
        with filling(cursor, *order_data.TABLES):
            fill_orders(cursor, names, stranger, orders)
        cursor.execute("DROP TABLE bench_who")
    for table in VACUUMED:
        database.psql(f"VACUUM ANALYZE {table}")


def told(output, mark):
    """Return the numbers that a script printed behind a mark."""
    line = next(row for row in output.splitlines() if mark in row)
    return [int(word) for word in line[line.index(mark) :].split()[1:-1]]


def products(cursor):
    """Return the first of the products of the orders, how many, and their unit."""
    cursor.execute(
        """SELECT min(product.id), count(*), min(template.uom_id)
             FROM product_product product
             JOIN product_template template ON template.id = product.product_tmpl_id
            WHERE template.name ->> 'en_US' LIKE 'bench %'"""
    )
    return cursor.fetchone()


def columns(cursor, table):
    """Return the columns of a table, without its id."""
    cursor.execute(order_data.COLUMNS, [table])
    return [row[0] for row in cursor.fetchall()]


def fill_invoices(cursor, names):
    """Give invoices people, products, a second line; and payments their names."""
    cursor.execute(INVOICES.format(**names))
    present = columns(cursor, "account_move_line")
    cursor.execute(
        SECOND_LINES.format(
            columns=", ".join(present),
            values=", ".join(
                SECOND[name].format(**names) if name in SECOND else f"line.{name}"
                for name in present
            ),
        )
    )
    cursor.execute(LINES.format(**names))
    cursor.execute("DROP TABLE bench_sold")


def fill_leads(cursor, names):
    """Copy ten opportunities, and give all of them customers and people."""
    present = [f'"{name}"' for name in columns(cursor, "crm_lead")]
    joined = ", ".join(present)
    cursor.execute(LEADS_SQL.format(columns=joined, values=joined, **names))
    cursor.execute(LEAD_OWNERS.format(**names))


def fill_orders(cursor, names, stranger, count):
    """Copy orders with their deliveries, and give them customers, people and days."""
    chosen, spans = order_data.choose(cursor, stranger)
    order_data.copy_rows(cursor, chosen, spans, 1, count // order_data.MODELS)
    cursor.execute(ORDERS.format(last=spans["sale_order"], **names))
    cursor.execute("DROP TABLE bench_order")
