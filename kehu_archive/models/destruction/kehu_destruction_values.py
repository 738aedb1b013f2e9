import json
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

from .needles import MAX_CHARS, is_telling

_TEXT_FILE_BYTES = 256 * 1024
# Columns that say nothing of a customer.
_TECHNICAL = frozenset(
    {
        "access_token",
        "checksum",
        "field_name",
        "message_id",
        "message_type",
        "mimetype",
        "model",
        "reply_to",
        "res_field",
        "res_model",
        "state",
        "store_fname",
        "traits_cipher",
    }
)


class KehuShredder(models.AbstractModel):
    """Remembers, until the proof is done, what was destroyed: to look for it.

    The values lie encrypted in the list; the one-time key lies in a file outside the
    database and goes when the proof is done.
    """

    _inherit = "kehu.shredder"

    # === WHAT TO LOOK FOR === #

    @api.model
    def _gather_values(self, rows):
        """Read everything that rows say, before they go.

        :param dict rows: {model: ids}
        :return: distinct values, as they were written
        :rtype: set[str]
        """
        values = set()
        for name, ids in rows.items():
            model = self.env[name]
            columns = [
                field.name
                for field in model._fields.values()
                if field.store
                and field.column_type
                and field.column_type[0] in ("varchar", "text", "jsonb")
                and field.type not in ("selection", "many2one_reference")
                and field.name not in _TECHNICAL
                and not (field.name in ("name", "number") and field.readonly)
                and not field.name.endswith("_digest")
            ]
            if not columns:
                continue
            self.env.cr.execute(
                SQL(
                    "SELECT %s FROM %s WHERE id = ANY(%s)",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL.identifier(model._table),
                    list(ids),
                )
            )
            for row in self.env.cr.fetchall():
                for value in row:
                    values |= self._split_value(value)
        return values

    @api.model
    def _split_value(self, value):
        """Cut a value into pieces that are worth looking for."""
        if isinstance(value, dict):
            return set().union(*map(self._split_value, value.values()), ())
        if isinstance(value, (list, tuple)):
            return set().union(*map(self._split_value, value), ())
        if not isinstance(value, str):
            return set()
        if "<" in value and ">" in value:
            value = html2plaintext(value)
        pieces = (piece.strip()[:MAX_CHARS] for piece in value.splitlines())
        return {piece for piece in pieces if is_telling(piece)}

    @api.model
    def _gather_file_values(self, files):
        """Read what text files say."""
        values = set()
        for file in files:
            values |= self._split_value(file.name)
            values |= self._split_value(file.index_content)
            if (file.mimetype or "").startswith("text/") and (
                file.file_size <= _TEXT_FILE_BYTES
            ):
                values |= self._split_value((file.raw or b"").decode("utf-8", "ignore"))
        return values

    @api.model
    def _choose_values(self, values, staying):
        """Leave out what goes on being said elsewhere.

        :param set values: what was gathered
        :param str staying: what stays of the customer, in one text
        :rtype: list[str]
        """
        return sorted(value for value in values if value not in staying)

    # === KEEPING IT UNTIL THE PROOF IS DONE === #

    @api.model
    def _get_proof_key_path(self, destruction_id):
        # sudo: users may not read parameters; the database's name tag is no secret.
        tag = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        folder = Path(self.env["kehu.vault"]._get_master_key_path()).parent
        return folder / f"proof-{tag}-{destruction_id}.key"

    @api.model
    def _get_proof_key(self, destruction_id, create=False):
        """Return the one-time key of a list, or None when it is gone.

        :rtype: bytes | None
        """
        path = self._get_proof_key_path(destruction_id)
        try:
            return bytes.fromhex(path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            if not create:
                return None
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = AESGCM.generate_key(256)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
        return key

    @api.model
    def _drop_proof_key(self, destruction_id):
        self._get_proof_key_path(destruction_id).unlink(missing_ok=True)


class KehuDestructionLine(models.Model):
    """What was destroyed, encrypted, until the proof is done."""

    _inherit = "kehu.destruction.line"

    proof_cipher = fields.Text(
        groups=fields.NO_ACCESS,
        help="What the proof has to look for, encrypted with a one-time key outside "
        "the database; emptied when the proof is done.",
    )

    def _seal_values(self, values):
        self.ensure_one()
        key = self.env["kehu.shredder"]._get_proof_key(
            self.destruction_id.id, create=True
        )
        return self.env["kehu.vault"]._seal(
            key, json.dumps(values), b"kehu.destruction.line,%d" % self.id
        )

    def _open_values(self):
        """Return what the proof looks for, of all lines.

        :return: (values, whether all could be read)
        :rtype: tuple[set, bool]
        """
        values, complete = set(), True
        for line in self:
            if not line.proof_cipher:
                continue
            key = self.env["kehu.shredder"]._get_proof_key(line.destruction_id.id)
            try:
                values.update(
                    json.loads(
                        self.env["kehu.vault"]._open(
                            key,
                            line.proof_cipher,
                            b"kehu.destruction.line,%d" % line.id,
                        )
                    )
                )
            except (InvalidTag, TypeError):
                complete = False
        return values, complete
