import hashlib
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...wording import comma

_WARN_DAYS = 14


class KehuUndertakingText(models.Model):
    """The words that everybody signs once a year; a version that was signed stays."""

    _name = "kehu.undertaking.text"
    _description = "Text of the Secrecy Undertaking"
    _inherit = ["kehu.told.mixin"]
    _order = "effective_on desc, id desc"
    _rec_name = "version"

    version = fields.Char(required=True, help="Version of the text, such as 2026-1.")
    body = fields.Html(required=True, help="What the user undertakes.")
    effective_on = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="From this day on the text is signed; older ones no longer count.",
    )
    digest = fields.Char(
        compute="_compute_digest",
        store=True,
        help="SHA-256 over version and text; stands beside every signature.",
    )
    signature_ids = fields.One2many(
        "kehu.undertaking", "text_id", help="Who signed this text."
    )
    signature_count = fields.Integer(
        compute="_compute_signature_count", help="Signatures under this text."
    )

    _version_uniq = models.UniqueIndex("(version)", "There is a text of this version.")

    @api.depends("version", "body")
    def _compute_digest(self):
        for text in self:
            words = f"{text.version or ''}\n{text.body or ''}"
            text.digest = hashlib.sha256(words.encode()).hexdigest()

    @api.depends("signature_ids")
    def _compute_signature_count(self):
        counts = dict(
            # sudo: how many is no secret of whoever may read the text.
            self.env["kehu.undertaking"]
            .sudo()
            ._read_group([("text_id", "in", self.ids)], ["text_id"], ["__count"])
        )
        for text in self:
            text.signature_count = counts.get(text.sudo(), 0)

    def write(self, vals):
        if {"version", "body", "effective_on"} & vals.keys():
            self._check_not_signed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_not_signed()

    def _check_not_signed(self):
        """:raise UserError: for a text that somebody has signed"""
        if signed := self.filtered("signature_count"):
            raise UserError(
                self.env._(
                    "The text was signed already; write a new version: %(versions)s",
                    versions=comma(self.env).join(signed.mapped("version")),
                )
            )

    @api.model
    def _get_current(self):
        """Return the text that is signed today, or none.

        :rtype: kehu.undertaking.text
        """
        # sudo: everybody may read what everybody has to sign.
        return self.sudo().search(
            [("effective_on", "<=", fields.Date.context_today(self))], limit=1
        )

    def action_sign(self):
        """Open the dialog that signs the present text."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_undertaking_sign_action"
        )

    @api.model
    def _cron_remind(self):
        """Remind users who work with archives and whose signature is missing or ends
        within two weeks; once until they sign (R83)."""
        text = self._get_current()
        if not text:
            return
        activity_type = self.env.ref("kehu_archive.mail_activity_undertaking")
        soon = fields.Datetime.now() + timedelta(days=_WARN_DAYS)
        users = self.env["res.users"].search(
            self.env["res.users"]._get_kehu_undertaking_domain()
        )
        signed = self.env["kehu.undertaking"].search(
            [("text_id", "=", text.id), ("valid_until", ">", soon)]
        )
        told = self.env["mail.activity"].search(
            [("activity_type_id", "=", activity_type.id)]
        )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": text.id,
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self),
                    "summary": activity_type.summary,
                    "automated": True,
                }
                for user in users - signed.user_id - told.user_id
            ]
        )


class KehuUndertaking(models.Model):
    """One signature under the secrecy undertaking: added, never changed (R16, R83)."""

    _name = "kehu.undertaking"
    _description = "Signed Secrecy Undertaking"
    _inherit = ["kehu.append.only.mixin"]
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="restrict",
        index=True,
        help="Who signed.",
    )
    text_id = fields.Many2one(
        "kehu.undertaking.text",
        required=True,
        ondelete="restrict",
        help="The text that was signed.",
    )
    version = fields.Char(required=True, help="Version of the text.")
    digest = fields.Char(required=True, help="SHA-256 over the text that was signed.")
    signed_at = fields.Datetime(required=True, help="When it was signed.")
    valid_until = fields.Datetime(
        required=True, help="The undertaking is signed anew by then."
    )

    @api.model
    def _sign(self):
        """Sign the present text for the present user.

        :return: the signature
        :raise UserError: when there is no text to sign
        """
        text = self.env["kehu.undertaking.text"]._get_current()
        if not text:
            raise UserError(
                self.env._("There is no text to sign: an administrator writes it.")
            )
        now = fields.Datetime.now()
        signature = self._append(
            [
                {
                    "user_id": self.env.uid,
                    "text_id": text.id,
                    "version": text.version,
                    "digest": text.digest,
                    "signed_at": now,
                    "valid_until": now + relativedelta(years=1),
                }
            ]
        )
        # sudo: the reminder is answered.
        self.env["mail.activity"].sudo().search(
            [
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("kehu_archive.mail_activity_undertaking").id,
                ),
                ("user_id", "=", self.env.uid),
            ]
        ).write({"active": False})
        return signature

    @api.model
    def _is_open(self):
        """Whether the sensitive layer is closed to the present user until he signs.

        :rtype: bool
        """
        company_sudo = self.env.company.sudo()
        if self.env.su or not company_sudo.kehu_undertaking_required:
            return False
        text = self.env["kehu.undertaking.text"]._get_current()
        return bool(text) and not self._is_signed(text)

    @api.model
    def _is_signed(self, text):
        # sudo: one's own signatures.
        return bool(
            self.sudo().search_count(
                [
                    ("user_id", "=", self.env.uid),
                    ("text_id", "=", text.id),
                    ("valid_until", ">", fields.Datetime.now()),
                ],
                limit=1,
            )
        )


class ResUsers(models.Model):
    """Who has signed, and until when."""

    _inherit = "res.users"

    kehu_signed_at = fields.Datetime(
        string="Undertaking Signed",
        compute="_compute_kehu_signed",
        help="When the user signed the present secrecy undertaking last.",
    )
    kehu_signed_until = fields.Datetime(
        string="Undertaking Valid Until",
        compute="_compute_kehu_signed",
        help="Until when the signature counts.",
    )
    kehu_undertaking_open = fields.Boolean(
        string="Undertaking Missing",
        compute="_compute_kehu_signed",
        search="_search_kehu_undertaking_open",
        help="The present secrecy undertaking is not signed, or no longer.",
    )

    def _compute_kehu_signed(self):
        text = self.env["kehu.undertaking.text"]._get_current()
        # sudo: that somebody has signed is no secret in the company.
        signed = {
            user.id: (signed_at, until)
            for user, signed_at, until in self.env["kehu.undertaking"]
            .sudo()
            ._read_group(
                [("text_id", "=", text.id), ("user_id", "in", self.ids)],
                ["user_id"],
                ["signed_at:max", "valid_until:max"],
            )
        }
        now = fields.Datetime.now()
        for user in self:
            signed_at, until = signed.get(user.id, (False, False))
            user.kehu_signed_at = signed_at
            user.kehu_signed_until = until
            user.kehu_undertaking_open = not until or until <= now

    @api.model
    def _search_kehu_undertaking_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        text = self.env["kehu.undertaking.text"]._get_current()
        # sudo: as above.
        signed = (
            self.env["kehu.undertaking"]
            .sudo()
            .search(
                [
                    ("text_id", "=", text.id),
                    ("valid_until", ">", fields.Datetime.now()),
                ]
            )
        )
        return Domain("id", "not in", signed.user_id.ids)

    @api.model
    def _get_kehu_undertaking_domain(self):
        """Users who work with archives and therefore sign.

        :rtype: odoo.fields.Domain
        """
        groups = [
            self.env.ref(f"kehu_archive.group_kehu_{role}").id
            for role in ("rep", "manager", "archivist", "auditor", "admin")
        ]
        return Domain("share", "=", False) & Domain("all_group_ids", "in", groups)

    @api.model
    def action_kehu_undertakings(self):
        """Open the list of who has signed and who has not.

        :raise AccessError: for others than those who watch over it
        """
        if not self.env.user.has_groups(
            "kehu_archive.group_kehu_manager,kehu_archive.group_kehu_archivist,"
            "kehu_archive.group_kehu_auditor,kehu_archive.group_kehu_admin"
        ):
            raise AccessError(self.env._("Only those who watch over it see the list."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_undertaking_action_users"
        )
        action["domain"] = list(self._get_kehu_undertaking_domain())
        return action
