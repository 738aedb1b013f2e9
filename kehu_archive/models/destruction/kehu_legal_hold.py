from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...wording import comma


class KehuLegalHold(models.Model):
    """A case for which archives are kept whatever their retention says (R20)."""

    _name = "kehu.legal.hold"
    _description = "Legal Hold"
    _inherit = ["mail.thread", "kehu.transition.mixin"]
    _order = "id desc"

    name = fields.Char(
        string="Legal Case", required=True, help="Number or name of the dispute."
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        required=True,
        index=True,
        help="The company that is concerned.",
    )
    reason = fields.Text(required=True, help="Why the archives have to be kept.")
    archive_ids = fields.Many2many(
        "kehu.archive",
        "kehu_legal_hold_archive_rel",
        "hold_id",
        "archive_id",
        string="Archives",
        help="The archives that are kept.",
    )
    archive_count = fields.Integer(
        compute="_compute_archive_count", help="Number of archives kept."
    )
    state = fields.Selection(
        [("active", "In Force"), ("released", "Released")],
        default="active",
        required=True,
        readonly=True,
        tracking=True,
        help="Whether the archives are kept.",
    )
    released_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who released the archives."
    )
    released_at = fields.Datetime(
        readonly=True, copy=False, help="When the archives were released."
    )
    release_reason = fields.Char(
        copy=False, help="Why they need not be kept any longer. Needed to release them."
    )

    @api.depends("archive_ids")
    def _compute_archive_count(self):
        for hold in self:
            hold.archive_count = len(hold.archive_ids)

    @api.model
    def _get_state_sources(self):
        return {**super()._get_state_sources(), "released": {"active"}}

    @api.model_create_multi
    def create(self, vals_list):
        holds = super().create(vals_list)
        holds._mark_archives()
        return holds

    def write(self, vals):
        before = self.archive_ids
        result = super().write(vals)
        if "archive_ids" in vals:
            if self.filtered(lambda hold: hold.state == "released"):
                raise UserError(
                    self.env._("A released hold is closed; make a new one.")
                )
            (before | self.archive_ids)._refresh_hold()
            self._mark_archives()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A hold stays in the register; release it instead."))

    def action_release(self):
        """End the hold; its archives may be destroyed again when they are due.

        :raise AccessError: for anybody but sales managers
        :raise UserError: without a reason
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_manager"
        ):
            raise AccessError(self.env._("Only a sales manager releases a hold."))
        if missing := self.filtered(
            lambda hold: not (hold.release_reason or "").strip()
        ):
            raise UserError(
                self.env._(
                    "Write down why it is released: %(holds)s",
                    holds=comma(self.env).join(missing.mapped("name")),
                )
            )
        # sudo: the step was checked; the archive room keeps the register.
        self.sudo()._set_state(
            "released",
            {"released_by_id": self.env.uid, "released_at": fields.Datetime.now()},
        )
        self.archive_ids._refresh_hold()

    def _mark_archives(self):
        # sudo: a hold marks archives that its author need not be able to edit.
        active = self.filtered(lambda hold: hold.state == "active")
        active.sudo().archive_ids._write_protected({"legal_hold": True})
        active.archive_ids._log_event("destruction", {"destruction_step": "hold"})


class KehuArchive(models.Model):
    """Holds by case show in the archive's own mark."""

    _inherit = "kehu.archive"

    def _refresh_hold(self):
        """Clear the mark of archives that no case keeps any more."""
        # sudo: a hold marks archives that its author need not be able to edit.
        for archive in self.sudo():
            held = any(hold.state == "active" for hold in archive.hold_ids)
            if archive.legal_hold != held:
                archive._write_protected({"legal_hold": held})

    def _get_hold_action(self):
        """Return a new hold with these archives; server actions call it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_legal_hold_action"
        )
        action.update(
            views=[(False, "form")],
            res_id=False,
            context={"default_archive_ids": [Command.set(self.ids)]},
        )
        return action
