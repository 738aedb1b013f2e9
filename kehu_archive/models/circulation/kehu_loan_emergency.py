from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

MINUTES = 15
MIN_REASON_LENGTH = 5


class KehuLoan(models.Model):
    """Break-glass: fifteen minutes at once, told at once, reviewed later.

    For sales managers and the archive room, when whoever decides cannot be reached.
    Everything but the personal traits opens, for reading only. The leader of the
    archive's team is told in the same second, and somebody else than the reader reviews
    each case: whoever decides requests for the archive, or an auditor.
    """

    _inherit = "kehu.loan"

    emergency = fields.Boolean(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Opened without asking, for fifteen minutes.",
    )
    review_outcome = fields.Selection(
        [("justified", "Justified"), ("not_justified", "Not Justified")],
        readonly=True,
        copy=False,
        tracking=True,
        help="What the review of the emergency access found.",
    )
    reviewed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who reviewed it."
    )
    reviewed_at = fields.Datetime(
        readonly=True, copy=False, help="When the emergency was reviewed."
    )
    review_note = fields.Char(
        readonly=True, copy=False, help="What was found, in short."
    )

    _reviewer_is_not_reader = models.Constraint(
        "CHECK (reviewed_by_id IS NULL OR reviewed_by_id != borrower_id)",
        "Nobody reviews their own emergency access.",
    )
    _emergency_is_short = models.Constraint(
        "CHECK (emergency IS NOT TRUE"
        " OR date_end <= date_start + interval '15 minutes')",
        "An emergency access lasts fifteen minutes at most.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "emergency",
            "review_outcome",
            "reviewed_by_id",
            "reviewed_at",
            "review_note",
        }

    @api.model
    def _break_glass(self, archive, reason):
        """Open one archive to the present user for fifteen minutes.

        :param archive: one ``kehu.archive``, readable or not
        :param str reason: why it cannot wait
        :return: the grant
        :rtype: kehu.loan
        :raise AccessError: for other roles than manager and archivist
        :raise UserError: without a reason
        """
        if not self.env.user.has_groups(
            "kehu_archive.group_kehu_manager,kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(
                self.env._("Only sales managers and the archive room may do this.")
            )
        # sudo: the archive is not readable yet; only its company is looked at.
        company = archive.sudo().company_id
        if company and company not in self.env.companies:
            raise AccessError(self.env._("The archive belongs to another company."))
        reason = (reason or "").strip()
        if len(reason) < MIN_REASON_LENGTH:
            raise UserError(
                self.env._("Say in a few words why it cannot wait; it is reviewed.")
            )
        now = fields.Datetime.now()
        # sudo: a grant without approval is made here and nowhere else.
        loan_sudo = self.sudo().create(
            {
                "archive_id": archive.id,
                "kind": "consult",
                "borrower_id": self.env.uid,
                "purpose": reason,
                "date_start": now,
                "date_end": now + timedelta(minutes=MINUTES),
                "section_ids": [Command.set(self._default_section_ids().ids)],
            }
        )
        loan_sudo._write_protected({"state": "approved", "emergency": True})
        loan = loan_sudo.sudo(False)
        loan._kehu_note_step("emergency")
        for user in loan._get_approvers()[:3]:
            loan._tell(
                user,
                "mail_activity_loan_emergency",
                # In the words of whoever is told.
                self.with_context(lang=user.lang).env._(
                    "%(user)s opened the archive without asking: %(reason)s",
                    user=self.env.user.name,
                    reason=reason,
                ),
            )
        return loan

    def action_review(self, outcome, note=None):
        """Review emergency accesses; by whoever decides requests, or an auditor.

        :param str outcome: justified or not_justified
        :param str note: what was found; needed when it was not justified
        :raise UserError: saying for each access why not
        """
        self.check_access("read")
        note = (note or "").strip()
        if outcome not in dict(self._fields["review_outcome"].selection):
            raise UserError(self.env._("Choose what the review found."))
        if outcome == "not_justified" and not note:
            raise UserError(self.env._("Note what was not justified."))
        self._raise_reasons({loan: loan._get_cannot_review_reason() for loan in self})
        self._write_protected(
            {
                "review_outcome": outcome,
                "review_note": note or False,
                "reviewed_by_id": self.env.uid,
                "reviewed_at": fields.Datetime.now(),
            }
        )
        self._kehu_note_step("review")
        self._close_activities("mail_activity_loan_emergency")

    def _get_cannot_review_reason(self):
        self.ensure_one()
        if not self.emergency or self.review_outcome:
            return self.env._(
                "%(loan)s does not wait for a review.", loan=self.display_name
            )
        if self.borrower_id == self.env.user:
            return self.env._(
                "Nobody reviews their own emergency access: %(loan)s",
                loan=self.display_name,
            )
        if not self._may_decide() and not self.env.user.has_group(
            "kehu_archive.group_kehu_auditor"
        ):
            return self.env._(
                "%(loan)s is reviewed by %(approvers)s or an auditor.",
                loan=self.display_name,
                approvers=self._get_approver_names(),
            )
        return False
