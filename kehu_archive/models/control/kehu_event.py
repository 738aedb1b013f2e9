import hashlib

from odoo import api, fields, models

from ..mixins.kehu_trace_field import TraceMany2one

# The first digest of a chain follows this one.
GENESIS = "0" * 64
# Which columns the digest covers, and how, by version of the row.
VERSION = 1


class KehuEvent(models.Model):
    """The ledger: what happened to archives, in one chain of digests for each (R16).

    Each row's digest covers the digest before it and the *ciphertext* of its content.
    Whoever holds the rows can prove that none was altered without being able to read
    them; and when the key of an archive is destroyed its chain can still be verified.
    """

    _name = "kehu.event"
    _description = "Event of a Customer Archive"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"
    _rec_name = "action"

    archive_id = TraceMany2one(
        "kehu.archive",
        required=True,
        help="The archive it happened to. Stays when the archive was removed.",
    )
    sequence = fields.Integer(
        required=True, help="Place in the archive's chain, from 1, without gaps."
    )
    at = fields.Datetime(required=True, index=True, help="When it happened.")
    user_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="restrict",
        help="Who did it.",
    )
    action = fields.Selection(
        [
            ("create", "Customer Registered"),
            ("change", "Changed"),
            ("delete", "Removed"),
            ("read", "Sensitive Layer Read"),
            ("print", "Printed"),
            ("export", "Exported"),
            ("import", "Imported"),
            ("submit", "Handed In"),
            ("return", "Returned"),
            ("file", "Filed"),
            ("close", "Closed"),
            ("reopen", "Reopened"),
            ("step", "Other Step"),
            ("merge", "Took Over an Archive"),
            ("merged", "Merged Into Another"),
            ("refuse", "Access Refused"),
            ("loan_submit", "Loan Requested"),
            ("loan_approve", "Loan Approved"),
            ("loan_refuse", "Loan Refused"),
            ("loan_cancel", "Loan Cancelled"),
            ("loan_lend", "Lent"),
            ("loan_return", "Given Back"),
            ("loan_renew", "Loan Renewed"),
            ("loan_emergency", "Opened in an Emergency"),
            ("loan_review", "Emergency Reviewed"),
            ("move", "Put in Another Place"),
            ("stocktake", "Counted in a Stock-take"),
            ("missing", "Reported Missing"),
            ("missing_end", "Missing File Case Closed"),
            ("disclose", "Disclosed"),
            ("destruction", "Destruction Step"),
            ("destroy", "Destroyed"),
            ("person", "Person's Own Right"),
            ("evidence", "Evidence Taken"),
            ("reseal", "Sealed Again"),
        ],
        required=True,
        help="What happened.",
    )
    version = fields.Integer(
        required=True, help="Which version of the digest the row was written with."
    )
    payload = fields.Text(
        groups="kehu_archive.group_kehu_auditor",
        help="The facts of the event, encrypted with the archive's key. Empty when "
        "the key was missing or had been destroyed.",
    )
    previous_digest = fields.Char(
        required=True, help="Digest of the event before it in the archive's chain."
    )
    digest = fields.Char(
        required=True,
        help="SHA-256 over version, previous digest, archive, place, time, user, "
        "action and encrypted content.",
    )

    _chain_uniq = models.UniqueIndex(
        "(archive_id, sequence)", "A place in a chain is taken once."
    )
    _user_idx = models.Index("(user_id, at)")

    @api.model
    def _get_digest(self, row):
        """Return the digest of a row of the ledger.

        :param tuple row: version, previous digest, archive id, sequence, time as
            ``2030-12-31 23:59:59.000000``, user id, action, payload
        :return: SHA-256, hexadecimal
        :rtype: str
        """
        return hashlib.sha256("\n".join(map(str, row)).encode()).hexdigest()

    @api.model
    def _get_place(self, archive_id, sequence):
        """What a payload is bound to: it cannot be moved to another place."""
        return b"kehu.event,%d,%d" % (archive_id, sequence)

    @api.model
    def _append_rows(self, rows):
        """Insert finished rows, all at once.

        :param list[tuple] rows: as for :meth:`_get_digest`, then the digest
        """
        self.env.cr.execute_values(
            """INSERT INTO kehu_event (version, previous_digest, archive_id, sequence,
                                       at, user_id, action, payload, digest)
               VALUES %s""",
            rows,
            page_size=1000,
        )

    def init(self):  # pylint: disable=missing-return
        super().init()
        # Ciphertext cannot be compressed; trying takes longer than writing the row.
        # Rows stay in one piece up to the largest target that PostgreSQL allows, so
        # that a chain is verified without looking each content up elsewhere.
        self.env.cr.execute(
            "SELECT attstorage = 'e' FROM pg_attribute "
            "WHERE attrelid = 'kehu_event'::regclass AND attname = 'payload'"
        )
        (is_set,) = self.env.cr.fetchone()
        if not is_set:
            self.env.cr.execute(
                "ALTER TABLE kehu_event ALTER COLUMN payload SET STORAGE EXTERNAL, "
                "SET (toast_tuple_target = 8160)"
            )
