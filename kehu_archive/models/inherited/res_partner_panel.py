from odoo import api, models


class ResPartner(models.Model):
    """Customers in the menu of the customer archive: selected by class, made in it."""

    _name = "res.partner"
    _inherit = ["res.partner", "kehu.code.panel.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        """Register what is created where only registered customers are shown (R68).

        The customers' own list sets ``kehu_register``: what is made there would vanish
        from it otherwise.
        """
        partners = super().create(vals_list)
        if self.env.context.get("kehu_register"):
            customers = partners.with_context(kehu_register=False).filtered(
                lambda partner: not partner.parent_id
            )
            customers._kehu_register()
        return partners
