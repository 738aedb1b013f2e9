from odoo import fields, models


class KehuEmergency(models.TransientModel):
    """Breaks the glass for one archive, with a reason (see ``kehu.loan``)."""

    _name = "kehu.emergency"
    _description = "Emergency Access to an Archive"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        domain=[("archive_id", "!=", False)],
        help="The customer whose archive cannot wait.",
    )
    reason = fields.Char(help="Why it cannot wait. Told to the manager, and reviewed.")

    def action_confirm(self):
        """Open the archive for fifteen minutes."""
        self.ensure_one()
        # sudo: the archive is not readable yet; the grant makes it so.
        archive = self.partner_id.sudo().commercial_partner_id.archive_id.sudo(False)
        return (
            self.env["kehu.loan"]
            ._break_glass(archive, self.reason)
            .action_open_archive()
        )
