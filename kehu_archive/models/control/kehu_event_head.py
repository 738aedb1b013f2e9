import hashlib
import hmac

from odoo import api, fields, models

from ..mixins.kehu_trace_field import TraceMany2one
from .kehu_event import GENESIS

# The head of a chain whose seal did not fit when it was continued: stays named.
BROKEN_SEAL = "broken"


class KehuEventHead(models.Model):
    """The end of an archive's chain: how many events it has, and the last digest.

    It is the lock of the chain: of two writers the second waits and is retried, so
    that no number is given twice and none is left out. The seal is made with a key
    that cannot be opened without the master key, so that whoever has the database
    alone cannot cut off the end of a chain and mend its head.
    """

    _name = "kehu.event.head"
    _description = "Head of a Ledger Chain"
    _log_access = False

    archive_id = TraceMany2one(
        "kehu.archive", required=True, help="The archive whose chain it is."
    )
    count = fields.Integer(required=True, help="How many events the chain has.")
    digest = fields.Char(required=True, help="Digest of the last event.")
    seal = fields.Char(
        help="Keyed digest over archive, count and last digest. Empty while the master "
        "key is missing."
    )
    merged_into_id = TraceMany2one(
        "kehu.archive",
        index="btree_not_null",
        help="The archive that took over this chain's archive.",
    )

    _archive_uniq = models.UniqueIndex("(archive_id)", "An archive has one chain.")

    @api.model
    def _get_seal(self, key, archive_id, count, digest):
        """Return the seal of a head.

        :param bytes key: the ledger's key
        :rtype: str
        """
        text = f"kehu.event.head,1\n{archive_id}\n{count}\n{digest}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    @api.model
    def _lock(self, archive_ids):
        """Lock the heads of some chains for this transaction; make missing ones.

        :param archive_ids: ids of archives
        :return: {archive id: (count, digest, seal)}
        :rtype: dict[int, tuple[int, str, str]]
        """
        # Always in the same order: two writers wait for each other, never mutually.
        ids = sorted(archive_ids)
        heads = self._select_for_update(ids)
        if missing := [archive_id for archive_id in ids if archive_id not in heads]:
            # The second of two writers that begin a chain is retried by Odoo.
            self.env.cr.execute_values(
                "INSERT INTO kehu_event_head (archive_id, count, digest, seal) "
                "VALUES %s",
                [(archive_id, 0, GENESIS, None) for archive_id in missing],
                page_size=1000,
            )
            heads.update(dict.fromkeys(missing, (0, GENESIS, None)))
        return heads

    @api.model
    def _select_for_update(self, ids):
        self.env.cr.execute(
            "SELECT archive_id, count, digest, seal FROM kehu_event_head "
            "WHERE archive_id = ANY(%s) ORDER BY archive_id FOR UPDATE",
            [ids],
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    @api.model
    def _advance(self, heads):
        """Write the new heads of locked chains.

        :param list[tuple] heads: archive id, count, digest, seal
        """
        self.env.cr.execute_values(
            """UPDATE kehu_event_head head
                  SET count = new.count, digest = new.digest, seal = new.seal
                 FROM (VALUES %s) AS new (archive_id, count, digest, seal)
                WHERE head.archive_id = new.archive_id""",
            heads,
            template="(%s, %s, %s, %s::varchar)",
            page_size=1000,
        )
        self.invalidate_model()
