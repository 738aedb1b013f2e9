from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...registration.values import Value, ValueState

_WITHHELD = Value(ValueState.WITHHELD)


class KehuPrincipal(models.Model):
    """Without the secrecy undertaking the personal layer stays closed (R83)."""

    _inherit = "kehu.principal"

    undertaking_open = fields.Boolean(
        compute="_compute_undertaking_open",
        help="The personal traits stay closed until you sign the secrecy undertaking.",
    )

    @api.depends_context("uid", "company")
    def _compute_undertaking_open(self):
        missing = self.env["kehu.undertaking"]._is_open()
        for principal in self:
            principal.undertaking_open = missing

    @api.depends("traits_cipher")
    @api.depends_context("uid", "company")
    def _compute_traits(self):  # pylint: disable=missing-return
        if self.env["kehu.undertaking"]._is_open():
            for name in self._get_trait_fields():
                self[name] = False
            return
        super()._compute_traits()

    @api.depends("birth_month")
    @api.depends_context("uid", "company")
    def _compute_age(self):
        return super()._compute_age()

    def _inverse_traits(self):
        """What one does not see one does not overwrite."""
        self.env["kehu.undertaking"]._check_signed()
        return super()._inverse_traits()


class KehuUndertaking(models.Model):
    _inherit = "kehu.undertaking"

    @api.model
    def _check_signed(self):
        """:raise AccessError: when the undertaking is not signed"""
        if self._is_open():
            raise AccessError(
                self.env._(
                    "Sign the secrecy undertaking first: without it personal traits "
                    "stay closed to you."
                )
            )


class KehuArchive(models.Model):
    """The form says 未授权 where the reader has not signed; the screen says why."""

    _inherit = "kehu.archive"

    undertaking_open = fields.Boolean(
        compute="_compute_undertaking_open",
        help="The sensitive layer stays closed until you sign the secrecy undertaking.",
    )

    @api.depends_context("uid", "company")
    def _compute_undertaking_open(self):
        missing = self.env["kehu.undertaking"]._is_open()
        for archive in self:
            archive.undertaking_open = missing

    def _get_form_cell(self, line, field):
        if field.sensitive and self.env["kehu.undertaking"]._is_open():
            return _WITHHELD
        return super()._get_form_cell(line, field)

    def action_sign_undertaking(self):
        """Open the dialog that signs the secrecy undertaking."""
        return self.env["kehu.undertaking.text"].action_sign()
