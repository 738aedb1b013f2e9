from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

# Rows of GB/T 2260 that gather places and name none.
COLLECTIVE_NAMES = frozenset(
    ("市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位")
)


class KehuRegion(models.Model):
    """Administrative divisions of China to county level, by GB/T 2260 code (R69).

    Retired codes are kept archived: unified social credit codes and old contracts go on
    naming them.
    """

    _name = "kehu.region"
    _inherit = ["kehu.coded.mixin"]
    _description = "Region"
    _parent_store = True
    _order = "code, id"
    _rec_names_search = ["name", "full_name", "former_names"]

    _reference_file = "data/reference/gbt2260.csv"
    _reference_prefix = "region"

    name = fields.Char(
        required=True,
        help="Name of the province, prefecture or county, as the standard has it.",
    )
    code = fields.Char(required=True)
    full_name = fields.Char(
        compute="_compute_full_name",
        store=True,
        recursive=True,
        help="Province, prefecture and county in one.",
    )
    parent_id = fields.Many2one(
        comodel_name="kehu.region",
        string="Belongs To",
        index=True,
        ondelete="restrict",
        help="The province of a prefecture, the prefecture of a county.",
    )
    parent_path = fields.Char(index=True, help="Path of the region in the tree.")
    child_ids = fields.One2many(
        comodel_name="kehu.region",
        inverse_name="parent_id",
        string="Regions Below",
        help="Regions that belong to this one.",
    )
    level = fields.Selection(
        selection=[
            ("province", "Province"),
            ("prefecture", "Prefecture"),
            ("county", "County"),
        ],
        required=True,
        default="county",
        help="Level of the administrative division.",
    )
    valid_from = fields.Char(
        string="In Use Since",
        size=4,
        help="Year in which the code came into use; empty for the first codes.",
    )
    valid_until = fields.Char(
        string="In Use Until",
        size=4,
        help="Year in which the code was retired; empty for a code in use.",
    )
    former_names = fields.Char(
        help="Names that the place bore under the same code; they are searched, too.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "parent_id.full_name", "parent_id.name")
    def _compute_full_name(self):
        for region in self:
            region.full_name = self._join_full_name(
                region.parent_id.full_name, region.parent_id.name, region.name
            )

    @api.depends("full_name")
    def _compute_display_name(self):
        """Say whose districts a row gathers that names no place itself."""
        super()._compute_display_name()
        if self.env.context.get("formatted_display_name"):
            return  # the picker has the place as a hint
        for region in self:
            if region.name in COLLECTIVE_NAMES and region.full_name:
                words = region.display_name.removesuffix(region.name)
                region.display_name = words + region.full_name

    # === BUSINESS METHODS === #

    def _find_resolved(self, text):
        """Also know the full name and, failing all others, a former one."""
        if regions := super()._find_resolved(text):
            return regions
        if regions := self.search([("full_name", "=", text.strip())]):
            return regions.filtered("active") or regions
        former = self.search([("former_names", "like", escape_psql(text.strip()))])
        return former.filtered(lambda r: text.strip() in r.former_names.split())

    @api.model
    def _get_panel_domain(self):
        return Domain("level", "=", "province")

    def _get_display_hint(self):
        return (self.full_name or "").removesuffix(self.name or "")

    @api.model
    def _join_full_name(self, parent_full_name, parent_name, name):
        """Put the name of a region behind that of the region that it belongs to.

        :return: the joined name, without rows that only gather others
        :rtype: str
        """
        prefix = parent_full_name or ""
        if parent_name in COLLECTIVE_NAMES:
            prefix = prefix.removesuffix(parent_name)
        return f"{prefix}{name or ''}"

    # === REFERENCE DATA === #

    @api.model
    def _prepare_reference_values(self, lines):
        rows = {}
        for line in lines:
            code, name = line["code"], line["name"]
            parent_code = self._get_parent_code(code)
            parent = rows.get(parent_code, {})
            rows[code] = {
                "code": code,
                "name": name,
                "full_name": self._join_full_name(
                    parent.get("full_name"), parent.get("name"), name
                ),
                "level": self._get_level(code),
                "active": not line["valid_until"],
                "valid_from": line["valid_from"] or None,
                "valid_until": line["valid_until"] or None,
                "former_names": line["former_names"] or None,
                "parent_code": parent_code,
            }
        return list(rows.values())

    @api.model
    def _get_level(self, code):
        if code.endswith("0000"):
            return "province"
        return "prefecture" if code.endswith("00") else "county"

    @api.model
    def _get_parent_code(self, code):
        """Return the code of the region above; the table has every one of them."""
        level = self._get_level(code)
        if level == "province":
            return None
        return f"{code[:2]}0000" if level == "prefecture" else f"{code[:4]}00"
