import html
import io
import json
import logging
import os
import re
import zipfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

_logger = logging.getLogger(__name__)

# Shorter words are said of everybody: they prove nothing.
_MIN_WIDTH = 8
_MIN_CHARS = 4
_MAX_CHARS = 120
_MAX_VALUES = 400
# Of so many values each is looked for; more are looked for by how they begin.
_FEW = 48
_PREFIX = 4
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


def is_telling(text):
    """Tell whether a text is long enough to be found without mistake.

    :param str text: a value
    :rtype: bool
    """
    width = sum(2 if ord(char) > 0x2E7F else 1 for char in text)
    return (
        len(text) >= _MIN_CHARS
        and width >= _MIN_WIDTH
        and not re.fullmatch(r"[\d\s:.,\-/]{1,10}", text)
    )


class Needles:
    """Finds any of many values in a text, however many there are."""

    def __init__(self, values):
        self.values = sorted(values)
        self.by_prefix = {}
        if len(self.values) > _FEW:
            for value in self.values:
                self.by_prefix.setdefault(value[:_PREFIX], []).append(value)

    def find(self, text):
        """Return the values that stand in a text.

        :param str text: where to look
        :rtype: set[str]
        """
        if not text or len(text) < _MIN_CHARS:
            return set()
        found = self._find_plain(text)
        if "&" in text:
            found |= self._find_plain(html.unescape(text))
        if "\\u" in text:
            # As JSON writes letters that are not ASCII.
            found |= self._find_plain(
                re.sub(
                    r"\\u([0-9a-fA-F]{4})",
                    lambda match: chr(int(match[1], 16)),
                    text,
                )
            )
        return found

    def _find_plain(self, text):
        if not self.by_prefix:
            return {value for value in self.values if value in text}
        heads = self.by_prefix
        return {
            value
            for place in range(len(text) - _PREFIX + 1)
            if (begun := heads.get(text[place : place + _PREFIX]))
            for value in begun
            if text.startswith(value, place)
        }

    def find_in_bytes(self, content):
        """Return the values in a file: as text, and in what a ZIP (XLSX, DOCX) holds.

        :param bytes content: the file
        :rtype: set[str]
        """
        found = self.find(content.decode("utf-8", "ignore"))
        if content[:2] == b"PK":
            try:
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    for entry in archive.infolist():
                        if entry.file_size <= 50 * 1024 * 1024:
                            text = archive.read(entry).decode("utf-8", "ignore")
                            found |= self.find(text)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
                _logger.info("A file could not be unpacked to look inside: %s", error)
        return found


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
        pieces = (piece.strip()[:_MAX_CHARS] for piece in value.splitlines())
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
        """Leave out what goes on being said elsewhere; the longest tell most.

        :param set values: what was gathered
        :param str staying: what stays of the customer, in one text
        :rtype: list[str]
        """
        telling = [value for value in values if value not in staying]
        return sorted(telling, key=len, reverse=True)[:_MAX_VALUES]

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
