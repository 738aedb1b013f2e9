from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...wording import comma


class KehuConsent(models.Model):
    """Consent for a purpose, to a version of the notice; withdrawn at any moment."""

    _inherit = "kehu.consent"

    purpose = fields.Char(
        default=lambda self: self.env._("Care of the customer relation"),
        help="What the item may be used for. Another purpose needs another consent.",
    )
    notice_version = fields.Char(
        default=lambda self: self.env.company.kehu_notice_version,
        help="Version of the notice that the person was given.",
    )
    withdrawn_at = fields.Datetime(
        readonly=True, help="When the person withdrew the consent."
    )

    def write(self, vals):
        if vals.get("decision") == "granted" and not self.env.su:
            refused = self.filtered(lambda consent: consent.decision == "refused")
            if refused and not (vals.get("note") or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(items)s was refused: nobody asks again. When the person "
                        "came forward, note how.",
                        items=comma(self.env).join(refused.mapped("display_name")),
                    )
                )
        return super().write(vals)

    def action_withdraw(self):
        """Withdraw the consents: the items are destroyed at once (PIPL 15, 47).

        Works on closed archives, too.

        :raise AccessError: for whoever may not read the archive in his own right
        """
        self.check_access("read")
        self.archive_id._check_own()
        self._withdraw()

    def _withdraw(self):
        """Destroy the items and remember the refusal; whoever may was checked."""
        # sudo: a withdrawal is nobody's to hold up, also where the archive is closed.
        for principal, consents in self.sudo().grouped("principal_id").items():
            principal._destroy_traits(set(consents.mapped("item")))
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE kehu_consent
                  SET decision = 'refused', withdrawn_at = %s, decided_on = %s
                WHERE id = ANY(%s)""",
            [fields.Datetime.now(), fields.Date.context_today(self), self.ids],
        )
        self.env.invalidate_all(flush=False)
        for archive in self.archive_id:
            archive._log_event("destruction", {"destruction_step": "withdraw"})


class KehuPrincipal(models.Model):
    """A person's own data: destroyed on request, or kept in storage only."""

    _inherit = "kehu.principal"

    restricted = fields.Boolean(
        readonly=True,
        copy=False,
        help="The person asked for it: the traits are stored and nothing else, neither "
        "shown nor changed.",
    )

    def _destroy_traits(self, items):
        """Destroy some of a person's traits, whatever the archive's state.

        :param set items: names of trait fields
        """
        self.ensure_one()
        self.env.flush_all()
        left = {
            key: text for key, text in self._read_traits().items() if key not in items
        }
        cipher = None
        if left:
            cipher = self.env["kehu.vault"]._encrypt(self.archive_id, self._dump(left))
        self.env.cr.execute(
            "UPDATE kehu_principal SET traits_cipher = %s WHERE id = %s",
            [cipher, self.id],
        )
        self.env.invalidate_all(flush=False)

    @api.depends("restricted")
    def _compute_traits(self):  # pylint: disable=missing-return
        kept = self.filtered("restricted")
        for name in self._get_trait_fields():
            kept[name] = False
        super(KehuPrincipal, self - kept)._compute_traits()

    def _check_consent(self, items):
        if self.restricted and items:
            raise ValidationError(
                self.env._(
                    "%(name)s asked for storage only: nothing is added.", name=self.name
                )
            )
        return super()._check_consent(items)

    def _inverse_traits(self):
        if held := self.filtered("restricted"):
            raise ValidationError(
                self.env._(
                    "%(name)s asked for storage only: nothing is added.",
                    name=comma(self.env).join(held.mapped("name")),
                )
            )
        return super()._inverse_traits()
