from odoo import fields, models


class KehuArchive(models.Model):
    """The customer card inside the archive's form: one screen for the whole form.

    Those that lists are searched and grouped by are stored.
    """

    _inherit = "kehu.archive"

    card_ref = fields.Char(
        related="partner_id.ref",
        string="Customer Code",
        readonly=False,
        help="Customer code.",
    )
    card_name = fields.Char(
        related="partner_id.name", readonly=False, help="Full name, as on invoices."
    )
    card_short_name = fields.Char(
        related="partner_id.short_name", readonly=False, help="Name on screens."
    )
    card_customer_class_id = fields.Many2one(
        related="partner_id.customer_class_id",
        readonly=False,
        store=True,
        index=True,
        help="Class in the company's own tree.",
    )
    card_region_id = fields.Many2one(
        related="partner_id.region_id",
        readonly=False,
        store=True,
        index=True,
        help="Region by GB/T 2260.",
    )
    card_industry_id = fields.Many2one(
        related="partner_id.industry_id",
        readonly=False,
        store=True,
        index=True,
        help="Industry by GB/T 4754.",
    )
    card_industry_text = fields.Char(
        related="partner_id.industry_text",
        readonly=False,
        help="Industry in the words of the form.",
    )
    card_street = fields.Char(
        related="partner_id.street", readonly=False, help="Street and number."
    )
    card_street2 = fields.Char(
        related="partner_id.street2", readonly=False, help="More of the address."
    )
    card_city = fields.Char(related="partner_id.city", readonly=False, help="City.")
    card_state_id = fields.Many2one(
        related="partner_id.state_id",
        string="State or Province",
        readonly=False,
        help="Province.",
    )
    card_country_id = fields.Many2one(
        related="partner_id.country_id", readonly=False, help="Country."
    )
    card_zip = fields.Char(
        related="partner_id.zip", readonly=False, help="Postal code."
    )
    card_phone = fields.Char(
        related="partner_id.phone", readonly=False, help="Telephone."
    )
    card_email = fields.Char(
        related="partner_id.email", readonly=False, help="E-mail address."
    )
    card_website = fields.Char(
        related="partner_id.website", readonly=False, help="Website."
    )
    card_head_office_id = fields.Many2one(
        related="partner_id.head_office_id",
        readonly=False,
        help="The topmost company that the customer belongs to.",
    )
    card_head_office_relation = fields.Selection(
        related="partner_id.head_office_relation",
        readonly=False,
        help="Branch, subsidiary or store.",
    )
    card_dealer_id = fields.Many2one(
        related="partner_id.dealer_id",
        string="Buys From",
        readonly=False,
        help="The dealer from whom the customer buys our goods.",
    )
    card_legal_representative = fields.Char(
        related="partner_id.legal_representative",
        readonly=False,
        help="Legal representative as on the business licence.",
    )
    card_registered_capital = fields.Float(
        related="partner_id.registered_capital",
        readonly=False,
        help="Registered capital in 万元.",
    )
    card_founded_on = fields.Date(
        related="partner_id.founded_on", readonly=False, help="Establishment."
    )
    card_enterprise_nature_id = fields.Many2one(
        related="partner_id.enterprise_nature_id",
        readonly=False,
        help="State-owned, foreign, joint, private or other.",
    )
    card_enterprise_nature_text = fields.Char(
        related="partner_id.enterprise_nature_text",
        readonly=False,
        help="Words after “other”.",
    )
    card_customer_nature = fields.Selection(
        related="partner_id.customer_nature",
        readonly=False,
        help="Decides which sections fit.",
    )
    card_employee_count = fields.Integer(
        related="partner_id.employee_count", readonly=False, help="Number of staff."
    )
    card_annual_revenue = fields.Float(
        related="partner_id.annual_revenue",
        readonly=False,
        help="Revenue of the last full year in 万元.",
    )
    card_total_assets = fields.Float(
        related="partner_id.total_assets",
        readonly=False,
        help="Total assets in 万元.",
    )
    card_size_class = fields.Selection(
        related="partner_id.size_class",
        store=True,
        help="By the national table of 2017.",
    )
    card_vat = fields.Char(
        related="partner_id.vat",
        readonly=False,
        help="Tax number or unified social credit code.",
    )
    card_vat_warning = fields.Char(
        related="partner_id.vat_warning",
        help="What looks wrong with the tax number.",
    )
    card_invoicing_partner_id = fields.Many2one(
        related="partner_id.invoicing_partner_id",
        readonly=False,
        help="Who receives the invoices.",
    )
    card_credit_partner_id = fields.Many2one(
        related="partner_id.credit_partner_id",
        readonly=False,
        help="Whose credit is used.",
    )
    card_bank_ids = fields.One2many(
        related="partner_id.bank_ids",
        readonly=False,
        help="Bank accounts, the most used one first.",
    )
    card_suggested_bank_id = fields.Many2one(
        related="partner_id.suggested_bank_id",
        help="The account that the customer used most often, when it is not the "
        "default one.",
    )
    card_customer_category = fields.Selection(
        related="partner_id.customer_category",
        readonly=False,
        store=True,
        help="Important, main, ordinary or potential.",
    )
    card_credit_grade = fields.Selection(
        related="partner_id.credit_grade",
        readonly=False,
        store=True,
        help="Credit grade A, B or C.",
    )

    card_suggested_category = fields.Selection(
        related="partner_id.suggested_category",
        help="The category that orders and invoices speak for, when it is not the one "
        "chosen.",
    )

    # === ACTIONS === #

    def action_take_suggested_category(self):
        """Take over the category that the deals speak for (R86)."""
        self._check_kept()
        self._check_content_is_open()
        self.partner_id._kehu_take_suggested_category()

    def action_fill_empty_categories(self):
        """Take the suggestion for those archives that have no category (R86).

        A category that somebody chose stays.
        """
        self._check_kept()
        self._check_content_is_open()
        self.partner_id._kehu_take_suggested_category(only_empty=True)

    def action_take_suggested_bank(self):
        """Make the most used bank account the default one (R78).

        Nothing does this by itself: somebody who keeps the archive clicks.
        """
        self._check_kept()
        self._check_content_is_open()
        for archive in self.filtered("card_suggested_bank_id"):
            archive.partner_id._kehu_put_bank_first(archive.card_suggested_bank_id)
