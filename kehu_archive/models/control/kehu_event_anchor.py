import hashlib
import hmac

from odoo import api, fields, models
from odoo.fields import Domain

from ..mixins.kehu_vault import LEDGER_KEY
from .kehu_event import GENESIS


class KehuEventAnchor(models.Model):
    """The digest of a day: one line that vouches for the whole ledger up to it.

    It covers the digest of the day before and the last digest of every chain that grew
    since, hence all chains. Printed or kept elsewhere it also shows what somebody with
    the database *and* the master key might alter later.
    """

    _name = "kehu.event.anchor"
    _description = "Daily Digest of the Ledger"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"
    _rec_name = "day"

    day = fields.Date(required=True, help="The day whose events it closes.")
    made_at = fields.Datetime(required=True, help="When the digest was made.")
    last_event = fields.Integer(
        required=True, help="Internal number of the last event that it covers."
    )
    event_count = fields.Integer(
        string="Events", required=True, help="Events since the digest before."
    )
    chain_count = fields.Integer(
        string="Archives", required=True, help="Archives that these events are about."
    )
    previous_digest = fields.Char(required=True, help="The digest before this one.")
    digest = fields.Char(
        required=True,
        help="SHA-256 over the digest before and the last digest of each archive's "
        "chain that grew since.",
    )
    seal = fields.Char(
        help="Keyed digest, made with a key that the database alone does not open."
    )

    _day_uniq = models.UniqueIndex("(day)", "A day has one digest.")

    @api.model
    def _make(self, day):
        """Make the digest of a day, once.

        Has to be the first thing in its transaction, so that it sees every event that
        was written before it.

        :param date day: the day
        :return: the digest of that day, made now or before
        """
        self.env.cr.execute("LOCK TABLE kehu_event IN SHARE MODE")
        if made := self.search([("day", "=", day)]):
            return made
        last = self.search([], limit=1)
        self.env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM kehu_event")
        vals = {
            "day": day,
            "made_at": fields.Datetime.now(),
            "last_event": max(self.env.cr.fetchone()[0], last.last_event),
            "previous_digest": last.digest or GENESIS,
        }
        vals.update(self._get_figures(vals, last.last_event))
        key = self.env["kehu.ledger"]._get_keys([]).get(LEDGER_KEY)
        vals["seal"] = key and self._get_seal(key, vals["digest"])
        return self._append([vals])

    @api.model
    def _get_figures(self, vals, after_event):
        """Compute digest and counts of a day from the rows of the ledger.

        :param dict vals: day, last event and previous digest
        :param int after_event: the last event of the digest before
        :rtype: dict
        """
        self.env.cr.execute(
            """SELECT DISTINCT ON (archive_id) archive_id, sequence, digest,
                      count(*) OVER ()
                 FROM kehu_event WHERE id > %s AND id <= %s
                ORDER BY archive_id, sequence DESC""",
            [after_event, vals["last_event"]],
        )
        day = fields.Date.to_string(vals["day"])
        digest = hashlib.sha256(
            f"kehu.event.anchor,1\n{day}\n{vals['previous_digest']}\n".encode()
        )
        chains = events = 0
        while rows := self.env.cr.fetchmany(10_000):
            for archive_id, sequence, head, events in rows:  # noqa: B007
                chains += 1
                digest.update(f"{archive_id} {sequence} {head}\n".encode())
        return {
            "digest": digest.hexdigest(),
            "event_count": events,
            "chain_count": chains,
        }

    @api.model
    def _get_seal(self, key, digest):
        text = f"kehu.event.anchor,1\n{digest}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    @api.model
    def _find_broken(self, ledger_key):
        """Compute every digest anew from the rows of the ledger.

        :param bytes ledger_key: the key of the seals; None: seals are not looked at
        :return: the days whose digest does not fit, oldest first
        :rtype: list[date]
        """
        broken, after, previous = [], 0, GENESIS
        # One row a day: all of them, in a lifetime some ten thousand.
        for anchor in self.search(Domain.TRUE, order="id"):
            vals = {
                "day": anchor.day,
                "last_event": anchor.last_event,
                "previous_digest": previous,
            }
            figures = self._get_figures(vals, after)
            fits = (
                anchor.previous_digest == previous
                and anchor.digest == figures["digest"]
                and anchor.event_count == figures["event_count"]
                and anchor.chain_count == figures["chain_count"]
                and (
                    not ledger_key
                    or not anchor.seal
                    or anchor.seal == self._get_seal(ledger_key, anchor.digest)
                )
            )
            if not fits:
                broken.append(anchor.day)
            after, previous = anchor.last_event, anchor.digest
        return broken
