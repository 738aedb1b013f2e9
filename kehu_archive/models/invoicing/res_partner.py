from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Who receives the invoices of a customer: the head office's choice (R73)."""

    _inherit = "res.partner"

    invoiced_party_id = fields.Many2one(
        "res.partner",
        string="Invoices Go To",
        compute="_compute_invoiced_party",
        compute_sudo=True,
        help="Who receives the customer's invoices: the invoiced party of the card, "
        "else what the head office chose, else the head office, else the customer.",
    )
    is_invoiced_for_others = fields.Boolean(
        string="Invoiced for Others",
        compute="_compute_invoiced_party",
        compute_sudo=True,
        help="The customer receives the invoices of other customers also.",
    )
    invoicing_agreement_ids = fields.One2many(
        "kehu.invoicing.agreement",
        "customer_id",
        string="Invoicing Agreements",
        groups="account.group_account_invoice,account.group_account_readonly,"
        "kehu_archive.group_kehu_manager,kehu_archive.group_kehu_auditor",
        help="Agreements by which another legal person receives the invoices.",
    )
    invoicing_agreement_lacks = fields.Boolean(
        compute="_compute_invoicing_agreement_lacks",
        help="The invoices go to a party with another tax number, and no agreement "
        "about it is on file.",
    )

    @api.depends(
        "archive_id",
        "invoicing_partner_id",
        "head_office_id.invoicing_partner_id",
        "head_office_id.archive_id",
        "branch_ids",
    )
    def _compute_invoiced_party(self):
        others = self._kehu_get_invoiced_for_others()
        for partner in self:
            party = partner._origin or partner
            if partner.archive_id:
                office = partner.head_office_id
                party = (
                    partner.invoicing_partner_id
                    or office.invoicing_partner_id
                    or office
                    or party
                )
            partner.invoiced_party_id = party
            partner.is_invoiced_for_others = partner._origin.id in others

    def _kehu_get_invoiced_for_others(self):
        """Return the ids of those in ``self`` that other customers name (R73)."""
        found = set()
        for name in ("head_office_id", "invoicing_partner_id"):
            pairs = self._read_group(
                [(name, "in", self._origin.ids), ("archive_id", "!=", False)],
                [name],
                ["id:recordset"],
            )
            found |= {party.id for party, named in pairs if named - party}
        return found

    @api.depends("invoiced_party_id", "vat", "invoicing_agreement_ids")
    def _compute_invoicing_agreement_lacks(self):
        lacking = self._kehu_get_lacking_agreements(fields.Date.context_today(self))
        for partner in self:
            partner.invoicing_agreement_lacks = partner._origin.id in lacking

    def _kehu_get_lacking_agreements(self, day):
        """Return the ids of customers whose invoicing needs a paper and has none (N9).

        :param datetime.date day: when the invoice is made
        :rtype: set[int]
        """
        others = self._origin.filtered(
            lambda partner: partner._kehu_is_other_taxpayer(
                partner.invoiced_party_id.sudo()
            )
        )
        agreed = self.env["kehu.invoicing.agreement"]._get_agreed(others, day)
        return {
            partner.id
            for partner in others
            if (partner.id, partner.invoiced_party_id.id) not in agreed
        }

    def _kehu_is_other_taxpayer(self, party):
        """Say whether ``party`` has another tax number than the customer.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            party
            and party.id != self.id
            and self.vat
            and party.vat
            and self.vat.strip().upper() != party.vat.strip().upper()
        )

    def _kehu_get_party_fault(self, party_sudo, company):
        """Say why a party cannot receive an invoice of a company, if so (N9).

        :return: a translated sentence, or False
        """
        if not party_sudo.active:
            return self.env._(
                "%(party)s, who is to be invoiced, has been archived in Odoo.",
                party=party_sudo.display_name,
            )
        if party_sudo.company_id and party_sudo.company_id != company:
            return self.env._(
                "%(party)s, who is to be invoiced, is a customer of another company.",
                party=party_sudo.display_name,
            )
        return False

    # === TABLES (R26) === #

    def action_kehu_sales_statistics(self):
        """Open the sales statistics of the customer and its branches."""
        return self._kehu_open_table("kehu_archive.kehu_sales_statistics_action")

    def action_kehu_sales_funnel(self):
        """Open the sales funnel of the customer and its branches."""
        return self._kehu_open_table(
            "kehu_archive.kehu_sales_funnel_action", "partner_id"
        )

    def action_kehu_kpi(self):
        """Open the key figures of the customer and its branches (R109)."""
        return self._kehu_open_table("kehu_archive.kehu_customer_kpi_action")

    def action_kehu_match(self):
        """Open the match table of the customer, or of all branches it pays for."""
        return self._kehu_open_table(
            "kehu_archive.kehu_match_action", office="party_id"
        )

    def _kehu_open_table(self, xml_id, customer="customer_id", office="head_office_id"):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        domain = Domain(customer, "=", self.id) | Domain(office, "=", self.id)
        # Of one customer and its branches, each of them; of all, that would be too many.
        context = {"pivot_row_groupby": [customer]} if customer == "customer_id" else {}
        return {**action, "domain": list(domain), "context": context}
