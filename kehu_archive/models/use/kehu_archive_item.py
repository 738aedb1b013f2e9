import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext

from ...wording import comma

_TITLE_LENGTH = 80


class KehuArchiveItem(models.Model):
    """Important messages are filed as fixed items (R97).

    The item holds what the message said at that moment and copies of its files, with a
    digest over both. What becomes of the message later does not touch the item.
    """

    _inherit = "kehu.archive.item"

    is_fixed = fields.Boolean(
        string="Fixed",
        readonly=True,
        copy=False,
        help="Filed from a conversation: what was said is never changed.",
    )
    said_by = fields.Char(readonly=True, copy=False, help="Who wrote the message.")
    said_at = fields.Datetime(
        readonly=True, copy=False, help="When the message was written."
    )
    said = fields.Text(
        string="Wording",
        readonly=True,
        copy=False,
        help="What the message said when it was filed.",
    )
    said_where = fields.Char(
        string="Conversation",
        readonly=True,
        copy=False,
        help="The record in whose conversation the message stood.",
    )
    filed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who filed the message."
    )
    source_message = fields.Integer(
        readonly=True, copy=False, help="Number of the message in Odoo."
    )
    digest = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 over author, time, conversation, words and files.",
    )
    digest_valid = fields.Boolean(
        string="Unaltered",
        compute="_compute_digest_valid",
        help="Words and files still give the digest of the day of filing.",
    )

    _message_filed_once = models.UniqueIndex(
        "(archive_id, source_message) WHERE is_fixed",
        "The message has already been filed in this archive.",
    )

    @api.depends("digest", "said", "said_by", "said_at", "attachment_ids.checksum")
    def _compute_digest_valid(self):
        for item in self:
            item.digest_valid = (
                item.is_fixed and item.digest == item.sudo()._get_message_digest()
            )

    def _get_message_digest(self):
        """Return the digest over what was filed.

        :return: SHA-256, hexadecimal
        :rtype: str
        """
        self.ensure_one()
        # Names of files count, too; their order does not.
        files = sorted(
            (file.name or "", file.checksum or "") for file in self.attachment_ids
        )
        said_at = fields.Datetime.to_string(self.said_at) if self.said_at else ""
        content = [
            self.said_by or "",
            said_at,
            self.said_where or "",
            self.said or "",
            files,
        ]
        return hashlib.sha256(
            json.dumps(content, ensure_ascii=False).encode()
        ).hexdigest()

    @api.model
    def _get_fixed_fields(self):
        """Fields of a filed message that nobody writes."""
        return {
            "is_fixed",
            "title",
            "date",
            "said_by",
            "said_at",
            "said",
            "said_where",
            "filed_by_id",
            "source_message",
            "digest",
            "attachment_ids",
        }

    @api.model
    def _get_filing_fields(self):
        """Fields that only filing writes, on whatever item."""
        return self._get_fixed_fields() - {"title", "date", "attachment_ids"}

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            forged = self._get_filing_fields()
            vals_list = [
                {name: value for name, value in vals.items() if name not in forged}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and self._get_filing_fields() & vals.keys():
            raise AccessError(self.env._("Set when a message is filed, not by hand."))
        self._check_not_fixed(self._get_fixed_fields() & vals.keys())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        # Only the destruction of the whole archive, which works in sudo, removes it.
        if not self.env.su:
            self._check_not_fixed({"id"})

    def _check_not_fixed(self, names):
        """:raise UserError: when filed messages are to be changed"""
        if names and (fixed := self.filtered("is_fixed")):
            raise UserError(
                self.env._(
                    "A filed message stays as it was filed: %(items)s",
                    items=comma(self.env).join(fixed.mapped("title")),
                )
            )

    # === FILING === #

    @api.model
    def _file_message(self, message, archive, vals):
        """File a message in an archive, with copies of its files.

        :param message: one ``mail.message`` that the user may read
        :param archive: one archive whose catalogue the user may write
        :param dict vals: title, category, note
        :return: the new item
        :raise UserError: when the message says nothing
        """
        message.check_access("read")
        archive.check_access("write")
        archive._check_content_is_open()
        message_sudo = message.sudo()
        said = html2plaintext(message_sudo.body or "").strip()
        files_sudo = message_sudo.attachment_ids
        if not said and not files_sudo:
            raise UserError(
                self.env._("The message is empty: there is nothing to file.")
            )
        title = (vals.get("title") or message_sudo.subject or said).strip()
        author = message_sudo.author_id.name or message_sudo.email_from or ""
        item = self.create(
            {
                "archive_id": archive.id,
                "category": vals.get("category") or "50_correspondence",
                "title": title.splitlines()[0][:_TITLE_LENGTH]
                if title
                else files_sudo[0].name,
                "date": fields.Datetime.context_timestamp(
                    self, message_sudo.date
                ).date(),
                "medium": "electronic",
                "note": vals.get("note"),
            }
        )
        # sudo: the files of the message were readable with it; copies go below the item.
        copies_sudo = files_sudo.copy(
            {"res_model": self._name, "res_id": item.id, "res_field": False}
        )
        for copy, file in zip(copies_sudo, files_sudo, strict=True):
            copy.name = file.name
        item.sudo().write({"attachment_ids": [(6, 0, copies_sudo.ids)]})
        item.sudo().write(
            {
                "said_by": author,
                "said_at": message_sudo.date,
                "said": said,
                "said_where": message_sudo.record_name or False,
                "filed_by_id": self.env.uid,
                "source_message": message.id,
            }
        )
        item.sudo().write(
            {"digest": item.sudo()._get_message_digest(), "is_fixed": True}
        )
        archive._log_event(
            "step", {"filed_message": message.id, "digest": item.sudo().digest}
        )
        return item


class KehuEvent(models.Model):
    """What filing says in the ledger."""

    _inherit = "kehu.event"

    @api.model
    def _get_payload_labels(self):
        return {
            **super()._get_payload_labels(),
            "filed_message": self.env._("Filed Message"),
            "digest": self.env._("Digest"),
        }


class IrAttachment(models.Model):
    """Files of a filed message are as fixed as its words."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if not self.env.su and {"datas", "raw", "res_id", "res_model"} & vals.keys():
            self._check_not_filed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filed(self):
        if not self.env.su:
            self._check_not_filed()

    def _check_not_filed(self):
        """:raise UserError: for files of fixed items"""
        # sudo: only whether the items are fixed is asked.
        ids = self.sudo().filtered(lambda f: f.res_model == "kehu.archive.item")
        items_sudo = self.env["kehu.archive.item"].sudo().browse(ids.mapped("res_id"))
        items_sudo.exists()._check_not_fixed({"attachment_ids"})
