from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...wording import comma

MAX_LAYERS, MAX_SLOTS = 50, 200


class KehuCabinet(models.Model):
    """The places in a cabinet, and how full it is."""

    _inherit = "kehu.cabinet"

    place_ids = fields.One2many(
        "kehu.place", "cabinet_id", string="Places", help="Layers and slots in it."
    )
    layer_count = fields.Integer(
        string="Layers", compute="_compute_place_counts", help="How many layers it has."
    )
    slot_count = fields.Integer(
        string="Slots", compute="_compute_place_counts", help="How many slots it has."
    )
    free_count = fields.Integer(
        string="Free",
        compute="_compute_free_count",
        help="How many more files fit in. Empty when the capacity is not limited.",
    )
    occupancy = fields.Integer(
        string="Occupancy (%)",
        compute="_compute_free_count",
        help="How full it is, in percent of the capacity.",
    )
    fill_count = fields.Integer(
        readonly=True,
        copy=False,
        help="Counts how often files were put in. Of two people who fill the last "
        "place at the same moment, the second one notices by it.",
    )

    _capacity_positive = models.Constraint(
        "CHECK (capacity >= 0)", "A capacity is not negative. 0 means: not limited."
    )

    # === COMPUTE METHODS === #

    @api.depends("place_ids.kind")
    def _compute_place_counts(self):
        counts = {
            (cabinet.id, kind): count
            for cabinet, kind, count in self.env["kehu.place"]._read_group(
                [("cabinet_id", "in", self.ids)], ["cabinet_id", "kind"], ["__count"]
            )
        }
        for cabinet in self:
            number = cabinet._origin.id
            cabinet.layer_count = counts.get((number, "layer"), 0)
            cabinet.slot_count = counts.get((number, "slot"), 0)

    @api.depends("capacity")
    def _compute_free_count(self):
        for cabinet in self:
            capacity, count = cabinet.capacity, cabinet.archive_count
            cabinet.free_count = max(capacity - count, 0) if capacity else 0
            cabinet.occupancy = 100 * count // capacity if capacity else 0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {name: value for name, value in vals.items() if name != "fill_count"}
            for vals in vals_list
        ]
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("active") is False:
            self._check_is_empty()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._check_is_empty()

    def _check_is_empty(self):
        """:raise UserError: naming cabinets with files in them"""
        if used := self.filtered("archive_count"):
            raise UserError(
                self.env._(
                    "Files lie there, move them first: %(places)s",
                    places=comma(self.env).join(used.mapped("display_name")),
                )
            )

    # === ACTIONS === #

    def action_view_archives(self):
        """Open what lies in the cabinet, as far as one may read it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_action_cabinet"
        )
        action["context"] = {"active_id": self.id}
        action["domain"] = [("cabinet_id", "=", self.id)]
        return action

    def action_view_places(self):
        """Open the layers and slots of the cabinet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_place_action"
        )
        action["domain"] = [("cabinet_id", "=", self.id)]
        action["context"] = {"default_cabinet_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _make_places(self, layers, slots, capacity=0, layer_codes=None, width=0):
        """Divide a cabinet into layers and slots; those that are there stay.

        :param int layers: how many layers
        :param int slots: how many slots in each
        :param int capacity: files that fit in one slot; 0: not limited
        :param list layer_codes: what is written on the layers; 1, 2, 3 … by default
        :param int width: digits of a slot's code: 2 gives 01, 02 …
        :return: the new places
        :raise UserError: for numbers that no cabinet has
        """
        self.ensure_one()
        if not (0 < layers <= MAX_LAYERS and 0 <= slots <= MAX_SLOTS):
            raise UserError(
                self.env._(
                    "A cabinet has 1 to %(layers)s layers with 0 to %(slots)s slots.",
                    layers=MAX_LAYERS,
                    slots=MAX_SLOTS,
                )
            )
        if capacity < 0:
            raise UserError(
                self.env._("A capacity is not negative. 0 means: not limited.")
            )
        places = self.env["kehu.place"].with_context(active_test=False)
        known = {
            place.label: place
            for place in places.search([("cabinet_id", "=", self.id)])
        }
        codes = layer_codes or [str(number) for number in range(1, layers + 1)]
        if taken := [c for c in codes if c in known and known[c].kind != "layer"]:
            raise UserError(
                self.env._(
                    "There is a slot with this code already: %(codes)s",
                    codes=comma(self.env).join(taken),
                )
            )
        new_layers = places.create(
            [
                {
                    "cabinet_id": self.id,
                    "kind": "layer",
                    "code": code,
                    "capacity": 0 if slots else capacity,
                }
                for code in codes
                if code not in known
            ]
        )
        known.update({layer.code: layer for layer in new_layers})
        new_slots = places.create(
            [
                {
                    "cabinet_id": self.id,
                    "parent_id": known[code].id,
                    "code": str(number).zfill(width),
                    "capacity": capacity,
                }
                for code in codes
                for number in range(1, slots + 1)
                if places._join(code, str(number).zfill(width)) not in known
            ]
        )
        return (new_layers + new_slots).with_env(self.env)

    def _get_free_places(self, count):
        """Say where ``count`` more files go, the first free places in order.

        :param int count: number of files
        :return: one place for each; fewer when there is no more room
        :rtype: list of kehu.place
        """
        self.ensure_one()
        places = self.env["kehu.place"].search(
            [("cabinet_id", "=", self.id), ("child_ids", "=", False)]
        )
        counts = places._get_archive_counts()
        found = []
        for place in places:
            if len(found) == count:
                break
            room = count - len(found)
            if place.capacity:
                room = min(room, place.capacity - counts.get(place.id, 0))
            found += [place] * max(room, 0)
        return found

    def _get_overfull(self):
        """Say which cabinets hold more than fits in.

        :return: sentences, one for each
        :rtype: list[str]
        """
        self.invalidate_recordset(["archive_count"])
        return [
            self.env._(
                "%(place)s is full: %(capacity)s fit in, %(count)s would lie there.",
                place=cabinet.display_name,
                capacity=cabinet.capacity,
                count=cabinet.archive_count,
            )
            for cabinet in self
            if cabinet.capacity and cabinet.archive_count > cabinet.capacity
        ]

    def _note_filling(self):
        """Let two people who fill the same limited cabinet at once take turns.

        Each counts what lies there in the past that its transaction sees. The second
        one fails on this row, is run again by Odoo, and then counts right.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE kehu_cabinet SET fill_count = COALESCE(fill_count, 0) + 1
                    WHERE id IN (SELECT id FROM kehu_cabinet WHERE id IN %s
                                  ORDER BY id FOR UPDATE)
                RETURNING id""",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["fill_count"])
