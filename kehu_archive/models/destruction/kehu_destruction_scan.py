import hashlib
import itertools
import json
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import SQL, config

from ..mixins.kehu_trace_field import TraceMany2one
from .kehu_destruction_values import Needles

_FETCH = 2000
_SAMPLES = 5
_NAMES = itertools.count(1)
# What is passing anyway: rows that repeat destroyed values are removed by the proof.
_PASSING = frozenset({"bus_bus", "ir_logging", "base_import_import", "mail_mail"})
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


class KehuDestructionScan(models.Model):
    """The proof of a destruction: what was looked at, what was found (R19, N4).

    Every text, JSON and binary column of every table is read, and every file of the
    filestore, for everything that the destroyed archives said.
    """

    _name = "kehu.destruction.scan"
    _description = "Absence Scan After a Destruction"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"
    _rec_name = "made_at"

    destruction_id = TraceMany2one(
        "kehu.destruction",
        required=True,
        index=True,
        help="The list whose archives were looked for.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        help="The company that kept the archives.",
    )
    made_at = fields.Datetime(required=True, help="When the scan ended.")
    duration = fields.Float(string="Seconds", help="How long it took.")
    value_count = fields.Integer(
        string="Values", help="Distinct destroyed values that were looked for."
    )
    word_count = fields.Integer(
        string="Common Words",
        help="Values that the software itself says, and that prove nothing.",
    )
    table_count = fields.Integer(string="Tables", help="Tables that were read.")
    column_count = fields.Integer(
        string="Columns", help="Text, JSON and binary columns that were read."
    )
    row_count = fields.Integer(string="Rows", help="Rows that were read.")
    file_count = fields.Integer(
        string="Files", help="Files of the filestore that were read."
    )
    vacuumed = fields.Text(
        string="Tables Vacuumed",
        help="Tables whose dead rows were given up to the database afterwards.",
    )
    columns = fields.Text(
        string="Columns Read", help="Every column that was read, table by table."
    )
    result = fields.Selection(
        [
            ("clean", "Nothing Found"),
            ("remnants", "Something Found"),
            ("incomplete", "Could Not Look for Everything"),
        ],
        required=True,
        help="What the scan found.",
    )
    not_covered = fields.Text(help="What the scan cannot see, and until when.")
    finding_ids = fields.One2many(
        "kehu.destruction.finding", "scan_id", help="Where something was found."
    )
    digest = fields.Char(
        help="SHA-256 over the register's entries of the list and this result: the "
        "digest of the certificate."
    )


class KehuDestructionFinding(models.Model):
    """One column in which a destroyed value was found."""

    _name = "kehu.destruction.finding"
    _description = "Finding of an Absence Scan"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id"
    _rec_name = "place"

    scan_id = fields.Many2one(
        "kehu.destruction.scan",
        required=True,
        ondelete="restrict",
        index=True,
        help="The scan.",
    )
    place = fields.Char(
        string="Found In", required=True, help="Table and column, or file."
    )
    row_count = fields.Integer(string="Rows", help="In how many rows.")
    samples = fields.Char(help="Ids of some of these rows.")
    kind = fields.Selection(
        [
            ("removed", "Passing Copy, Removed"),
            ("other", "Said of Another Customer"),
            ("left", "To Be Looked At"),
        ],
        required=True,
        help="Passing copies (queues, logs, uploads, dialogs) are removed at once. "
        "What another customer's archive says stays.",
    )


