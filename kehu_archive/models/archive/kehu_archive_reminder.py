from datetime import timedelta

from odoo import api, fields, models

_BATCH = 500


class KehuArchive(models.Model):
    """Reminds of the ten-day clock: before the deadline and after it (R94)."""

    _inherit = "kehu.archive"

    reminder_level = fields.Integer(
        readonly=True,
        copy=False,
        help="0: not reminded yet, 1: before the deadline, 2: after it.",
    )

    @api.model
    def _cron_remind_filing(self):
        """Remind the reps some days ahead, and reps and team leaders when it is late.

        Each archive gets each reminder once; runs in batches and can be continued.
        """
        for late in (False, True):
            while archives := self.search(
                self._get_reminder_domain(late), limit=_BATCH
            ):
                archives._remind(late)
                if not self.env["ir.cron"]._commit_progress(len(archives)):
                    return

    @api.model
    def _get_reminder_domain(self, late):
        """Archives that are due for the reminder before (or after) the deadline."""
        now = fields.Datetime.now()
        reminder = self._get_reminder_type(late)
        days = self.env.company.kehu_remind_days
        limit = now if late else now + timedelta(days=days)
        domain = [
            ("state", "=", "draft"),
            ("filing_deadline", "<=", limit),
            ("reminder_level", "<", 2 if late else 1),
            ("user_id", "!=", False),
        ]
        return domain if reminder else [("id", "=", 0)]

    @api.model
    def _get_reminder_type(self, late):
        return self.env.ref(
            "kehu_archive.mail_activity_filing_late"
            if late
            else "kehu_archive.mail_activity_filing_due",
            raise_if_not_found=False,
        )

    def _remind(self, late):
        """Create the activities for the whole set at once."""
        activity_type = self._get_reminder_type(late)
        today = fields.Date.context_today(self)
        vals_list = []
        for archive in self:
            users = archive.user_id
            if late:
                # sudo: only the leader's user id is taken.
                users |= archive.team_id.sudo().user_id
            vals_list += [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": archive.id,
                    "user_id": user.id,
                    "date_deadline": today if late else archive.filing_deadline.date(),
                    # Nobody's language is that of the nightly job.
                    "summary": activity_type.with_context(lang=user.lang).summary,
                    "automated": True,
                }
                for user in users
            ]
        # sudo: the reminders come from the system, not from the one who runs it.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(vals_list)
        self.sudo()._write_protected({"reminder_level": 2 if late else 1})

    def _close_filing_activities(self):
        """Handing in answers the reminders."""
        # sudo: also those that were given to the team leader.
        self.sudo().activity_unlink(
            [
                "kehu_archive.mail_activity_filing_due",
                "kehu_archive.mail_activity_filing_late",
            ]
        )
        self.sudo()._write_protected({"reminder_level": 0})
