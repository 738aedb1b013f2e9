from odoo import fields, models


class KehuPersonLink(models.TransientModel):
    """Shows the link that was made for a person, to be copied and handed over."""

    _name = "kehu.person.link"
    _description = "Link for a Person"

    principal_id = fields.Many2one(
        "kehu.principal",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The person that the link is for, and nobody else.",
    )
    url = fields.Char(
        string="Link", required=True, readonly=True, help="The address to hand over."
    )
    until = fields.Datetime(
        required=True, readonly=True, help="When the link ends by itself."
    )
