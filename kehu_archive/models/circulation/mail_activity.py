from functools import partial

from odoo import api, models
from odoo.fields import Domain


class MailActivity(models.Model):
    """An activity on an archive is closed with the archive, whoever has to do it."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "kehu.conversation.mixin"]

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not (self.env.su or bypass_access):
            mine = Domain("user_id", "=", self.env.uid)
            domain = Domain(domain) & self._get_conversation_domain("res_model", mine)
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or operation == "create":
            return result
        allowed = self - result[0] if result else self
        closed = allowed._get_closed(
            "res_model", lambda activity: activity.user_id.id == self.env.uid
        )
        if not closed:
            return result
        forbidden = closed | result[0] if result else closed
        error = result[1] if result else partial(closed._make_access_error, operation)
        return forbidden, error

    def _make_access_error(self, operation):
        return self.env["ir.rule"]._make_access_error(operation, self)
