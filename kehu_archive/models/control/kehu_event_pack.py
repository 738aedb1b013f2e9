import json

from odoo import api, fields, models

FORMAT = "kehu-ledger-1"


class KehuEvent(models.Model):
    """Hands the ledger out for verification without Odoo."""

    _inherit = "kehu.event"

    @api.model
    def _write_pack(self, stream, archive_ids=None):
        """Write rows, heads and daily digests as JSON, one row a line.

        The content stays encrypted: the pack proves and tells nothing. Row by row, so
        that a ledger of any size is written in constant memory.

        :param stream: a binary file
        :param archive_ids: only the chains of these archives; None: the whole ledger
        """
        self._check_may_verify()
        # sudo: users may not read parameters; the database's name tag is no secret.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        head = {
            "format": FORMAT,
            "scope": "all" if archive_ids is None else "part",
            "database": parameters_sudo.get_param("database.uuid"),
            "made_at": fields.Datetime.to_string(fields.Datetime.now()),
            "made_by": self.env.user.name,
        }
        where = ""
        if archive_ids is not None:
            ids = ", ".join(str(int(number)) for number in archive_ids) or "0"
            where = f"WHERE archive_id IN ({ids})"
        stream.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b",\n")
        self._write_list(
            stream,
            "anchors",
            """SELECT id, day::text, last_event, event_count, chain_count,
                      previous_digest, digest
                 FROM kehu_event_anchor ORDER BY id""",
        )
        stream.write(b",\n")
        self._write_list(
            stream,
            "heads",
            f"""SELECT archive_id, count, digest FROM kehu_event_head {where}
                 ORDER BY archive_id""",
        )
        stream.write(b",\n")
        self._write_list(
            stream,
            "rows",
            f"""SELECT id, version, previous_digest, archive_id, sequence,
                       to_char(at, 'YYYY-MM-DD HH24:MI:SS.US'), user_id, action,
                       payload, digest
                  FROM kehu_event {where} ORDER BY archive_id, sequence, id""",
        )
        stream.write(b"}\n")

    @api.model
    def _write_list(self, stream, name, query):
        stream.write(f'"{name}": ['.encode())
        separator = b"\n"
        for row in self._stream(query):
            stream.write(separator + json.dumps(row).encode())
            separator = b",\n"
        stream.write(b"\n]")
