from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...wording import comma


class KehuLoan(models.Model):
    """Who decides on a request, what its steps leave behind, and who is told (R10)."""

    _inherit = "kehu.loan"

    # === WHO DECIDES === #

    def _get_applicants(self):
        return self.requester_id | self.borrower_id

    def _get_approvers_domain(self):
        """The leader of the archive's team or the named deputy; where there is neither
        (or the leader asks for himself and has no deputy), the archive room."""
        if deciders := self._get_deciders_sudo():
            return Domain("id", "in", deciders.ids)
        archivists = self.env.ref("kehu_archive.group_kehu_archivist")
        return Domain("all_group_ids", "in", archivists.ids)

    def _get_deciders_sudo(self):
        """Return leader and deputy of the team, without those who ask, in sudo."""
        # sudo: a deputy need not be able to read the team.
        loan_sudo = self.sudo()
        team_sudo = loan_sudo.team_id
        deciders_sudo = (team_sudo.user_id | team_sudo.kehu_deputy_id).filtered(
            "active"
        )
        return deciders_sudo - loan_sudo._get_applicants()

    def _get_approvers(self):
        return self._get_deciders_sudo() or super()._get_approvers()

    def _may_decide(self):
        if self.env.user in self._get_deciders_sudo():
            return True
        return super()._may_decide()

    def _get_cannot_submit_reasons(self):
        reasons = super()._get_cannot_submit_reasons()
        late = self._get_late_borrowers()
        now = fields.Datetime.now()
        for loan in self:
            company = loan.company_id.sudo() or self.env.company
            days = company.kehu_loan_max_days
            if loan.date_end <= now:
                reasons[loan] = self.env._(
                    "The period of %(loan)s has passed already.", loan=loan.display_name
                )
            elif days and loan.date_end - max(loan.date_start, now) > timedelta(
                days=days, minutes=1
            ):
                reasons[loan] = self.env._(
                    "%(loan)s: %(days)s days at most; ask for a renewal then.",
                    loan=loan.display_name,
                    days=days,
                )
            elif loan.borrower_id in late and company.kehu_overdue_blocks:
                reasons[loan] = loan._get_late_reason(late[loan.borrower_id])
        return reasons

    def _get_late_borrowers(self):
        """Return what the borrowers of ``self`` ought to have brought back.

        :return: {user: overdue loans}
        :rtype: dict
        """
        # sudo: what somebody owes is asked across all archives.
        overdue_sudo = self.sudo().search(
            [
                ("borrower_id", "in", self.borrower_id.ids),
                ("state", "=", "lent"),
                ("date_end", "<=", fields.Datetime.now()),
            ]
        )
        return dict(overdue_sudo.grouped("borrower_id").items())

    def _get_late_reason(self, overdue_sudo):
        self.ensure_one()
        return self.env._(
            "%(borrower)s has to bring back first: %(loans)s (due %(due)s).",
            borrower=self.borrower_id.name,
            loans=comma(self.env).join(overdue_sudo.mapped("name")),
            due=format_datetime(self.env, min(overdue_sudo.mapped("date_end"))),
        )

    # === WHAT FOLLOWS A STEP === #

    def _post_submit(self):
        self._kehu_note_step("submit")
        self._ask_approvers()

    def _post_approve(self):
        self._kehu_note_step("approve")
        self._close_activities("mail_activity_loan_to_approve")

    def _post_refuse(self):
        self._kehu_note_step("refuse")
        self._close_activities("mail_activity_loan_to_approve")
        for loan in self:
            loan._tell(
                loan.requester_id,
                "mail_activity_loan_info",
                self.env._("Refused: %(reason)s", reason=loan.decision_reason),
            )

    def _post_cancel(self):
        self._kehu_note_step("cancel")
        self._close_activities("mail_activity_loan_to_approve")

    def _kehu_note_step(self, step):
        """Log a step of the loans in the ledger of their archives.

        :param str step: submit, approve, refuse, cancel, lend, return, renew, emergency
            or review
        """
        # sudo: the borrower need not be able to read the archive.
        for loan in self.sudo():
            loan.archive_id._log_event(f"loan_{step}", loan._prepare_step_payload())

    def _prepare_step_payload(self):
        """What a step of the loan says of itself, without anything of the archive."""
        self.ensure_one()
        return {
            "loan": self.name,
            "kind": self.kind,
            "medium": self.medium or None,
            "borrower": self.borrower_id.login,
            "until": fields.Datetime.to_string(self.date_end),
        }

    # === TELLING PEOPLE === #

    def _ask_approvers(self):
        """Give each approver an activity, in one batch."""
        vals_list = []
        for loans in self.grouped(
            lambda loan: (loan.team_id.id, loan.requester_id.id, loan.borrower_id.id)
        ).values():
            approvers = loans[:1]._get_approvers()
            vals_list += [
                loan._prepare_activity_vals(user, "mail_activity_loan_to_approve")
                for loan in loans
                for user in approvers[:3]
            ]
        self._create_activities(vals_list)

    def _tell(self, user, kind, summary, deadline=None):
        self._create_activities(
            [self._prepare_activity_vals(user, kind, summary, deadline)]
        )

    def _prepare_activity_vals(self, user, kind, summary=None, deadline=None):
        # Not by ref(), which asks each time whether the record is still there.
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            f"kehu_archive.{kind}", raise_if_not_found=True
        )
        activity_type = self.env["mail.activity.type"].browse(type_id)
        return {
            "activity_type_id": activity_type.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": user.id,
            "date_deadline": deadline or fields.Date.context_today(self),
            "summary": summary or activity_type.summary,
            "automated": True,
        }

    @api.model
    def _create_activities(self, vals_list):
        # sudo: the register tells people by itself, whoever takes the step.
        # The name of each loan goes into its activity: all are composed at once.
        loans_sudo = self.sudo().browse(vals["res_id"] for vals in vals_list)
        loans_sudo.partner_id.mapped("display_name")
        names = dict(
            zip(loans_sudo.ids, loans_sudo.mapped("display_name"), strict=True)
        )
        # Given at once, the name is not written in a second turn.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create([{**vals, "res_name": names[vals["res_id"]]} for vals in vals_list])

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Whoever is told by the register itself need not follow the conversation."""
        if self.env.context.get("mail_activity_quick_update"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _close_activities(self, *kinds):
        """The step answers these activities, whoever they were given to: all done."""
        # sudo: also those that were given to somebody else.
        activities_sudo = self.sudo().activity_search(
            [f"kehu_archive.{kind}" for kind in kinds]
        )
        activities_sudo.write({"active": False})
