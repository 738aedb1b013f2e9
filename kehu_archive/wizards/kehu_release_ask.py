from odoo import api, fields, models
from odoo.exceptions import UserError


class KehuReleaseAsk(models.TransientModel):
    """Asks what a copy is for, before anything is printed or exported (R103).

    The web client opens it and hands the answer on to what prints or exports, which
    registers it: nothing is stored here.
    """

    _name = "kehu.release.ask"
    _description = "Reason for Printing or Exporting"

    what = fields.Char(readonly=True, help="What is going to be printed or exported.")
    use = fields.Selection(
        [
            ("file", "For the Paper File"),
            ("visit", "Customer Visit or Negotiation"),
            ("meeting", "Meeting Within the Company"),
            ("check", "Check or Audit"),
            ("update", "Bringing Data up to Date"),
            ("other", "Other"),
        ],
        string="Used For",
        required=True,
        help="What the copy is used for.",
    )
    reason = fields.Char(
        string="Details", help="For what exactly; needed when it is none of these."
    )
    taken_today = fields.Integer(
        compute="_compute_today", help="Archives that you took out today."
    )
    limit = fields.Integer(
        compute="_compute_today", help="Archives that are usual on a day; 0: no limit."
    )

    @api.depends("use")
    def _compute_today(self):
        company_sudo = self.env.company.sudo()
        limited = company_sudo.kehu_release_excess != "off"
        taken = self.env["kehu.release"]._get_taken_today()
        for ask in self:
            ask.taken_today = taken
            ask.limit = limited and company_sudo.kehu_release_limit

    def action_confirm(self):
        """Close the dialog and hand the reason to the web client.

        :raise UserError: when "other" is not explained
        """
        self.ensure_one()
        details = (self.reason or "").strip()
        if self.use == "other" and not details:
            raise UserError(self.env._("Say in the details what the copy is for."))
        label = dict(self._fields["use"]._description_selection(self.env))[self.use]
        reason = f"{label}: {details}" if details else label
        return {
            "type": "ir.actions.act_window_close",
            "infos": {"kehu_reason": reason},
        }
