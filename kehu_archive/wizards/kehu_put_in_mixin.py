from odoo import api, fields, models


class KehuPutInMixin(models.AbstractModel):
    """What a dialog needs that puts files somewhere: the place, and what to heed."""

    _name = "kehu.put.in.mixin"
    _description = "Dialog That Puts Files Somewhere"

    cabinet_id = fields.Many2one(
        "kehu.cabinet", help="Where the paper files go. Empty: no paper file yet."
    )
    has_places = fields.Boolean(
        compute="_compute_has_places", help="The cabinet has layers or slots."
    )
    next_free = fields.Boolean(
        string="Next Free Places",
        help="Put each file into the next place of the cabinet with room.",
    )
    place_id = fields.Many2one(
        "kehu.place",
        compute="_compute_place_id",
        store=True,
        readonly=False,
        domain="[('cabinet_id', '=', cabinet_id)]",
        help="Layer and slot within the cabinet.",
    )
    slot = fields.Char(help="Layer and slot, in a cabinet without places.")
    place_warning = fields.Text(
        compute="_compute_place_warning",
        help="What stands against putting the files there.",
    )

    @api.depends("cabinet_id")
    def _compute_has_places(self):
        for wizard in self:
            wizard.has_places = bool(wizard.cabinet_id.slot_count) or bool(
                wizard.cabinet_id.layer_count
            )

    @api.depends("cabinet_id", "next_free")
    def _compute_place_id(self):
        for wizard in self:
            if wizard.next_free or wizard.place_id.cabinet_id != wizard.cabinet_id:
                wizard.place_id = False

    @api.depends("cabinet_id", "place_id", "archive_ids")
    def _compute_place_warning(self):
        for wizard in self:
            archives = wizard.archive_ids._origin
            incoming = archives.filtered(
                lambda archive, wizard=wizard: (
                    archive.cabinet_id != wizard.cabinet_id
                    or (wizard.place_id and archive.place_id != wizard.place_id)
                )
            )
            warnings = archives._get_place_warnings(
                wizard.cabinet_id, wizard.place_id, len(incoming)
            )
            wizard.place_warning = "\n".join(warnings)

    def _put_in(self):
        """Put the files where the dialog says."""
        self.ensure_one()
        archives = self.archive_ids
        if self.next_free:
            archives._put_into_free_places(self.cabinet_id)
        else:
            archives._put_at(self.cabinet_id, self.place_id, self.slot)
