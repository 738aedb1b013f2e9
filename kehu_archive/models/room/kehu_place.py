import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...wording import comma

# So that 二层 stands before 三层, and 2 before 10.
_NUMERALS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_DIGITS = 6
_LAST_HAN = re.compile(r"[\u3400-\u9fff]$")
# How the places of a cabinet were written by hand before they were records.
_WRITTEN = re.compile(
    r"^(?P<layer>\d+)[-－](?P<slot>\d+)$|^(?P<han>.+?[层排])(?P<n>\d+)$"
)


class KehuPlace(models.Model):
    """A layer of a cabinet, or a slot in it (R09).

    The cabinet is the root of the tree. Files lie in slots, in layers without slots,
    or simply in a cabinet that has no places at all.
    """

    _name = "kehu.place"
    _description = "Place in a Cabinet"
    _order = "cabinet_id, sort_key, id"
    _rec_names_search = ["path", "name"]
    _parent_store = True

    cabinet_id = fields.Many2one(
        "kehu.cabinet",
        required=True,
        index=True,
        ondelete="cascade",
        help="The cabinet that the place is in.",
    )
    parent_id = fields.Many2one(
        "kehu.place",
        string="Layer",
        index=True,
        ondelete="cascade",
        domain="[('cabinet_id', '=', cabinet_id), ('kind', '=', 'layer')]",
        help="The layer that the slot is in. Empty: directly in the cabinet.",
    )
    parent_path = fields.Char(index=True, help="Ids from the layer down.")
    child_ids = fields.One2many(
        "kehu.place", "parent_id", string="Slots", help="Slots of the layer."
    )
    kind = fields.Selection(
        [("layer", "Layer"), ("slot", "Slot")],
        default="slot",
        required=True,
        help="A layer runs through the cabinet; a slot is a part of a layer.",
    )
    code = fields.Char(
        required=True, help="What is written on the layer or slot itself."
    )
    name = fields.Char(help="What is kept there, if it is something special.")
    label = fields.Char(
        compute="_compute_label",
        store=True,
        help="Place within the cabinet, as written on the label: layer and slot.",
    )
    path = fields.Char(
        string="Complete Place",
        compute="_compute_path",
        store=True,
        index=True,
        help="Cabinet, layer and slot.",
    )
    sort_key = fields.Char(
        compute="_compute_label",
        store=True,
        help="The label with its numbers padded, so that 2 stands before 10.",
    )
    capacity = fields.Integer(
        help="How many files fit in, those in its slots included. 0: not limited."
    )
    company_id = fields.Many2one(
        related="cabinet_id.company_id",
        store=True,
        index=True,
        help="The company that owns the cabinet.",
    )
    active = fields.Boolean(default=True, help="Clear it for a place out of use.")
    archive_count = fields.Integer(
        string="Paper Files",
        compute="_compute_archive_count",
        help="How many files lie there, those in its slots included.",
    )
    free_count = fields.Integer(
        string="Free",
        compute="_compute_archive_count",
        help="How many more fit in. Empty when the capacity is not limited.",
    )
    occupancy = fields.Integer(
        string="Occupancy (%)",
        compute="_compute_archive_count",
        help="How full it is, in percent of the capacity.",
    )

    _label_uniq = models.UniqueIndex(
        "(cabinet_id, label)", "There is such a place in the cabinet already."
    )
    _capacity_positive = models.Constraint(
        "CHECK (capacity >= 0)", "A capacity is not negative. 0 means: not limited."
    )

    # === COMPUTE METHODS === #

    @api.depends("code", "parent_id.code")
    def _compute_label(self):
        for place in self:
            label = self._join(place.parent_id.code, place.code)
            place.label = label
            place.sort_key = self._get_sort_key(label)

    @api.depends("label", "cabinet_id.code")
    def _compute_path(self):
        for place in self:
            place.path = f"{place.cabinet_id.code or ''} {place.label or ''}".strip()

    @api.depends("path", "name")
    def _compute_display_name(self):
        for place in self:
            place.display_name = f"{place.path or ''} {place.name or ''}".strip()

    @api.depends("capacity", "child_ids")
    def _compute_archive_count(self):
        counts = self._get_archive_counts()
        for place in self:
            count = counts.get(place._origin.id, 0)
            place.archive_count = count
            place.free_count = max(place.capacity - count, 0) if place.capacity else 0
            place.occupancy = 100 * count // place.capacity if place.capacity else 0

    @api.model
    def _join(self, layer, code):
        """Put layer and slot together as people write them: 2-15, but 二层15."""
        if not layer:
            return code or ""
        return f"{layer}{'' if _LAST_HAN.search(layer) else '-'}{code or ''}"

    @api.model
    def _get_sort_key(self, label):
        return re.sub(
            r"\d+",
            lambda number: number[0].zfill(_DIGITS),
            (label or "").translate(_NUMERALS),
        )

    def _get_overfull(self):
        """Say which places hold more than fits in.

        :return: sentences, one for each
        :rtype: list[str]
        """
        counts = self._get_archive_counts()
        return [
            self.env._(
                "%(place)s is full: %(capacity)s fit in, %(count)s would lie there.",
                place=place.display_name,
                capacity=place.capacity,
                count=counts[place.id],
            )
            for place in self
            if place.capacity and counts.get(place.id, 0) > place.capacity
        ]

    def _get_archive_counts(self):
        """Count the files in each place and its slots, all at once.

        :return: {place id: number of files}; places without any are left out
        :rtype: dict[int, int]
        """
        below = self.sudo().with_context(active_test=False)
        below = below.search([("id", "child_of", self.ids)]) if self.ids else below
        # sudo: the number of files in a place is no content of an archive.
        rows = (
            self.env["kehu.archive"]
            .sudo()
            ._read_group(
                [("place_id", "in", below.ids), ("state", "!=", "destroyed")],
                ["place_id"],
                ["__count"],
            )
        )
        counts = {}
        for place_sudo, count in rows:
            for place_id in {place_sudo.id, place_sudo.parent_id.id} - {False}:
                counts[place_id] = counts.get(place_id, 0) + count
        return counts

    # === CONSTRAINT METHODS === #

    @api.constrains("cabinet_id", "parent_id", "kind")
    def _check_tree(self):
        for place in self:
            if place.kind == "layer" and place.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(place)s is a layer: it lies in the cabinet, not in another "
                        "layer.",
                        place=place.display_name,
                    )
                )
            if place.kind == "slot" and place.child_ids:
                raise ValidationError(
                    self.env._("%(place)s has slots.", place=place.display_name)
                )
            if place.parent_id and (
                place.parent_id.kind != "layer"
                or place.parent_id.cabinet_id != place.cabinet_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(place)s: choose a layer of the same cabinet.",
                        place=place.display_name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if "cabinet_id" in vals or vals.get("active") is False:
            self._check_is_empty(
                self.filtered(
                    lambda place: (
                        vals.get("active") is False
                        or place.cabinet_id.id != vals.get("cabinet_id")
                    )
                )
            )
        result = super().write(vals)
        if {"code", "parent_id"} & vals.keys():
            self._rename_places_of_files()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._check_is_empty(self)

    @api.model
    def _check_is_empty(self, places):
        """:raise UserError: naming places with files in them"""
        counts = places._get_archive_counts()
        if used := places.filtered(lambda place: counts.get(place.id)):
            raise UserError(
                self.env._(
                    "Files lie there, move them first: %(places)s",
                    places=comma(self.env).join(used.mapped("display_name")),
                )
            )

    def _rename_places_of_files(self):
        """A new code on a place is the new place of the files in it."""
        # sudo: whoever labels the places need not be able to read the archives.
        places_sudo = self.sudo().search([("id", "child_of", self.ids)])
        archives_sudo = (
            self.env["kehu.archive"]
            .sudo()
            .search([("place_id", "in", places_sudo.ids)])
        )
        for place, archives in archives_sudo.grouped("place_id").items():
            archives.write({"place_id": place.id})

    # === PLACES THAT WERE TEXT === #

    @api.model
    def _adopt_written_places(self):
        """Make places of what was written on archives as text, and put them there.

        Used once, when a database from before the places is upgraded. The text stays
        as it is: a layer and a slot are told apart where the two put together give
        exactly the same text again, otherwise the whole text is one slot.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT cabinet_id, slot FROM kehu_archive
                WHERE cabinet_id IS NOT NULL AND place_id IS NULL
                  AND btrim(COALESCE(slot, '')) != ''
                GROUP BY cabinet_id, slot"""
        )
        # Layers first: a bare “2” is then found as the layer of “2-15”.
        written = sorted(
            self.env.cr.fetchall(), key=lambda row: not self._split(row[1].strip())[0]
        )
        for cabinet_id, slot in written:
            place = self._find_or_make(cabinet_id, slot.strip())
            self.env.cr.execute(
                """UPDATE kehu_archive SET place_id = %s
                    WHERE cabinet_id = %s AND slot = %s AND place_id IS NULL""",
                [place.id, cabinet_id, slot],
            )
        self.env.invalidate_all()

    @api.model
    def _find_or_make(self, cabinet_id, label):
        """Return the place with this label, made if it is not there."""
        if place := self._find(cabinet_id, label):
            return place
        layer_code, code = self._split(label)
        layer = self.browse()
        if layer_code:
            layer = self._find(cabinet_id, layer_code)
            if layer and layer.kind != "layer":
                layer, code = self.browse(), label
            elif not layer:
                layer = self.create(
                    {"cabinet_id": cabinet_id, "kind": "layer", "code": layer_code}
                )
        return self.create(
            {"cabinet_id": cabinet_id, "parent_id": layer.id, "code": code}
        )

    @api.model
    def _find(self, cabinet_id, label):
        return self.with_context(active_test=False).search(
            [("cabinet_id", "=", cabinet_id), ("label", "=", label)], limit=1
        )

    @api.model
    def _split(self, label):
        """Tell layer and slot apart in a written place.

        :return: (code of the layer or None, code of the slot)
        """
        if match := _WRITTEN.match(label):
            layer = match["layer"] or match["han"]
            code = match["slot"] or match["n"]
            if self._join(layer, code) == label:
                return layer, code
        return None, label
