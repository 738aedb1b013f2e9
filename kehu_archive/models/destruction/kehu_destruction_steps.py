from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...wording import comma

_ARCHIVIST = "kehu_archive.group_kehu_archivist"
_MANAGER = "kehu_archive.group_kehu_manager"
_AUDITOR = "kehu_archive.group_kehu_auditor"
# Who may take which step, beside being the right person for it.
STEP_GROUPS = {
    "submit": (_ARCHIVIST,),
    "approve": (_MANAGER,),
    "register": (_ARCHIVIST,),
    "verify": (_ARCHIVIST, _MANAGER, _AUDITOR),
    "witness": (_ARCHIVIST, _MANAGER, _AUDITOR),
    "execute": (_ARCHIVIST,),
    "cancel": (_ARCHIVIST, _MANAGER),
}


class KehuDestruction(models.Model):
    """The steps of the procedure: each by its group, none skipped (R21-R24)."""

    _inherit = "kehu.destruction"

    # === ACTIONS === #

    def action_submit(self):
        """Hand the application in to the department head (R21).

        :raise UserError: naming what stands against it
        """
        self._check_step_group("submit")
        return super().action_submit()

    def action_approve(self):
        """Approve the application; the department head does, never who applied (R21).

        :raise UserError: naming what stands against it
        """
        self._check_step_group("approve")
        self._lock()
        self._check_can_decide()
        self._raise_blockers()
        return super().action_approve()

    def action_refuse(self, reason=None):
        """Refuse the application, with a reason."""
        self._check_step_group("approve")
        return super().action_refuse(reason)

    def action_cancel(self, reason=None):
        """Stop the procedure, at any moment before the first archive is destroyed.

        Applicant, approver, and everybody of their groups may: a doubt is enough.

        :param str reason: kept with the application
        :raise UserError: when the destruction has begun
        """
        self._check_step_group("cancel")
        self._lock()
        if begun := self.filtered("started_at"):
            raise UserError(
                self.env._(
                    "The destruction has begun and cannot be stopped any more: "
                    "%(applications)s",
                    applications=comma(self.env).join(begun.mapped("display_name")),
                )
            )
        reason = (reason or "").strip()
        self._set_state("cancelled", {"decision_reason": reason or False})
        self._post_cancel()

    def action_register(self):
        """Number the list and enter its archives in the register (R22).

        The number has no gaps. What the register says of each archive is taken now,
        with a digest over everything in it; later steps compare with that.

        :raise UserError: naming what stands against it
        """
        self._check_step_group("register")
        self._lock()
        self._check_can_move("registered")
        self._raise_blockers()
        for application in self:
            for number, line in enumerate(application.line_ids, start=1):
                line._write_protected(
                    {**line._prepare_registration_vals(), "sequence": number}
                )
            application._set_state(
                "registered",
                {
                    "number": application._get_next_list_number(),
                    "registered_by_id": self.env.uid,
                    "registered_at": fields.Datetime.now(),
                },
            )
        self._note_step("register")

    def action_witness(self):
        """Sign as the one who watches the destruction (监销).

        :raise UserError: for whoever took part in another role, or owns the customer
        """
        self._check_step_group("witness")
        self._lock()
        self._check_in_states({"verified"})
        self._raise_reasons(self._get_cannot_witness_reasons())
        self._write_protected(
            {"witness_id": self.env.uid, "witnessed_at": fields.Datetime.now()}
        )
        self.line_ids._write_protected({"witness_id": self.env.uid})
        self._note_step("witness")

    # === BUSINESS METHODS - APPROVAL === #

    @api.model
    def _get_state_sources(self):
        sources = super()._get_state_sources()
        return {
            **sources,
            "registered": {"approved"},
            "verified": {"registered"},
            "executed": {"verified"},
            "cancelled": sources["cancelled"] | {"approved", "registered", "verified"},
        }

    def _get_approvers_domain(self):
        manager = self.env.ref(_MANAGER)
        return Domain("all_group_ids", "in", manager.ids) & Domain(
            "company_ids", "in", self.company_id.ids
        )

    def _may_decide(self):
        return self.env.user.has_group(_MANAGER)

    def _get_cannot_submit_reasons(self):
        reasons = super()._get_cannot_submit_reasons()
        for application in self:
            if not application.line_ids:
                reasons[application] = self.env._(
                    "%(application)s names no archive.",
                    application=application.display_name,
                )
            elif blockers := application.get_blockers():
                reasons[application] = "\n".join(
                    blocker["message"] for blocker in blockers
                )
        return reasons

    def _get_cannot_witness_reasons(self):
        """Say for each application why the present user may not witness it.

        :return: {application: a translated sentence, or False}
        """
        reasons = dict.fromkeys(self, False)
        user = self.env.user
        for application in self:
            owned = application.line_ids.filtered(lambda line: line.keeper_id == user)
            if user in application.requester_id | application.approver_id:
                reasons[application] = self.env._(
                    "%(application)s: whoever applied or approved is no witness.",
                    application=application.display_name,
                )
            elif owned:
                reasons[application] = self.env._(
                    "%(application)s: the customer's owner is no witness: %(archives)s",
                    application=application.display_name,
                    archives=comma(self.env).join(owned.mapped("archive_number")),
                )
        return reasons

    def _post_submit(self):
        self._write_protected({"submitted_at": fields.Datetime.now()})
        self._note_step("submit")

    def _post_approve(self):
        self._note_step("approve")

    def _post_refuse(self):
        self._release_archives()
        self._note_step("refuse")

    def _post_cancel(self):
        self._release_archives()
        self._note_step("cancel")

    # === BUSINESS METHODS === #

    @api.model
    def _check_step_group(self, step):
        """:raise AccessError: for whoever is not in a group that takes this step"""
        if self.env.su or self.env.user.has_groups(",".join(STEP_GROUPS[step])):
            return
        groups = [self.env.ref(name).sudo().name for name in STEP_GROUPS[step]]
        raise AccessError(
            self.env._("Only %(groups)s do this.", groups=comma(self.env).join(groups))
        )

    def _lock(self):
        """Let no two steps of one application happen at the same time.

        :raise odoo.exceptions.LockError: when somebody else is at it
        """
        self.check_access("read")
        try:
            # sudo: locking a row takes the right to write it; who decides need not
            # have it.
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise LockError(
                self.env._(
                    "Somebody else is taking a step with %(applications)s right now: "
                    "wait a moment and look at it again.",
                    applications=comma(self.env).join(self.mapped("display_name")),
                )
            ) from error
        self.invalidate_recordset()

    def _get_next_list_number(self):
        """Draw the next number of a destruction list; gap-free within a year."""
        self.ensure_one()
        company = self.company_id
        # sudo: users have no rights on sequences.
        number = (
            self.env["ir.sequence"]
            .sudo()
            .with_company(company)
            .next_by_code("kehu.destruction.list", sequence_date=company._kehu_today())
        )
        if not number:
            raise UserError(
                self.env._(
                    "There is no sequence for destruction lists: ask an administrator "
                    "to make one with the code kehu.destruction.list."
                )
            )
        return number

    def _release_archives(self):
        """Archives of a procedure that ended may stand in another list."""
        self.line_ids._write_protected({"state": "dropped"})
        # The index looks at the table: another list may be made at once.
        self.line_ids.flush_recordset(["state"])

    def _note_step(self, step):
        """Log a step in the chain of each archive."""
        for application in self:
            archives = application.line_ids.filtered(
                lambda line: line.state != "destroyed"
            ).archive_id
            archives._log_event(
                "destruction",
                {"destruction": application.display_name, "destruction_step": step},
            )

    def _get_cooling_text(self):
        self.ensure_one()
        return format_datetime(self.env, self.cooling_until)
