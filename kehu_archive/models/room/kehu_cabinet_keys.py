from odoo import api, fields, models


class KehuCabinet(models.Model):
    """The keys of a cabinet. ``key_holder_id`` is who has the main one."""

    _inherit = "kehu.cabinet"

    key_ids = fields.One2many(
        "kehu.cabinet.key",
        "cabinet_id",
        string="Keys",
        groups="kehu_archive.group_kehu_archivist,kehu_archive.group_kehu_manager,"
        "kehu_archive.group_kehu_auditor",
        help="Each key with its holder.",
    )
    key_holder_id = fields.Many2one(
        compute="_compute_key_holder_id",
        inverse="_inverse_key_holder_id",
        compute_sudo=True,
        store=True,
        readonly=False,
        help="Who has the main key. A change is a hand-over and stays in its history.",
    )

    @api.depends("key_ids.holder_id", "key_ids.active", "key_ids.name")
    def _compute_key_holder_id(self):
        for cabinet in self:
            cabinet.key_holder_id = cabinet._get_main_key().holder_id

    def _inverse_key_holder_id(self):
        # sudo: whoever configures cabinets names the holder, without reading the
        # register of keys.
        for cabinet_sudo in self.sudo():
            holder = cabinet_sudo.key_holder_id
            if key_sudo := cabinet_sudo._get_main_key():
                key_sudo.holder_id = holder
            elif holder:
                key_sudo.create({"cabinet_id": cabinet_sudo.id, "holder_id": holder.id})

    def _get_main_key(self):
        """The first of the keys in use.

        :rtype: kehu.cabinet.key
        """
        self.ensure_one()
        return self.key_ids.filtered("active").sorted("name")[:1]

    @api.model
    def _adopt_key_holders(self):
        """Make keys for holders that were named before keys were records."""
        cabinets = self.with_context(active_test=False).search(
            [("key_holder_id", "!=", False), ("key_ids", "=", False)]
        )
        self.env["kehu.cabinet.key"].create(
            [
                {"cabinet_id": cabinet.id, "holder_id": cabinet.key_holder_id.id}
                for cabinet in cabinets
            ]
        )

    def action_view_handovers(self):
        """Open the history of the cabinet's keys."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_key_handover_action"
        )
        action["domain"] = [("key_id.cabinet_id", "=", self.id)]
        return action
