from odoo import fields, models

from ..mixins.kehu_trace_field import TraceMany2one


class KehuArchiveKey(models.Model):
    """The wrapped data key of one archive. Destroying the row destroys the content.

    A key outlives an archive that was merged into another one: the history of the
    merged archive stays readable with it, until the archive that took it over goes.
    """

    _name = "kehu.archive.key"
    _description = "Key of an Archive"
    _log_access = False

    archive_id = TraceMany2one(
        "kehu.archive",
        help="The archive whose sensitive layer and ledger this key opens.",
    )
    purpose = fields.Char(
        help="What a key is for that belongs to no archive: it seals the ledger."
    )
    wrapped = fields.Char(
        required=True,
        help="The data key, encrypted by the master key outside the database.",
    )

    _archive_uniq = models.UniqueIndex("(archive_id)", "An archive has one key.")
    _purpose_uniq = models.UniqueIndex(
        "(purpose) WHERE purpose IS NOT NULL", "There is one key of each purpose."
    )
    _belongs = models.Constraint(
        "CHECK ((archive_id IS NULL) != (purpose IS NULL))",
        "A key belongs to an archive or has a purpose.",
    )
