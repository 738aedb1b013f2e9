from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    kehu_special_requirements = fields.Text(
        string="Special Requirements",
        compute="_compute_kehu_special_requirements",
        help="What the customer insists on, from its archive (R46).",
    )

    kehu_customer_code = fields.Char(
        string="Customer Code",
        compute="_compute_kehu_customer_code",
        help="Code of the registered customer that orders; its short name stands above.",
    )

    @api.depends("partner_id.commercial_partner_id.ref")
    def _compute_kehu_customer_code(self):
        for order in self:
            customer = order.partner_id.commercial_partner_id
            order.kehu_customer_code = customer.ref if customer.archive_id else False

    @api.depends("partner_id")
    def _compute_kehu_special_requirements(self):
        # sudo: whoever writes the order has to heed the requirement, without thereby
        # reading the archive; nothing else of it is taken.
        customers_sudo = self.partner_id.commercial_partner_id.sudo()
        needs_by_archive = (
            self.env["kehu.need"]
            .sudo()
            .search(
                [
                    ("archive_id", "in", customers_sudo.archive_id.ids),
                    ("kind", "=", "special"),
                ]
            )
            .grouped("archive_id")
        )
        for order in self:
            archive = order.partner_id.commercial_partner_id.sudo().archive_id
            needs = needs_by_archive.get(archive)
            order.kehu_special_requirements = (
                "\n".join(needs.mapped("description")) if needs else False
            )

    @api.model_create_multi
    def create(self, vals_list):
        """A quotation makes its partner a customer: register it (R43)."""
        orders = super().create(vals_list)
        for company, company_orders in orders.grouped("company_id").items():
            company_orders.partner_id.with_company(
                company
            )._kehu_register_automatically()
        orders.partner_id._kehu_queue_trade_refresh()
        return orders

    def write(self, vals):
        # Both the customer it leaves and the one it comes to are refreshed.
        partners = self.partner_id
        result = super().write(vals)
        if {"state", "partner_id", "date_order"} & vals.keys():
            (partners | self.partner_id)._kehu_queue_trade_refresh()
        return result

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        partners._kehu_queue_trade_refresh()
        return result
