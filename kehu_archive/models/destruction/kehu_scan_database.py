import itertools

from odoo import api, models
from odoo.tools import SQL

from .needles import Needles

_FETCH = 2000
_NAMES = itertools.count(1)
# What is passing anyway: rows that repeat destroyed values are removed by the proof.
PASSING = frozenset({"bus_bus", "ir_logging", "base_import_import", "mail_mail"})
# Lists and forms that were read in: what they said is in the archives, or was refused.
_UPLOADS = (
    "kehu.register.import",
    "kehu.register.import.line",
    "kehu.registration.import",
    "kehu.registration.import.line",
    "kehu.registration.import.cell",
)
# The software's own words: a value that stands there is no customer's.
_VOCABULARY = (
    "ir_model_fields",
    "ir_model_fields_selection",
    "ir_model",
    "ir_module_module",
    "ir_module_category",
    "ir_ui_view",
    "ir_ui_menu",
    "ir_act_window",
    "ir_act_server",
    "ir_cron",
    "mail_activity_type",
    "mail_message_subtype",
    "mail_template",
    "kehu_archive_section",
    "res_groups",
)


class KehuShredder(models.AbstractModel):
    """Looks for what was destroyed in every column of the database."""

    _inherit = "kehu.shredder"

    @api.model
    def _get_columns(self):
        """Return every text, JSON, XML and binary column of the database.

        :return: {table: [(column, type)]}
        :rtype: dict
        """
        self.env.cr.execute(
            """SELECT c.table_name, c.column_name, c.udt_name
                 FROM information_schema.columns c
                 JOIN information_schema.tables t USING (table_schema, table_name)
                WHERE c.table_schema = current_schema()
                  AND t.table_type = 'BASE TABLE'
                  AND c.udt_name IN ('text', 'varchar', 'bpchar', 'json', 'jsonb', 'xml',
                                     'bytea', 'tsvector', '_text', '_varchar', 'name')
                ORDER BY c.table_name, c.ordinal_position"""
        )
        columns = {}
        for table, column, kind in self.env.cr.fetchall():
            columns.setdefault(table, []).append((column, kind))
        return columns

    @api.model
    def _scan_database(self, values, archive_ids):
        """Look for values in the whole database.

        :param set values: what was destroyed
        :param list archive_ids: the destroyed archives
        :return: findings, counts, and how many values are common words
        :rtype: dict
        """
        columns = self._get_columns()
        words = set()
        for table in _VOCABULARY:
            if table in columns:
                needles = Needles(values)
                for _row_id, _column, found in self._read_table(
                    table, columns[table], needles, [0]
                ):
                    words |= found
        needles = Needles(values - words)
        counter, findings, passing, unread = [0], [], {}, []
        for table, named in columns.items() if needles.values else ():
            hits = {}
            for row_id, column, _found in self._read_table(
                table, named, needles, counter, unread
            ):
                hits.setdefault(column, []).append(row_id)
            for column, ids in hits.items():
                kind = self._judge_hit(table, ids, archive_ids)
                findings.append((f"{table}.{column}", ids, kind))
                if kind == "removed":
                    passing.setdefault(table, set()).update(ids)
        for table, ids in passing.items():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE ctid::text = ANY(%s)",
                    SQL.identifier(table),
                    list(ids),
                )
            )
        return {
            "columns": columns,
            "rows": counter[0],
            "words": len(words),
            "findings": findings,
            "passing": sorted(passing),
            "needles": needles,
            "unread": unread,
        }

    @api.model
    def _read_table(self, table, named, needles, counter, unread=None):
        """Read all text of a table; yield (ctid, column, values found)."""
        parts = [
            SQL("%s", SQL.identifier(column))
            if kind == "bytea"
            else SQL("%s::text", SQL.identifier(column))
            for column, kind in named
        ]
        query = SQL(
            "SELECT ctid::text, %s FROM %s",
            SQL(", ").join(parts),
            SQL.identifier(table),
        )
        # A cursor of the server's: no table has to fit into memory.
        with self.env.cr._cnx.cursor(name=f"kehu_scan_{next(_NAMES)}") as cursor:
            cursor.itersize = _FETCH
            cursor.execute(query.code, query.params)
            for row_id, *texts in cursor:
                counter[0] += 1
                for (column, _kind), text in zip(named, texts, strict=True):
                    if text is None:
                        continue
                    if isinstance(text, memoryview):
                        closed = []
                        found = self._find_in_file(needles, bytes(text), closed)
                        if closed and unread is not None:
                            unread.append(f"{table}.{column} {row_id}: {closed[0]}")
                    else:
                        found = needles.find(text)
                    if found:
                        yield row_id, column, found

    @api.model
    def _judge_hit(self, table, row_ids, archive_ids):
        """Say what a finding means: see ``kehu.destruction.finding.kind``."""
        model = next(
            (
                self.env[name]
                for name, model in self.env.registry.items()
                if model._table == table and not model._abstract
            ),
            None,
        )
        if table in PASSING or (model is not None and self._is_passing(model._name)):
            return "removed"
        if table == "ir_attachment" and self._are_uploads(row_ids):
            return "removed"
        if table == "mail_message" and self._are_loose(row_ids):
            return "removed"
        if table == "mail_message" and self._are_of_others(row_ids, archive_ids):
            return "other"
        column = "id" if table == "kehu_archive" else "archive_id"
        if (
            model is not None
            and column in model._fields
            and model._fields[column].store
        ):
            self.env.cr.execute(
                SQL(
                    "SELECT bool_and(%s IS NOT NULL AND NOT %s = ANY(%s)) FROM %s "
                    "WHERE ctid::text = ANY(%s)",
                    SQL.identifier(column),
                    SQL.identifier(column),
                    archive_ids,
                    SQL.identifier(table),
                    row_ids,
                )
            )
            if self.env.cr.fetchone()[0]:
                return "other"
        return "left"

    @api.model
    def _is_passing(self, model_name):
        """Whether records of a model are leftovers: of dialogs, of imports."""
        return model_name in _UPLOADS or (
            model_name in self.env and self.env[model_name]._transient
        )

    @api.model
    def _are_uploads(self, row_ids):
        """Whether these attachments are all leftovers of dialogs."""
        self.env.cr.execute(
            "SELECT DISTINCT res_model FROM ir_attachment WHERE ctid::text = ANY(%s)",
            [row_ids],
        )
        return all(self._is_passing(name) for (name,) in self.env.cr.fetchall())

    @api.model
    def _are_of_others(self, row_ids, archive_ids):
        """Whether these messages all stand with other archives or their customers.

        "Archive created" is said of each of them.
        """
        self.env.cr.execute(
            """SELECT bool_and(COALESCE(archive.id, partner.archive_id) != ALL (%s))
                 FROM mail_message message
                 LEFT JOIN kehu_archive archive
                        ON message.model = 'kehu.archive'
                       AND archive.id = message.res_id
                 LEFT JOIN res_partner partner
                        ON message.model = 'res.partner'
                       AND partner.id = message.res_id
                WHERE message.ctid::text = ANY(%s)
               HAVING bool_and(COALESCE(archive.id, partner.archive_id) IS NOT NULL)""",
            [archive_ids, row_ids],
        )
        answer = self.env.cr.fetchone()
        return bool(answer and answer[0])

    @api.model
    def _are_loose(self, row_ids):
        """Whether these messages are e-mails that belong to no record."""
        self.env.cr.execute(
            "SELECT bool_and(model IS NULL) FROM mail_message WHERE ctid::text = ANY(%s)",
            [row_ids],
        )
        return self.env.cr.fetchone()[0]
