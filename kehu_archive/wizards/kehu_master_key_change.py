from odoo import api, fields, models

from ..models.mixins.kehu_vault import MasterKeyError


class KehuMasterKeyChange(models.TransientModel):
    """Lets the configuring administrator change the master key."""

    _name = "kehu.master.key.change"
    _description = "Change of the Master Key"

    key_count = fields.Integer(
        string="Keys of Archives",
        compute="_compute_facts",
        help="How many keys the master key opens.",
    )
    fingerprint = fields.Char(
        compute="_compute_facts",
        help="Tells one master key from another; it opens nothing.",
    )
    problem = fields.Char(
        compute="_compute_facts", help="Why the present master key does not work."
    )

    @api.depends_context("uid")
    def _compute_facts(self):
        vault = self.env["kehu.vault"]
        # sudo: nobody has rights on the keys; they are counted here.
        count = self.env["kehu.archive.key"].sudo().search_count([])
        problem, fingerprint = vault._get_problem(), False
        if count and not problem:
            try:
                fingerprint = vault._fingerprint(vault._get_master_key()).hex()
            except MasterKeyError as error:
                problem = str(error)
        self.key_count, self.fingerprint = count, fingerprint
        self.problem = problem

    def action_change(self):
        """Make a new master key and wrap all keys with it.

        :raise AccessError: for anybody but the configuring administrator
        """
        self.env["kehu.vault"]._check_may_rotate()
        # A transaction of its own, so that the lock is the first thing in it.
        with self.env.registry.cursor() as cr:
            count = (
                self.with_env(self.env(cr=cr)).env["kehu.vault"]._rotate_master_key()
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("The master key was changed"),
                "message": self.env._(
                    "%(count)s keys were wrapped anew. Back up the new key file now, "
                    "apart from the database; keep the old one as long as backups "
                    "that need it.",
                    count=count,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
