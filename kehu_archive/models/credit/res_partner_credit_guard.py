from odoo import models
from odoo.exceptions import AccessError

from ...wording import comma

_DECIDERS = (
    "kehu_archive.group_kehu_credit,kehu_archive.group_kehu_manager,"
    "account.group_account_invoice"
)
_POLICIES = ("grade", "overdue", "limit", "terms")


class ResPartner(models.Model):
    """Who is stopped by credit does not choose whose credit it is (R87).

    Only where a rule of the company blocks: elsewhere cards are edited as before.
    """

    _inherit = "res.partner"

    def write(self, vals):
        """:raise AccessError: when a keeper takes a registered customer out of what its
        grade and its limit come from
        """
        if vals.keys() & {"credit_partner_id", "kehu_disputed"}:
            self._kehu_check_leaves_credit(vals)
        return super().write(vals)

    def _kehu_check_leaves_credit(self, vals):
        """:raise AccessError: naming the customers"""
        if self.env.su or self.env.user.has_groups(_DECIDERS):
            return
        # sudo: the company's own settings.
        company = self.env.company.sudo()
        if all(company[f"kehu_credit_{name}_policy"] != "block" for name in _POLICIES):
            return
        leaving = self.filtered(
            lambda partner: (
                partner.archive_id
                and (
                    vals.get("credit_partner_id", partner.credit_partner_id.id)
                    != partner.credit_partner_id.id
                    or (partner.kehu_disputed and not vals.get("kehu_disputed", True))
                )
            )
        )
        if leaving:
            raise AccessError(
                self.env._(
                    "Whose credit a customer uses, and that a dispute in court has "
                    "ended, is for those who decide on credit to say: %(customers)s",
                    customers=comma(self.env).join(leaving.mapped("display_name")),
                )
            )
