from odoo import api, models
from odoo.tools import SQL

from .kehu_scoped_table_mixin import Scope
from .table_scope import find_scope, get_ids

# The most telling first.
_NAMES = ("id", "customer_id", "party_id", "user_id")
_KINDS = ("orders", "invoices", "entries", "partials")
# With more documents than these, reading all is as fast.
_MOST = 20_000


class KehuMatch(models.Model):
    """Of a few customers or one salesperson, only their documents are read (N8)."""

    _inherit = "kehu.match"

    @api.model
    def _get_scope(self, domain, bypass_access=False):
        """Find orders, invoices, entries and partial reconciliations."""
        scope = find_scope(
            self._get_whole_domain(domain, bypass_access),
            _NAMES,
            self._find_documents,
            self._join_documents,
        )
        if scope is None or sum(map(len, scope.values())) > _MOST:
            return None
        return Scope((kind, sorted(ids)) for kind, ids in scope.items())

    @api.model
    def _join_documents(self, one, other):
        return {kind: one[kind] | other[kind] for kind in _KINDS}

    @api.model
    def _find_documents(self, condition):
        ids = get_ids(condition)
        if ids is None:
            return None
        self._flush_documents()
        finder = {"id": self._find_of_rows, "user_id": self._find_of_users}.get(
            condition.field_expr, self._find_of_partners
        )
        found = finder(list(ids))
        # What pays the invoices, and what other invoices the same entries pay.
        found["partials"] |= self._find_ids(
            SQL(
                """
                SELECT partial.id FROM account_partial_reconcile AS partial
                  JOIN account_move_line AS line
                    ON line.id = partial.debit_move_id
                 WHERE line.move_id = ANY(%(invoices)s) OR line.id = ANY(%(entries)s)
                UNION
                SELECT partial.id FROM account_partial_reconcile AS partial
                  JOIN account_move_line AS line
                    ON line.id = partial.credit_move_id
                 WHERE line.move_id = ANY(%(invoices)s) OR line.id = ANY(%(entries)s)
                """,
                invoices=list(found["invoices"]),
                entries=list(found["entries"]),
            )
        )
        found["invoices"] |= self._find_ids(
            SQL(
                """
                SELECT line.move_id FROM account_partial_reconcile AS partial
                  JOIN account_move_line AS line
                    ON line.id IN (partial.debit_move_id, partial.credit_move_id)
                 WHERE partial.id = ANY(%s)
                """,
                list(found["partials"]),
            )
        )
        return found

    @api.model
    def _find_of_users(self, users):
        """What salespeople sold. What nobody sold is of no salesperson."""
        return {
            "orders": self._find_ids(
                SQL("SELECT id FROM sale_order WHERE user_id = ANY(%s)", users)
            ),
            "invoices": self._find_ids(
                SQL(
                    """
                    SELECT id FROM account_move
                     WHERE invoice_user_id = ANY(%s) AND state = 'posted'
                       AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                    """,
                    users,
                )
            ),
            "entries": set(),
            "partials": set(),
        }

    @api.model
    def _find_of_rows(self, ids):
        """What rows were made of: their last digit tells, as the queries give it."""
        made = {digit: [] for digit in range(10)}
        for number in ids:
            made[number % 10].append(number // 10)
        orders = self._find_ids(
            SQL("SELECT order_id FROM sale_order_line WHERE id = ANY(%s)", made[5])
        )
        if made[4]:
            orders |= self._find_ids(
                SQL(
                    """
                    SELECT line.order_id FROM stock_move AS move
                      JOIN sale_order_line AS line ON line.id = move.sale_line_id
                     WHERE move.id = ANY(%s)
                    """,
                    made[4],
                )
            )
        return {
            "orders": orders,
            "invoices": self._find_ids(
                SQL("SELECT move_id FROM account_move_line WHERE id = ANY(%s)", made[1])
            ),
            "entries": set(made[3]),
            "partials": {number // 10000 for number in made[2]},
        }

    @api.model
    def _find_of_partners(self, partners):
        """What customers ordered, were invoiced or paid, for whomever."""
        contacts = SQL(
            "(SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s))",
            partners,
        )
        invoices = self._find_ids(
            SQL(
                """
                SELECT id FROM account_move
                 WHERE partner_id IN %(contacts)s AND state = 'posted'
                   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                UNION
                SELECT move_id FROM account_move_line
                 WHERE kehu_customer_id IN %(contacts)s
                """,
                contacts=contacts,
            )
        )
        return {
            "orders": self._find_orders(partners, contacts, list(invoices)),
            "invoices": invoices,
            "entries": self._find_ids(
                SQL(
                    """
                    SELECT line.id FROM account_move_line AS line
                      JOIN account_account AS account ON account.id = line.account_id
                     WHERE line.partner_id IN %s
                       AND account.account_type = 'asset_receivable'
                       AND line.parent_state = 'posted'
                    """,
                    contacts,
                )
            ),
            "partials": set(),
        }

    @api.model
    def _find_orders(self, partners, contacts, invoices):
        """Return the orders of customers, and those that they are invoiced for."""
        return self._find_ids(
            SQL(
                """
                WITH customer AS (
                    SELECT unnest(%(ids)s::int[]) AS id
                    UNION
                    SELECT id FROM res_partner WHERE head_office_id = ANY(%(ids)s)
                    UNION
                    SELECT id FROM res_partner WHERE invoicing_partner_id = ANY(%(ids)s)
                    UNION
                    SELECT branch.id FROM res_partner AS branch
                      JOIN res_partner AS office ON office.id = branch.head_office_id
                     WHERE office.invoicing_partner_id = ANY(%(ids)s)
                ), contact AS (
                    SELECT partner.id FROM res_partner AS partner
                      JOIN customer ON customer.id = partner.commercial_partner_id
                )
                SELECT o.id FROM sale_order AS o
                  JOIN contact ON contact.id = o.partner_id
                UNION
                SELECT id FROM sale_order WHERE partner_invoice_id IN %(contacts)s
                UNION
                SELECT sold.order_id FROM account_move_line AS line
                  JOIN sale_order_line_invoice_rel AS link
                    ON link.invoice_line_id = line.id
                  JOIN sale_order_line AS sold ON sold.id = link.order_line_id
                 WHERE line.move_id = ANY(%(invoices)s)
                """,
                ids=partners,
                contacts=contacts,
                invoices=invoices,
            )
        )

    @api.model
    def _get_link_scope_sql(self):
        """Return the condition that keeps links to invoices within the orders.

        :rtype: SQL
        """
        if not isinstance(self.env.context.get("kehu_scope"), Scope):
            return SQL("TRUE")
        return SQL(
            "link.order_line_id IN (SELECT id FROM sale_order_line WHERE %s)",
            self._get_scope_sql("orders", SQL("order_id")),
        )
