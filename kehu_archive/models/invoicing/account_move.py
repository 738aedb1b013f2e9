from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ...wording import comma

# What a line remembers of the order; a copy of the invoice bills no order.
_PAPERS = ("kehu_order_ref", "kehu_delivery_ref")
# Kept when the invoice is posted, and never changed afterwards.
_OF_POSTING = ("kehu_partner_name", "kehu_partner_vat", "kehu_partner_bank")
# A remote call can send any text or number in its context, but never this object.
_POSTING = object()


class AccountMoveLine(models.Model):
    """Who ordered what is invoiced, by which order, with which delivery (R73)."""

    _inherit = "account.move.line"

    kehu_customer_id = fields.Many2one(
        "res.partner",
        string="Ordered By",
        readonly=True,
        index="btree_not_null",
        help="The customer who ordered, when the invoice goes to its head office.",
    )
    kehu_order_ref = fields.Char(
        string="Order No.",
        readonly=True,
        copy=False,
        help="The order that is invoiced.",
    )
    kehu_delivery_ref = fields.Char(
        string="Delivery No.",
        readonly=True,
        copy=False,
        help="The deliveries that are invoiced.",
    )
    kehu_papers = fields.Text(
        string="Order and Delivery",
        compute="_compute_kehu_papers",
        help="The order and the deliveries that are invoiced, one above the other.",
    )

    @api.depends("kehu_order_ref", "kehu_delivery_ref")
    def _compute_kehu_papers(self):
        for line in self:
            numbers = filter(None, (line.kehu_order_ref, line.kehu_delivery_ref))
            line.kehu_papers = "\n".join(numbers) or False

    def _copy_data_extend_business_fields(self, values):  # pylint: disable=missing-return
        """A credit note, and the invoice in its place, speak of the same order."""
        super()._copy_data_extend_business_fields(values)
        values.update({name: self[name] for name in _PAPERS})

    def write(self, vals):
        told = vals.keys() & {"kehu_customer_id", *_PAPERS}
        if told and "posted" in self.mapped("parent_state"):
            raise AccessError(
                self.env._("Who ordered what stays on a posted invoice as it was.")
            )
        return super().write(vals)


class AccountMove(models.Model):
    """An invoice for several customers of one head office; its bank as posted (R65)."""

    _inherit = "account.move"

    kehu_partner_bank = fields.Char(
        string="Customer Bank at Posting",
        readonly=True,
        copy=False,
        help="The customer's bank and account number when the invoice was posted.",
    )
    kehu_run_id = fields.Many2one(
        "kehu.invoice.run",
        string="Month-end Run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The month-end run that made the invoice.",
    )
    kehu_is_consolidated = fields.Boolean(
        string="Consolidated",
        compute="_compute_kehu_consolidated",
        help="The invoice goes to another party than who ordered.",
    )
    kehu_agreement_warning = fields.Text(
        string="Invoicing Agreement Lacks",
        compute="_compute_kehu_consolidated",
        help="Customers on this invoice with another tax number than the invoiced "
        "party, and without an agreement about it on file.",
    )

    @api.depends(
        "partner_id",
        "state",
        "invoice_date",
        "company_id.kehu_agreement_policy",
        "invoice_line_ids.kehu_customer_id",
    )
    @api.depends_context("lang")
    def _compute_kehu_consolidated(self):
        self.kehu_agreement_warning = False
        for move in self:
            customers = move.invoice_line_ids.kehu_customer_id
            others = customers - move.commercial_partner_id
            move.kehu_is_consolidated = bool(others)
            if (
                others
                and move.state == "draft"
                and move.company_id.kehu_agreement_policy != "off"
            ):
                move.kehu_agreement_warning = move._kehu_get_agreement_warning(others)

    def _kehu_get_agreement_warning(self, customers):
        """Name the customers without the paper that this invoice needs (N9).

        :return: a translated sentence, or False
        """
        self.ensure_one()
        party_sudo = self.commercial_partner_id.sudo()
        day = self.invoice_date or fields.Date.context_today(self)
        others = customers.sudo().filtered(
            lambda customer: customer._kehu_is_other_taxpayer(party_sudo)
        )
        agreed = self.env["kehu.invoicing.agreement"]._get_agreed(others, day)
        lacking = others.filtered(
            lambda customer: (customer.id, party_sudo.id) not in agreed
        )
        if not lacking:
            return False
        return self.env._(
            "%(party)s has another tax number than %(customers)s. Put the agreement "
            "about joint invoicing on file: customer card, Invoicing Agreements.",
            party=party_sudo.display_name,
            customers=comma(self.env).join(lacking.mapped("display_name")),
        )

    def _kehu_drop_other_orders(self, kept_sudo):
        """Take the lines of all but some orders off a draft, with their headings.

        :param sale.order kept_sudo: the orders that stay on the invoice
        """
        self.ensure_one()
        gone = waiting = self.env["account.move.line"]
        lines = self.invoice_line_ids.sorted()
        for line in lines:
            orders = line.sudo().sale_line_ids.order_id
            if line.display_type == "line_section" and line.kehu_customer_id:
                waiting = line.browse()
            elif not orders:
                # Such as the heading above down payments: goes with what is below it.
                waiting |= line
            else:
                if not orders & kept_sudo:
                    gone |= waiting | line
                waiting = line.browse()
        staying = (lines - gone).filtered("sale_line_ids").kehu_customer_id
        gone |= (lines - gone).filtered(
            lambda line: (
                line.display_type == "line_section"
                and line.kehu_customer_id - staying
                and not line.sale_line_ids
            )
        )
        self.write(
            {
                "invoice_line_ids": [Command.delete(line.id) for line in gone],
                "ref": ", ".join(
                    order.client_order_ref or order.name for order in kept_sudo
                )[:2000],
                "invoice_origin": ", ".join(kept_sudo.mapped("name")),
            }
        )

    # === AS POSTED (R65, R76) === #

    @api.model_create_multi
    def create(self, vals_list):
        kept = dict.fromkeys(_OF_POSTING, False)
        return super().create([{**vals, **kept} for vals in vals_list])

    def write(self, vals):
        if (
            vals.keys() & set(_OF_POSTING)
            and self.env.context.get("kehu_posting") is not _POSTING
        ):
            raise AccessError(
                self.env._(
                    "A posted invoice keeps name, tax number and bank as they were."
                )
            )
        return super().write(vals)

    def _post(self, soft=True):
        posted = super(AccountMove, self.with_context(kehu_posting=_POSTING))._post(
            soft
        )
        for move in posted.filtered(lambda move: move.is_sale_document()):
            # sudo: invoicing staff need not be able to read every customer's banks.
            customer_sudo = move.commercial_partner_id.sudo()
            if customer_sudo.archive_id:
                bank = customer_sudo.bank_ids[:1]
                move.kehu_partner_bank = (
                    " ".join(filter(None, (bank.bank_id.name, bank.acc_number)))
                    or False
                )
        return posted.with_env(self.env)

    def _kehu_get_printed_vat(self):
        """Return the tax number to print: the customer's, or the one of the posting.

        Called by the invoice document (R65, R76).
        """
        self.ensure_one()
        # The name tells that the tax number was kept too, perhaps as none.
        if self.state == "posted" and self.kehu_partner_name:
            return self.kehu_partner_vat
        return self.partner_id.vat
