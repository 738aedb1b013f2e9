from odoo import fields, models
from odoo.exceptions import UserError


class KehuUndertakingSign(models.TransientModel):
    """Shows the secrecy undertaking and signs it (R83)."""

    _name = "kehu.undertaking.sign"
    _description = "Signing of the Secrecy Undertaking"

    text_id = fields.Many2one(
        "kehu.undertaking.text",
        default=lambda self: self.env["kehu.undertaking.text"]._get_current().id,
        readonly=True,
        help="The text that is signed.",
    )
    version = fields.Char(related="text_id.version", help="Version of the text.")
    body = fields.Html(related="text_id.body", help="What you undertake.")
    digest = fields.Char(related="text_id.digest", help="Digest of the text.")
    agreed = fields.Boolean(
        string="I have read the text and will keep to it",
        help="Tick it to sign with your account.",
    )

    def action_confirm(self):
        """Sign, and let the page show what was closed."""
        self.ensure_one()
        if not self.agreed:
            raise UserError(self.env._("Read the text and tick the box to sign it."))
        self.env["kehu.undertaking"]._sign()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
