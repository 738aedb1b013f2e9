from odoo import fields, models


class KehuOpinionBox(models.TransientModel):
    """The box that any colleague drops an opinion into; empty afterwards (R114)."""

    _name = "kehu.opinion.box"
    _description = "Opinion Box"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        domain=[("archive_id", "!=", False)],
        help="Whose opinion it is.",
    )
    kind = fields.Selection(
        [("opinion", "Opinion"), ("complaint", "Complaint")],
        default="opinion",
        required=True,
        help="A complaint stays open until the keeper settles it.",
    )
    text = fields.Text(help="What the customer said, in their words.")

    def action_send(self):
        """Drop it in: nobody but the archive's keepers reads it from now on."""
        self.ensure_one()
        self.env["kehu.opinion"].create(
            {"partner_id": self.partner_id.id, "kind": self.kind, "text": self.text}
        )
        # sudo: the words do not stay behind in the dialog's row.
        self.sudo().unlink()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Thank you. Whoever keeps the customer reads it."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
