from odoo import fields
from odoo.fields import Domain


class TraceMany2one(fields.Many2one):
    """A link that outlives the record it leads to.

    Registers of what happened keep the id of a record that was removed since. There is
    therefore no foreign key, which would forbid the removal or empty the link. The
    link of a removed record still has its id; test with ``exists()`` before reading.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""

    def filter_function(self, records, field_expr, operator, value):
        """Ask the database which records meet a condition on the link.

        Reading a removed record to find out would fail. Nothing is searched without
        rights that are not there already: record rules are evaluated in sudo.
        """
        condition = Domain("id", "in", records.ids) & Domain(
            field_expr, operator, value
        )
        met = set(records.with_context(active_test=False).search(condition)._ids)
        return lambda record: record.id in met
