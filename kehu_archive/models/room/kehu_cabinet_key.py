from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...wording import comma


class KehuCabinetKey(models.Model):
    """One key of a cabinet, and who has it now (R09)."""

    _name = "kehu.cabinet.key"
    _description = "Key of a Cabinet"
    _order = "cabinet_id, name, id"

    cabinet_id = fields.Many2one(
        "kehu.cabinet",
        required=True,
        index=True,
        ondelete="restrict",
        help="What the key opens.",
    )
    name = fields.Char(
        string="Number",
        required=True,
        default="1",
        help="What is engraved on the key or its tag. The first one is the main key.",
    )
    holder_id = fields.Many2one(
        "res.users",
        string="Holder",
        index="btree_not_null",
        help="Who has the key. Empty: it lies in the safe.",
    )
    held_since = fields.Datetime(readonly=True, help="When it was handed over last.")
    handover_ids = fields.One2many(
        "kehu.key.handover", "key_id", string="Hand-overs", help="Who had it when."
    )
    company_id = fields.Many2one(
        related="cabinet_id.company_id",
        store=True,
        index=True,
        help="The company that owns the cabinet.",
    )
    active = fields.Boolean(
        default=True, help="Clear it for a key that was lost or replaced."
    )

    _number_uniq = models.UniqueIndex(
        "(cabinet_id, name)", "The cabinet has a key with this number already."
    )

    # === COMPUTE METHODS === #

    @api.depends("cabinet_id.code", "name")
    def _compute_display_name(self):
        for key in self:
            key.display_name = f"{key.cabinet_id.code or ''} # {key.name or ''}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        keys = super().create(
            [
                {name: value for name, value in vals.items() if name != "held_since"}
                for vals in vals_list
            ]
        )
        keys.filtered("holder_id")._note_handover({})
        return keys

    def write(self, vals):
        if "held_since" in vals or (
            "cabinet_id" in vals
            and self.filtered(lambda key: key.cabinet_id.id != vals["cabinet_id"])
        ):
            raise AccessError(
                self.env._("A key stays with its cabinet, and its history with it.")
            )
        before = {key: key.holder_id for key in self}
        result = super().write(vals)
        if "holder_id" in vals:
            moved = self.filtered(lambda key: before[key] != key.holder_id)
            moved._note_handover(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        if used := self.filtered("handover_ids"):
            raise UserError(
                self.env._(
                    "Was handed over already, its history stays. Put it out of use: "
                    "%(keys)s",
                    keys=comma(self.env).join(used.mapped("display_name")),
                )
            )

    # === BUSINESS METHODS === #

    def _note_handover(self, before):
        """Add a row to the history of each key.

        :param dict before: {key: who had it}
        """
        now = fields.Datetime.now()
        self.env["kehu.key.handover"]._append(
            [
                {
                    "key_id": key.id,
                    "from_id": before[key].id if before.get(key) else False,
                    "to_id": key.holder_id.id,
                    "at": now,
                    "by_id": self.env.uid,
                    "signature": self.env.context.get("kehu_key_signature") or False,
                    "note": self.env.context.get("kehu_key_note") or False,
                }
                for key in self
            ]
        )
        return super().write({"held_since": now})

    def _hand_over(self, user, signature=None, note=None):
        """Give keys to somebody, or put them into the safe.

        :param user: the new holder; empty for the safe
        :param str signature: name signed by whoever takes them
        :param str note: why
        :raise UserError: when somebody has one of them already
        """
        self.check_access("write")
        if held := self.filtered(lambda key: key.holder_id == user):
            raise UserError(
                self.env._(
                    "Is there already: %(keys)s",
                    keys=comma(self.env).join(held.mapped("display_name")),
                )
            )
        self.with_context(
            kehu_key_signature=(signature or "").strip(),
            kehu_key_note=(note or "").strip(),
        ).write({"holder_id": user.id})

    def action_hand_over(self):
        """Open the dialog that hands the key over."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_key_give_action"
        )
        action["context"] = {"default_key_ids": self.ids}
        return action
