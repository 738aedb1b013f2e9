"""Confirmed and delivered orders by the ten thousand: a few by Odoo, the rest by SQL.

Odoo makes, confirms and delivers a few orders of one stranger; SQL copies them with all
their lines, taxes and deliveries to the customers that are measured. What Odoo would
have computed stands in the copied rows.
"""

import contextlib

from bench import generate
from bench.bulk import filling

# Distinct orders; each is copied as often as it takes.
MODELS = 50
BRANCHES = 4
MAKE_MODELS = """
from odoo import Command
env = env(context={{**env.context, "tracking_disable": True, "lang": None}})
env["account.chart.template"].try_loading("generic_coa", env.company)
env.company.tax_calculation_rounding_method = "round_per_line"
env.company.kehu_auto_register = False
tax = env["account.tax"].search([("type_tax_use", "=", "sale")], limit=1)
products = env["product.product"].create(
    [{{"name": f"bench {{n}}", "type": kind, "invoice_policy": policy,
       "list_price": 10 + n, "taxes_id": [Command.set(tax.ids)]}}
     for n, (kind, policy) in enumerate(
        [("service", "order"), ("consu", "delivery"), ("consu", "delivery")])])
stranger = env["res.partner"].create({{"name": "bench models", "is_company": True}})
orders = env["sale.order"].create([
    {{"partner_id": stranger.id, "order_line": [
        Command.create({{"product_id": product.id, "product_uom_qty": 1 + n,
            "price_unit": 9.99 + 2 * number + n, "discount": 5 * (number % 3)}})
        for n, product in enumerate(products)]}}
    for number in range({models})])
orders.action_confirm()
for picking in orders.picking_ids:
    picking.move_ids.quantity = 0
    for move in picking.move_ids:
        move.write({{"quantity": move.product_uom_qty, "picked": True}})
    assert picking.button_validate() is True
assert set(orders.picking_ids.mapped("state")) == {{"done"}}
assert all(line.qty_to_invoice == line.product_uom_qty for line in orders.order_line)
env.cr.commit()
print("MODELS", stranger.id, ".")
"""
# Every n-th branch belongs to the same head office, as every n-th stranger's address.
PLACES = """
CREATE TABLE bench_place AS
SELECT id, left(ref, 1) AS side, row_number() OVER (PARTITION BY left(ref, 1)
       ORDER BY id) - 1 AS number
  FROM res_partner WHERE ref ~ '^[BP][0-9]+$';
CREATE UNIQUE INDEX ON bench_place (side, number);
CREATE UNIQUE INDEX ON bench_place (id);
ANALYZE bench_place;
UPDATE res_partner partner
   SET head_office_id = head.id, head_office_relation = NULL
  FROM bench_place place, bench_place head
 WHERE partner.id = place.id AND place.side = 'B' AND place.number >= {offices}
   AND head.side = 'B' AND head.number = (place.number - {offices}) % {offices};
UPDATE res_partner SET lang = 'zh_CN' WHERE ref ~ '^[BP][0-9]+$';
UPDATE kehu_archive SET state = 'filed', name = 'BENCH-' || id;
"""
# {table: {column that names another copied table's row: that table}}
TABLES = {
    "sale_order": {},
    "sale_order_line": {"order_id": "sale_order"},
    "stock_picking": {"sale_id": "sale_order"},
    "stock_move": {"picking_id": "stock_picking", "sale_line_id": "sale_order_line"},
    "stock_move_line": {"picking_id": "stock_picking", "move_id": "stock_move"},
}
CHOSEN = {
    "sale_order": "SELECT id FROM sale_order WHERE partner_id = {stranger}",
    "sale_order_line": "SELECT id FROM sale_order_line WHERE order_id IN ({orders})",
    "stock_picking": "SELECT id FROM stock_picking WHERE sale_id IN ({orders})",
    "stock_move": "SELECT id FROM stock_move WHERE picking_id IN ({pickings})",
    "stock_move_line": "SELECT id FROM stock_move_line WHERE picking_id IN ({pickings})",
}
COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id'
"""
TAXES = """
INSERT INTO account_tax_sale_order_line_rel (sale_order_line_id, account_tax_id)
SELECT tax.sale_order_line_id + copy * {span}, tax.account_tax_id
  FROM account_tax_sale_order_line_rel tax, generate_series({first}, {last}) copy
 WHERE tax.sale_order_line_id IN ({lines})
"""
# The customer of the n-th order, its address and head office.
WHOSE = """
CREATE TEMP TABLE bench_whose ON COMMIT DROP AS
SELECT model.id + copy * {span} AS order_id, branch.id AS branch_id,
       CASE WHEN '{side}' = 'B' THEN branch.id ELSE head.id END AS address_id,
       '{side}' || (copy * {models} + model.number) AS name
  FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number
          FROM sale_order WHERE id IN ({chosen})) model
 CROSS JOIN generate_series({first}, {last}) copy
  JOIN bench_place branch ON branch.side = '{side}' AND branch.number = {offices}
       + ((copy - {first}) * {models} + model.number) % ({branches} * {offices})
  JOIN bench_place head ON head.side = '{side}'
       AND head.number = (branch.number - {offices}) % {offices}
