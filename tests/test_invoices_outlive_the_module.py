"""The module goes and comes back; joint invoices stay as they were posted (R65, R73)."""

import hashlib

import pytest

from tests.support.live import Database

# Joint invoices: posted, paid in part, credited, and a draft.
BUSINESS = """
from odoo import Command
env["account.chart.template"].try_loading("generic_coa", env.company)
customers = env["res.partner"].create(
    [{"name": f"outlives {n}", "is_company": True} for n in range(3)])
for customer in customers.filtered(lambda one: not one.archive_id):
    env["kehu.archive"].create({"partner_id": customer.id})
office, *branches = customers
for branch in branches:
    branch.head_office_id = office
product = env["product.product"].create(
    {"name": "outlives", "type": "service", "invoice_policy": "order"})
def order(customer):
    one = env["sale.order"].create({
        "partner_id": customer.id,
        "order_line": [Command.create(
            {"product_id": product.id, "product_uom_qty": 3, "price_unit": 33.33})]})
    one.action_confirm()
    return one
made = []
for number in range(3):
    orders = order(branches[0]) | order(branches[1])
    made.append(orders._create_invoices())
posted, credited, draft = made
(posted | credited).action_post()
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=posted.ids,
).create({"amount": 50.0})._create_payments()
note = credited._reverse_moves(
    [{"invoice_date": credited.invoice_date}], cancel=True)
run = env["kehu.invoice.run"].create({
    "date_from": "2020-01-01", "date_to": "2099-12-31", "invoice_date": "2026-11-27",
    "head_office_ids": [Command.set(office.ids)]})
env.cr.commit()
print("INVOICES", *(posted | credited | draft | note).ids)
assert set(made[0].invoice_line_ids.kehu_customer_id.ids) == {one.id for one in branches}
"""

# What the company does with them without the module.
AFTERWARDS = """
posted, credited, draft, note = env["account.move"].browse({ids}).sorted("id")
assert posted.amount_residual == posted.amount_total - 50.0
draft.action_post()
back = posted._reverse_moves([{{"invoice_date": posted.invoice_date}}])
back.action_post()
html, kind = env["ir.actions.report"]._render_qweb_html(
    "account.report_invoice", posted.ids)
assert posted.name.encode() in html
assert posted.invoice_line_ids.sale_line_ids.mapped("qty_invoiced") == [0.0, 0.0]
env.cr.rollback()
print("USABLE")
"""


@pytest.fixture(scope="module")
def place(bench_place):
    """Return a database with joint invoices, and their ids.

    Without the demonstration, whose own teams and payment terms go with the module.
    """
    name = "kehu_live_outlive"
    bench_place.databases.copy(bench_place.installed(), name)
    database = Database(bench_place, name)
    output = database.cli("shell", "--no-http", text_in=BUSINESS)
    line = next(row for row in output.splitlines() if "INVOICES" in row)
    yield database, [int(one) for one in line[line.index("INVOICES") :].split()[1:]]
    database.drop()


def digests(database, columns):
    """Return a digest of each table's rows, in the columns that are Odoo's own."""
    found = {}
    for table, names in columns.items():
        listed = ", ".join(f'"{name}"' for name in names)
        rows = database.psql(f"SELECT {listed} FROM {table} ORDER BY 1, 2")
        found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def own_columns(database):
    """Return the columns of accounting and sales that are not the module's."""
    tables = (
        "account_move",
        "account_move_line",
        "account_partial_reconcile",
        "sale_order",
        "sale_order_line",
        "sale_order_line_invoice_rel",
    )
    rows = database.psql(
        """SELECT c.table_name, c.column_name FROM information_schema.columns AS c
            WHERE c.table_schema = 'public' AND c.table_name = ANY(%s)
              AND c.column_name NOT LIKE 'write_%%'
              AND NOT EXISTS (
                    SELECT FROM ir_model_fields AS f
                      JOIN ir_model_data AS d
                        ON d.model = 'ir.model.fields' AND d.res_id = f.id
                       AND d.module = 'kehu_archive'
                     WHERE replace(f.model, '.', '_') = c.table_name
                       AND f.name = c.column_name)
         ORDER BY c.table_name, c.column_name = 'id' DESC, c.column_name""",
        [list(tables)],
    )
    columns = {}
    for table, name in rows:
        columns.setdefault(table, []).append(name)
    return columns


def test_joint_invoices_stay_whole_without_the_module_and_with_it_again(place):
    database, ids = place
    columns = own_columns(database)
    before = digests(database, columns)
    database.cli("module", "uninstall", "kehu_archive")
    assert digests(database, columns) == before
    output = database.cli("shell", "--no-http", text_in=AFTERWARDS.format(ids=ids))
    assert "USABLE" in output
    database.cli("-i", "kehu_archive")
    assert digests(database, columns) == before
    output = database.cli("shell", "--no-http", text_in=AFTERWARDS.format(ids=ids))
    assert "USABLE" in output
