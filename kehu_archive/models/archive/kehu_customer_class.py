from odoo import fields, models


class KehuCustomerClass(models.Model):
    """The company's own classes of customers: a tree of codes, entered by it (R68)."""

    _name = "kehu.customer.class"
    _inherit = ["kehu.coded.mixin"]
    _description = "Customer Class"
    _parent_store = True
    _order = "code, id"

    name = fields.Char(required=True, help="Name of the class of customers.")
    code = fields.Char(required=True)
    parent_id = fields.Many2one(
        comodel_name="kehu.customer.class",
        string="Parent Class",
        index=True,
        ondelete="restrict",
        help="The wider class that this one is part of.",
    )
    parent_path = fields.Char(index=True, help="Path of the class in the tree.")
    child_ids = fields.One2many(
        comodel_name="kehu.customer.class",
        inverse_name="parent_id",
        string="Subclasses",
        help="Classes that are part of this one.",
    )
    note = fields.Char(help="Which customers belong in this class.")

    def _get_display_hint(self):
        return self.parent_id.name or ""
