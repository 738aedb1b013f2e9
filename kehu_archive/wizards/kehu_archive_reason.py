from odoo import Command, api, fields, models


class KehuArchiveReason(models.TransientModel):
    """Asks for the reason that returning, closing or reopening is kept with."""

    _name = "kehu.archive.reason"
    _description = "Reason for a Step of an Archive"

    archive_ids = fields.Many2many(
        "kehu.archive", required=True, help="The archives that the step is taken for."
    )
    step = fields.Selection(
        [("return", "Return"), ("close", "Close"), ("reopen", "Reopen")],
        required=True,
        help="What is going to happen.",
    )
    reason = fields.Text(required=True, help="Kept with the archive, for everybody.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "kehu.archive":
            values["archive_ids"] = [
                Command.set(self.env.context.get("active_ids") or [])
            ]
        return values

    def action_confirm(self):
        """Take the step for all archives, or for none, and say how many."""
        self.ensure_one()
        steps = {
            "return": self.archive_ids.action_return_to_draft,
            "close": self.archive_ids.action_close,
            "reopen": self.archive_ids.action_reopen,
        }
        steps[self.step](self.reason)
        count = len(self.archive_ids)
        messages = {
            "return": self.env._("%(count)s archives returned.", count=count),
            "close": self.env._("%(count)s archives closed.", count=count),
            "reopen": self.env._("%(count)s archives opened again.", count=count),
        }
        return self.archive_ids._prepare_step_notice(messages[self.step])
