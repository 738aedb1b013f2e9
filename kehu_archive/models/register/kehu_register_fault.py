import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...registration import register
from .register_row import BANK

# Which part of a row goes into which model.
_PATHS = {
    "res.partner": "partner_id",
    "kehu.archive": "",
    "res.partner.bank": BANK,
}


class KehuRegisterLoader(models.AbstractModel):
    """Says which cell is at fault when the database or a rule refuses a row (R96).

    Neither of them knows of cells: the database names its constraint, a rule of the
    ORM only raises. From the one follow the columns, from the other the method that
    has raised, and from that the fields that it watches.
    """

    _inherit = "kehu.register.loader"

    @api.model
    def _refuse_at_last(self, row, error):
        """Refuse a row that no check of the plan has stopped.

        :param row: the only row that was being written
        :param error: what the ORM or the database has raised
        """
        row.outcome = "refused"
        row.archive_id = row.partner_id = 0
        if isinstance(error, UserError):
            keys, message = self._get_watched_keys(error), str(error)
        else:
            keys, message = self._explain_refusal(row, error)
        keys = [key for key in keys if row.get(key)]
        if keys:
            cells = ", ".join(row.cell(key) for key in keys)
            headings = ", ".join(
                f"{register.heading(register.FIELDS[key])} “{row.get(key).text}”"
                for key in keys
            )
            message = f"{cells}: {headings}: {message}"
        row.errors.append(message)

    # === THE ORM === #

    @api.model
    def _get_watched_keys(self, error):
        """Return the facts that the rule watches which has raised an error."""
        rules = {
            (model_name, method.__name__): method._constrains
            for model_name in _PATHS
            for method in self.env[model_name]._constraint_methods
        }
        keys, trace = [], error.__traceback__
        while trace:
            frame, trace = trace.tb_frame, trace.tb_next
            model_name = getattr(frame.f_locals.get("self"), "_name", None)
            for name in rules.get((model_name, frame.f_code.co_name), ()):
                keys.append(self._get_fact_key(model_name, name))
        return list(dict.fromkeys(filter(None, keys)))

    @api.model
    def _get_fact_key(self, model_name, name):
        """Return the key of the register's column for a field, or None."""
        path = _PATHS[model_name]
        key = f"{path}.{name}" if path else name
        if key == "partner_id.user_id":
            key = "user_id"
        return key if key in register.FIELDS else None

    # === THE DATABASE === #

    @api.model
    def _explain_refusal(self, row, error):
        """Say why the database refuses a row, and because of which facts.

        :return: ``(keys, sentence)``
        """
        diag = error.diag
        models_by_table = {self.env[name]._table: name for name in _PATHS}
        model_name = models_by_table.get(diag.table_name)
        names = self._get_constrained_columns(diag) if model_name else []
        keys = [self._get_fact_key(model_name, name) for name in names]
        keys = list(filter(None, keys))
        if isinstance(error, psycopg2.DataError):
            keys = keys or self._find_unfit_values(row)
            return keys, self.env._("The database cannot hold this value.")
        model = self.env[model_name] if model_name else None
        if model is not None and diag.constraint_name in model._table_objects:
            return keys, model._sql_error_to_message(error)
        if isinstance(error, psycopg2.errors.NotNullViolation):
            return keys, self.env._("This may not be empty: %(name)s.", name=names[0])
        if isinstance(error, psycopg2.errors.ForeignKeyViolation):
            return keys, self.env._("What it refers to is no longer there.")
        if isinstance(error, psycopg2.errors.UniqueViolation):
            return keys, self.env._("Another record has this value already.")
        return keys, self.env._(
            "The database refuses it (rule %(rule)s).", rule=diag.constraint_name or "?"
        )

    @api.model
    def _get_constrained_columns(self, diag):
        """Return the columns that a refused constraint or index is about."""
        if diag.column_name:
            return [diag.column_name]
        rows = self.env.execute_query(
            SQL(
                """SELECT field.attname
                     FROM pg_constraint rule
                     JOIN pg_attribute field
                       ON field.attrelid = rule.conrelid
                      AND field.attnum = ANY(rule.conkey)
                    WHERE rule.conname = %(name)s
                      AND rule.conrelid = %(table)s::regclass
                UNION
                   SELECT field.attname
                     FROM pg_index index
                     JOIN pg_class entry ON entry.oid = index.indexrelid
                     JOIN pg_depend link
                       ON link.classid = 'pg_class'::regclass
                      AND link.objid = entry.oid
                     JOIN pg_attribute field
                       ON field.attrelid = link.refobjid
                      AND field.attnum = link.refobjsubid
                    WHERE entry.relname = %(name)s
                      AND index.indrelid = %(table)s::regclass
                      AND link.refclassid = 'pg_class'::regclass
                      AND link.refobjid = index.indrelid""",
                name=diag.constraint_name,
                table=f'"{diag.table_name}"',
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _find_unfit_values(self, row):
        """Return the facts whose values do not go into their columns.

        The database does not say which it was.
        """
        keys = []
        for model_name, path in _PATHS.items():
            model = self.env[model_name]
            for name, value in row.vals.get(path, {}).items():
                field = model._fields[name]
                if not isinstance(value, (str, int, float)) or not field.column_type:
                    continue
                content = field.convert_to_column_insert(value, model)
                if not self._fits_column(model, name, content):
                    keys.append(self._get_fact_key(model_name, name))
        return list(filter(None, keys))

    @api.model
    def _fits_column(self, model, name, content):
        """Try whether a column takes a content, without writing anything."""
        ((sql_type, length),) = self.env.execute_query(
            SQL(
                """SELECT format_type(atttypid, atttypmod), atttypmod - 4
                     FROM pg_attribute
                    WHERE attrelid = %s::regclass AND attname = %s""",
                f'"{model._table}"',
                name,
            )
        )
        if isinstance(content, str) and "char" in sql_type:
            # A cast would cut it off silently.
            return length < 0 or len(content) <= length
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL("SELECT %s::%s", content, SQL(sql_type)), log_exceptions=False
                )
        except psycopg2.DataError:
            return False
        return True
