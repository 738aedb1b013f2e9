from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class Scope(dict):
    """``{kind of document: sorted ids}``: what a query is about at most.

    A remote call can send such a dict in its context, but no object of this class.
    """


class KehuScopedTableMixin(models.AbstractModel):
    """A table of figures of which only what a domain is about is computed (N8).

    The concrete model says in :meth:`_get_scope` which documents a domain can be about
    at most, and keeps its SQL within them by :meth:`_get_scope_sql`; the domain itself
    still decides.
    """

    _name = "kehu.scoped.table.mixin"
    _description = "Table of Figures"

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        scope = self._get_scope(domain, bypass_access)
        return super(KehuScopedTableMixin, self.with_context(kehu_scope=scope))._search(
            domain, *args, bypass_access=bypass_access, **kwargs
        )

    @api.model
    def _get_scope(self, domain, bypass_access=False):
        """Find the documents that a domain and the user's rules are about at most; hook.

        :rtype: Scope or None
        """
        return None

    @api.model
    def _get_whole_domain(self, domain, bypass_access):
        """Return a domain with the user's rules, optimized.

        :raise AccessError: for users who may not read the table
        :rtype: odoo.fields.Domain
        """
        self.browse().check_access("read")
        domain = Domain(domain)
        if not (self.env.su or bypass_access):
            domain &= self.env["ir.rule"]._compute_domain(self._name, "read")
        return domain.optimize(self)

    @api.model
    def _find_ids(self, query):
        """Return the first column of a query as a set."""
        return {row[0] for row in self.env.execute_query(query)}

    @api.model
    def _get_scope_sql(self, kind, column):
        """Return the condition that keeps a column within the scope.

        :param str kind: one of the kinds of documents
        :param SQL column: ids of such documents
        :rtype: SQL
        """
        scope = self.env.context.get("kehu_scope")
        if not isinstance(scope, Scope):
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", column, scope[kind])
