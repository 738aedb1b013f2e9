from odoo import api, models
from odoo.exceptions import UserError

from ..mixins.kehu_vault import MasterKeyError


class KehuPrincipal(models.Model):
    """Logs who reads the personal layer, and which items change (R17, R40).

    What the items say is never written into the ledger: it would stay there after the
    person has withdrawn the consent.
    """

    _inherit = "kehu.principal"

    @api.model
    def _get_ledger_excluded_fields(self):
        return super()._get_ledger_excluded_fields() | {
            "traits_cipher",
            *self._get_trait_fields(),
        }

    @api.depends("traits_cipher")
    def _compute_traits(self):
        """Without the master key everything but the traits can still be read."""
        try:
            super()._compute_traits()
        except MasterKeyError:
            for name in self._get_trait_fields():
                self[name] = False
            return
        ledger = self.env["kehu.ledger"]
        for principal in self._origin:
            # sudo: the cipher is hidden; only whether there is one is asked.
            principal_sudo = principal.sudo()
            if principal_sudo.traits_cipher:
                ledger._note_read(principal_sudo.archive_id.id, principal_sudo.name)

    def _inverse_traits(self):  # pylint: disable=missing-return
        before = {principal: principal.sudo()._read_traits() for principal in self}
        super()._inverse_traits()
        for principal, old in before.items():
            principal._note_trait_changes(old)

    def _note_trait_changes(self, old):
        """Log which items were set, changed or cleared.

        :param dict old: the items before
        """
        self.ensure_one()
        # sudo: the cipher is out of reach for users, and only names are taken.
        principal_sudo = self.sudo()
        new = principal_sudo._read_traits()
        changes = {
            name: "cleared" if name not in new else "changed" if name in old else "set"
            for name in self._get_trait_fields()
            if old.get(name) != new.get(name)
        }
        if changes:
            self.env["kehu.ledger"]._note_traits(
                principal_sudo.archive_id.id, principal_sudo, changes
            )


class KehuConsent(models.Model):
    """What a refusal clears is logged, by its name only."""

    _inherit = "kehu.consent"

    def _clear_refused(self, also_granted=False):  # pylint: disable=missing-return
        before = {
            principal: principal.sudo()._read_traits()
            for principal in self.principal_id
        }
        super()._clear_refused(also_granted)
        for principal, old in before.items():
            if old:
                principal._note_trait_changes(old)


class KehuArchive(models.Model):
    """An archive whose keys cannot be opened is read and kept on, with a warning."""

    _inherit = "kehu.archive"

    @api.depends("signature_digest")
    def _compute_signature_valid(self):  # pylint: disable=missing-return
        """A signature over what cannot be read counts as void until it can."""
        try:
            super()._compute_signature_valid()
        except MasterKeyError:
            self.signature_valid = False

    def action_file(self):
        """The signature is checked with the master key, or not at all."""
        if problem := self.env["kehu.vault"]._get_problem():
            raise UserError(problem)
        return super().action_file()
