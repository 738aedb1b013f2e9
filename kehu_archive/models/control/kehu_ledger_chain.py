import json
import logging

from odoo import api, fields, models

from ..mixins.kehu_vault import LEDGER_KEY, MasterKeyError
from .kehu_event import VERSION
from .kehu_event_head import BROKEN_SEAL

_logger = logging.getLogger(__name__)

_ENCODER = json.JSONEncoder(ensure_ascii=False)
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


class KehuLedger(models.AbstractModel):
    """Appends events to the chains of their archives, sealed with their keys."""

    _inherit = "kehu.ledger"

    @api.model
    def _record(self, entries):
        """Append events to the chains of their archives.

        When the master key is missing the act is registered without its content, and
        the head stays unsealed: nothing goes unlogged, and no work stops.

        :param list entries: archive id, user id, action, payload
        """
        archive_ids = {entry[0] for entry in entries}
        keys = self._get_keys(archive_ids)
        events, chains = self.env["kehu.event"], self.env["kehu.event.head"]
        heads = chains._lock(archive_ids)
        ledger_key = keys.get(LEDGER_KEY)
        ends = {}
        resealed = []
        for archive_id, (count, digest, seal) in heads.items():
            intact = True
            if ledger_key and count and not seal:
                resealed.append((archive_id, self.env.uid, "reseal", {}))
            elif ledger_key and count:
                intact = seal == chains._get_seal(ledger_key, archive_id, count, digest)
            elif seal == BROKEN_SEAL:
                intact = False
            ends[archive_id] = [count, digest, intact]
        now = fields.Datetime.now().strftime(_TIME_FORMAT)
        rows = []
        for archive_id, uid, action, payload in resealed + entries:
            end = ends[archive_id]
            sequence = end[0] + 1
            cipher = ""
            if archive_id in keys:
                cipher = self.env["kehu.vault"]._seal(
                    keys[archive_id],
                    payload if isinstance(payload, str) else _ENCODER.encode(payload),
                    events._get_place(archive_id, sequence),
                )
            row = (VERSION, end[1], archive_id, sequence, now, uid, action, cipher)
            end[0], end[1] = sequence, events._get_digest(row)
            rows.append((*row, end[1]))
        events._append_rows(rows)
        chains._advance(
            [
                (
                    archive_id,
                    count,
                    digest,
                    self._seal_head(ledger_key, archive_id, count, digest, intact),
                )
                for archive_id, (count, digest, intact) in ends.items()
            ]
        )

    @api.model
    def _seal_head(self, ledger_key, archive_id, count, digest, intact):
        """The seal of a new head; a chain found broken is not whitewashed."""
        if not intact:
            return BROKEN_SEAL
        if not ledger_key:
            return None
        return self.env["kehu.event.head"]._get_seal(
            ledger_key, archive_id, count, digest
        )

    @api.model
    def _get_keys(self, archive_ids):
        """Return the keys to write events with; make those that are not there yet.

        :return: as ``kehu.vault._get_data_keys``; nothing without the master key
        """
        vault = self.env["kehu.vault"]
        try:
            keys = vault._get_data_keys(archive_ids)
            missing = set(archive_ids) - keys.keys()
            # The key of a destroyed or removed archive is gone for good.
            wanted = (
                self.env["kehu.archive"]
                .sudo()
                .search([("id", "in", list(missing)), ("state", "!=", "destroyed")])
                .ids
            )
            if LEDGER_KEY not in keys:
                wanted.append(LEDGER_KEY)
            if wanted:
                keys.update(vault._create_data_keys(wanted))
        except MasterKeyError as error:
            _logger.warning("Events are registered without content: %s", error)
            return {}
        return keys
