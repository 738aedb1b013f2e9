from odoo import Command, api, fields, models


class KehuCreditRefuse(models.TransientModel):
    """Asks for the reason that a request about credit is refused with."""

    _name = "kehu.credit.refuse"
    _description = "Refusal of a Request About Credit"

    override_ids = fields.Many2many(
        "kehu.credit.override", help="The overrides that are refused."
    )
    release_ids = fields.Many2many(
        "kehu.credit.release",
        string="Releases",
        help="The releases that are refused.",
    )
    reason = fields.Char(required=True, help="Told to whoever asked.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        name = {
            "kehu.credit.override": "override_ids",
            "kehu.credit.release": "release_ids",
        }.get(self.env.context.get("active_model"))
        if name:
            values[name] = [Command.set(self.env.context.get("active_ids") or [])]
        return values

    def action_confirm(self):
        """Refuse all of them, or none."""
        self.ensure_one()
        for requests in (self.override_ids, self.release_ids):
            if requests:
                requests.action_refuse(self.reason)
