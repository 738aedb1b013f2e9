import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from ...wording import comma


class KehuLoan(models.Model):
    """Handing over, bringing back, renewing (R11, R12)."""

    _inherit = "kehu.loan"

    # === FIELDS - HAND-OVER === #

    lent_by_id = fields.Many2one(
        "res.users",
        string="Handed Over By",
        readonly=True,
        copy=False,
        help="Who handed the archive over in the archive room.",
    )
    lent_at = fields.Datetime(
        string="Handed Over At", readonly=True, copy=False, help="When it was taken."
    )
    lent_signature = fields.Char(
        string="Received By",
        readonly=True,
        copy=False,
        help="Name signed by whoever took the archive.",
    )
    lent_digest = fields.Char(
        string="Hand-over Digest",
        readonly=True,
        copy=False,
        help="SHA-256 of what was signed at the hand-over.",
    )
    lent_pages = fields.Integer(
        string="Pages Out", readonly=True, copy=False, help="Pages counted when lent."
    )

    # === FIELDS - RETURN === #

    returned_to_id = fields.Many2one(
        "res.users",
        string="Taken Back By",
        readonly=True,
        copy=False,
        help="Who took the archive back and checked it.",
    )
    returned_at = fields.Datetime(
        readonly=True, copy=False, help="When the archive came back."
    )
    return_signature = fields.Char(
        string="Brought Back By",
        readonly=True,
        copy=False,
        help="Name signed by whoever brought the archive back.",
    )
    return_digest = fields.Char(
        readonly=True, copy=False, help="SHA-256 of what was signed at the return."
    )
    return_pages = fields.Integer(
        string="Pages Back",
        readonly=True,
        copy=False,
        help="Pages counted at the return.",
    )
    return_condition = fields.Selection(
        [("good", "Good"), ("damaged", "Damaged"), ("incomplete", "Incomplete")],
        readonly=True,
        copy=False,
        help="What the check at the return found.",
    )
    damage_note = fields.Char(
        readonly=True, copy=False, help="What is damaged or missing."
    )

    # === FIELDS - RENEWAL AND STEPS === #

    renew_count = fields.Integer(
        string="Renewals", readonly=True, copy=False, help="How often it was renewed."
    )
    can_read = fields.Boolean(
        compute="_compute_can_step",
        help="The present user reads the archive by this grant now.",
    )
    can_renew = fields.Boolean(
        compute="_compute_can_step", help="The present user may give more time."
    )
    can_cancel = fields.Boolean(
        compute="_compute_can_step", help="The present user may withdraw the request."
    )
    can_review = fields.Boolean(
        compute="_compute_can_step",
        help="The present user may review this emergency access.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "date_start", "date_end", "borrower_id", "review_outcome")
    @api.depends_context("uid")
    def _compute_can_step(self):
        user = self.env.user
        cancellable = self._get_state_sources()["cancelled"]
        for loan in self:
            loan.can_read = bool(
                loan.grants_access
                and loan.phase == "running"
                and loan.borrower_id == user
            )
            loan.can_cancel = (
                loan.state in cancellable and user in loan._get_applicants()
            )
            loan.can_renew = loan.state in (
                "approved",
                "lent",
            ) and not loan._get_cannot_renew_reason(loan._default_date_end())
            loan.can_review = not loan._get_cannot_review_reason()

    # === ACTIONS === #

    def action_lend(self, signature=None, pages=0):
        """Hand the archive over; whoever takes it signs (R11).

        Of several hand-overs of one original at the same time the database lets one
        win; the others are told so.

        :param str signature: name of whoever takes it; the borrower's by default
        :param int pages: pages counted
        :raise UserError: when the original is out, or the borrower owes another one
        """
        self._check_is_archive_room()
        self._check_can_move("lent")
        self._check_can_lend()
        now = fields.Datetime.now()
        for loan in self:
            name = (signature or loan.borrower_id.name).strip()
            loan._set_state(
                "lent",
                {
                    "lent_by_id": self.env.uid,
                    "lent_at": now,
                    "lent_signature": name,
                    "lent_pages": pages,
                    "lent_digest": loan._get_signature_digest(
                        "lend", name, now, {"pages": pages}
                    ),
                },
            )
        # Of two hand-overs at once the index decides, here and not at the end.
        self.flush_recordset(["state"])
        self._kehu_note_step("lend")
        self._close_activities("mail_activity_loan_available")

    def action_return(self, signature=None, pages=0, condition="good", damage=None):
        """Take the archive back, checked; or end an access before its time (R12).

        An original is taken back by the archive room. Access on the screen is given
        up by the reader, too.

        :param str signature: name of whoever brings it; the borrower's by default
        :param int pages: pages counted
        :param str condition: good, damaged or incomplete
        :param str damage: what is damaged or missing
        :raise UserError: for damage without a note
        """
        self._check_can_return()
        damage = (damage or "").strip()
        if condition != "good" and not damage:
            raise UserError(self.env._("Note what is damaged or missing."))
        now = fields.Datetime.now()
        lent = self.filtered(lambda loan: loan.state == "lent")
        originals = lent.filtered(lambda loan: loan.medium == "original")
        for loan in self:
            name = (signature or loan.borrower_id.name).strip()
            check = {"pages": pages, "condition": condition, "damage": damage}
            loan._set_state(
                "returned",
                {
                    "returned_to_id": self.env.uid,
                    "returned_at": now,
                    "return_signature": name,
                    "return_pages": pages,
                    "return_condition": condition,
                    "damage_note": damage or False,
                    "return_digest": loan._get_signature_digest(
                        "return", name, now, check
                    ),
                },
            )
        self._kehu_note_step("return")
        # Only what was handed over is ever reminded of.
        if lent:
            lent._close_activities(
                "mail_activity_loan_due", "mail_activity_loan_overdue"
            )
        originals._tell_next_in_queue()

    def action_renew(self, date_end=None):
        """Give more time; decided by whoever may approve, a limited number of times.

        :param datetime date_end: the new end; by default the usual period from now on
        :raise UserError: saying for each loan why not
        """
        self.check_access("read")
        self._check_in_states({"approved", "lent"})
        date_end = fields.Datetime.to_datetime(date_end) or self._default_date_end()
        self._raise_reasons(
            {loan: loan._get_cannot_renew_reason(date_end) for loan in self}
        )
        for loan in self:
            loan._write_protected(
                {
                    "date_end": date_end,
                    "renew_count": loan.renew_count + 1,
                    "reminder_level": 0,
                }
            )
        self._kehu_note_step("renew")
        self._close_activities("mail_activity_loan_due", "mail_activity_loan_overdue")

    # === BUSINESS METHODS === #

    @api.model
    def _get_state_sources(self):
        sources = super()._get_state_sources()
        return {
            **sources,
            "lent": {"approved"},
            "returned": {"approved", "lent"},
            "cancelled": sources["cancelled"] | {"approved"},
        }

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "lent_by_id",
            "lent_at",
            "lent_signature",
            "lent_digest",
            "lent_pages",
            "returned_to_id",
            "returned_at",
            "return_signature",
            "return_digest",
            "return_pages",
            "return_condition",
            "damage_note",
            "renew_count",
        }

    def _check_is_archive_room(self):
        """:raise AccessError: unless the present user is an archivist"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(self.env._("Only the archive room does this."))

    def _check_can_lend(self):
        """:raise UserError: naming what stands against the hand-over"""
        holders = self._get_holders()
        late = self._get_late_borrowers()
        now = fields.Datetime.now()
        reasons = {}
        for loan in self:
            holder = holders.get(loan.archive_id.id)
            company = loan.company_id.sudo() or self.env.company
            if loan.kind != "borrow":
                reasons[loan] = self.env._(
                    "%(loan)s is for reading on the screen: nothing is handed over.",
                    loan=loan.display_name,
                )
            elif loan.borrower_id == self.env.user:
                reasons[loan] = self.env._(
                    "%(loan)s is your own: let a colleague hand it over.",
                    loan=loan.display_name,
                )
            elif loan.medium == "original" and holder:
                reasons[loan] = self.env._(
                    "The original of %(loan)s is with %(holder)s.",
                    loan=loan.display_name,
                    holder=holder.sudo().name,
                )
            elif loan.date_end <= now:
                reasons[loan] = self.env._(
                    "The period of %(loan)s has passed already.",
                    loan=loan.display_name,
                )
            elif loan.borrower_id in late and company.kehu_overdue_blocks:
                reasons[loan] = loan._get_late_reason(late[loan.borrower_id])
        self._raise_reasons(reasons)

    def _check_can_return(self):
        """Originals come back to the archive room; a reader ends a reading alone."""
        self.check_access("read")
        self._check_can_move("returned")
        if unlent := self.filtered(
            lambda loan: loan.state == "approved" and loan.medium == "original"
        ):
            raise UserError(
                self.env._(
                    "Was not handed over: %(loans)s",
                    loans=comma(self.env).join(unlent.mapped("display_name")),
                )
            )
        foreign = self.filtered(
            lambda loan: loan.medium == "original" or loan.borrower_id != self.env.user
        )
        if foreign:
            foreign._check_is_archive_room()
        if own := foreign.filtered(lambda loan: loan.borrower_id == self.env.user):
            raise UserError(
                self.env._(
                    "%(loans)s is your own: let a colleague take it back.",
                    loans=comma(self.env).join(own.mapped("display_name")),
                )
            )

    def _get_cannot_renew_reason(self, date_end):
        """Say why the present user may not give this loan more time, or False."""
        self.ensure_one()
        # sudo: the limits are the company's.
        company = self.company_id.sudo() or self.env.company
        if self.env.user in self._get_applicants():
            return self.env._(
                "Whoever asks does not decide: %(request)s", request=self.display_name
            )
        if self.emergency:
            return self.env._(
                "%(loan)s was an emergency: ask for access in the usual way.",
                loan=self.display_name,
            )
        if not self._may_decide():
            return self.env._(
                "%(request)s is decided by %(approvers)s.",
                request=self.display_name,
                approvers=self._get_approver_names(),
            )
        if self.renew_count >= company.kehu_max_renewals:
            return self.env._(
                "%(loan)s was renewed %(count)s times already; no more is allowed.",
                loan=self.display_name,
                count=self.renew_count,
            )
        if date_end <= self.date_end:
            return self.env._(
                "The new end of %(loan)s has to be later than %(end)s.",
                loan=self.display_name,
                end=format_datetime(self.env, self.date_end),
            )
        return False

    def _get_signature_digest(self, step, name, at, facts):
        """SHA-256 of what is signed: which archive, by whom, when, in which state.

        :param str step: lend or return
        :param str name: the name that was signed
        :param datetime at: when
        :param dict facts: what was counted and found
        :return: hexadecimal digest
        :rtype: str
        """
        self.ensure_one()
        content = {
            **self._prepare_step_payload(),
            "step": step,
            "archive": self.sudo().archive_id.name or self.archive_id.id,
            "signed": name,
            "at": fields.Datetime.to_string(at),
            "by": self.env.user.login,
            **facts,
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
