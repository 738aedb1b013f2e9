from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.service.model import retrying

_REFUSALS = "kehu_archive.refusals"
# The same user, archive and act within this time is one refusal.
_REPEAT_MINUTES = 10
# Somebody who tries ids one after the other must not fill the ledger.
_MAX_PER_HOUR = 200


class KehuLedger(models.AbstractModel):
    """Refusals of access: noted although the request that caused them is undone."""

    _inherit = "kehu.ledger"

    @api.model
    def _note_refusals(self, archive_ids, operation):
        """Note that the user was refused something; written after this transaction.

        A cursor of its own in the middle of the transaction could wait for a chain
        that the transaction itself has locked.

        :param archive_ids: ids as the user gave them, existing or not
        :param str operation: read, write, create or unlink
        """
        cr = self.env.cr
        gathered = cr.postrollback.data.get(_REFUSALS)
        if gathered is None:
            gathered = cr.postrollback.data[_REFUSALS] = {}
            write = partial(
                self._write_refusals, self.env.registry, self.env.uid, gathered
            )
            cr.postrollback.add(write)
            cr.postcommit.add(write)
        for archive_id in archive_ids:
            gathered[archive_id, operation] = True

    @api.model
    def _write_refusals(self, registry, uid, gathered):
        refusals = list(gathered)
        gathered.clear()
        if not refusals:
            return
        with registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            retrying(partial(env["kehu.ledger"]._record_refusals, uid, refusals), env)

    @api.model
    def _record_refusals(self, uid, refusals):
        """Register refusals, as far as they are not repeated too often.

        :param int uid: who was refused
        :param list refusals: archive id, operation
        """
        # User and archives may have been made by what was just rolled back.
        if not self.env["res.users"].browse(uid).exists():
            return
        now = fields.Datetime.now()
        self.env.cr.execute(
            """SELECT count(*), array_agg(archive_id) FILTER (WHERE at > %s)
                 FROM kehu_event
                WHERE user_id = %s AND action = 'refuse' AND at > %s""",
            [
                now - timedelta(minutes=_REPEAT_MINUTES),
                uid,
                now - timedelta(hours=1),
            ],
        )
        count, recent = self.env.cr.fetchone()
        archives = self.env["kehu.archive"].browse(
            {archive_id for archive_id, _operation in refusals} - set(recent or ())
        )
        existing = sorted(archives.exists().ids)[: max(0, _MAX_PER_HOUR - count)]
        entries = [
            (
                archive_id,
                uid,
                "refuse",
                {
                    "operations": sorted(
                        operation
                        for refused_id, operation in refusals
                        if refused_id == archive_id
                    )
                },
            )
            for archive_id in existing
        ]
        if entries and count + len(entries) >= _MAX_PER_HOUR:
            entries[-1][3]["limit"] = _MAX_PER_HOUR
        if entries:
            self._record(entries)
