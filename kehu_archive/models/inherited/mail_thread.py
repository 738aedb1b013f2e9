from odoo import models


class MailThread(models.AbstractModel):
    """Conversations of archives begin in the user's language.

    Odoo takes the name of the document in the language of the context, and the rest of
    the sentence in that of the user; jobs and other programs have no context.
    """

    _inherit = "mail.thread"

    def _creation_message(self):
        thread = self
        if self._name.startswith("kehu.") and not self.env.context.get("lang"):
            thread = self.with_context(lang=self.env.user.lang)
        return super(MailThread, thread)._creation_message()
