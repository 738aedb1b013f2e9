from odoo import api, models
from odoo.tools import SQL, ormcache

# Registers that stay, with their numbers and dates, but lose what somebody wrote.
_SCRUBBED = frozenset(
    {
        "kehu.loan",
        "kehu.archive.copy",
        "kehu.missing.case",
        "kehu.stocktake.line",
        "kehu.section.request",
        "kehu.person.request",
    }
)
# Our own proof of the destruction, and the links of cards to what is left.
_LEFT_ALONE = frozenset(
    {
        "kehu.destruction.line",
        "kehu.destruction.register",
        "kehu.appraisal.line",
        "res.partner",
    }
)
_MODEL_NAMES = ("res_model", "model", "res_model_name")
_TEXTS = ("char", "text", "html", "json", "properties")


class KehuShredder(models.AbstractModel):
    """Finds and removes every row that belongs to an archive (R19).

    Nothing is listed by hand that the registry can tell: lines of the archive and
    lines of these, in whichever module, and all rows anywhere that name one of them by
    model and id (conversation, followers, activities, files, external ids …).
    """

    _name = "kehu.shredder"
    _description = "Destroyer of Rows"

    # === WHERE IT LIES === #

    @api.model
    @ormcache()
    def _get_children(self):
        """Which models hang on which.

        :return: {model: ((child model, column), …)}: children that cannot be without
            their parent, and all that lead to archives
        :rtype: dict[str, tuple]
        """
        children = {}
        for name, model in self.env.registry.items():
            if model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if (
                    field.type != "many2one"
                    or not field.store
                    or not field.column_type
                    or type(field).__name__ == "TraceMany2one"
                ):
                    continue
                to_archive = field.comodel_name == "kehu.archive"
                if to_archive or (
                    field.ondelete == "cascade"
                    and field.comodel_name.startswith("kehu.")
                ):
                    children.setdefault(field.comodel_name, []).append(
                        (name, field.name)
                    )
        return {name: tuple(found) for name, found in children.items()}

    @api.model
    @ormcache()
    def _get_references(self):
        """Tables whose rows name a record by model and id.

        :return: (model, column of the model's name, column of the id)
        :rtype: tuple
        """
        found = []
        for name, model in self.env.registry.items():
            if model._abstract or not model._auto or name == "kehu.scan.code":
                continue
            stored = {
                key: field
                for key, field in model._fields.items()
                if field.store and field.column_type
            }
            for key, field in stored.items():
                if field.type == "many2one_reference" and field.model_field in stored:
                    found.append((name, field.model_field, key))
                elif key == "res_id" and field.type == "integer":
                    found += [
                        (name, model_field, key)
                        for model_field in _MODEL_NAMES
                        if model_field in stored
                        and stored[model_field].type in ("char", "selection")
                    ][:1]
        return tuple(dict.fromkeys(found))

    @api.model
    def _collect(self, archive_ids):
        """Find every row that hangs on the archives, at any depth.

        :return: {model: ids} of rows to remove, and of rows to scrub
        :rtype: tuple[dict, dict]
        """
        children = self._get_children()
        removed, scrubbed = {}, {}
        todo = [("kehu.archive", set(archive_ids))]
        while todo:
            parent, ids = todo.pop()
            for name, column in children.get(parent, ()):
                if name in _LEFT_ALONE or name.startswith("kehu.destruction"):
                    continue
                target = scrubbed if name in _SCRUBBED else removed
                found = self._select_ids(name, column, ids)
                fresh = found - target.get(name, set())
                if fresh:
                    target.setdefault(name, set()).update(fresh)
                    todo.append((name, fresh))
        return removed, scrubbed

    @api.model
    def _select_ids(self, model_name, column, ids):
        self.env.cr.execute(
            SQL(
                "SELECT id FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(self.env[model_name]._table),
                SQL.identifier(column),
                list(ids),
            )
        )
        return {row[0] for row in self.env.cr.fetchall()}

    @api.model
    def _collect_references(self, records):
        """Find rows anywhere that name these records by model and id.

        :param dict records: {model: ids}
        :return: {model: ids}
        :rtype: dict
        """
        found = {}
        for name, model_column, id_column in self._get_references():
            table = SQL.identifier(self.env[name]._table)
            for model, ids in records.items():
                self.env.cr.execute(
                    SQL(
                        "SELECT id FROM %s WHERE %s = %s AND %s = ANY(%s)",
                        table,
                        SQL.identifier(model_column),
                        model,
                        SQL.identifier(id_column),
                        list(ids),
                    )
                )
                if rows := self.env.cr.fetchall():
                    found.setdefault(name, set()).update(row[0] for row in rows)
        return found

    # === REMOVING === #

    @api.model
    def _delete_rows(self, rows):
        """Remove rows by SQL: no guard, hook or log of the models sees them go.

        :param dict rows: {model: ids}
        """
        for name, ids in rows.items():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE id = ANY(%s)",
                    SQL.identifier(self.env[name]._table),
                    list(ids),
                )
            )

    @api.model
    def _scrub_rows(self, rows):
        """Empty what somebody wrote in rows that stay.

        :param dict rows: {model: ids}
        """
        for name, ids in rows.items():
            model = self.env[name]
            kept = model._get_kept_texts()
            sets = [
                self._get_empty(field)
                for field in model._fields.values()
                if field.store
                and field.column_type
                and field.type in _TEXTS
                and field.name not in kept
            ]
            self._update_rows(model, sets, ids)

    @api.model
    def _get_empty(self, field):
        """Return the assignment that empties a column."""
        value = SQL("NULL")
        if field.required:
            value = SQL("%s", "—")
            if field.type in ("json", "properties") or field.translate:
                value = SQL("'{}'::jsonb")
        return SQL("%s = %s", SQL.identifier(field.name), value)

    @api.model
    def _update_rows(self, model, sets, ids):
        if sets and ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = ANY(%s)",
                    SQL.identifier(model._table),
                    SQL(", ").join(sets),
                    list(ids),
                )
            )


class Base(models.AbstractModel):
    """Registers say which of their words stay when an archive is destroyed."""

    _inherit = "base"

    @api.model
    def _get_kept_texts(self):
        """Names of text columns that say nothing of a customer: numbers, digests.

        :rtype: set[str]
        """
        return {"name", "number"} | {
            name
            for name, field in self._fields.items()
            if name.endswith("_digest") or field.type == "selection"
        }
