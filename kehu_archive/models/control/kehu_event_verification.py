import hashlib
import itertools

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..mixins.kehu_vault import LEDGER_KEY, MasterKeyError
from .kehu_event import GENESIS, VERSION

_BATCH = 5000
_NAMES = itertools.count(1)


class KehuEvent(models.Model):
    """Verifies the chains: every row in one pass, in constant memory (R16)."""

    _inherit = "kehu.event"

    @api.model
    def verify_chain(self):
        """Verify the chains of all archives against their heads.

        :return: the first broken link of each archive: ``archive_id``, ``sequence``,
            ``event_id`` (or False when a row lacks) and ``reason``, one of ``missing``,
            ``inserted``, ``altered``, ``unlinked``, ``version``, ``cut``, ``head``,
            ``seal`` and ``unsealed``; nothing when all is well
        :rtype: list[dict]
        :raise AccessError: when the user may not see the ledger of all archives
        """
        self._check_may_verify()
        return self._verify()["broken"]

    @api.model
    def _check_may_verify(self):
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_auditor"
        ):
            raise AccessError(self.env._("Only auditors verify the ledger."))

    @api.model
    def _verify(self):
        """Verify all chains.

        :return: ``broken`` as :meth:`verify_chain`, ``event_count``, ``chain_count``,
            and ``sealed``: whether the seals of the heads could be checked
        :rtype: dict
        """
        try:
            key = self.env["kehu.vault"]._get_data_keys([]).get(LEDGER_KEY)
        except MasterKeyError:
            key = None
        broken, counts = [], [0, 0]
        heads = self._stream(
            "SELECT archive_id, count, digest, COALESCE(seal, '') "
            "FROM kehu_event_head ORDER BY archive_id"
        )
        rows = self._stream(
            """SELECT archive_id, sequence, id, version, previous_digest, digest,
                      to_char(at, 'YYYY-MM-DD HH24:MI:SS.US'), user_id, action, payload
                 FROM kehu_event ORDER BY archive_id, sequence, id"""
        )
        head = next(heads, None)
        # Of itertools: the rows come sorted, and a million of them are not kept.
        chains = itertools.groupby(  # pylint: disable=bad-builtin-groupby
            rows, key=lambda row: row[0]
        )
        for archive_id, chain in chains:
            while head and head[0] < archive_id:
                # Chains without any row: a head that counts some was left behind.
                broken += self._judge(head[0], (0, GENESIS, None), head, key)
                counts[1] += 1
                head = next(heads, None)
            end = self._walk(archive_id, chain, counts)
            mine = head if head and head[0] == archive_id else None
            broken += self._judge(archive_id, end, mine, key)
            counts[1] += 1
            if mine:
                head = next(heads, None)
        while head:
            broken += self._judge(head[0], (0, GENESIS, None), head, key)
            counts[1] += 1
            head = next(heads, None)
        return {
            "broken": broken,
            "event_count": counts[0],
            "chain_count": counts[1],
            "sealed": bool(key) or not counts[1],
        }

    @api.model
    def _walk(self, archive_id, chain, counts):
        """Follow one chain from its first row to the last.

        :return: length, last digest, and the first broken link or None
        """
        sha256 = hashlib.sha256
        place, digest, fault, number = 0, GENESIS, None, 0
        for row in chain:
            number += 1
            if fault:
                continue
            _archive, sequence, event_id, version, previous, own, at, uid, act, text = (
                row
            )
            if sequence != place + 1:
                reason = "missing" if sequence > place + 1 else "inserted"
                lacks = reason == "missing"
                fault = (
                    place + 1 if lacks else sequence,
                    False if lacks else event_id,
                    reason,
                )
            elif version != VERSION:
                fault = (sequence, event_id, "version")
            else:
                content = (
                    f"{version}\n{previous}\n{archive_id}\n{sequence}\n{at}\n{uid}\n"
                    f"{act}\n{text}"
                )
                if sha256(content.encode()).hexdigest() != own:
                    fault = (sequence, event_id, "altered")
                elif previous != digest:
                    fault = (sequence, event_id, "unlinked")
            place, digest = sequence, own
        counts[0] += number
        return place, digest, fault

    @api.model
    def _judge(self, archive_id, end, head, key):
        """Compare the end of a chain with its head.

        :return: a list with the first broken link, or an empty one
        """
        place, digest, fault = end
        if not fault and not head:
            fault = (place, False, "head")
        elif not fault:
            _archive, count, head_digest, seal = head
            if count > place:
                fault = (place + 1, False, "cut")
            elif count < place:
                fault = (count + 1, False, "inserted")
            elif head_digest != digest:
                fault = (place, False, "head")
            elif count and not seal:
                fault = (place, False, "unsealed")
            elif (
                count
                and key
                and seal
                != self.env["kehu.event.head"]._get_seal(key, archive_id, count, digest)
            ):
                fault = (place, False, "seal")
        if not fault:
            return []
        sequence, event_id, reason = fault
        return [
            {
                "archive_id": archive_id,
                "sequence": sequence,
                "event_id": event_id,
                "reason": reason,
            }
        ]

    @api.model
    def _stream(self, query):
        """Yield the rows of a query through a cursor of the database server's."""
        cr = self.env.cr
        name = SQL.identifier(f"kehu_event_stream_{next(_NAMES)}")
        cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", name, SQL(query)))
        try:
            while True:
                cr.execute(SQL("FETCH %s FROM %s", _BATCH, name))
                rows = cr.fetchall()
                if not rows:
                    break
                yield from rows
        finally:
            cr.execute(SQL("CLOSE %s", name))
