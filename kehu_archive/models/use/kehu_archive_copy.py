from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class KehuArchiveCopy(models.Model):
    """A numbered copy is tracked until it is back or destroyed (R103)."""

    _name = "kehu.archive.copy"
    _inherit = ["kehu.archive.copy", "kehu.transition.mixin"]

    release_id = fields.Many2one(
        "kehu.release",
        readonly=True,
        index="btree_not_null",
        help="The act of printing or exporting that made the copy.",
    )
    reason = fields.Char(
        related="release_id.reason", help="What the copy was made for."
    )
    state = fields.Selection(
        [
            ("out", "Still Out"),
            ("returned", "Brought Back"),
            ("destroyed", "Destroyed"),
        ],
        default="out",
        required=True,
        readonly=True,
        index=True,
        help="Whether the copy is still out.",
    )
    due_on = fields.Date(
        compute="_compute_due_on",
        search="_search_due_on",
        help="By when the copy is to be returned or destroyed.",
    )
    is_due = fields.Boolean(
        compute="_compute_due_on",
        search="_search_is_due",
        help="The copy is still out after its day.",
    )
    closed_at = fields.Datetime(
        readonly=True, help="When the copy was returned or destroyed."
    )
    closed_by_id = fields.Many2one(
        "res.users",
        string="Received By",
        readonly=True,
        help="Who took the copy back, or saw it destroyed.",
    )
    close_note = fields.Char(
        readonly=True, help="How it was destroyed, or in which condition it came back."
    )

    # === COMPUTE METHODS === #

    @api.depends("printed_at", "state")
    @api.depends_context("company")
    def _compute_due_on(self):
        days = self.env.company.sudo().kehu_copy_days
        today = fields.Date.context_today(self)
        for copy in self:
            due = days and copy.state == "out" and copy.printed_at
            copy.due_on = due and (copy.printed_at + timedelta(days=days)).date()
            copy.is_due = bool(copy.due_on) and copy.due_on < today

    @api.model
    def _search_due_on(self, operator, value):
        days = self.env.company.sudo().kehu_copy_days
        if operator not in ("<", "<=", ">", ">=") or not value:
            return NotImplemented
        if not days:
            return Domain.FALSE
        value = fields.Datetime.to_datetime(value) - timedelta(days=days)
        return Domain("state", "=", "out") & Domain("printed_at", operator, value)

    @api.model
    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        return Domain("due_on", "<", fields.Date.context_today(self))

    # === BUSINESS METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        release_id = self.env.context.get("kehu_release_id")
        if release_id and self.env.su:
            vals_list = [{**vals, "release_id": release_id} for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _get_state_sources(self):
        return {
            **super()._get_state_sources(),
            "returned": {"out"},
            "destroyed": {"out"},
        }

    def _close(self, state, note):
        """Take copies off the list of those that are out.

        :param str state: ``returned`` or ``destroyed``
        :param str note: how; required for a destruction
        :raise AccessError: for others than the archive room
        :raise UserError: without a note, or for copies that are not out
        """
        self.check_access("read")
        if not self.env.user.has_group("kehu_archive.group_kehu_archivist"):
            raise AccessError(self.env._("Copies are taken back by the archive room."))
        note = (note or "").strip()
        if state == "destroyed" and not note:
            raise UserError(
                self.env._("Say how the copies were destroyed, and who saw it.")
            )
        # sudo: nobody writes copies by hand; the step was checked.
        self.sudo()._set_state(
            state,
            {
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
                "close_note": note or False,
            },
        )

    def action_close_copies(self):
        """Open the dialog that takes copies back or notes their destruction."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_copy_close_action"
        )
        action["context"] = {"default_copy_ids": self.ids}
        return action

    @api.model
    def _cron_remind_copies(self):
        """Tell makers of copies that are due, once for each copy and month."""
        activity_type = self.env.ref("kehu_archive.mail_activity_copy_due")
        due = self._read_group(
            [("is_due", "=", True)], ["user_id"], ["archive_id:recordset", "__count"]
        )
        for user, archives, count in due:
            archive = archives.with_user(user)._filtered_access("read")[:1].sudo()
            if not archive or not user.active:
                continue
            open_activity = self.env["mail.activity"].search_count(
                [
                    ("activity_type_id", "=", activity_type.id),
                    ("user_id", "=", user.id),
                ],
                limit=1,
            )
            if not open_activity:
                archive.activity_schedule(
                    "kehu_archive.mail_activity_copy_due",
                    user_id=user.id,
                    # The system's language, at night, is nobody's.
                    summary=self.with_context(lang=user.lang).env._(
                        "%(count)s copies of archives are due: return or destroy them",
                        count=count,
                    ),
                )
