from odoo import api, fields, models


class KehuArchive(models.Model):
    """The sections of the archive that are single facts, and the lists below it."""

    _inherit = "kehu.archive"

    # === FIELDS - BUSINESS === #

    main_business = fields.Char(help="Main products or services of the customer.")
    business_scope = fields.Text(
        help="What the customer is licensed or known to do, beyond its main business."
    )
    sales_capability = fields.Text(help="How much, through whom and how well it sells.")

    # === FIELDS - SETTLEMENT === #

    settlement_method = fields.Selection(
        [("cash", "Cash"), ("term", "On Credit")],
        help="How the customer has agreed to pay.",
    )
    credit_days = fields.Integer(help="Days of credit agreed with the customer.")
    credit_terms = fields.Char(
        string="Credit Limit and Period",
        help="Credit limit and period as agreed, in words. The limit that orders are "
        "checked against is the one in the accounting page of the customer.",
    )
    grade_basis = fields.Text(
        help="What the credit grade rests on: receivables, delays, recoveries."
    )

    # === FIELDS - MARKET === #

    market_area = fields.Char(help="Where the customer sells.")
    development_potential = fields.Char(help="What the customer could become for us.")
    business_mode = fields.Char(help="How the customer works: direct, dealer, online…")
    business_characteristics = fields.Char(help="What sets the customer apart.")
    business_philosophy = fields.Text(
        help="What the customer's management believes in."
    )
    business_policy = fields.Text(help="The customer's rules for buying and selling.")
    competitor_summary = fields.Text(
        string="Main Competitors",
        help="Main competitors at this customer, with share and price, in short.",
    )
    market_flow = fields.Text(
        help="Where the goods end up, down to the order number where known."
    )

    # === FIELDS - SERVICE === #

    after_sales_summary = fields.Text(
        string="After-sales Service", help="After-sales service given, in short."
    )
    satisfaction_summary = fields.Text(
        string="Customer Satisfaction", help="How satisfied the customer is, in short."
    )
    complaint_summary = fields.Text(
        string="Complaints", help="Complaints and how they ended, in short."
    )
    remark = fields.Text(help="Whatever has no place elsewhere on the form.")

    # === FIELDS - LISTS === #

    principal_ids = fields.One2many(
        "kehu.principal",
        "archive_id",
        help="Owners, managers, legal representative, buyers and payers.",
    )
    cooperation_ids = fields.One2many(
        "kehu.cooperation", "archive_id", help="Projects and contracts with us."
    )
    need_ids = fields.One2many(
        "kehu.need", "archive_id", help="Needs, tendencies and special requirements."
    )
    service_ids = fields.One2many(
        "kehu.service.record", "archive_id", help="Service, satisfaction, complaints."
    )
    competitor_ids = fields.One2many(
        "kehu.competitor", "archive_id", help="Who else supplies this customer."
    )
    comparison_ids = fields.One2many(
        "kehu.competitor.comparison",
        "archive_id",
        help="Our offer beside the competitors', by date.",
    )
    note_ids = fields.One2many(
        "kehu.archive.note", "archive_id", help="Dated notes with their source."
    )
    item_ids = fields.One2many(
        "kehu.archive.item",
        "archive_id",
        help="The catalogue of what lies in the archive, on paper or as a file.",
    )
    fact_ids = fields.One2many(
        "kehu.archive.fact",
        "archive_id",
        help="Facts that do not apply or that the customer refuses to give.",
    )
    item_count = fields.Integer(
        compute="_compute_item_count", help="Number of pieces in the catalogue."
    )

    # === COMPUTE METHODS === #

    @api.depends("item_ids")
    def _compute_item_count(self):
        counts = dict(
            self.env["kehu.archive.item"]._read_group(
                [("archive_id", "in", self.ids)], ["archive_id"], ["__count"]
            )
        )
        for archive in self:
            archive.item_count = counts.get(archive, 0)

    # === ACTIONS === #

    def action_view_customer(self):
        """Open the customer behind the archive."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    def action_view_items(self):
        """Open the catalogue of the archive."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_item_action"
        )
        action["domain"] = [("archive_id", "in", self.ids)]
        action["context"] = {"default_archive_id": self[:1].id}
        return action
