from odoo import api, fields, models
from odoo.exceptions import ValidationError


class KehuArchiveItem(models.Model):
    """One piece in an archive: licence, contract, letter, scan, continuation sheet.

    The catalogue sorts the pieces by category and date and numbers them without gaps
    (R08); the number follows the order and is therefore never stored.
    """

    _name = "kehu.archive.item"
    _description = "Item of an Archive"
    _inherit = ["kehu.archive.section.mixin"]
    _order = "archive_id, category, date, id"
    _rec_name = "title"

    # The key's leading digits carry the order of the categories into SQL.
    category = fields.Selection(
        [
            ("10_registration", "Registration Form"),
            ("15_continuation", "Continuation Sheet"),
            ("20_licence", "Licences and Certificates"),
            ("30_contract", "Contracts and Agreements"),
            ("40_finance", "Credit and Settlement"),
            ("50_correspondence", "Correspondence and Minutes"),
            ("60_service", "Service and Complaints"),
            ("70_market", "Market and Competitors"),
            ("90_other", "Other"),
        ],
        default="90_other",
        required=True,
        help="The catalogue is sorted by category first.",
    )
    date = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="Date of the document; the catalogue is sorted by it within a category.",
    )
    position = fields.Integer(
        string="No.",
        compute="_compute_position",
        help="Place in the catalogue, counted without gaps.",
    )
    title = fields.Char(required=True, help="What the piece is.")
    medium = fields.Selection(
        [("paper", "Paper"), ("electronic", "Electronic"), ("both", "Both")],
        default="electronic",
        required=True,
        help="Whether it lies in the cabinet, in Odoo, or in both.",
    )
    pages = fields.Integer(default=1, help="Number of pages.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "kehu_archive_item_attachment_rel",
        "item_id",
        "attachment_id",
        string="Files",
        help="The files of this piece. Only readers of the archive can open them.",
    )
    note = fields.Char(help="Condition, copy or original, where the original is.")

    @api.depends(
        "archive_id.item_ids",
        "archive_id.item_ids.category",
        "archive_id.item_ids.date",
    )
    def _compute_position(self):
        for archive, items in self.grouped("archive_id").items():
            order = {
                item.id: number
                for number, item in enumerate(
                    archive.item_ids.sorted(KehuArchiveItem._get_order_key), start=1
                )
            }
            for item in items:
                item.position = order.get(item.id, 0)

    def _get_order_key(self):
        """Return what the catalogue is sorted by."""
        return (
            self.category,
            self.date or fields.Date.today(),
            self._origin.id or 0,
        )

    @api.constrains("pages")
    def _check_pages(self):
        if self.filtered(lambda item: item.pages < 0):
            raise ValidationError(self.env._("A piece has at least no page."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._adopt_attachments()
        return items

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_attachments()
        return result

    def _adopt_attachments(self):
        """Hang files that were uploaded before the piece was saved below it.

        Otherwise they would stay their uploader's own: unreadable for the archive
        room, and out of reach of the archive's rights (R52).
        """
        for item in self:
            # sudo: a loose file is known by its uploader alone; only those are taken.
            loose_sudo = item.attachment_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            loose_sudo.write({"res_model": self._name, "res_id": item.id})
