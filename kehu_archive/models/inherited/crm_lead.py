from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

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
