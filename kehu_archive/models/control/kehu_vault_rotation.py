import logging
import os
from functools import partial

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..mixins.kehu_vault import MasterKeyError

_logger = logging.getLogger(__name__)

_BATCH = 10_000


class KehuVault(models.AbstractModel):
    """Changes the master key (R100): all data keys are wrapped anew, or none.

    The new key lies beside the old one before the database is touched, and the old one
    stays beside it afterwards under ``.old-`` and its fingerprint. Whichever of the
    two a data key was wrapped with, it can be opened: also when the server stops in
    between, in other databases of the same server, and in older backups.
    """

    _inherit = "kehu.vault"

    @api.model
    def _check_may_rotate(self):
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_admin"
        ):
            raise AccessError(
                self.env._("Only the configuring administrator changes the master key.")
            )

    @api.model
    def _rotate_master_key(self):
        """Make a new master key and wrap every data key with it.

        Locks the keys first, so has to begin its transaction.

        :return: number of keys that were wrapped anew
        :rtype: int
        :raise MasterKeyError: when a present key cannot be opened; nothing is changed
        :raise UserError: when the key file cannot be written
        """
        self._check_may_rotate()
        self.env.cr.execute("LOCK TABLE kehu_archive_key IN EXCLUSIVE MODE")
        path = self._get_master_key_path()
        old = self._get_master_key(create=True)
        self._finish_rotation()
        new = os.urandom(len(old))
        try:
            self._write_master_key(self._get_next_path(), new)
        except OSError as error:
            raise UserError(
                self.env._(
                    "The new key file cannot be written beside %(path)s: %(reason)s. "
                    "Nothing was changed.",
                    path=path,
                    reason=error.strerror,
                )
            ) from error
        # A rotation that is taken back leaves no trace.
        self.env.cr.postrollback.add(
            partial(self._get_next_path().unlink, missing_ok=True)
        )
        count = self._rewrap(new)
        self.env.cr.postcommit.add(self._finish_rotation_files)
        _logger.info("The master key of the customer archives changes: %d keys.", count)
        return count

    @api.model
    def _rewrap(self, master):
        """Wrap every data key with another master key, in batches."""
        masters, last, count = {}, 0, 0
        wrapper = self._get_wrapper(master)
        while True:
            self.env.cr.execute(
                "SELECT id, wrapped FROM kehu_archive_key WHERE id > %s "
                "ORDER BY id LIMIT %s",
                [last, _BATCH],
            )
            rows = self.env.cr.fetchall()
            if not rows:
                break
            self.env.cr.execute_values(
                "UPDATE kehu_archive_key key SET wrapped = new.wrapped "
                "FROM (VALUES %s) AS new (id, wrapped) WHERE key.id = new.id",
                [
                    (number, self._wrap_with(wrapper, self._unwrap(wrapped, masters)))
                    for number, wrapped in rows
                ],
                page_size=1000,
            )
            last, count = rows[-1][0], count + len(rows)
        self.env["kehu.archive.key"].invalidate_model()
        return count

    # === FILES === #

    @api.model
    def _get_next_path(self):
        path = self._get_master_key_path()
        return path.with_name(f"{path.name}.next")

    @api.model
    def _finish_rotation(self):
        """Complete or drop what a rotation left behind that the server's end cut off."""
        try:
            left = self._fingerprint(self._read_master_key(self._get_next_path()))
        except FileNotFoundError:
            return
        except MasterKeyError:
            left = b""
        self.env.cr.execute(
            "SELECT 1 FROM kehu_archive_key WHERE wrapped LIKE %s LIMIT 1",
            [f"{left.hex() or '-'}%"],
        )
        if self.env.cr.fetchone():
            self._finish_rotation_files()
        else:
            self._get_next_path().unlink()

    @api.model
    def _finish_rotation_files(self):
        """Put the new key in place; the old one stays under another name."""
        path = self._get_master_key_path()
        fingerprint = self._fingerprint(self._read_master_key(path)).hex()
        kept = path.with_name(f"{path.name}.old-{fingerprint}")
        if not kept.exists():
            os.link(path, kept)
        # At no moment is there no key in its place.
        self._get_next_path().replace(path)
