from odoo import api, fields, models
from odoo.tools import ormcache


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

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _get_usual(self):
        """Return the sections that a request is for unless it names others.

        :rtype: kehu.archive.section
        """
        return self.browse(self._get_usual_ids())

    @api.model
    @ormcache()
    def _get_usual_ids(self):
        # sudo: each request begins with them, whoever makes it.
        return tuple(self.sudo().search([("sensitive", "=", False)]).ids)
