from odoo import fields, models


class AccountMove(models.Model):
    """An invoice that is fought over in court counts against its customer (R90)."""

    _inherit = "account.move"

    kehu_disputed = fields.Boolean(
        string="In Litigation",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="The receivable is fought over in court or given to a lawyer. As long as "
        "this is set, the customer's credit grade is C.",
    )
