import time
from datetime import timedelta

from odoo import api, fields, models

from ..mixins.kehu_trace_field import TraceMany2one
from ..mixins.kehu_vault import LEDGER_KEY, MasterKeyError

# A ledger that was altered throughout is described well enough by these.
_MAX_FINDINGS = 1000


class KehuEventCheck(models.Model):
    """The result of one verification of the whole ledger, kept for good."""

    _name = "kehu.event.check"
    _description = "Verification of the Ledger"
    _inherit = ["mail.thread", "mail.activity.mixin", "kehu.append.only.mixin"]
    _log_access = False
    _order = "id desc"
    _rec_name = "made_at"

    made_at = fields.Datetime(
        string="Ledger Verified At", required=True, help="When the ledger was verified."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Ledger Verified By",
        required=True,
        ondelete="restrict",
        help="Who had it verified; the system does so every night.",
    )
    event_count = fields.Integer(string="Events", help="Events that were verified.")
    chain_count = fields.Integer(
        string="Chains", help="Archives whose chains were verified."
    )
    broken_count = fields.Integer(
        string="Broken", help="Chains and daily digests that do not fit."
    )
    sealed = fields.Boolean(
        string="Seals Checked",
        help="Not set when the master key was missing: a chain that was cut off "
        "together with its head would not have been noticed.",
    )
    result = fields.Selection(
        [("intact", "Intact"), ("broken", "Broken"), ("partial", "Seals Not Checked")],
        required=True,
        help="Intact: no row was edited, removed, inserted or moved.",
    )
    duration = fields.Float(string="Seconds", help="How long it took.")
    finding_ids = fields.One2many(
        "kehu.event.finding",
        "check_id",
        help="The first broken link of each chain, and days whose digest does not fit.",
    )

    def action_check_now(self):
        """Verify the whole ledger now and show the result.

        :raise AccessError: for anybody but auditors
        """
        self.env["kehu.event"]._check_may_verify()
        # sudo: results are registered by the system, whoever asks for them.
        check = self.sudo()._check()
        return check.sudo(False)._get_records_action(cache=False)

    def action_download_pack(self):
        """Hand out the whole ledger for verification without Odoo."""
        return {
            "type": "ir.actions.act_url",
            "url": "/kehu/ledger/pack",
            "target": "download",
        }

    def action_download_verifier(self):
        """Open the page that verifies a pack; it works from a file just as well."""
        return {
            "type": "ir.actions.act_url",
            "url": "/kehu_archive/static/verifier/kehu_ledger_verifier.html",
            "target": "new",
        }

    @api.model
    def _check(self):
        """Verify chains and daily digests and register the result.

        :return: the result, one record
        """
        started = time.monotonic()
        verdict = self.env["kehu.event"]._verify()
        try:
            key = self.env["kehu.vault"]._get_data_keys([]).get(LEDGER_KEY)
        except MasterKeyError:
            key = None
        days = self.env["kehu.event.anchor"]._find_broken(key)
        broken = len(verdict["broken"]) + len(days)
        check = self._append(
            [
                {
                    "made_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "event_count": verdict["event_count"],
                    "chain_count": verdict["chain_count"],
                    "broken_count": broken,
                    "sealed": verdict["sealed"],
                    "result": "broken"
                    if broken
                    else "intact"
                    if verdict["sealed"]
                    else "partial",
                    "duration": round(time.monotonic() - started, 2),
                }
            ]
        )
        self.env["kehu.event.finding"]._append(
            [
                {
                    "check_id": check.id,
                    "reason": link["reason"],
                    "archive_id": link["archive_id"],
                    "sequence": link["sequence"],
                    "event_id": link["event_id"],
                }
                for link in verdict["broken"][:_MAX_FINDINGS]
            ]
            + [
                {"check_id": check.id, "reason": "anchor", "day": day}
                for day in days[:_MAX_FINDINGS]
            ]
        )
        if check.result != "intact":
            check._alert()
        return check

    def _alert(self):
        """Give every auditor something to do about it."""
        self.ensure_one()
        auditors = self.env.ref("kehu_archive.group_kehu_auditor").all_user_ids
        # sudo: auditors are told by the system.
        for user in auditors.filtered("active"):
            check_sudo = self.sudo().with_context(lang=user.lang)
            check_sudo.activity_schedule(
                "kehu_archive.mail_activity_ledger_broken",
                user_id=user.id,
                summary=check_sudo.env._(
                    "The ledger of customer archives does not verify: %(count)s broken",
                    count=self.broken_count,
                )
                if self.broken_count
                else check_sudo.env._(
                    "The seals of the ledger could not be checked: the master key of "
                    "the customer archives is missing or another one"
                ),
            )

    @api.model
    def _cron_check_ledger(self):
        """Every night: close the day with a digest, then verify everything."""
        today = self.env["kehu.archive"]._get_company_today()
        # The digest has to be the first thing that its transaction does.
        self.env["ir.cron"]._commit_progress(remaining=2)
        self.env["kehu.event.anchor"]._make(today - timedelta(days=1))
        self.env["ir.cron"]._commit_progress(1)
        self._check()
        self.env["ir.cron"]._commit_progress(1)


class KehuEventFinding(models.Model):
    """One broken link that a verification of the ledger has found."""

    _name = "kehu.event.finding"
    _description = "Broken Link of the Ledger"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id"
    _rec_name = "reason"

    check_id = fields.Many2one(
        "kehu.event.check",
        required=True,
        ondelete="restrict",
        index=True,
        help="The verification that found it.",
    )
    reason = fields.Selection(
        [
            ("missing", "A row is missing here"),
            ("inserted", "A row was inserted"),
            ("altered", "The row was altered"),
            ("unlinked", "The row does not follow the one before"),
            ("version", "The row has an unknown version"),
            ("cut", "The end of the chain was cut off"),
            ("head", "The head does not belong to the chain"),
            ("seal", "The head was not sealed by this system"),
            ("unsealed", "The head is not sealed: the master key was missing"),
            ("anchor", "The digest of the day does not fit its events"),
        ],
        required=True,
        help="What does not fit.",
    )
    archive_id = TraceMany2one("kehu.archive", help="The archive whose chain it is.")
    sequence = fields.Integer(help="Place in the chain.")
    event_id = TraceMany2one("kehu.event", help="The row in question, where it exists.")
    day = fields.Date(help="The day whose digest does not fit.")
