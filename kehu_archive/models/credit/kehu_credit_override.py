from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .kehu_credit_assessment import GRADES


class KehuCreditOverride(models.Model):
    """Another grade than the books give, for a time, for a reason (R87).

    Somebody asks, somebody else grants. It ends with its last day: from the next
    morning on the computed grade holds again.
    """

    _name = "kehu.credit.override"
    _description = "Override of a Credit Grade"
    _inherit = ["kehu.credit.request.mixin"]

    grade = fields.Selection(
        GRADES, required=True, help="The grade that shall hold meanwhile."
    )
    computed_grade = fields.Selection(
        GRADES,
        string="Grade by the Books",
        compute="_compute_computed_grade",
        help="What the books say now.",
    )
    valid_until = fields.Date(
        string="Last Day",
        required=True,
        help="The last day on which the grade holds; after it the computed one returns.",
    )
    ended = fields.Boolean(
        readonly=True, copy=False, help="The computed grade holds again."
    )

    _running_idx = models.Index(
        "(partner_id) WHERE state = 'approved' AND ended IS NOT TRUE"
    )

    @api.depends("partner_id")
    def _compute_computed_grade(self):
        for override in self:
            # sudo: who decides sees the grade that he or she replaces.
            override.computed_grade = override.sudo().partner_id.kehu_computed_grade

    @api.constrains("valid_until")
    def _check_valid_until(self):
        for override in self:
            if override.valid_until < override._get_today():
                raise ValidationError(
                    self.env._("The last day of an override lies ahead.")
                )

    def _get_today(self):
        """Return the day it is for the company that keeps the customer."""
        self.ensure_one()
        party_sudo = self.sudo().partner_id
        company_sudo = party_sudo.archive_id.company_id
        return (company_sudo or party_sudo._kehu_get_main_company())._kehu_today()

    def _get_cannot_decide_reason(self):
        if reason := super()._get_cannot_decide_reason():
            return reason
        if self.valid_until < self._get_today():
            return self.env._("%s: its last day is over.", self.display_name)
        customer_sudo = self.sudo().partner_id
        party_sudo = customer_sudo.kehu_credit_party_id
        if party_sudo != customer_sudo:
            return self.env._(
                "%(customer)s uses the credit of %(party)s now: ask anew.",
                customer=customer_sudo.display_name,
                party=party_sudo.display_name,
            )
        return False

    def _get_interested_users(self):
        """Whoever keeps the customer does not judge how it pays."""
        return (
            super()._get_interested_users() | self.sudo().partner_id.archive_id.user_id
        )

    def _say_interested(self):
        return self.env._("You keep this customer: somebody else decides.")

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"ended"}

    @api.model
    def _prepare_request_vals(self, vals):
        """Ask about the credit party: its grade is that of all whose credit it is.

        :raise AccessError: when how it pays is not for the user to see
        """
        vals = super()._prepare_request_vals(vals)
        if vals.get("partner_id"):
            customer = self.env["res.partner"].browse(vals["partner_id"])
            customer.check_access("read")
            customer._kehu_check_credit_seen()
            vals = {**vals, "partner_id": customer.kehu_credit_party_id.id}
        return vals

    def write(self, vals):
        """:raise AccessError: when how the customer pays is not for the user to see"""
        if "partner_id" in vals and not self._in_transition():
            vals = self._prepare_request_vals(vals)
        return super().write(vals)

    def _post_approve(self):  # pylint: disable=missing-return
        super()._post_approve()
        for override in self.sudo():
            # sudo: who decides edits neither snapshots nor customers.
            earlier_sudo = override._get_running(override.partner_id) - override
            earlier_sudo._write_protected({"ended": True})
            party_sudo = override.partner_id
            last_sudo = party_sudo.credit_assessment_id
            if not last_sudo:
                assessments = self.env["kehu.credit.assessment"].sudo()
                last_sudo = assessments._assess(party_sudo, force=True)
                if not last_sudo:
                    last_sudo = assessments._assess_nothing(party_sudo)
            last_sudo._override(override)
            party_sudo._kehu_apply_grade(override.grade, overriding=True)

    @api.model
    def _get_running(self, parties):
        """Return the overrides in effect of some parties, in sudo."""
        # sudo: that an override runs decides for everybody.
        return self.sudo().search(
            [
                ("partner_id", "in", parties.ids),
                ("state", "=", "approved"),
                ("ended", "=", False),
            ]
        )

    @api.model
    def _get_running_sql(self):
        """Select the overrides in effect: ``partner_id``, ``id``, ``grade``.

        :return: one row at most for each party
        :rtype: SQL
        """
        return SQL(
            """
            SELECT DISTINCT ON (partner_id) partner_id, id, grade
              FROM kehu_credit_override
             WHERE state = 'approved' AND ended IS NOT TRUE
             ORDER BY partner_id, id DESC
            """
        )

    @api.model
    def _end_expired(self):
        """Give back their computed grade to customers whose override is over."""
        for override in self.search(
            [("state", "=", "approved"), ("ended", "=", False)]
        ):
            if override.valid_until < override._get_today():
                override._end()

    def action_end(self):
        """End overrides before their last day; the computed grades hold again.

        :raise UserError: for what is not in effect, or is decided by others
        """
        self.check_access("read")
        for override in self:
            if override.state != "approved" or override.ended:
                raise UserError(
                    self.env._("%s is not in effect.", override.display_name)
                )
            party_sudo = override.sudo().partner_id
            if why := party_sudo._kehu_get_cannot_decide_credit_reason(self.env.user):
                raise UserError(why)
            # sudo: who decides edits neither snapshots nor customers.
            override.sudo()._end()

    def _end(self):
        self.ensure_one()
        self._write_protected({"ended": True})
        # The customer's own: it may use somebody else's credit by now.
        last_sudo = self.partner_id.sudo().credit_assessment_ids.filtered("is_last")
        if last_sudo.state == "overridden":
            last_sudo._write_protected(
                {"state": "accepted", "grade": last_sudo.computed_grade}
            )
        self.partner_id._kehu_apply_grade(last_sudo.computed_grade)
        self._say(self.env._("Over: the computed grade holds again."))
