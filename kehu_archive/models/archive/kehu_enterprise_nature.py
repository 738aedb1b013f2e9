from odoo import api, fields, models


class KehuEnterpriseNature(models.Model):
    """Nature of an enterprise: the choices of the form, each with a legal type (R84).

    The form has four choices and 其他 (other). A company may add natures of its own:
    each says which legal type it is and which box of the form is ticked for it.
    """

    _name = "kehu.enterprise.nature"
    _inherit = ["kehu.coded.mixin"]
    _description = "Enterprise Nature"
    _parent_store = True
    _order = "sequence, code, id"

    _reference_file = "data/reference/enterprise_nature.csv"
    _reference_prefix = "nature"

    name = fields.Char(
        required=True,
        translate=True,
        help="Nature of the enterprise as lists and the form show it.",
    )
    code = fields.Char(required=True)
    sequence = fields.Integer(
        default=100, help="Order in lists; the shipped natures keep the form's order."
    )
    parent_id = fields.Many2one(
        comodel_name="kehu.enterprise.nature",
        string="Kind Of",
        index=True,
        ondelete="restrict",
        help="The wider nature that this one is a kind of.",
    )
    parent_path = fields.Char(index=True, help="Path of the nature in the tree.")
    child_ids = fields.One2many(
        comodel_name="kehu.enterprise.nature",
        inverse_name="parent_id",
        string="Kinds",
        help="Narrower natures.",
    )
    legal_type_code = fields.Char(
        required=True,
        size=3,
        help="Code of the registered enterprise type (企业登记注册类型, such as 110 or "
        "310) that this nature stands for in statistics.",
    )
    form_option = fields.Selection(
        selection=[
            ("soe", "State-owned enterprise"),
            ("foreign", "Foreign-funded enterprise"),
            ("joint", "Joint venture"),
            ("private", "Private enterprise"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        help="The box of the registration form that is ticked for this nature.",
    )

    # === REFERENCE DATA === #

    @api.model
    def _prepare_reference_values(self, lines):
        return [
            {
                "code": line["code"],
                "name": {"en_US": line["name_en"], "zh_CN": line["name_zh"]},
                "sequence": position * 10,
                "legal_type_code": line["legal_type_code"],
                "form_option": line["form_option"],
                "active": True,
            }
            for position, line in enumerate(lines, start=1)
        ]
