from odoo import fields, models
from odoo.fields import Domain


class KehuDisclosure(models.Model):
    """Who decides on a disclosure, and what it needs before it is handed in."""

    _inherit = "kehu.disclosure"

    def _get_deciders_sudo(self):
        """Return leader and deputy of the team, without whoever asks, in sudo."""
        # sudo: a deputy need not be able to read the team.
        disclosure_sudo = self.sudo()
        team_sudo = disclosure_sudo.team_id
        deciders_sudo = (team_sudo.user_id | team_sudo.kehu_deputy_id).filtered(
            "active"
        )
        return deciders_sudo - disclosure_sudo._get_applicants()

    def _get_approvers_domain(self):
        """Leader or deputy of the archive's team; where there is none, the archive
        room."""
        if deciders := self._get_deciders_sudo():
            return Domain("id", "in", deciders.ids)
        archivists = self.env.ref("kehu_archive.group_kehu_archivist")
        return Domain("all_group_ids", "in", archivists.ids)

    def action_submit(self):
        self._check_asked_by_user()
        return super().action_submit()

    def _get_cannot_submit_reasons(self):
        reasons = super()._get_cannot_submit_reasons()
        for disclosure in self:
            name = disclosure.display_name
            if disclosure.basis == "consent" and not disclosure.proof_ids:
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: attach the customer's consent.", disclosure=name
                )
            elif disclosure.basis != "consent" and not disclosure.basis_note:
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: name the order, law or clause.", disclosure=name
                )
            elif disclosure.way == "mail" and not disclosure.recipient_email:
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: name the e-mail address.", disclosure=name
                )
            elif disclosure.date_end <= fields.Datetime.now():
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: the period has passed already.", disclosure=name
                )
        return reasons

    def _post_submit(self):
        activity_type = self.env.ref("kehu_archive.mail_activity_disclosure")
        # sudo: the register tells people by itself.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": disclosure.id,
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self),
                    "summary": activity_type.summary,
                    "automated": True,
                }
                for disclosure in self
                for user in disclosure._get_approvers()[:3]
            ]
        )

    def _post_approve(self):
        self._close_activities()
        self._log_step("approved")

    def _post_refuse(self):
        self._close_activities()

    def _post_cancel(self):
        self._close_activities()

    def _close_activities(self):
        # sudo: also those that were given to somebody else.
        self.sudo().activity_ids.write({"active": False})

    def _get_refuse_action(self):
        """Return the dialog that asks why; the server action calls it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_disclosure_refuse_action"
        )
        action["context"] = {"default_disclosure_ids": self.ids}
        return action
