from odoo import api, fields, models


class ResPartner(models.Model):
    """An open complaint shows on the customer card (R07)."""

    _inherit = "res.partner"

    open_complaint_count = fields.Integer(
        string="Open Complaints",
        compute="_compute_open_complaint_count",
        help="Complaints in the customer's archive that are not settled yet. 0 for "
        "whoever may not read the archive.",
    )

    @api.depends("archive_id")
    @api.depends_context("uid")
    def _compute_open_complaint_count(self):
        self.open_complaint_count = 0
        complaints = self.env["kehu.service.record"]
        customers = self.commercial_partner_id
        if not customers.archive_id or not complaints.has_access("read"):
            return
        counts = {
            archive.id: count
            for archive, count in complaints._read_group(
                [
                    ("archive_id", "in", customers.archive_id.ids),
                    ("kind", "=", "complaint"),
                    ("state", "=", "open"),
                ],
                ["archive_id"],
                ["__count"],
            )
        }
        for partner in self:
            archive = partner.commercial_partner_id.archive_id
            partner.open_complaint_count = counts.get(archive.id, 0)
