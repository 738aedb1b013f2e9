import re

from odoo import api, fields, models
from odoo.fields import Domain

from ...registration import sizing
from ...registration.folding import fold_code, fold_label

# C36: a section's letter before the digits of what belongs to it.
LETTER_AND_DIGITS = re.compile(r"([A-Z])(\d{1,4})")


class ResPartnerIndustry(models.Model):
    """Industries by GB/T 4754-2017, beside those that Odoo brings (R75, R85).

    Odoo's own industries have no code and stay as they are; ours have one, and our
    pickers offer industries with a code only.
    """

    _name = "res.partner.industry"
    _inherit = ["res.partner.industry", "kehu.coded.mixin"]
    _parent_store = True
    _order = "sequence, code, name, id"

    _reference_file = "data/reference/gbt4754.csv"
    _reference_prefix = "industry"
    # Other modules may offer to create an industry without a code, as Odoo allows.
    _refuse_name_create = False

    sequence = fields.Integer(
        help="Order in lists: sections by letter, each followed by its divisions."
    )
    parent_id = fields.Many2one(
        comodel_name="res.partner.industry",
        string="Belongs To",
        index="btree_not_null",
        ondelete="restrict",
        help="The section of a division, the division of a group.",
    )
    parent_path = fields.Char(index=True, help="Path of the industry in the tree.")
    child_ids = fields.One2many(
        comodel_name="res.partner.industry",
        inverse_name="parent_id",
        string="Industries Below",
        help="Divisions of a section, groups of a division.",
    )
    size_rule = fields.Selection(
        selection=[
            ("agriculture", "Agriculture"),
            ("industry", "Industry"),
            ("construction", "Construction"),
            ("wholesale", "Wholesale"),
            ("retail", "Retail"),
            ("transport", "Transport"),
            ("storage", "Storage"),
            ("post", "Post"),
            ("hospitality", "Accommodation and catering"),
            ("information", "Information transmission"),
            ("software", "Software and IT services"),
            ("real_estate", "Real estate development"),
            ("property", "Property management"),
            ("leasing", "Leasing and business services"),
            ("other", "Other industries"),
            (sizing.NOT_COVERED, "Not covered"),
        ],
        string="Size Table Row",
        help="Row of the national table (2017) that gives the size class of an "
        "enterprise in this industry. Empty: as the industry that it belongs to; if "
        "none of them has a row, only a narrower industry tells.",
    )

    # === BUSINESS METHODS === #

    def _get_size_rule(self):
        """Return the row of the size table for this industry, its own or inherited.

        :return: a key of :data:`sizing.LIMITS`, ``not_covered``, or ``False``
        """
        industry = self
        while industry and not industry.size_rule:
            industry = industry.parent_id
        return industry.size_rule

    def _find_resolved(self, text):
        """Also know the form's labels; a section comes before a division of its name.

        Names count in every language: a form is Chinese on any screen. The standard
        itself writes C36 for division 36 of section C.
        """
        code = Domain("code", "=", fold_code(text)) | self._get_lettered_domain(text)
        if industry := self.search(code):
            return industry
        label_ids = self.env["kehu.industry.label"]._get_label_ids()
        label = self.env["kehu.industry.label"].browse(label_ids.get(fold_label(text)))
        if label.industry_id:
            return label.industry_id
        named = self._get_named_domain(text)
        industries = self.browse()
        for lang, _name in self.env["res.lang"].get_installed():
            industries |= self.with_context(lang=lang).search(named)
        top = industries.with_env(self.env).filtered(
            lambda industry: industry.parent_id not in industries
        )
        return top.filtered("active") or top

    @api.model
    def _get_lettered_domain(self, text, operator="="):
        """Return the domain for a code with its section's letter before it, as in C36.

        :param str operator: ``=``, or ``=like`` for the codes that begin with it
        """
        match = LETTER_AND_DIGITS.fullmatch(fold_code(text))
        if not match:
            return Domain.FALSE
        letter, digits = match.groups()
        section = self.with_context(active_test=False).search([("code", "=", letter)])
        value = f"{digits}%" if operator == "=like" else digits
        return Domain("code", operator, value) & Domain("id", "child_of", section.ids)

    @api.model
    def _get_code_prefix_domain(self, text):
        prefix = super()._get_code_prefix_domain(text)
        return prefix | self._get_lettered_domain(text, "=like")

    @api.model
    def _get_panel_domain(self):
        return Domain("code", "!=", False) & Domain("parent_id", "=", False)

    def _get_display_hint(self):
        return self.parent_id.name or "" if self.code else ""

    # === REFERENCE DATA === #

    @api.model
    def _prepare_reference_values(self, lines):
        return [
            {
                "code": line["code"],
                "name": {"en_US": line["name_en"], "zh_CN": line["name_zh"]},
                "sequence": position * 10,
                "size_rule": line["size_rule"] or None,
                "active": True,
                "parent_code": line["parent_code"] or None,
            }
            for position, line in enumerate(lines, start=1)
        ]
