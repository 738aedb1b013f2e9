from odoo import models


class MailMail(models.Model):
    """E-mails about an archive carry no file of it."""

    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, *args, **kwargs):
        outgoing = super()._prepare_outgoing_list(*args, **kwargs)
        if self.model == "kehu.archive":
            for values in outgoing:
                values["attachments"] = []
        return outgoing
