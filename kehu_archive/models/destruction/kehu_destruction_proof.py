import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...wording import comma
from .kehu_scan_database import PASSING
from .needles import MAX_CHARS, MIN_WIDTH

_SAMPLES = 5


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
        tables = {self.env[name]._table for name in names} | PASSING
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
        file_count, files, unread = shredder._scan_files(seen["needles"])
        findings = [
            {
                "place": place,
                "row_count": len(ids),
                "samples": comma(self.env).join(ids[:_SAMPLES]),
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
                    "min_width": MIN_WIDTH,
                    "unread_files": "\n".join([*seen["unread"], *unread]),
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
                    "Pictures, and pages of PDF files that are pictures: nobody read "
                    "their text."
                ),
                self.env._(
                    "Values of less than %(width)s characters' width (a Chinese "
                    "character counts as two); of longer ones than %(length)s "
                    "characters the beginning was looked for.",
                    width=MIN_WIDTH,
                    length=MAX_CHARS,
                ),
                self.env._(
                    "What stood only inside destroyed PDF and office files was not "
                    "looked for elsewhere."
                ),
            ]
        )

    def _schedule_backup_task(self, until):
        """Remind whoever executed it of the backups that still hold the content."""
        # sudo: the system tells people by itself, in their own language.
        self = self.with_context(lang=self.executor_id.sudo().lang)  # noqa: PLW0642
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


class KehuShredder(models.AbstractModel):
    """Gives up the space of what was destroyed."""

    _inherit = "kehu.shredder"

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
