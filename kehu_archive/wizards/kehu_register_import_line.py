from odoo import fields, models


class KehuRegisterImportLine(models.Model):
    """What became of one row of a register (R96)."""

    _name = "kehu.register.import.line"
    _description = "Row of a Register Import"
    _order = "import_id desc, sheet, row, id"
    _rec_name = "customer"

    import_id = fields.Many2one(
        "kehu.register.import",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The import that the row belongs to.",
    )
    sheet = fields.Char(readonly=True, help="The sheet in the file.")
    row = fields.Integer(readonly=True, help="Number of the row on its sheet.")
    customer = fields.Char(readonly=True, help="The customer, as the row names it.")
    outcome = fields.Selection(
        [
            ("create", "New"),
            ("register", "Existing, Registered"),
            ("update", "Changed"),
            ("unchanged", "Unchanged"),
            ("refused", "Not Taken"),
        ],
        readonly=True,
        help="What becomes, or became, of the row.",
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The archive that was made, changed or found.",
    )
    message = fields.Text(
        string="Explanation",
        readonly=True,
        help="Why the row is refused, cell by cell, or what to check.",
    )
