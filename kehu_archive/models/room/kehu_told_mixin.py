from odoo import api, models


class KehuToldMixin(models.AbstractModel):
    """A register of the archive room that tells people by activities.

    Who is told is not thereby made to follow the conversation, and the register itself
    says who made a row: there is no note for it.
    """

    _name = "kehu.told.mixin"
    _description = "Register That Tells People"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(KehuToldMixin, quiet).create(vals_list).with_env(self.env)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Whoever is told by the register itself need not follow the conversation."""
        if self.env.context.get("mail_activity_quick_update"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    @api.model
    def _get_mail_fields(self):
        """Names of what conversation and activities write, which no step guards."""
        return {
            *self.env["mail.thread"]._fields,
            *self.env["mail.activity.mixin"]._fields,
        }
