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
        :raise UserError: when the master key is missing or not the right one
        """
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._get_data_key(archive, create=True)).encrypt(
            nonce, text.encode(), b"kehu.archive,%d" % archive.id
        )
        return (nonce + sealed).hex()

    @api.model
    def _decrypt(self, archive, ciphertext):
        """Decrypt what :meth:`_encrypt` returned for the same archive.

        :return: the text
        :raise UserError: when the key is missing or wrong, or the data were altered
        """
        blob = bytes.fromhex(ciphertext)
        try:
            return (
                AESGCM(self._get_data_key(archive))
                .decrypt(
                    blob[:_NONCE_BYTES],
                    blob[_NONCE_BYTES:],
                    b"kehu.archive,%d" % archive.id,
                )
                .decode()
            )
        except InvalidTag as error:
            raise UserError(
                self.env._(
                    "The protected part of archive %(archive)s cannot be read: it was "
                    "altered outside Odoo, or belongs to another archive.",
                    archive=archive.display_name,
                )
            ) from error

    # === KEYS === #

    @api.model
    def _get_data_key(self, archive, create=False):
        """Return the unwrapped key of ``archive``; make one when asked to."""
        # sudo: nobody has rights on the keys; they are only ever used here.
        keys_sudo = self.env["kehu.archive.key"].sudo()
        key_sudo = keys_sudo.search([("archive_id", "=", archive.id)])
        if key_sudo:
            return self._unwrap(key_sudo.wrapped)
        if not create:
            raise UserError(
                self.env._(
                    "The key of archive %(archive)s is gone: its protected part can "
                    "no longer be read.",
                    archive=archive.display_name,
                )
            )
        data_key = AESGCM.generate_key(_KEY_BYTES * 8)
        keys_sudo.create({"archive_id": archive.id, "wrapped": self._wrap(data_key)})
        return data_key

    @api.model
    def _wrap(self, data_key):
        master = self._get_master_key(create=True)
        nonce = os.urandom(_NONCE_BYTES)
        return (
            self._fingerprint(master)
            + nonce
            + AESGCM(master).encrypt(nonce, data_key, None)
        ).hex()

    @api.model
    def _unwrap(self, wrapped):
        blob = bytes.fromhex(wrapped)
        fingerprint, blob = blob[:_FINGERPRINT_BYTES], blob[_FINGERPRINT_BYTES:]
        master = self._get_master_key()
        if self._fingerprint(master) != fingerprint:
            raise UserError(
                self.env._(
                    "The master key of the customer archives is not the one that this "
                    "database was written with. Ask the administrator to put the right "
                    "key file back; nothing was changed."
                )
            )
        return AESGCM(master).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], None)

    @api.model
    def _get_master_key(self, create=False):
        """Read the master key; make the file once, for a database without any key."""
        path = self._get_master_key_path()
        try:
            return bytes.fromhex(path.read_text(encoding="ascii").strip())
        except FileNotFoundError as error:
            if not create or self.env["kehu.archive.key"].sudo().search_count([], 1):
                raise UserError(
                    self.env._(
                        "The master key of the customer archives is missing. Ask the "
                        "administrator to put the key file back from its backup; "
                        "nothing was changed."
                    )
                ) from error
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        master = AESGCM.generate_key(_KEY_BYTES * 8)
        try:
            # O_EXCL: of two servers that start at once, one writes and both read.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return bytes.fromhex(path.read_text(encoding="ascii").strip())
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(master.hex())
        _logger.info("A new master key for customer archives was made.")
        return master

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
