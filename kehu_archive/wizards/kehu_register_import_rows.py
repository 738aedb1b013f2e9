import base64
import hashlib

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac

from ..models.register.register_row import RegisterRow
from ..registration import kept_rows, register, register_reader
from ..registration.messages import RefusedFile


class KehuRegisterImport(models.Model):
    """Reads the file of a register once: the preview keeps what it understood (R96)."""

    _inherit = "kehu.register.import"

    def _read_tables(self):
        """Return the lists of the file.

        :raise UserError: saying why it cannot be read
        """
        # The file itself, whatever size the client asked for.
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            return register_reader.read_register(data, self.filename or "")
        except RefusedFile as refusal:
            raise UserError(refusal.message.render(self._translate)) from refusal

    def _translate(self, source, **params):
        return self.env._(source, **params)

    def _read_rows(self):
        """Return the rows of the file, and the columns that the user may write.

        :return: ``(rows, columns)``
        """
        model = self.env["kehu.archive"]
        tables = self._get_kept_tables() or self._lex_tables()
        rows = [
            RegisterRow(table.sheet, number, values, table.letters, list(errors))
            for table in tables
            for number, values, errors in table.rows
        ]
        keys = dict.fromkeys(key for table in tables for key in table.letters)
        columns = [register.FIELDS[key] for key in keys if model._may_access_path(key)]
        return rows, columns

    def _lex_tables(self):
        """Read the file and understand its cells; keep what was understood.

        :rtype: list[kept_rows.LexedTable]
        """
        tables = self._read_tables()
        self.note = self._describe_columns(tables)
        lexed = []
        for table in tables:
            lexer = register_reader.RowLexer(table)
            rows = []
            for number, contents in table.rows:
                values, errors = lexer.read_row(number, contents)
                sentences = [error.render(self._translate) for error in errors]
                rows.append((number, values, sentences))
            lexed.append(kept_rows.LexedTable(table.sheet, lexer.letters, rows))
        text = kept_rows.pack(lexed)
        # sudo: nobody writes it by hand.
        self.sudo().kept_rows = base64.b64encode(
            f"{self._sign_rows(text)}\n{text}".encode()
        )
        return lexed

    def _get_kept_tables(self):
        """Return what was understood before, when it is of the present file.

        :rtype: list[kept_rows.LexedTable] | None
        """
        # sudo: nobody reads it by hand.
        kept = self.sudo().with_context(bin_size=False).kept_rows
        if not kept:
            return None
        signature, _line, text = base64.b64decode(kept).decode().partition("\n")
        if not consteq(signature, self._sign_rows(text)):
            return None
        return kept_rows.unpack(text)

    def _sign_rows(self, text):
        """Tie what was understood to the file, and to us: nobody slips rows in."""
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        digests = [hashlib.sha256(part).hexdigest() for part in (data, text.encode())]
        # sudo: the database's secret.
        return hmac(self.env(su=True), "kehu.register.import", (self.id, *digests))

    def _describe_columns(self, tables):
        notes = []
        for table in tables:
            if table.ignored:
                notes.append(
                    self.env._(
                        "%(sheet)s: unknown headings, not taken: %(headings)s",
                        sheet=table.sheet,
                        headings="、".join(f"{c} {text}" for c, text in table.ignored),
                    )
                )
            if table.readonly:
                notes.append(
                    self.env._(
                        "%(sheet)s: set by the system itself, not taken: %(headings)s",
                        sheet=table.sheet,
                        headings="、".join(table.readonly),
                    )
                )
        return "\n".join(notes)
