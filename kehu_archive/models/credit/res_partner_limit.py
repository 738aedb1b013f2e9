from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from .res_partner_credit_readers import FIGURE_GROUPS

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

    kehu_group_limit = fields.Char(
        string="Limit of the Group",
        compute="_compute_kehu_limits",
        groups=FIGURE_GROUPS,
        help="The credit limit of whoever answers for the credit, and how much of it "
        "all whose credit it is have used: open receivables, draft invoices, and "
        "orders that are not invoiced yet.",
    )
    kehu_own_limit = fields.Char(
        string="Own Limit",
        compute="_compute_kehu_limits",
        groups=FIGURE_GROUPS,
        help="The credit limit of the customer itself, and how much of it is used.",
    )

    @api.depends("kehu_credit_party_id", "archive_id", "kehu_zero_credit")
    @api.depends_context("lang", "company", "uid")
    def _compute_kehu_limits(self):
        seen = self._kehu_filter_credit_seen()
        for partner in self - seen:
            partner.kehu_group_limit = partner.kehu_own_limit = False
        for partner in seen:
            customer = partner.commercial_partner_id
            party = customer.kehu_credit_party_id
            is_group = customer != party or bool(customer.branch_ids)
            partner.kehu_group_limit = is_group and party._kehu_say_limit_use(True)
            partner.kehu_own_limit = (
                customer != party or not is_group
            ) and customer._kehu_say_limit_use(False)

    def _kehu_say_limit_use(self, is_group):
        """Say a limit and how much of it is used.

        :param bool is_group: by everybody whose credit this party is
        :return: a translated phrase; False without a limit
        :rtype: str or bool
        """
        self.ensure_one()
        company = self.env.company
        # sudo: limit and use are for whoever may read the card; no document is shown.
        limit = self.sudo()._kehu_get_limit() if self.sudo().archive_id else None
        if limit is None:
            return False
        gate = self.env["kehu.credit.gate"].sudo()
        used = gate._get_exposure(self.sudo(), company, is_group)

        def say(amount):
            return formatLang(self.env, amount, currency_obj=company.currency_id)

        if not limit:
            return self.env._("0: no credit; %(used)s used", used=say(used))
        if used > limit:
            return self.env._(
                "%(limit)s; %(used)s used, %(over)s too much",
                limit=say(limit),
                used=say(used),
                over=say(used - limit),
            )
        return self.env._(
            "%(limit)s; %(used)s used, %(left)s left",
            limit=say(limit),
            used=say(used),
            left=say(limit - used),
        )

    def _compute_show_credit_limit(self):  # pylint: disable=missing-return
        """Show limits also where only this module looks at them."""
        super()._compute_show_credit_limit()
        # sudo: a setting of the company.
        if self.env.company.sudo().kehu_credit_limit_policy in ("warn", "block"):
            self.show_credit_limit = True

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            is_told = vals.get("use_partner_credit_limit", "credit_limit" in vals)
            if is_told and not vals.get("credit_limit"):
                partner.kehu_zero_credit = True
        return partners

    def write(self, vals):
        result = super().write(vals)
        if self.env.context.get("kehu_limit_is_default") is not _DEFAULT:
            # Contacts are given their company's limit by Odoo: nobody set it for them.
            customers_sudo = self.sudo().filtered(
                lambda partner: partner.commercial_partner_id == partner
            )
            is_told = vals.get("use_partner_credit_limit", True)
            if "credit_limit" in vals and is_told:
                customers_sudo.kehu_zero_credit = not vals["credit_limit"]
            elif vals.get("use_partner_credit_limit"):
                for partner in customers_sudo:
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
        # First: a default that the company sets later is no limit of this customer.
        if partner.kehu_zero_credit:
            return 0.0
        if partner.credit_limit:
            return partner.credit_limit
        fallback = self._fields["credit_limit"].get_company_dependent_fallback(self)
        return 0.0 if fallback else None

    def _kehu_get_zero_limits(self):
        """Return the companies in which one of these customers has no credit: when they
        become one customer, it has none.

        :rtype: res.company
        """
        # sudo: limits of all companies.
        return (
            self.env["res.company"]
            .sudo()
            .search(Domain.TRUE)
            .filtered(
                lambda company: any(
                    self.sudo().with_company(company).mapped("kehu_zero_credit")
                )
            )
        )
