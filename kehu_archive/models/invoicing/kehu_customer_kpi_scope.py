from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .kehu_scoped_table_mixin import Scope
from .table_scope import find_scope, get_ids

# The most telling first.
_NAMES = ("customer_id", "head_office_id", "user_id", "team_id", "team_id.user_id")
# With more customers than these, reading all is as fast.
_MOST = 10_000


class KehuCustomerKpi(models.Model):
    """Of a few customers, or those of a keeper or team, only theirs is read (N8)."""

    _inherit = "kehu.customer.kpi"

    @api.model
    def _get_scope(self, domain, bypass_access=False):
        """Find contacts and invoices of the customers."""
        customers = find_scope(
            self._get_whole_domain(domain, bypass_access),
            _NAMES,
            self._find_customers,
            set.union,
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
        return Scope(contacts=sorted(contacts), moves=sorted(moves))

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
