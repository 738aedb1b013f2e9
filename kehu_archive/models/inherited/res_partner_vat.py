from odoo import api, fields, models

from ...registration import uscc


class ResPartner(models.Model):
    """A second look at Chinese tax numbers: it warns and never blocks (R15, R76)."""

    _inherit = "res.partner"

    vat_warning = fields.Char(
        string="Tax Number Warning",
        compute="_compute_vat_warning",
        help="What looks wrong with the tax number. Customers abroad are not checked.",
    )

    @api.depends("vat", "country_id", "customer_nature", "is_company")
    def _compute_vat_warning(self):
        for partner in self:
            partner.vat_warning = partner._get_vat_warning()

    def _get_vat_warning(self):
        """Say what is wrong with the tax number.

        :return: a translated sentence, or False for a good, foreign or missing number
        """
        self.ensure_one()
        if not self.vat or (self.country_id and self.country_id.code != "CN"):
            return False
        _kind, reason = uscc.check_tax_number(
            self.vat,
            legacy=True,
            person=self.customer_nature == "individual" or not self.is_company,
        )
        return {
            uscc.REASON_LENGTH: self.env._(
                "A unified social credit code has 18 characters. Compare it with the "
                "business licence."
            ),
            uscc.REASON_CHARACTER: self.env._(
                "The tax number holds a character that such codes do not use: I, O, "
                "S, V, Z and signs never occur."
            ),
            uscc.REASON_REGION: self.env._(
                "Characters 3 to 8 of the tax number have to be the digits of a region."
            ),
            uscc.REASON_CHECKSUM: self.env._(
                "The check character of the tax number does not fit: a character is "
                "wrong or two are swapped."
            ),
        }.get(reason, False)