class KehuShredder(models.AbstractModel):
    """Looks everywhere for what was destroyed."""

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
        counter, findings, passing = [0], [], {}
        for table, named in columns.items() if needles.values else ():
            hits = {}
            for row_id, column, _found in self._read_table(
                table, named, needles, counter
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
        }

    @api.model
    def _read_table(self, table, named, needles, counter):
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
                    found = (
                        needles.find_in_bytes(bytes(text))
                        if isinstance(text, memoryview)
                        else needles.find(text)
                    )
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
        if table in _PASSING or (model is not None and self._is_passing(model._name)):
            return "removed"
        if table == "ir_attachment" and self._are_uploads(row_ids):
            return "removed"
        if table == "mail_message" and self._are_loose(row_ids):
            return "removed"
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
    def _are_loose(self, row_ids):
        """Whether these messages are e-mails that belong to no record."""
        self.env.cr.execute(
            "SELECT bool_and(model IS NULL) FROM mail_message WHERE ctid::text = ANY(%s)",
            [row_ids],
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _scan_files(self, needles):
        """Look for values in every file of the filestore.

        Files that no row refers to, and uploads of dialogs, are removed at once.

        :return: how many files were read, and findings: (place, kind)
        :rtype: tuple[int, list]
        """
        root = Path(config.filestore(self.env.cr.dbname))
        count, findings = 0, []
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if not path.is_file() or path.parent.name == "checklist":
                continue
            count += 1
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                # Collected by the server meanwhile.
                continue
            if needles.values and needles.find_in_bytes(content):
                findings.append(self._judge_file(path, root))
        return count, findings

    @api.model
    def _judge_file(self, path, root):
        """Say what a file with a destroyed value is; remove it when it is passing."""
        name = str(path.relative_to(root))
        self.env.cr.execute(
            "SELECT id, name, res_model FROM ir_attachment WHERE store_fname = %s",
            [name],
        )
        owners = self.env.cr.fetchall()
        titles = ", ".join(title or "" for _id, title, _model in owners)
        place = f"filestore/{name} {titles}".strip()
        passing = all(self._is_passing(model) for _id, _title, model in owners)
        if not passing:
            return place, "left"
        # sudo: what a dialog left behind is nobody's.
        self.env["ir.attachment"].sudo().browse(row[0] for row in owners).unlink()
        path.unlink(missing_ok=True)
        return place, "removed"

    @api.model
    def _vacuum(self, tables):
        """Have dead rows of tables given up, outside any transaction.

        :param list tables: names of tables
        """
        with self.env.registry.cursor() as cr:
            # A connection of its own, and nothing in it: vacuum wants no transaction.
            cr.commit()  # pylint: disable=invalid-commit
            connection = cr._cnx
            connection.autocommit = True
            try:
                for table in tables:
                    cr.execute(SQL("VACUUM (ANALYZE) %s", SQL.identifier(table)))
            finally:
                connection.autocommit = False


class KehuDestruction(models.Model):
    """Proving that what was destroyed is gone."""

    _inherit = "kehu.destruction"

    scan_ids = fields.One2many(
        "kehu.destruction.scan",
        "destruction_id",
        string="Absence Scans",
        help="The proofs that nothing is left.",
    )
    proof = fields.Selection(
        [
            ("pending", "Scan Is Due"),
            ("clean", "Nothing Found"),
            ("remnants", "Something Found"),
            ("incomplete", "Could Not Look for Everything"),
        ],
        readonly=True,
        copy=False,
        help="What the absence scan after the destruction found.",
    )
    certificate_digest = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 over the register's entries of the list and the result of the "
        "scan; printed on the certificate.",
    )

    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"proof", "certificate_digest"}

    def _finish(self):
        result = super()._finish()
        self._write_protected({"proof": "pending"})
        # Runs after the commit: files and dead rows are there until then.
        self.env.ref("kehu_archive.cron_prove_destruction").sudo()._trigger()
        return result

    @api.model
    def _cron_prove(self):
        """Prove what was executed: files away, dead rows away, nothing left."""
        todo = self.search([("state", "=", "executed"), ("proof", "=", "pending")])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(todo))
        for application in todo:
            # The files that nobody refers to any more go now, not tonight.
            self.env["ir.attachment"]._gc_file_store()
            tables = application._get_concerned_tables()
            self.env["kehu.shredder"]._vacuum(tables)
            application._prove(tables)
            self.env["kehu.shredder"]._drop_proof_key(application.id)
            if not progress(1):
                return

    @api.model
    def _get_concerned_tables(self):
        """Tables from which a destruction removes rows.

        :rtype: list[str]
        """
        shredder = self.env["kehu.shredder"]
        names = {
            name
            for found in shredder._get_children().values()
            for name, _column in found
        }
        names |= {name for name, _model, _id in shredder._get_references()}
        names |= {
            "kehu.archive",
            "kehu.archive.key",
            "mail.tracking.value",
            "mail.mail",
        }
        tables = {self.env[name]._table for name in names} | _PASSING
        self.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
            [sorted(tables)],
        )
        return sorted(row[0] for row in self.env.cr.fetchall())

    def _prove(self, vacuumed=()):
        """Look everywhere for what was destroyed, and register the result.

        :param vacuumed: tables whose dead rows were given up before
        :return: the ``kehu.destruction.scan``
        """
        self.ensure_one()
        start = fields.Datetime.now()
        self = self.with_context(lang=self._get_report_lang())  # noqa: PLW0642
        shredder = self.env["kehu.shredder"]
        # sudo: what is looked for is out of everybody's reach; only places leave.
        lines_sudo = self.sudo().line_ids.filtered(
            lambda line: line.state == "destroyed"
        )
        values, complete = lines_sudo._open_values()
        self.env.flush_all()
        seen = shredder._scan_database(values, lines_sudo.archive_id.ids)
        file_count, files = shredder._scan_files(seen["needles"])
        findings = [
            {
                "place": place,
                "row_count": len(ids),
                "samples": ", ".join(ids[:_SAMPLES]),
                "kind": kind,
            }
            for place, ids, kind in seen["findings"]
        ]
        findings += [
            {"place": place, "row_count": 1, "kind": kind} for place, kind in files
        ]
        result = "clean" if complete else "incomplete"
        if any(finding["kind"] == "left" for finding in findings):
            result = "remnants"
        until = self.company_id._kehu_today() + timedelta(
            days=self.company_id.sudo().kehu_backup_days
        )
        digest = self._get_certificate_digest(result, findings)
        scan = self.env["kehu.destruction.scan"]._append(
            [
                {
                    "destruction_id": self.id,
                    "company_id": self.company_id.id,
                    "made_at": fields.Datetime.now(),
                    "duration": (fields.Datetime.now() - start).total_seconds(),
                    "value_count": len(values),
                    "word_count": seen["words"],
                    "table_count": len(seen["columns"]),
                    "column_count": sum(map(len, seen["columns"].values())),
                    "row_count": seen["rows"],
                    "file_count": file_count,
                    "vacuumed": "\n".join(vacuumed),
                    "columns": "\n".join(
                        f"{table}: {', '.join(name for name, _kind in named)}"
                        for table, named in seen["columns"].items()
                    ),
                    "result": result,
                    "not_covered": self._get_not_covered(until),
                    "digest": digest,
                }
            ]
        )
        self.env["kehu.destruction.finding"]._append(
            [{**finding, "scan_id": scan.id} for finding in findings]
        )
        lines_sudo._write_protected({"proof_cipher": False})
        self._write_protected({"proof": result, "certificate_digest": digest})
        self._schedule_backup_task(until)
        return scan

    def _get_certificate_digest(self, result, findings):
        entries = (
            self.env["kehu.destruction.register"]
            .sudo()
            .search([("destruction_id", "=", self.id)], order="sequence")
        )
        content = {
            "number": self.number,
            "entries": [
                [
                    entry.sequence,
                    entry.archive_number,
                    entry.title,
                    entry.digest,
                    entry.chain_count,
                    entry.chain_digest,
                    fields.Datetime.to_string(entry.destroyed_at),
                    entry.executor_id.login,
                    entry.witness_id.login,
                ]
                for entry in entries
            ],
            "result": result,
            "findings": sorted(finding["place"] for finding in findings),
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _get_not_covered(self, until):
        """Say what the scan cannot see.

        :param date until: the day on which the last old backup is gone
        """
        return "\n".join(
            [
                self.env._("Backups made before: until %(date)s.", date=until),
                self.env._(
                    "Copies on paper and files outside this server: they were returned "
                    "or declared destroyed before."
                ),
                self.env._(
                    "Space that the database has freed but not yet overwritten, and "
                    "its write-ahead log: until overwritten."
                ),
                self.env._(
                    "Pictures and scans whose text was never read; values of less than "
                    "eight characters' width."
                ),
            ]
        )

    def _schedule_backup_task(self, until):
        """Remind whoever executed it of the backups that still hold the content."""
        # sudo: the system tells people by itself.
        self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
            "kehu_archive.mail_activity_destruction_backup",
            date_deadline=until,
            user_id=self.executor_id.id,
            note=self.env._(
                "Destroy the backups made before %(date)s: they still hold the "
                "archives of list %(number)s.",
                date=fields.Date.to_string(self.executed_at),
                number=self.number,
            ),
        )
