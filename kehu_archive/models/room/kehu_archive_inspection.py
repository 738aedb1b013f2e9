from odoo import api, models
from odoo.exceptions import UserError


class KehuArchive(models.Model):
    """New files do not go into a cabinet that nobody has looked after (R09)."""

    _inherit = "kehu.archive"

    def _check_cabinets_inspected(self, cabinets):
        """Refuse to put files into cabinets with an overdue inspection or fault.

        What the company's setting lets pass with a warning is shown by the dialogs,
        from :meth:`_get_place_warnings`.

        :param cabinets: those that files are put into
        :raise UserError: naming the cabinets, where the company blocks
        """
        strict = self.filtered(
            lambda archive: (
                (archive.company_id or self.env.company).sudo().kehu_inspection_policy
                == "block"
            )
        )
        obstacles = (cabinets & strict.cabinet_id)._get_filing_obstacles()
        if obstacles:
            raise UserError(
                "\n".join(
                    [
                        *obstacles.values(),
                        self.env._("Inspect first, then file."),
                    ]
                )
            )

    @api.model
    def _get_place_warnings(self, cabinet, place, count):
        """Say what a dialog shows before files are put somewhere.

        :param cabinet: where to; may be empty
        :param place: layer or slot; may be empty
        :param int count: number of files that come from elsewhere
        :return: sentences
        :rtype: list[str]
        """
        if not cabinet:
            return []
        warnings = []
        if self.env.company.kehu_inspection_policy != "off":
            warnings += cabinet._get_filing_obstacles().values()
        for where in (cabinet, place, place.parent_id):
            if (
                where
                and where.capacity
                and where.archive_count + count > where.capacity
            ):
                warnings.append(
                    self.env._(
                        "%(place)s is full: %(capacity)s fit in, %(count)s would lie "
                        "there.",
                        place=where.display_name,
                        capacity=where.capacity,
                        count=where.archive_count + count,
                    )
                )
        return warnings

    def action_file(self):
        self._check_is_archivist()
        # Also what was put into its cabinet long before it is filed.
        self._check_cabinets_inspected(self.cabinet_id)
        return super().action_file()
