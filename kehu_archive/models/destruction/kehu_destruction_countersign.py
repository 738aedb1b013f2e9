from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...wording import comma


class KehuDestruction(models.Model):
    """Legal and finance department sign, too, when the company wants it (R21)."""

    _inherit = "kehu.destruction"

    legal_id = fields.Many2one(
        "res.users",
        string="Legal Department",
        readonly=True,
        copy=False,
        help="Who countersigns for the legal department.",
    )
    legal_signed_at = fields.Datetime(
        readonly=True, copy=False, help="When the legal department signed."
    )
    finance_id = fields.Many2one(
        "res.users",
        string="Finance Department",
        readonly=True,
        copy=False,
        help="Who countersigns for the finance department.",
    )
    finance_signed_at = fields.Datetime(
        readonly=True, copy=False, help="When the finance department signed."
    )
    can_countersign = fields.Boolean(
        compute="_compute_can_countersign",
        help="The present user's countersignature is waited for.",
    )

    def _compute_can_countersign(self):
        user = self.env.user
        for one in self:
            one.can_countersign = one.state == "approved" and (
                (one.legal_id == user and not one.legal_signed_at)
                or (one.finance_id == user and not one.finance_signed_at)
            )

    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "legal_id",
            "legal_signed_at",
            "finance_id",
            "finance_signed_at",
        }

    def _post_submit(self):
        result = super()._post_submit()
        for one in self:
            company_sudo = one.company_id.sudo()
            one._write_protected(
                {
                    "legal_id": company_sudo.kehu_destruction_legal_id.id,
                    "finance_id": company_sudo.kehu_destruction_finance_id.id,
                }
            )
        return result

    def action_countersign(self):
        """Sign for the legal or finance department, after the department head.

        :raise AccessError: for anybody but who was named
        :raise UserError: before the approval
        """
        self.check_access("read")
        self._check_in_states({"approved"})
        user = self.env.user
        for one in self:
            vals = {}
            if one.legal_id == user and not one.legal_signed_at:
                vals["legal_signed_at"] = fields.Datetime.now()
            if one.finance_id == user and not one.finance_signed_at:
                vals["finance_signed_at"] = fields.Datetime.now()
            if not vals:
                raise AccessError(
                    self.env._(
                        "%(application)s does not wait for your signature.",
                        application=one.display_name,
                    )
                )
            if user == one.requester_id:
                raise UserError(
                    self.env._(
                        "Whoever asks does not decide: %(request)s",
                        request=one.display_name,
                    )
                )
            one._write_protected(vals)
        self._note_step("countersign")

    def action_register(self):
        for one in self:
            missing = [
                user.sudo().name
                for user, signed in (
                    (one.legal_id, one.legal_signed_at),
                    (one.finance_id, one.finance_signed_at),
                )
                if user and not signed
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(application)s still waits for the signature of %(users)s.",
                        application=one.display_name,
                        users=comma(self.env).join(missing),
                    )
                )
        return super().action_register()

    def _get_countersign_rows(self):
        rows = super()._get_countersign_rows()
        if self.legal_id:
            rows.append(
                (self.env._("Legal Department"), self.legal_id, self.legal_signed_at)
            )
        if self.finance_id:
            rows.append(
                (
                    self.env._("Finance Department"),
                    self.finance_id,
                    self.finance_signed_at,
                )
            )
        return rows