"""
ADDRESS = """
CREATE UNIQUE INDEX ON bench_whose (order_id);
ANALYZE bench_whose;
ANALYZE sale_order_line;
ANALYZE stock_picking;
ANALYZE stock_move;
UPDATE sale_order o SET name = whose.name, partner_id = branch_id,
       partner_invoice_id = address_id, partner_shipping_id = address_id
  FROM bench_whose whose WHERE o.id = whose.order_id;
UPDATE sale_order_line line SET order_partner_id = branch_id
  FROM bench_whose whose WHERE line.order_id = whose.order_id;
UPDATE stock_picking picking SET partner_id = address_id, origin = whose.name,
       name = 'WH/OUT/' || whose.name
  FROM bench_whose whose WHERE picking.sale_id = whose.order_id;
UPDATE stock_move move SET partner_id = picking.partner_id,
       origin = picking.origin, reference = picking.name
  FROM stock_picking picking
 WHERE move.picking_id = picking.id AND picking.name LIKE 'WH/OUT/{side}%'
"""


def orders(database, count, offices, sides="BP"):
    """Fill a database with orders of head offices' branches, delivered, not invoiced.

    :param database: with the module and nothing in it
    :param count: how many orders on each side, a multiple of :data:`MODELS`
    :param offices: how many head offices
    :param sides: ``B``: customers with an archive below a head office that has one;
        ``P``: customers in no archive, whose orders name the head office as address
    """
    text = MAKE_MODELS.format(models=MODELS)
    output = database.cli("shell", "--no-http", text_in=text)
    line = next(row for row in output.splitlines() if "MODELS" in row)
    stranger = int(line[line.index("MODELS") :].split()[1])
    partners = (1 + BRANCHES) * offices
    generate.customers(database, partners)
    generate.partners(database, partners)
    database.psql(PLACES.format(offices=offices))
    copies, left = divmod(count, MODELS)
    assert not left, f"the number of orders is no multiple of {MODELS}"
    with (
        contextlib.closing(database.connect()) as connection,
        connection,
        connection.cursor() as cursor,
        filling(cursor, *TABLES, "account_tax_sale_order_line_rel"),
    ):
        chosen, spans = choose(cursor, stranger)
        for number, side in enumerate(sides):
            first = 1 + number * copies
            copy_rows(cursor, chosen, spans, first, first + copies - 1)
            names = {
                "side": side,
                "span": spans["sale_order"],
                "first": first,
                "last": first + copies - 1,
                "models": MODELS,
                "branches": BRANCHES,
                "offices": offices,
                "chosen": chosen["sale_order"],
            }
            cursor.execute(WHOSE.format(**names))
            cursor.execute(ADDRESS.format(**names))
            cursor.execute("DROP TABLE bench_whose")
    for table in (*TABLES, "account_tax_sale_order_line_rel", "res_partner"):
        database.psql(f"VACUUM ANALYZE {table}")


def choose(cursor, stranger):
    """Return what is copied, and by how much the ids of two copies differ.

    :return: ``{table: ids as text}, {table: span}``
    """
    chosen, spans = {}, {}
    for table in TABLES:
        query = CHOSEN[table].format(
            stranger=stranger,
            orders=chosen.get("sale_order"),
            pickings=chosen.get("stock_picking"),
        )
        cursor.execute(query)
        chosen[table] = ", ".join(str(row[0]) for row in cursor.fetchall())
        cursor.execute(f"SELECT max(id) FROM {table}")
        spans[table] = cursor.fetchone()[0]
    return chosen, spans


def get_value(table, column, references, spans):
    """Return the SQL of a column in a copy."""
    if column in references:
        return f'"{column}" + copy * {spans[references[column]]}'
    if (table, column) == ("stock_picking", "name"):
        # Unique from the beginning; it gets its real one with its customer.
        return "name || '/' || copy"
    return f'"{column}"'


def copy_rows(cursor, chosen, spans, first, last):
    """Write the copies numbered ``first`` to ``last`` of the chosen rows."""
    for table, references in TABLES.items():
        cursor.execute(COLUMNS, [table])
        columns = [row[0] for row in cursor.fetchall()]
        values = [get_value(table, column, references, spans) for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(
            f"""INSERT INTO {table} (id, {names})
                SELECT id + copy * {spans[table]}, {", ".join(values)}
                  FROM {table}, generate_series({first}, {last}) copy
                 WHERE id IN ({chosen[table]})"""
        )
        cursor.execute(
            f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
        )
    cursor.execute(
        TAXES.format(
            span=spans["sale_order_line"],
            lines=chosen["sale_order_line"],
            first=first,
            last=last,
        )
    )
