from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext


class KehuMessageFile(models.TransientModel):
    """Files a message of a conversation in the archive of its customer (R97)."""

    _name = "kehu.message.file"
    _description = "Filing of a Message"

    message_id = fields.Many2one(
        "mail.message", required=True, readonly=True, help="The message to file."
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        readonly=True,
        help="The archive of the customer that the conversation is about.",
    )
    title = fields.Char(required=True, help="How the catalogue calls it.")
    category = fields.Selection(
        selection="_selection_category",
        default="50_correspondence",
        required=True,
        help="Where it goes in the catalogue.",
    )
    note = fields.Char(help="What is important about it.")

    @api.model
    def _selection_category(self):
        return (
            self.env["kehu.archive.item"]
            ._fields["category"]
            ._description_selection(self.env)
        )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        message = self.env["mail.message"].browse(values.get("message_id")).exists()
        if message:
            message.check_access("read")
            values["archive_id"] = self._get_archive(message).id
            said = html2plaintext(message.body or "").strip()
            values["title"] = (message.subject or said or "").split("\n")[0][:80]
        return values

    @api.model
    def _get_archive(self, message):
        """Return the archive of the customer whom the conversation is about.

        :raise UserError: when there is none
        """
        record = self.env["kehu.archive"]
        if message.model in self.env and message.res_id:
            record = self.env[message.model].browse(message.res_id)
            record.check_access("read")
        if record._name != "kehu.archive":
            partner = record
            if record._name != "res.partner":
                partner = record["partner_id"] if "partner_id" in record else False
            # sudo: that there is an archive is no secret; rights follow on filing.
            record = partner and partner.sudo().commercial_partner_id.archive_id
        if not record:
            raise UserError(
                self.env._(
                    "This conversation is about no customer that has an archive."
                )
            )
        return record.sudo(False)

    def action_confirm(self):
        """File the message and say where."""
        self.ensure_one()
        archive = self._get_archive(self.message_id)
        item = self.env["kehu.archive.item"]._file_message(
            self.message_id,
            archive,
            {"title": self.title, "category": self.category, "note": self.note},
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Filed as no. %(number)s of %(archive)s.",
                    number=item.position,
                    archive=archive.display_name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
