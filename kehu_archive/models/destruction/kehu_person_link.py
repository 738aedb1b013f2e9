import secrets
from datetime import UTC, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import consteq, hmac

_SCOPE = "kehu_archive.person_link"
_GROUPS = "kehu_archive.group_kehu_rep,kehu_archive.group_kehu_archivist"


class KehuPrincipal(models.Model):
    """A signed link with which a person sees, corrects and withdraws without a login.

    The link names one person and an end, both signed with the database's secret
    together with a random word that lies beside the person. Another link, or taking
    the link back, changes that word: the former link is worth nothing (R40, PIPL 15,
    44-47).
    """

    _inherit = "kehu.principal"

    link_word = fields.Char(
        copy=False,
        groups=fields.NO_ACCESS,
        help="The random word that the person's present link is signed with.",
    )
    link_until = fields.Datetime(
        string="Link Ends", readonly=True, copy=False, help="When the link ends."
    )

    @api.model
    def _get_ledger_excluded_fields(self):
        return super()._get_ledger_excluded_fields() | {"link_word", "link_until"}

    # === ACTIONS === #

    def action_make_link(self):
        """Make a new link for the person; a former one ends.

        :return: the dialog that shows the link once
        :raise AccessError: for whoever may not read the archive in his own right
        """
        self.ensure_one()
        self._check_may_link()
        days = (self.archive_id.company_id or self.env.company).sudo()
        end = fields.Datetime.now() + timedelta(days=days.kehu_person_link_days)
        self._write_link(secrets.token_hex(16), end)
        self._log_link("made")
        shown = self.env["kehu.person.link"].create(
            {
                "principal_id": self.id,
                "url": f"{self.get_base_url()}/kehu/person/{self._sign_link(end)}",
                "until": end,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link for %(name)s", name=self.name),
            "res_model": shown._name,
            "res_id": shown.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_revoke_link(self):
        """Take the person's link back at once."""
        self.ensure_one()
        self._check_may_link()
        self._write_link(None, None)
        self._log_link("revoked")

    # === BUSINESS METHODS === #

    def _check_may_link(self):
        self.check_access("read")
        self.archive_id._check_own()
        if not self.env.su and not self.env.user.has_groups(_GROUPS):
            raise AccessError(
                self.env._("Only who keeps the archive gives links to persons.")
            )

    def _write_link(self, word, end):
        """Change the link by SQL: persons have their rights on closed archives, too."""
        self.flush_recordset()
        self.env.cr.execute(
            "UPDATE kehu_principal SET link_word = %s, link_until = %s WHERE id = %s",
            [word, end, self.id],
        )
        self.invalidate_recordset(["link_word", "link_until"])

    def _log_link(self, step):
        # sudo: persons have no rights of their own; what they do is logged.
        self.sudo().archive_id._log_event(
            "person", {"person": self.sudo().name, "person_step": step}
        )

    def _sign_link(self, end):
        """Return the token of the person's link.

        :param datetime end: when it ends, in UTC
        :rtype: str
        """
        self.ensure_one()
        stamp = int(end.replace(tzinfo=UTC).timestamp())
        return f"{self.id}-{stamp}-{self._get_signature(stamp)}"

    def _get_signature(self, stamp):
        # sudo: the database's secret and the person's word are out of reach.
        one_sudo = self.sudo()
        message = (one_sudo.id, stamp, one_sudo.link_word)
        return hmac(one_sudo.env, _SCOPE, message)

    @api.model
    def _find_by_link(self, token):
        """Return the person that a link was made for, or nobody.

        :param str token: what stands in the address
        :return: one principal in sudo, or an empty recordset
        """
        # sudo: the signature decides, not the visitor's rights.
        nobody = self.sudo().browse()
        parts = (token or "").split("-")
        if len(parts) != 3 or not all(
            part.isascii() and part.isdigit() and len(part) < 12 for part in parts[:2]
        ):
            return nobody
        person, stamp = nobody.browse(int(parts[0])), int(parts[1])
        if person.id >= 2**31 or not person.exists() or not person.link_word:
            return nobody
        if not consteq(person._get_signature(stamp).encode(), parts[2].encode()):
            return nobody
        if datetime.now(UTC).timestamp() >= stamp:
            return nobody
        return person


class KehuEvent(models.Model):
    """What persons did with their links."""

    _inherit = "kehu.event"

    @api.model
    def _get_payload_labels(self):
        return {
            **super()._get_payload_labels(),
            "person": self.env._("Person"),
            "person_step": self.env._("Step"),
        }

    @api.model
    def _format_fact(self, key, value):
        if key == "person_step":
            return {
                "made": self.env._("link made"),
                "revoked": self.env._("link taken back"),
                "opened": self.env._("looked at by link"),
                "withdrawn": self.env._("consent withdrawn by link"),
                "asked": self.env._("request by link"),
            }.get(value, value)
        return super()._format_fact(key, value)
