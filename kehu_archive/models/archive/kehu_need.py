from odoo import fields, models


class KehuNeed(models.Model):
    """What the customer needs, tends to buy, insists on or intends (R44, R46)."""

    _name = "kehu.need"
    _description = "Need of a Customer"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "noted_on desc, id desc"
    _rec_name = "description"

    kind = fields.Selection(
        [
            ("need", "Business Need"),
            ("tendency", "Buying Tendency"),
            ("special", "Special Requirement"),
            ("intention", "Intention to Cooperate"),
        ],
        default="need",
        required=True,
        help="A special requirement is shown on every new order of the customer.",
    )
    description = fields.Char(required=True, help="In the customer's own words.")
    noted_on = fields.Date(
        default=fields.Date.context_today, help="When it was said or seen."
    )
    source = fields.Char(help="Where it comes from: visit, call, tender, order.")
