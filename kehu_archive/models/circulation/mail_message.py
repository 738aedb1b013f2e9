from odoo import api, models
from odoo.fields import Domain


class MailMessage(models.Model):
    """A message about an archive is read by whoever may read the archive, now.

    Odoo lets authors and recipients read their messages for good; here this ends with
    the access to the archive, to the second.
    """

    _name = "mail.message"
    _inherit = ["mail.message", "kehu.conversation.mixin"]

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not (self.env.su or bypass_access):
            partner_id = self.env.user.partner_id.id
            mine = (
                Domain("author_id", "=", partner_id)
                | Domain("partner_ids", "in", [partner_id])
                | Domain("notification_ids.res_partner_id", "in", [partner_id])
            )
            domain = Domain(domain) & self._get_conversation_domain("model", mine)
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        if operation == "create":
            return forbidden
        partner = self.env.user.partner_id
        return forbidden | (self - forbidden)._get_closed(
            "model",
            lambda message: partner
            in message.author_id
            | message.partner_ids
            | message.notification_ids.res_partner_id,
        )
