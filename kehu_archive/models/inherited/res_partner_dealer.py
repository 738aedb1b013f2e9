from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...wording import comma


class ResPartner(models.Model):
    """Indirect customers: end users who buy our goods from a dealer (R29)."""

    _inherit = "res.partner"

    dealer_id = fields.Many2one(
        "res.partner",
        string="Buys From",
        index="btree_not_null",
        tracking=True,
        domain="[('archive_id', '!=', False), ('id', '!=', id)]",
        help="The dealer from whom this customer buys our goods. Empty: it buys from "
        "us directly.",
        prefetch="kehu_card",
    )
    end_user_ids = fields.One2many(
        "res.partner",
        "dealer_id",
        string="End Users",
        help="Indirect customers who buy our goods from this dealer.",
    )

    @api.constrains("dealer_id")
    def _check_dealer(self):
        if self._has_cycle("dealer_id"):
            raise ValidationError(
                self.env._(
                    "%(customers)s: goods do not come back to whom they were sold to. "
                    "Choose another dealer.",
                    customers=comma(self.env).join(self.mapped("display_name")),
                )
            )
        for customer in self.filtered("dealer_id"):
            # sudo: the check also holds for a dealer the user may not open.
            dealer_sudo = customer.dealer_id.sudo()
            if not dealer_sudo.archive_id:
                raise ValidationError(
                    self.env._(
                        "%(dealer)s is not registered as a customer yet: register the "
                        "dealer first.",
                        dealer=dealer_sudo.display_name,
                    )
                )
