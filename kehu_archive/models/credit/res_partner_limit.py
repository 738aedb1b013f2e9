from odoo import api, fields, models

# Whoever puts the company's default back holds this object; no remote call can.
_DEFAULT = object()


class ResPartner(models.Model):
    """Odoo's own credit limit, in which an explicit 0 means no credit at all.

    Odoo keeps a limit only where it differs from the company's default, so that "no
    limit" and "a limit of 0" are the same to it.
    """

    _inherit = "res.partner"

    kehu_zero_credit = fields.Boolean(
        string="No Credit",
        company_dependent=True,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="A credit limit of 0 was set on purpose: the customer pays in advance.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            if vals.get("use_partner_credit_limit") and not vals.get("credit_limit"):
                partner.kehu_zero_credit = True
        return partners

    def write(self, vals):
        result = super().write(vals)
        if self.env.context.get("kehu_limit_is_default") is not _DEFAULT:
            if "credit_limit" in vals:
                self.sudo().kehu_zero_credit = not vals["credit_limit"]
            elif vals.get("use_partner_credit_limit"):
                for partner in self.sudo():
                    partner.kehu_zero_credit = not partner.credit_limit
        return result

    @api.depends("kehu_zero_credit")
    def _compute_use_partner_credit_limit(self):  # pylint: disable=missing-return
        super()._compute_use_partner_credit_limit()
        for partner in self:
            if partner.kehu_zero_credit:
                partner.use_partner_credit_limit = True

    def _inverse_use_partner_credit_limit(self):  # pylint: disable=missing-return
        unlimited = self.filtered(lambda one: not one.use_partner_credit_limit)
        # The default that Odoo puts back is no limit that somebody set.
        super(
            ResPartner, self.with_context(kehu_limit_is_default=_DEFAULT)
        )._inverse_use_partner_credit_limit()
        unlimited.filtered("kehu_zero_credit").kehu_zero_credit = False

    def _kehu_get_limit(self):
        """Return the credit limit in the present company.

        :return: the limit; 0 for no credit; None without a limit
        :rtype: float or None
        """
        self.ensure_one()
        partner = self.commercial_partner_id
        if partner.credit_limit:
            return partner.credit_limit
        fallback = self._fields["credit_limit"].get_company_dependent_fallback(self)
        return 0.0 if partner.kehu_zero_credit or fallback else None
