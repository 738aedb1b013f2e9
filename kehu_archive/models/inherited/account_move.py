from odoo import fields, models


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
    kehu_partner_vat = fields.Char(
        string="Tax Number at Posting",
        readonly=True,
        copy=False,
        help="The customer's tax number when the invoice was posted.",
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        for move in posted.filtered(lambda move: move.is_sale_document()):
            # sudo: invoicing staff need not be able to read every customer's card.
            customer_sudo = move.commercial_partner_id.sudo()
            if customer_sudo.archive_id:
                move.kehu_partner_name = customer_sudo.name
                move.kehu_partner_vat = customer_sudo.vat
        return posted

    def write(self, vals):
        result = super().write(vals)
        if {"state", "invoice_date"} & vals.keys():
            invoices = self.filtered(lambda move: move.is_sale_document())
            invoices.commercial_partner_id._kehu_queue_trade_refresh()
        return result

    def _with_printed_customer_name(self):
        """Return the move in a context in which its customer prints as posted.

        Called by the invoice document; prints the full name of a draft (R67).
        """
        self.ensure_one()
        names = ()
        if self.kehu_partner_name:
            names = ((self.commercial_partner_id.id, self.kehu_partner_name),)
        return self.with_context(kehu_full_name=True, kehu_posted_names=names)
