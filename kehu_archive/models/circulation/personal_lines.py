from odoo import fields
from odoo.fields import Domain
from odoo.orm.domains import DomainAnd
from odoo.tools import SQL


class PersonalLines(fields.One2many):
    """Lines that are searched for one person: what *I* borrowed, was asked for.

    Odoo asks of each record whether it has such a line. In a rule that also opens
    records for another reason, PostgreSQL then looks at every record of the table.
    The lines of one person are few: their records are told to PostgreSQL as a list,
    which it finds by index, like the other reason.

    :param str person: field of the lines that holds the person; conditions without
        it are searched as Odoo does, for their list may be long
    """

    person = None

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if operator not in ("any", "any!") or not self._is_personal(value):
            return super().condition_to_sql(
                field_expr, operator, value, model, alias, query
            )
        comodel = model.env[self.comodel_name]
        lines = self._get_query_for_condition_value(model, comodel, operator, value)
        if lines.is_empty():
            return SQL("FALSE")
        inverse = comodel.sudo()._field_to_sql(lines.table, self.inverse_name, lines)
        return SQL(
            "%s = ANY(ARRAY%s)", SQL.identifier(alias, "id"), lines.subselect(inverse)
        )

    def _is_personal(self, value):
        """Say whether a condition on lines keeps those of one person only."""
        if not isinstance(value, Domain):
            return False
        parts = value.children if isinstance(value, DomainAnd) else (value,)
        return any(
            part.field_expr == self.person
            and part.operator == "in"
            and len(part.value) == 1
            for part in parts
            if hasattr(part, "field_expr")
        )
