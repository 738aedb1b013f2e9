from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kehu_loan_days = fields.Integer(
        related="company_id.kehu_loan_days",
        readonly=False,
        help="Period that a request proposes, in days.",
    )
    kehu_loan_max_days = fields.Integer(
        related="company_id.kehu_loan_max_days",
        readonly=False,
        help="Longer requests are refused. 0: no limit.",
    )
    kehu_max_renewals = fields.Integer(
        related="company_id.kehu_max_renewals",
        readonly=False,
        help="How often a loan may be renewed.",
    )
    kehu_overdue_blocks = fields.Boolean(
        related="company_id.kehu_overdue_blocks",
        readonly=False,
        help="Whoever has not brought back an archive in time gets no other one.",
    )
    kehu_typing_limit = fields.Integer(
        related="company_id.kehu_typing_limit",
        readonly=False,
        help="For how many typed names, codes, tax and telephone numbers one user is "
        "told of doubles within an hour. 0: no limit.",
    )
    kehu_blind_limit = fields.Integer(
        related="company_id.kehu_blind_limit",
        readonly=False,
        help="How often one user may ask within an hour whether a customer is taken. "
        "0: no limit.",
    )
    kehu_card_isolation = fields.Selection(
        [
            ("open", "As Elsewhere in Odoo"),
            ("team", "Everybody Reads, Owner and Team Edit"),
            ("private", "Private to Owner and Team"),
        ],
        default="team",
        string="Customer Cards",
        help="Who reads and edits the cards of registered customers. Partners that are "
        "not registered are never touched.",
    )

    def get_values(self):
        values = super().get_values()
        values["kehu_card_isolation"] = self.env["res.partner"]._kehu_get_isolation()
        return values

    def set_values(self):
        result = super().set_values()
        self.env["res.partner"]._kehu_set_isolation(self.kehu_card_isolation)
        return result
