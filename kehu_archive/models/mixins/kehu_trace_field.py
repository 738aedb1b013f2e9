from odoo import fields


class TraceMany2one(fields.Many2one):
    """A link that outlives the record it leads to.

    Registers of what happened keep the id of a record that was removed since. There is
    therefore no foreign key, which would forbid the removal or empty the link. The
    link of a removed record still has its id; test with ``exists()`` before reading.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""
