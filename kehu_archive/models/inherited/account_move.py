from odoo import api, fields, models

# What makes a deal, and whose deal it is.
_DEAL_FIELDS = {"state", "invoice_date", "partner_id", "move_type"}


class AccountMove(models.Model):
    """A posted invoice keeps the customer's name and tax number (R65)."""

    _inherit = "account.move"

    kehu_partner_name = fields.Char(
        string="Customer Name at Posting",
        readonly=True,
        copy=False,
        help="The customer's full name when the invoice was posted. A later rename "
        "does not change it.",
    )
    # What a customer was invoiced is asked for customer by customer.
    _kehu_customer_idx = models.Index(
        "(commercial_partner_id, invoice_date) "
        "WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )

    kehu_partner_vat = fields.Char(
        string="Tax Number at Posting",
        readonly=True,
        copy=False,
        help="The customer's tax number when the invoice was posted.",
    )

    kehu_filing_warning = fields.Char(
        string="Archive Not Filed",
        compute="_compute_kehu_filing_warning",
        help="What has to be done before the customer's archive is filed (R61). Shown "
        "where the company warns of such customers or blocks them.",
    )

    @api.depends("partner_id", "company_id", "state", "move_type")
    @api.depends_context("lang")
    def _compute_kehu_filing_warning(self):
        self.kehu_filing_warning = False
        drafts = self._kehu_get_gated().filtered(lambda move: move.state == "draft")
        warnings = self.env["res.partner"]._kehu_get_filing_warnings(
            drafts, lambda move: move.commercial_partner_id
        )
        for move, warning in warnings.items():
            move.kehu_filing_warning = warning

    def _kehu_get_gated(self):
        """Invoices to customers; what is paid back to them is never held up (R61)."""
        return self.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "out_receipt") and move.partner_id
            )
        )

    def _post(self, soft=True):
        self.env["res.partner"]._kehu_pass_filing_gate(
            self._kehu_get_gated(), lambda move: move.commercial_partner_id
        )
        posted = super()._post(soft)
        for move in posted.filtered(lambda move: move.is_sale_document()):
            # sudo: invoicing staff need not be able to read every customer's card.
            customer_sudo = move.commercial_partner_id.sudo()
            if customer_sudo.archive_id:
                move.kehu_partner_name = customer_sudo.name
                move.kehu_partner_vat = customer_sudo.vat
        return posted

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._kehu_get_deal_customers()._kehu_queue_trade_refresh()
        return moves

    def write(self, vals):
        if not _DEAL_FIELDS & vals.keys():
            return super().write(vals)
        # Both the customer it leaves and the one it comes to are refreshed.
        customers = self._kehu_get_deal_customers()
        result = super().write(vals)
        customers |= self._kehu_get_deal_customers()
        customers._kehu_queue_trade_refresh()
        return result

    def unlink(self):
        customers = self._kehu_get_deal_customers()
        result = super().unlink()
        customers._kehu_queue_trade_refresh()
        return result

    def _kehu_get_deal_customers(self):
        """Customers whose deals change with the posted sale documents of ``self``."""
        deals = self.filtered(
            lambda move: move.state == "posted" and move.is_sale_document()
        )
        return deals.commercial_partner_id

    def _with_printed_customer_name(self):
        """Return the move in a context in which its customer prints as posted.

        Called by the invoice document; prints the full name of a draft (R67).
        """
        self.ensure_one()
        names = ()
        if self.kehu_partner_name:
            names = ((self.commercial_partner_id.id, self.kehu_partner_name),)
        return self.with_context(kehu_full_name=True, kehu_posted_names=names)
