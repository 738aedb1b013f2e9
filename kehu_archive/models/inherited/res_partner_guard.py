from odoo import api, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """What nobody writes on the card by hand, and what the card remembers (R16, R39)."""

    _inherit = "res.partner"

    @api.model
    def _kehu_get_protected_fields(self):
        """Fields that only the module itself sets: the link that makes a customer an
        archived one, and what is computed from its documents."""
        return {
            "archive_id",
            "first_order_on",
            "last_order_on",
            "lifecycle",
            "deal_stage",
            "sales_rank",
        }

    @api.model
    def _kehu_get_history_fields(self):
        """Fields of core whose old values an archived customer keeps (R39)."""
        return {"name", "street", "street2", "city", "state_id", "zip", "phone"}

    @api.model_create_multi
    def create(self, vals_list):
        self._kehu_check_protected({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        self._kehu_check_protected(vals.keys())
        return super().write(vals)

    def _kehu_check_protected(self, names):
        """:raise AccessError: naming the protected fields among ``names``"""
        if self.env.su:
            return
        if forged := self._kehu_get_protected_fields() & set(names):
            raise AccessError(
                self.env._(
                    "Set by the customer archive itself, not by hand: %(fields)s",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(forged)
                    ),
                )
            )

    def _track_get_fields(self):
        """Follow address, name and telephone in the chatter, too."""
        return super()._track_get_fields() | self._kehu_get_history_fields()

    def _mail_track(self, tracked_fields, initial_values):
        """Other partners than archived customers are followed as Odoo does."""
        if not self.archive_id:
            extra = self._kehu_get_history_fields() - super()._track_get_fields()
            tracked_fields = {
                name: field
                for name, field in tracked_fields.items()
                if name not in extra
            }
        return super()._mail_track(tracked_fields, initial_values)
