from odoo import fields, models


class KehuArchiveSection(models.Model):
    """A section of the archive, as it is asked for, granted and given out to fill.

    What a section opens stands in :mod:`.sections`; these records give it a name.
    """

    _name = "kehu.archive.section"
    _description = "Section of the Archive"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="Name of the section.")
    code = fields.Char(
        required=True, readonly=True, help="Key that the record rules compare with."
    )
    sequence = fields.Integer(default=10, help="Order on screens.")
    sensitive = fields.Boolean(
        readonly=True,
        help="Personal traits: never granted unless asked for by name.",
    )

    _code_uniq = models.UniqueIndex("(code)", "A section has one key.")
