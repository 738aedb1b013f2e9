from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class KehuFactVerify(models.TransientModel):
    """Verifies several facts of an archive at once (R04)."""

    _name = "kehu.fact.verify"
    _description = "Verify Facts"

    archive_id = fields.Many2one(
        "kehu.archive", required=True, help="The archive whose facts were compared."
    )
    source = fields.Selection(
        selection=lambda self: self.env["kehu.archive"]._get_source_selection(),
        default="visit",
        required=True,
        help="What the facts were compared with.",
    )
    verified_on = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="The day on which they were compared.",
    )
    evidence_id = fields.Many2one(
        "kehu.archive.item",
        domain="[('archive_id', '=', archive_id)]",
        help="The piece of the catalogue that shows it: scan of the licence, report of "
        "the visit, copy of the invoice.",
    )
    line_ids = fields.One2many(
        "kehu.fact.verify.line", "wizard_id", help="The facts that are filled in."
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        archive = self.env["kehu.archive"].browse(values.get("archive_id"))
        if archive and "line_ids" in fields:
            values["line_ids"] = [
                Command.create(
                    {
                        "key": gap["key"],
                        "label": gap["label"],
                        "present": gap["source_label"],
                        "present_on": gap["verified_on"],
                    }
                )
                for gap in archive.get_gaps()
                if gap["state"] == "filled"
            ]
        return values

    def action_verify(self):
        """Note source and day for the chosen facts; all of them or none."""
        self.ensure_one()
        keys = self.line_ids.filtered("chosen").mapped("key")
        if not keys:
            raise UserError(self.env._("Choose the facts that were compared."))
        self.archive_id.verify_facts(
            keys, self.source, self.verified_on, self.evidence_id.id
        )
        return {"type": "ir.actions.act_window_close"}


class KehuFactVerifyLine(models.TransientModel):
    """One fact to choose."""

    _name = "kehu.fact.verify.line"
    _description = "Fact to Verify"
    _rec_name = "label"

    wizard_id = fields.Many2one(
        "kehu.fact.verify",
        required=True,
        ondelete="cascade",
        index=True,
        help="The dialog that the line belongs to.",
    )
    chosen = fields.Boolean(help="The fact was compared.")
    key = fields.Char(
        required=True, help="The fact, as the form's definition names it."
    )
    label = fields.Char(string="Fact", help="The fact, as on the screen.")
    present = fields.Char(string="Source So Far", help="The source noted until now.")
    present_on = fields.Date(string="Verified On", help="When it was last verified.")
