from odoo import api, models
from odoo.tools import ormcache

_FIELDS = ("completeness", "missing_facts", "na_facts", "refused_facts")
_LINES = "bank_ids"


class ResPartner(models.Model):
    """Completeness counts which facts of the card are filled, not what they say.

    The ORM computes it anew whenever a counted fact is written. A write that fills
    nothing and empties nothing leaves it as it was: then it is not computed.
    """

    _inherit = "res.partner"

    @api.model
    @ormcache()
    def _kehu_get_counted_fields(self):
        """Names of the fields of the card that completeness depends on.

        :rtype: tuple[str]
        """
        prefix = "partner_id."
        return tuple(
            {
                path.removeprefix(prefix).partition(".")[0]
                for path in self.env["kehu.archive"]._get_completeness_depends()
                if path.startswith(prefix)
            }
        )

    def _kehu_get_filled(self, names):
        """Tell of each archived customer what completeness sees of its card.

        :return: {archive id: tuple}
        :rtype: dict[int, tuple]
        """
        # sudo: completeness is the archive's, whoever writes the card.
        return {
            partner.archive_id.id: (
                partner.customer_nature,
                *(bool(partner[name]) for name in names),
            )
            for partner in self._origin.sudo()
            if partner.archive_id
        }

    def write(self, vals):
        counted = self._kehu_get_counted_fields()
        # Lines count by what stands in them: those are always looked at.
        if _LINES in vals or vals.keys().isdisjoint(counted):
            return super().write(vals)
        # Others do not change, unless they are computed from what is written.
        names = [
            name
            for name in counted
            if name in vals or (name != _LINES and self._fields[name].compute)
        ]
        before = self._kehu_get_filled(names)
        if not before:
            return super().write(vals)
        archive_fields = self.env["kehu.archive"]._fields
        pending = {
            name: set(self.env.records_to_compute(archive_fields[name])._ids)
            for name in _FIELDS
        }
        result = super().write(vals)
        after = self._kehu_get_filled(names)
        same = [
            archive_id
            for archive_id, told in before.items()
            if after.get(archive_id) == told
        ]
        for name in _FIELDS:
            archives = self.env["kehu.archive"].browse(
                archive_id for archive_id in same if archive_id not in pending[name]
            )
            self.env.remove_to_compute(archive_fields[name], archives)
        return result
