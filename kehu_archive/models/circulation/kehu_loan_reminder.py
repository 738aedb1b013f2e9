from datetime import timedelta

from odoo import api, fields, models

_BATCH = 500
# The day before, the day itself, after it: one activity each.
_BEFORE, _DUE, _OVERDUE = 1, 2, 3


class KehuLoan(models.Model):
    """Reminds of what has to come back: the day before, on the day, after it (R12)."""

    _inherit = "kehu.loan"

    reminder_level = fields.Integer(
        readonly=True,
        copy=False,
        help="0: not reminded, 1: the day before, 2: on the day, 3: overdue.",
    )
    recalled_at = fields.Datetime(
        readonly=True, copy=False, help="When a recall slip was printed last."
    )
    recall_count = fields.Integer(
        string="Recalls", readonly=True, copy=False, help="How many slips were printed."
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "reminder_level",
            "recalled_at",
            "recall_count",
        }

    @api.model
    def _cron_remind_due(self):
        """Remind borrowers, and tell the approvers when something is overdue.

        Each loan gets each reminder once; works in batches and can be continued.
        """
        for level in (_OVERDUE, _DUE, _BEFORE):
            while loans := self.search(self._get_due_domain(level), limit=_BATCH):
                loans._remind_due(level)
                if not self.env["ir.cron"]._commit_progress(len(loans)):
                    return

    @api.model
    def _get_due_domain(self, level):
        """Lent archives that are due for the reminder of ``level``."""
        now = fields.Datetime.now()
        # On the day itself: whatever ends within the next twelve hours.
        limit = {
            _OVERDUE: now,
            _DUE: now + timedelta(hours=12),
            _BEFORE: now + timedelta(days=1, hours=12),
        }[level]
        return [
            ("state", "=", "lent"),
            ("date_end", "<=", limit),
            ("reminder_level", "<", level),
        ]

    def _remind_due(self, level):
        """Create the activities of the whole set at once."""
        kind = (
            "mail_activity_loan_overdue"
            if level == _OVERDUE
            else "mail_activity_loan_due"
        )
        vals_list = []
        for loan in self:
            users = loan.borrower_id
            if level == _OVERDUE:
                users |= loan._get_approvers()[:1]
            vals_list += [
                loan._prepare_activity_vals(user, kind, deadline=loan.date_end.date())
                for user in users
            ]
        self._create_activities(vals_list)
        self._write_protected({"reminder_level": level})

    def action_print_recall(self):
        """Print recall slips for lent archives, all at once, and count them."""
        self.check_access("read")
        self._check_in_states({"lent"})
        for loan in self:
            loan._write_protected(
                {
                    "recalled_at": fields.Datetime.now(),
                    "recall_count": loan.recall_count + 1,
                }
            )
        return self.env.ref("kehu_archive.action_report_kehu_recall").report_action(
            self
        )
