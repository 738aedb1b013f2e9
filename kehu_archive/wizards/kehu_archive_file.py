from odoo import Command, api, fields, models

from ..wording import comma


class KehuArchiveFile(models.TransientModel):
    """Receives handed-in archives: asks for their place, then files them (R94)."""

    _name = "kehu.archive.file"
    _description = "File Archives"
    _inherit = ["kehu.put.in.mixin"]

    archive_ids = fields.Many2many(
        "kehu.archive",
        required=True,
        domain=[("state", "=", "submitted")],
        help="The archives to receive. Each gets its number.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "kehu.archive":
            values["archive_ids"] = [
                Command.set(self.env.context.get("active_ids") or [])
            ]
        return values

    def action_confirm(self):
        """Write the place and file; both or nothing. Says which numbers were given."""
        self.ensure_one()
        archives = self.archive_ids
        if self.cabinet_id:
            self._put_in()
        archives.action_file()
        notice = archives._prepare_step_notice(
            self.env._(
                "Filed: %(numbers)s",
                numbers=comma(self.env).join(archives.mapped("name")),
            )
        )
        if obstacles := self.cabinet_id._get_filing_obstacles():
            if self.env.company.kehu_inspection_policy != "off":
                notice["params"].update(
                    type="warning",
                    message="\n".join(
                        [notice["params"]["message"], *obstacles.values()]
                    ),
                )
        return notice
