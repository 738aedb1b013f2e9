import logging
import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import config

_logger = logging.getLogger(__name__)

_KEY_BYTES = 32
_NONCE_BYTES = 12
_FINGERPRINT_BYTES = 8
# The key that seals the heads of the ledger's chains, among the keys of archives.
LEDGER_KEY = "ledger"


class MasterKeyError(UserError):
    """The master key is missing, or not the one that the database was written with."""


class KehuVault(models.AbstractModel):
    """Encrypts the sensitive layer of an archive with that archive's own key.

    The data key of an archive lies in ``kehu.archive.key``, wrapped by a master key
    that is kept in a file outside the database, so that a dump of the database shows
    no plaintext (R40, R100). AES-256-GCM, a fresh nonce for each text; the archive's
    id is authenticated with it, so that a ciphertext cannot be moved to another one.
    """

    _name = "kehu.vault"
    _description = "Encryption of the Sensitive Layer"

    @api.model
    def _encrypt(self, archive, text):
        """Encrypt ``text`` with the key of ``archive``.

        :param archive: one ``kehu.archive``
        :param str text: what to hide
        :return: the ciphertext, hexadecimal
        :raise MasterKeyError: when the master key is missing or not the right one
        """
        return self._seal(
            self._get_data_key(archive, create=True),
            text,
            b"kehu.archive,%d" % archive.id,
        )

    @api.model
    def _decrypt(self, archive, ciphertext):
        """Decrypt what :meth:`_encrypt` returned for the same archive.

        :return: the text
        :raise UserError: when the key is missing or wrong, or the data were altered
        """
        try:
            return self._open(
                self._get_data_key(archive),
                ciphertext,
                b"kehu.archive,%d" % archive.id,
            )
        except InvalidTag as error:
            raise UserError(
                self.env._(
                    "The protected part of archive %(archive)s cannot be read: it was "
                    "altered outside Odoo, or belongs to another archive.",
                    archive=archive.display_name,
                )
            ) from error

    @api.model
    def _seal(self, key, text, place):
        """Encrypt ``text`` with a data key.

        :param bytes key: an unwrapped data key
        :param bytes place: where the text belongs; needed again to read it
        :return: nonce and ciphertext, hexadecimal
        """
        nonce = os.urandom(_NONCE_BYTES)
        return (nonce + AESGCM(key).encrypt(nonce, text.encode(), place)).hex()

    @api.model
    def _open(self, key, ciphertext, place):
        """Decrypt what :meth:`_seal` returned.

        :raise InvalidTag: when key, place or ciphertext is another one
        """
        blob = bytes.fromhex(ciphertext)
        return (
            AESGCM(key)
            .decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], place)
            .decode()
        )

    # === KEYS === #

    @api.model
    def _get_data_key(self, archive, create=False):
        """Return the unwrapped key of ``archive``; make one when asked to."""
        keys = self._get_data_keys(archive.ids)
        if archive.id in keys:
            return keys[archive.id]
        if not create:
            raise UserError(
                self.env._(
                    "The key of archive %(archive)s is gone: its protected part can "
                    "no longer be read.",
                    archive=archive.display_name,
                )
            )
        return self._create_data_keys(archive.ids)[archive.id]

    @api.model
    def _get_data_keys(self, archive_ids):
        """Unwrap the keys of many archives, and the ledger's own, in one query.

        :param archive_ids: ids of archives, of removed ones also
        :return: {archive id, or ``LEDGER_KEY``: key}; without those that have none
        :rtype: dict[int | str, bytes]
        :raise MasterKeyError: when the master key is missing or not the right one
        """
        self.env["kehu.archive.key"].flush_model()
        self.env.cr.execute(
            "SELECT COALESCE(purpose, ''), archive_id, wrapped FROM kehu_archive_key "
            "WHERE archive_id = ANY(%s) OR purpose = %s",
            [list(archive_ids), LEDGER_KEY],
        )
        masters = {}
        return {
            purpose or archive_id: self._unwrap(wrapped, masters)
            for purpose, archive_id, wrapped in self.env.cr.fetchall()
        }

    @api.model
    def _create_data_keys(self, archive_ids):
        """Make keys for archives that have none.

        :param archive_ids: ids of archives, or ``LEDGER_KEY``
        :return: {archive id, or ``LEDGER_KEY``: key}
        """
        keys = {which: AESGCM.generate_key(_KEY_BYTES * 8) for which in archive_ids}
        # A rotation of the master key waits for us, or we for it.
        self.env.cr.execute("LOCK TABLE kehu_archive_key IN ROW EXCLUSIVE MODE")
        wrapper = self._get_wrapper(self._get_master_key(create=True))
        # By SQL: nobody has rights on the keys, and an import makes thousands at once.
        self.env.cr.execute_values(
            "INSERT INTO kehu_archive_key (archive_id, purpose, wrapped) VALUES %s",
            [
                (
                    None if which == LEDGER_KEY else which,
                    LEDGER_KEY if which == LEDGER_KEY else None,
                    self._wrap_with(wrapper, key),
                )
                for which, key in keys.items()
            ],
            page_size=1000,
        )
        return keys

    @api.model
    def _get_wrapper(self, master):
        """Return what :meth:`_wrap_with` needs of a master key, to be made once."""
        return self._fingerprint(master), AESGCM(master)

    @api.model
    def _wrap_with(self, wrapper, data_key):
        fingerprint, cipher = wrapper
        nonce = os.urandom(_NONCE_BYTES)
        return (fingerprint + nonce + cipher.encrypt(nonce, data_key, None)).hex()

    @api.model
    def _unwrap(self, wrapped, masters=None):
        """Unwrap a data key.

        :param dict masters: master keys read already, by fingerprint; added to
        """
        masters = {} if masters is None else masters
        blob = bytes.fromhex(wrapped)
        fingerprint, blob = blob[:_FINGERPRINT_BYTES], blob[_FINGERPRINT_BYTES:]
        if fingerprint not in masters:
            masters[fingerprint] = self._find_master_key(fingerprint)
        return AESGCM(masters[fingerprint]).decrypt(
            blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], None
        )

    @api.model
    def _find_master_key(self, fingerprint):
        """Read the master key that has a fingerprint: the present one, or one kept
        beside it by a rotation.

        :raise MasterKeyError: when it is missing or another one
        """
        master = self._get_master_key()
        if self._fingerprint(master) == fingerprint:
            return master
        path = self._get_master_key_path()
        for kept in sorted(path.parent.glob(f"{path.name}.*")):
            master = self._read_master_key(kept)
            if self._fingerprint(master) == fingerprint:
                return master
        raise MasterKeyError(
            self.env._(
                "The master key of the customer archives is not the one that this "
                "database was written with. Ask the administrator to put the right "
                "key file back; nothing was changed."
            )
        )

    @api.model
    def _read_master_key(self, path):
        """:raise MasterKeyError: when the file holds no key"""
        try:
            master = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (ValueError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            master = b""
        if len(master) != _KEY_BYTES:
            raise MasterKeyError(
                self.env._(
                    "The file of the customer archives' master key cannot be read or "
                    "holds no key. Ask the administrator to put the right key file "
                    "back; nothing was changed."
                )
            )
        return master

    @api.model
    def _get_master_key(self, create=False):
        """Read the master key; make the file once, for a database without any key."""
        path = self._get_master_key_path()
        try:
            return self._read_master_key(path)
        except FileNotFoundError as error:
            if not create or self.env["kehu.archive.key"].sudo().search_count([], 1):
                raise MasterKeyError(
                    self.env._(
                        "The master key of the customer archives is missing. Ask the "
                        "administrator to put the key file back from its backup; "
                        "nothing was changed."
                    )
                ) from error
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        master = AESGCM.generate_key(_KEY_BYTES * 8)
        try:
            self._write_master_key(path, master)
        except FileExistsError:
            return self._read_master_key(path)
        _logger.info("A new master key for customer archives was made.")
        return master

    @api.model
    def _write_master_key(self, path, master):
        """Write a key file that only the server's user reads.

        :raise FileExistsError: when it is there already: of two servers that start at
            once, one writes and both read
        """
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(master.hex())

    @api.model
    def _get_problem(self):
        """Say what is wrong with the keys, if anything.

        :return: a sentence for the user, or False
        """
        try:
            self._get_data_keys([])
        except MasterKeyError as error:
            return str(error)
        return False

    @api.model
    def _get_master_key_path(self):
        """Where the master key lies: option ``kehu_master_key_file`` of the server's
        configuration, else below the data directory."""
        configured = config.get("kehu_master_key_file")
        if configured:
            return Path(configured)
        return Path(config["data_dir"]) / "kehu_archive" / "master.key"

    @api.model
    def _fingerprint(self, master):
        return sha256(b"kehu_archive master key" + master).digest()[:_FINGERPRINT_BYTES]
