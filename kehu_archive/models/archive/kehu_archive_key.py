from odoo import fields, models


class KehuArchiveKey(models.Model):
    """The wrapped data key of one archive. Destroying the row destroys the content."""

    _name = "kehu.archive.key"
    _description = "Key of an Archive"
    _log_access = False

    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="cascade",
        help="The archive whose sensitive layer this key opens.",
    )
    wrapped = fields.Char(
        required=True,
        help="The data key, encrypted by the master key outside the database.",
    )

    _archive_uniq = models.UniqueIndex("(archive_id)", "An archive has one key.")
