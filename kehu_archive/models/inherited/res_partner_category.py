from odoo import api, fields, models

from .res_partner_card import CATEGORIES


class ResPartner(models.Model):
    """A category suggested from sales rank and life cycle, never set by it (R86).

    ======================  =====================================================
    what the deals say      suggestion
    ======================  =====================================================
    major                   important
    general                 main, from ``kehu_main_years`` of the archive's company
                            after the first deal on; before that ordinary
    sporadic                ordinary
    no deal yet (future)    potential
    ======================  =====================================================

    See :mod:`.res_partner_trade` for rank and life cycle.
    """

    _inherit = "res.partner"

    suggested_category = fields.Selection(
        CATEGORIES,
        compute="_compute_suggested_category",
        help="The category that sales rank and life cycle speak for, when it is not "
        "the one chosen. It is taken with a click and never by itself.",
    )

    @api.depends(
        "sales_rank", "lifecycle", "first_order_on", "customer_category", "archive_id"
    )
    def _compute_suggested_category(self):
        # sudo: only settings of the company that keeps the archive are taken.
        main = self._kehu_get_main_company()
        for partner in self:
            company_sudo = partner.sudo().archive_id.company_id or main
            meant = partner._kehu_get_category(company_sudo)
            partner.suggested_category = (
                meant if meant != partner.customer_category else False
            )

    def _kehu_get_category(self, company):
        """Return the category that the deals of one customer speak for.

        :param company: the company that keeps the archive
        :return: a key of ``customer_category``, or False for partners without deals or
            without an archive
        """
        self.ensure_one()
        if not self.archive_id:
            return False
        if self.sales_rank == "general":
            since = fields.Date.subtract(
                company._kehu_today(), years=company.kehu_main_years
            )
            is_settled = self.first_order_on and self.first_order_on <= since
            return "main" if is_settled else "ordinary"
        if self.sales_rank:
            return {"major": "key", "sporadic": "ordinary"}[self.sales_rank]
        return "potential" if self.lifecycle == "future" else False

    def _kehu_take_suggested_category(self, only_empty=False):
        """Take the suggestions over.

        :param bool only_empty: leave customers alone that have a category
        """
        for category, partners in self.grouped("suggested_category").items():
            if only_empty:
                partners = partners.filtered(lambda rec: not rec.customer_category)
            if category:
                partners.write({"customer_category": category})
