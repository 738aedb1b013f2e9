from markupsafe import Markup

from odoo import models
from odoo.fields import Domain

from ..mixins.as_user import as_user

_MODEL = "kehu.archive"


class KehuArchive(models.Model):
    """The chatter of an archive: read by its keepers, and content-free outside.

    A grant opens sections, not the conversation of the keepers: a reader by grant sees
    what he wrote or was written to, and that only while the grant runs. E-mails and
    push messages say that there is something to read, never what.
    """

    _inherit = "kehu.archive"

    def _get_conversation_access(self):
        """Split the archives of ``self`` by what the present user may read of them.

        :return: (archives whose whole conversation is open, archives where only the
            user's own part of it is)
        :rtype: tuple
        """
        readable = self.exists()._filtered_access("read")
        own = readable._filtered_own()
        return own, readable - own

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Nobody is told of an archive that he may not read at this moment."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self:
            return recipients
        kept = []
        for data in recipients:
            if not data["uid"]:
                continue
            user = self.env["res.users"].browse(data["uid"])
            if not data["share"] and as_user(self, user).has_access("read"):
                kept.append(data)
        return kept

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        values = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values
        )
        values["subject"] = self.env._("A message about a customer archive")
        return values

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        """Replace the message by a link: what it says stays in Odoo."""
        return Markup("<p>%s</p><p><a href='%s'>%s</a></p>") % (
            self.env._("You have a message about a customer archive."),
            self._notify_get_action_link("view", model=self._name, res_id=self.id),
            self.env._("Read it in Odoo"),
        )

    def _notify_by_web_push_prepare_payload(
        self, message, msg_vals=False, force_record_name=False
    ):
        payload = super()._notify_by_web_push_prepare_payload(
            message, msg_vals, force_record_name
        )
        payload["title"] = self.env._("Customer Archive")
        payload["options"]["body"] = self.env._(
            "You have a message about a customer archive."
        )
        return payload


class KehuConversationMixin(models.AbstractModel):
    """Which archives' conversations are open, as a domain; for messages and activities."""

    _name = "kehu.conversation.mixin"
    _description = "Conversation About an Archive"

    def _get_conversation_domain(self, model_field, mine):
        """Leave out what belongs to archives that are closed to the present user.

        :param str model_field: the field that names the model of the document
        :param odoo.fields.Domain mine: what was written by or to the present user
        :rtype: odoo.fields.Domain
        """
        archives = self.env[_MODEL].with_context(active_test=False)
        if not archives.has_access("read"):
            return Domain(model_field, "!=", _MODEL)
        # Odoo's own search on messages flushes its own model only.
        for model in (_MODEL, "kehu.loan", "kehu.section.request", "crm.team"):
            self.env[model].flush_model()
        own = archives._search(archives._get_own_domain())
        readable = archives._search(Domain.TRUE)
        return (
            Domain(model_field, "!=", _MODEL)
            | Domain("res_id", "in", own)
            | (Domain("res_id", "in", readable) & mine)
        )

    def _get_closed(self, model_field, mine):
        """Return those of ``self`` that belong to a closed archive.

        :param str model_field: the field that names the model of the document
        :param function mine: tells of one record in sudo whether it is the user's own
        """
        # sudo: only where the records belong to is looked at.
        about_sudo = self.sudo().filtered(lambda record: record[model_field] == _MODEL)
        if not about_sudo:
            return self.browse()
        archives = self.env[_MODEL].browse(set(about_sudo.mapped("res_id")))
        own, part = archives._get_conversation_access()
        return self.browse(
            record.id
            for record in about_sudo
            if record.res_id not in own._ids
            and not (record.res_id in part._ids and mine(record))
        )
