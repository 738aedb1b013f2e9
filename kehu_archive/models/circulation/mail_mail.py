from functools import partial

from odoo import api, models
from odoo.fields import Domain


class MailMail(models.Model):
    """E-mails about an archive carry no file of it, and are no way round its rules.

    Whoever administers the mail server reads the queue, and with each e-mail the
    message behind it: those about archives only as far as the archive is open.
    """

    _name = "mail.mail"
    _inherit = ["mail.mail", "kehu.conversation.mixin"]

    def _prepare_outgoing_list(self, *args, **kwargs):
        outgoing = super()._prepare_outgoing_list(*args, **kwargs)
        if self.model == "kehu.archive":
            for values in outgoing:
                values["attachments"] = []
        return outgoing

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._get_conversation_domain(
                "model", Domain.FALSE
            )
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or operation == "create":
            return result
        allowed = self - result[0] if result else self
        closed = allowed._get_closed("model", lambda mail: False)
        if not closed:
            return result
        forbidden = closed | result[0] if result else closed
        error = (
            result[1]
            if result
            else partial(self.env["ir.rule"]._make_access_error, operation, closed)
        )
        return forbidden, error
