from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class KehuAlert(models.Model):
    """Something unusual that the auditors look into and answer (R18)."""

    _name = "kehu.alert"
    _description = "Alert to the Auditors"
    _inherit = ["kehu.transition.mixin", "kehu.told.mixin"]
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Whose doings are unusual.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        help="The company whose limit was passed.",
    )
    day = fields.Date(
        required=True, readonly=True, help="The day on which it was noticed."
    )
    raised_at = fields.Datetime(
        string="Last Seen", required=True, readonly=True, help="When it was seen last."
    )
    kind = fields.Selection(
        [
            ("volume", "Much Printed or Exported"),
            ("refused", "Printing or Exporting Refused"),
            ("reading", "Much Read of the Sensitive Layer"),
        ],
        required=True,
        readonly=True,
        help="What is unusual.",
    )
    count = fields.Integer(
        string="Archives", readonly=True, help="How many archives it was about."
    )
    limit = fields.Integer(readonly=True, help="The company's limit of a day.")
    state = fields.Selection(
        [("open", "To Look Into"), ("reviewed", "Answered")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        help="Whether an auditor has looked into it.",
    )
    reviewer_id = fields.Many2one(
        "res.users", readonly=True, help="The auditor who answered."
    )
    reviewed_at = fields.Datetime(readonly=True, help="When the auditor answered.")
    conclusion = fields.Text(help="What the auditor found.")

    _once_a_day = models.UniqueIndex(
        "(user_id, company_id, kind, day)", "There is one alert a day for each user."
    )

    @api.depends("user_id", "kind", "day")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            alert.display_name = (
                f"{alert.user_id.name or ''} {labels.get(alert.kind) or ''} {alert.day}"
            )

    @api.model
    def _get_state_sources(self):
        return {**super()._get_state_sources(), "reviewed": {"open"}}

    @api.model
    def _raise_alert(self, kind, count, limit):
        """Tell the auditors what the present user does; once a day, with the count.

        :param str kind: a key of :attr:`kind`
        :param int count: archives
        :param int limit: what is usual
        :rtype: kehu.alert
        """
        # sudo: whoever is watched writes no alerts.
        alerts_sudo = self.sudo()
        today = alerts_sudo.env.company._kehu_today()
        vals = {"count": count, "limit": limit, "raised_at": fields.Datetime.now()}
        alert_sudo = alerts_sudo.search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                ("kind", "=", kind),
                ("day", "=", today),
            ]
        )
        if alert_sudo:
            if alert_sudo.count < count:
                alert_sudo.write(vals)
            return alert_sudo
        alert_sudo = alerts_sudo.create(
            {
                **vals,
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                "day": today,
                "kind": kind,
            }
        )
        alert_sudo._tell_auditors()
        return alert_sudo

    def _tell_auditors(self):
        """Give each auditor of the company an activity."""
        activity_type = self.env.ref("kehu_archive.mail_activity_alert")
        auditors = self.env.ref("kehu_archive.group_kehu_auditor").all_user_ids
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": alert.id,
                    "user_id": auditor.id,
                    "date_deadline": alert.day,
                    "summary": activity_type.summary,
                    "automated": True,
                }
                for alert in self
                for auditor in auditors
                if alert.company_id in auditor.company_ids
            ]
        )

    def action_review(self):
        """Answer the alerts, having looked into them.

        :raise AccessError: for others than auditors, and on one's own doings
        :raise UserError: without a conclusion
        """
        self.check_access("read")
        if not self.env.user.has_group("kehu_archive.group_kehu_auditor"):
            raise AccessError(self.env._("Alerts are answered by auditors."))
        if self.filtered(lambda alert: alert.user_id == self.env.user):
            raise AccessError(self.env._("Nobody answers an alert on himself."))
        if self.filtered(lambda alert: not (alert.conclusion or "").strip()):
            raise UserError(self.env._("Write down what you found."))
        # sudo: the status and who answered are written by this step only.
        self.sudo()._set_state(
            "reviewed",
            {"reviewer_id": self.env.uid, "reviewed_at": fields.Datetime.now()},
        )
        self.sudo().activity_ids.write({"active": False})

    def write(self, vals):
        if not self.env.su and vals.keys() - {"conclusion"} - self._get_mail_fields():
            raise AccessError(self.env._("Of an alert only the conclusion is written."))
        if "conclusion" in vals and not self._in_transition():
            self._check_in_states({"open"})
        return super().write(vals)
