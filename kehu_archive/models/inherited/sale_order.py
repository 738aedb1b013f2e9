from odoo import api, fields, models
from odoo.tools import float_compare

from ...registration import stages


class SaleOrder(models.Model):
    _inherit = "sale.order"

    kehu_special_requirements = fields.Text(
        string="Special Requirements",
        compute="_compute_kehu_special_requirements",
        groups="base.group_user",
        help="What the customer insists on, from its archive (R46).",
    )

    kehu_filing_warning = fields.Char(
        string="Archive Not Filed",
        compute="_compute_kehu_filing_warning",
        groups="base.group_user",
        help="What has to be done before the customer's archive is filed (R61). Shown "
        "where the company warns of such customers or blocks them.",
    )
    kehu_gap_prompt = fields.Text(
        string="Missing in the Archive",
        compute="_compute_kehu_gap_prompt",
        groups="base.group_user",
        help="Facts that are due at this stage of the business and not in the "
        "customer's archive yet (R03).",
    )

    @api.depends("partner_id", "company_id", "state")
    @api.depends_context("lang")
    def _compute_kehu_filing_warning(self):
        self.kehu_filing_warning = False
        live = self.filtered(lambda order: order.partner_id and order.state != "cancel")
        warnings = live.partner_id._kehu_get_filing_warnings(
            live, lambda order: order.partner_id
        )
        for order, warning in warnings.items():
            order.kehu_filing_warning = warning

    @api.depends("partner_id", "state", "invoice_status", "order_line.qty_delivered")
    @api.depends_context("uid", "lang")
    def _compute_kehu_gap_prompt(self):
        prompts = self.env["kehu.archive"]._get_gap_prompts(
            {order: order._kehu_get_stage() for order in self},
            lambda order: order.partner_id.commercial_partner_id,
        )
        for order in self:
            order.kehu_gap_prompt = prompts[order]

    def _kehu_get_stage(self):
        """Return the stage of the business that the order has reached, or False."""
        self.ensure_one()
        if self.state in ("draft", "sent"):
            return stages.QUOTATION
        if self.state != "sale":
            return False
        goods = self.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0
        )
        is_delivered = goods and all(
            float_compare(
                line.qty_delivered,
                line.product_uom_qty,
                precision_rounding=line.product_uom_id.rounding or 0.01,
            )
            >= 0
            for line in goods
        )
        if not is_delivered:
            return stages.ORDER
        if self.invoice_status == "invoiced":
            return stages.AFTER_SALES
        return stages.DELIVERY

    def action_confirm(self):
        """Ask for a filed archive where the company does, then for what lacks in it.

        :raise UserError: naming the customers without a filed archive (R61)
        """
        self.env["res.partner"]._kehu_pass_filing_gate(
            self, lambda order: order.partner_id
        )
        result = super().action_confirm()
        # sudo: the task is for the keeper of the archive, whoever confirms the order.
        archives_sudo = self.sudo().partner_id.commercial_partner_id.archive_id
        archives_sudo.filtered(
            lambda archive: archive.state in ("draft", "submitted", "filed")
        )._prompt_stage_gaps(stages.ORDER)
        return result

    def action_kehu_open_archive(self):
        """Open the archive of the customer."""
        return self.partner_id.action_view_archive()

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
