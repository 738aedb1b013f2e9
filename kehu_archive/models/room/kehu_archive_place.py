from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

PLACE_FIELDS = frozenset({"cabinet_id", "place_id", "slot"})
# Whoever corrects the register after a stock-take holds this very object: reality is
# written down also where a cabinet is full or not inspected. RPC cannot forge it.
_AS_FOUND = object()


class KehuArchive(models.Model):
    """Where the paper file lies, and how it gets there (R09).

    The cabinet, the place within it and the slot as text always say the same: whoever
    writes one of them gets the others. A cabinet without places keeps the text alone.
    """

    _inherit = "kehu.archive"

    place_id = fields.Many2one(
        "kehu.place",
        string="Place",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('cabinet_id', '=', cabinet_id)]",
        help="Layer and slot within the cabinet.",
    )
    place_path = fields.Char(
        string="Where It Lies",
        compute="_compute_place_path",
        help="Cabinet, layer and slot of the paper file.",
    )

    # === COMPUTE METHODS === #

    @api.depends("cabinet_id.code", "slot")
    def _compute_place_path(self):
        for archive in self:
            archive.place_path = self._format_place(archive.cabinet_id, archive.slot)

    @api.model
    def _format_place(self, cabinet, slot):
        """Write a place in one line.

        :rtype: str
        """
        # sudo: the code of a cabinet is on its door.
        return " ".join(filter(None, (cabinet.sudo().code, slot))) or ""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        placed = [bool(PLACE_FIELDS & vals.keys()) for vals in vals_list]
        if any(placed):
            vals_list = [self._complete_place(vals) for vals in vals_list]
            if any(vals.get(name) for vals in vals_list for name in PLACE_FIELDS):
                self._check_may_place()
        archives = super().create(vals_list)
        entering = archives.filtered("cabinet_id")
        if entering:
            entering._check_put_in(entering.cabinet_id, entering)
        return archives

    def write(self, vals):
        if not PLACE_FIELDS & vals.keys():
            return super().write(vals)
        if not self._in_transition():
            self._check_may_place()
        before = {
            archive: (archive.cabinet_id, archive.place_id, archive.place_path)
            for archive in self
        }
        for cabinet, archives in self.grouped("cabinet_id").items():
            completed = self._complete_place(vals, cabinet)
            super(KehuArchive, archives).write(completed)
        self._log_moves(before)
        entering = self.browse().concat(
            *(
                archive
                for archive, (cabinet, place, _path) in before.items()
                if archive.cabinet_id
                and (archive.cabinet_id, archive.place_id) != (cabinet, place)
            )
        )
        new = entering.filtered(
            lambda archive: before[archive][0] != archive.cabinet_id
        )
        if entering:
            entering._check_put_in(new.cabinet_id, entering)
        return True

    @api.model
    def _complete_place(self, vals, cabinet=None):
        """Let cabinet, place and slot say the same.

        :param dict vals: values that name at least one of them, perhaps others
        :param cabinet: the cabinet in which the archive lies so far
        :return: values with all three, as far as they change
        :rtype: dict
        """
        if not PLACE_FIELDS & vals.keys():
            return vals
        vals = dict(vals)
        places = self.env["kehu.place"]
        if vals.get("place_id"):
            place = places.browse(vals["place_id"])
            if vals.get("cabinet_id", place.cabinet_id.id) != place.cabinet_id.id:
                raise ValidationError(
                    self.env._(
                        "%(place)s is in another cabinet.", place=place.display_name
                    )
                )
            return {**vals, "cabinet_id": place.cabinet_id.id, "slot": place.label}
        old_id = cabinet.id if cabinet else False
        cabinet_id = vals.get("cabinet_id", old_id)
        if "slot" in vals:
            slot = (vals["slot"] or "").strip()
            vals["slot"] = slot or False
            # sudo: whoever may write the archive may name any place of the cabinet.
            vals["place_id"] = (
                places.sudo()._find(cabinet_id, slot).id
                if slot and cabinet_id
                else False
            )
        elif "place_id" in vals or cabinet_id != old_id:
            # In another cabinet the old slot means nothing.
            vals.update(place_id=False, slot=False)
        return vals

    def _prepare_merge_vals(self, target):
        vals = super()._prepare_merge_vals(target)
        if target.cabinet_id or target.slot:
            # The slot of one cabinet is none in another one.
            vals = {key: val for key, val in vals.items() if key not in PLACE_FIELDS}
        return vals

    # === CHECKS === #

    @api.model
    def _check_may_place(self):
        """:raise AccessError: unless the present user is an archivist"""
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(
                self.env._("Only the archive room says where a file lies.")
            )

    def _check_put_in(self, cabinets, archives):
        """Check what has just been put somewhere.

        :param cabinets: those that files were put into from elsewhere
        :param archives: files whose place has changed
        :raise UserError: where the company's rules refuse it
        """
        self._check_same_company()
        if self.env.context.get("kehu_as_found") is _AS_FOUND:
            return
        archives._check_capacity(cabinets)
        archives._check_cabinets_inspected(cabinets)

    def _check_same_company(self):
        for archive in self:
            owner = archive.cabinet_id.sudo().company_id
            if owner and archive.company_id and owner != archive.company_id:
                raise ValidationError(
                    self.env._(
                        "The cabinet %(cabinet)s belongs to %(owner)s, the archive "
                        "%(archive)s to another company.",
                        cabinet=archive.cabinet_id.display_name,
                        owner=owner.name,
                        archive=archive.display_name,
                    )
                )

    def _check_capacity(self, cabinets):
        """Refuse to overfill a cabinet, a layer or a slot; a company may allow it.

        :param cabinets: those that files were put into from elsewhere
        :raise UserError: naming what is full
        """
        strict = self.filtered(
            lambda archive: (
                (archive.company_id or self.env.company).sudo().kehu_full_place_policy
                == "block"
            )
        )
        places = strict.place_id | strict.place_id.parent_id
        limited_cabinets = (cabinets & strict.cabinet_id).filtered("capacity")
        limited_places = places.filtered("capacity")
        if not limited_cabinets and not limited_places:
            return
        (limited_cabinets | limited_places.cabinet_id).sudo()._note_filling()
        full = limited_cabinets._get_overfull() + limited_places._get_overfull()
        if full:
            raise UserError("\n".join(full))

    # === MOVING === #

    def _put_at(self, cabinet, place=None, slot=None, as_found=False):
        """Put files somewhere.

        :param cabinet: where to
        :param place: layer or slot in it
        :param str slot: the place as text, in a cabinet without places
        :param bool as_found: this is where they were found: no rule is asked
        """
        archives = self.with_context(kehu_as_found=_AS_FOUND) if as_found else self
        vals = {"cabinet_id": cabinet.id}
        if place:
            vals["place_id"] = place.id
        else:
            vals["slot"] = slot or False
        archives.write(vals)

    def _put_into_free_places(self, cabinet):
        """Put each file into the next free place of a cabinet.

        :raise UserError: when there is not enough room
        """
        places = cabinet._get_free_places(len(self))
        if len(places) < len(self):
            raise UserError(
                self.env._(
                    "%(cabinet)s has room for %(free)s files in its places, "
                    "%(count)s are to be put in.",
                    cabinet=cabinet.display_name,
                    free=len(places),
                    count=len(self),
                )
            )
        chosen = {}
        for archive, place in zip(self, places, strict=True):
            chosen.setdefault(place, self.browse())
            chosen[place] |= archive
        for place, archives in chosen.items():
            archives._put_at(cabinet, place)

    def _log_moves(self, before):
        """Log in the ledger which files went from where to where.

        :param dict before: {archive: (cabinet, place, path)}
        """
        reason = self.env.context.get("kehu_move_reason")
        for archive, (_cabinet, _place, path) in before.items():
            if archive.place_path != path:
                payload = {"place_from": path or None, "place_to": archive.place_path}
                if reason:
                    payload["reason"] = str(reason)
                archive._log_event("move", payload)

    # === ACTIONS === #

    def _get_move_action(self):
        """Return the dialog that moves these files; the server action calls it."""
        self._check_may_place()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_move_action"
        )
        action["context"] = {"default_archive_ids": [Command.set(self.ids)]}
        return action
