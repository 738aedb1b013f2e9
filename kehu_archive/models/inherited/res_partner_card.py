from odoo import api, fields, models
from odoo.tools import SQL

from ...registration import sizing

CATEGORIES = [
    ("key", "Important"),
    ("main", "Main"),
    ("ordinary", "Ordinary"),
    ("potential", "Potential"),
]


class ResPartner(models.Model):
    """The customer card: public and transactional facts of a customer (R04, R05).

    Odoo reads along all fields of a partner that are not kept apart. The card is, so
    that other partners do not pay for it; and of the card, ``kehu_identity`` is: what
    each save of a customer looks at.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "kehu.new.record.mixin"]

    # === FIELDS - CLASSIFICATION === #

    customer_class_id = fields.Many2one(
        "kehu.customer.class",
        index="btree_not_null",
        tracking=True,
        help="Class in the company's own tree. Type its code and press Tab.",
        prefetch="kehu_card",
    )
    region_id = fields.Many2one(
        "kehu.region",
        index="btree_not_null",
        tracking=True,
        help="Province, city or county by GB/T 2260. Type its code and press Tab: "
        "370200 becomes 青岛市.",
        prefetch="kehu_identity",
    )
    industry_id = fields.Many2one(
        help="Industry by GB/T 4754. Type its code, its name, or the words of the "
        "registration form, and press Tab: C36 becomes 汽车制造业.",
    )
    industry_text = fields.Char(
        string="Industry as Written",
        help="The industry in the words of the registration form.",
        prefetch="kehu_card",
    )
    # Not indexed: there are a handful of natures, and each index makes every write of
    # every partner dearer.
    enterprise_nature_id = fields.Many2one(
        "kehu.enterprise.nature",
        tracking=True,
        help="State-owned, foreign, joint, private or other.",
        prefetch="kehu_card",
    )
    enterprise_nature_text = fields.Char(
        string="Other Nature",
        help="Words after “other” on the registration form.",
        prefetch="kehu_card",
    )
    customer_nature = fields.Selection(
        [
            ("government", "Government"),
            ("special", "Special Company"),
            ("company", "Ordinary Company"),
            ("individual", "Individual"),
            ("partner", "Trading Partner"),
        ],
        tracking=True,
        help="Decides which sections of the archive fit. An individual has no "
        "registered capital.",
        prefetch="kehu_identity",
    )
    customer_category = fields.Selection(
        CATEGORIES,
        tracking=True,
        help="The category chosen on the registration form. A suggestion never "
        "overwrites it.",
        prefetch="kehu_card",
    )
    credit_grade = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        tracking=True,
        groups="base.group_user",
        help="A: cash, or on credit and pays on time. B: often owes, easy to recover. "
        "C: owes, hard to recover.",
        prefetch="kehu_card",
    )

    # === FIELDS - ENTERPRISE === #

    legal_representative = fields.Char(
        tracking=True,
        help="Legal representative as on the business licence.",
        prefetch="kehu_card",
    )
    registered_capital = fields.Float(
        string="Registered Capital (10k CNY)",
        digits=(16, 4),
        help="Registered capital in 万元 (ten thousand CNY).",
        prefetch="kehu_card",
    )
    founded_on = fields.Date(
        help="Date of establishment on the business licence.", prefetch="kehu_card"
    )
    employee_count = fields.Integer(
        help="Number of staff; decides the size class.", prefetch="kehu_card"
    )
    annual_revenue = fields.Float(
        string="Annual Revenue (10k CNY)",
        digits=(16, 4),
        help="Revenue of the last full year in 万元; decides the size class.",
        prefetch="kehu_card",
    )
    total_assets = fields.Float(
        string="Total Assets (10k CNY)",
        digits=(16, 4),
        help="Total assets in 万元; decides the size class in some industries.",
        prefetch="kehu_card",
    )
    size_class = fields.Selection(
        [
            ("large", "Large"),
            ("medium", "Medium-sized"),
            ("small", "Small"),
            ("micro", "Micro"),
        ],
        compute="_compute_size_class",
        store=True,
        # Else each new partner would be looked at a second time, and written again.
        precompute=True,
        help="By the national statistical table of 2017, from staff, revenue and "
        "assets of the industry. Empty where the table has no row or a figure lacks.",
        prefetch="kehu_card",
    )

    # === FIELDS - CUSTODY === #

    archive_id = fields.Many2one(
        "kehu.archive",
        string="Customer Archive",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The customer's archive. Rules of the customer archive bind only "
        "customers that have one.",
    )
    archive_state = fields.Selection(
        related="archive_id.state",
        string="Archive Status",
        related_sudo=True,
        # The archive tracks it; writing the customer never changes it.
        tracking=False,
        help="Where the customer's archive stands.",
    )
    archive_completeness = fields.Integer(
        related="archive_id.completeness",
        related_sudo=True,
        help="How complete the customer's archive is, in percent.",
    )

    legal_rep_unverified = fields.Boolean(
        related="archive_id.legal_rep_unverified",
        string="Legal Representative Unverified",
        related_sudo=True,
        help="Changed after the archive was filed, and no scan of the licence proves "
        "it yet.",
    )

    # === COMPUTE METHODS === #

    @api.depends("industry_id", "employee_count", "annual_revenue", "total_assets")
    def _compute_size_class(self):
        for partner in self:
            industry = partner.industry_id
            partner.size_class = (
                sizing.classify(
                    industry._get_size_rule(),
                    partner.employee_count,
                    partner.annual_revenue,
                    partner.total_assets,
                )[0]
                if industry
                else False
            )

    # === ONCHANGE METHODS === #

    @api.onchange("industry_id")
    def _onchange_industry_id(self):
        """The words of the form follow the industry unless they already mean it."""
        if self.industry_id and self.industry_text:
            meant = self.env["kehu.industry.label"].resolve_text(self.industry_text)
            if meant.get("id") != self.industry_id.id:
                self.industry_text = False

    # === ACTIONS === #

    def action_view_archive(self):
        """Open the customer's archive."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_action"
        )
        action.update(
            view_mode="form",
            views=[(False, "form")],
            res_id=self.commercial_partner_id.archive_id.id,
        )
        return action

    # === SETUP === #

    def _auto_init(self):
        """Add the computed column empty: nobody's million partners are recomputed."""
        self.env.cr.execute(
            SQL("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS size_class varchar")
        )
        return super()._auto_init()
