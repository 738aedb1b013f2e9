from odoo import api, fields, models

from ...registration import stages


class CrmLead(models.Model):
    _inherit = "crm.lead"

    kehu_gap_prompt = fields.Text(
        string="Missing in the Archive",
        compute="_compute_kehu_gap_prompt",
        help="Facts that are due at the stage of a lead and not in the customer's "
        "archive yet (R03).",
    )

    kehu_archive_id = fields.Many2one(
        "kehu.archive",
        string="Customer Archive",
        compute="_compute_kehu_archive_id",
        help="The archive of the lead's customer, for those who may open it.",
    )

    @api.depends("partner_id", "active")
    @api.depends_context("uid", "lang")
    def _compute_kehu_gap_prompt(self):
        prompts = self.env["kehu.archive"]._get_gap_prompts(
            {lead: lead.active and stages.LEAD for lead in self},
            lambda lead: lead.partner_id.commercial_partner_id,
        )
        for lead in self:
            lead.kehu_gap_prompt = prompts[lead]

    @api.depends("partner_id.commercial_partner_id.archive_id")
    @api.depends_context("uid")
    def _compute_kehu_archive_id(self):
        # sudo: only to find the archives; which of them are shown, the user's own
        # rights decide.
        archives = self.sudo().partner_id.commercial_partner_id.archive_id.sudo(False)
        readable = archives._filtered_access("read")
        for lead in self:
            archive = lead.sudo().partner_id.commercial_partner_id.archive_id
            lead.kehu_archive_id = archive.sudo(False) & readable

    def action_kehu_open_archive(self):
        """Open the archive of the customer."""
        return self.partner_id.action_view_archive()

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads.partner_id._kehu_queue_trade_refresh()
        return leads

    def write(self, vals):
        # Both the customer it leaves and the one it comes to are refreshed.
        partners = self.partner_id
        result = super().write(vals)
        if {"partner_id", "stage_id", "active", "type", "probability"} & vals.keys():
            (partners | self.partner_id)._kehu_queue_trade_refresh()
        return result

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        partners._kehu_queue_trade_refresh()
        return result

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        """A converted lead makes its partner a customer: register it (R29, R43)."""
        result = super().convert_opportunity(
            partner, user_ids=user_ids, team_id=team_id
        )
        self.partner_id._kehu_register_automatically()
        return result
