from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .table_scope import find_scope, get_ids

# The most telling first.
_NAMES = ("customer_id", "head_office_id", "user_id", "team_id", "team_id.user_id")
# With more customers than these, reading all is as fast.
_MOST = 10_000


class KehuCustomerKpi(models.Model):
    """Of a few customers, or those of a keeper or team, only theirs is read (N8)."""

    _inherit = "kehu.customer.kpi"

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        scope = self._get_scope(domain, bypass_access)
        return super(KehuCustomerKpi, self.with_context(kehu_scope=scope))._search(
            domain, *args, bypass_access=bypass_access, **kwargs
        )

    @api.model
    def _get_scope(self, domain, bypass_access=False):
        """Find the customers that a domain and the user's rules are about at most.

        :return: their contacts and invoices, or None for all
        :rtype: dict or None
        """
        self.browse().check_access("read")
        domain = Domain(domain)
        if not (self.env.su or bypass_access):
            domain &= self.env["ir.rule"]._compute_domain(self._name, "read")
        customers = find_scope(
            domain.optimize(self), _NAMES, self._find_customers, set.union
        )
        if customers is None or len(customers) > _MOST:
            return None
        self._flush_documents()
        contacts = self._find_ids(
            SQL(
                "SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)",
                list(customers),
            )
        )
        moves = self._find_ids(
            SQL(
                """
                SELECT id FROM account_move
                 WHERE commercial_partner_id = ANY(%(customers)s)
                   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                UNION
                SELECT move_id FROM account_move_line
                 WHERE kehu_customer_id = ANY(%(customers)s)
                """,
                customers=list(customers),
            )
        )
        return {"contacts": sorted(contacts), "moves": sorted(moves)}

    @api.model
    def _find_customers(self, condition):
        name = condition.field_expr
        if name == "team_id.user_id" or condition.operator in ("any", "any!"):
            return self._find_of_leader(condition)
        ids = get_ids(condition)
        if ids is None or name == "customer_id":
            return ids
        self._flush_documents()
        if name == "head_office_id":
            query = SQL(
                "SELECT id FROM res_partner WHERE head_office_id = ANY(%(ids)s) "
                "OR id = ANY(%(ids)s)",
                ids=list(ids),
            )
        else:
            query = SQL(
                "SELECT partner_id FROM kehu_archive WHERE %s = ANY(%s)",
                SQL.identifier(name),
                list(ids),
            )
        return self._find_ids(query)

    @api.model
    def _find_of_leader(self, condition):
        """Return the customers of the teams that somebody leads."""
        if condition.field_expr == "team_id.user_id":
            condition = Domain("user_id", condition.operator, condition.value)
        elif condition.field_expr == "team_id":
            condition = Domain(condition.value)
        else:
            return None
        # sudo: at most these; the domain itself decides.
        teams_sudo = self.env["crm.team"].sudo().with_context(active_test=False)
        return self._find_ids(
            SQL(
                "SELECT partner_id FROM kehu_archive WHERE team_id = ANY(%s)",
                teams_sudo.search(condition).ids,
            )
        )

    @api.model
    def _find_ids(self, query):
        return {row[0] for row in self.env.execute_query(query)}

    @api.model
    def _get_scope_sql(self, kind, column):
        """Return the condition that keeps a column within the scope.

        :param str kind: ``contacts`` or ``moves``
        :rtype: SQL
        """
        scope = self.env.context.get("kehu_scope")
        return SQL("%s = ANY(%s)", column, scope[kind]) if scope else SQL("TRUE")
