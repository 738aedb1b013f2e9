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
        if "user_id" in vals and not self.env.su:
            self._kehu_check_keeper_change(vals["user_id"])
        return super().write(vals)

    def _kehu_check_keeper_change(self, user_id):
        """Refuse to take over an archive by way of its customer's salesperson (R52).

        The archive follows the salesperson of its customer, and the cards of customers
        are open to all sales staff: only who may write the archive hands it over.

        :param int user_id: the new salesperson
        :raise AccessError: when an archive of ``self`` is not the user's to hand over
        """
        # sudo: the link is followed to ask for the user's rights on the archive.
        moved = self.filtered(lambda partner: partner.user_id.id != (user_id or False))
        archives = moved.sudo().archive_id.sudo(False)
        if archives - archives._filtered_kept():
            raise AccessError(
                self.env._(
                    "The salesperson of a registered customer is changed by whoever "
                    "keeps its archive, the sales manager or the archive room."
                )
            )

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
