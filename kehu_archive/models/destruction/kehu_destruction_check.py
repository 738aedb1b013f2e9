from odoo import fields, models


class KehuDestructionCheck(models.Model):
    """What one person found when verifying one archive before its destruction (R23)."""

    _name = "kehu.destruction.check"
    _description = "Verification Before Destruction"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id"
    _rec_name = "user_id"

    line_id = fields.Many2one(
        "kehu.destruction.line",
        required=True,
        ondelete="restrict",
        index=True,
        help="The archive in the list.",
    )
    archive_number = fields.Char(
        related="line_id.archive_number", help="The archive's number (档号)."
    )
    registered_count = fields.Integer(
        related="line_id.item_count",
        string="Items Registered",
        help="Pieces that the register names.",
    )
    registered_digest = fields.Char(
        related="line_id.digest",
        help="SHA-256 of the archive when it was registered.",
    )
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="restrict", help="Who verified."
    )
    checked_at = fields.Datetime(required=True, help="When it was verified.")
    item_count = fields.Integer(string="Items Found", help="Pieces that were counted.")
    digest = fields.Char(
        string="Digest Found", help="SHA-256 of the archive at that moment."
    )
    paper_seen = fields.Boolean(help="The paper file lay there and was looked through.")
    result = fields.Selection(
        [("match", "As Registered"), ("mismatch", "Mismatch")],
        required=True,
        help="Whether everything was as registered.",
    )
    finding = fields.Char(string="Difference", help="What did not fit.")

    _once = models.UniqueIndex(
        "(line_id, user_id) WHERE result = 'match'",
        "You have verified this archive already: another person is needed.",
    )
