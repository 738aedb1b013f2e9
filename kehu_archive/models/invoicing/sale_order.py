from odoo import Command, api, fields, models
from odoo.exceptions import LockError, UserError

from ...wording import comma
from .ready_amounts import add_amounts
from .run_plan import RunPlan

_HEADINGS = ("line_section", "line_subsection")
# A remote call can send any text or number in its context, but never this object.
_JOINT = object()
# Among the values of an invoice, as long as invoices are being joined.
_JOURNAL = "kehu_journal"


class SaleOrder(models.Model):
    """Orders of one head office's customers go onto one invoice (R73).

    Odoo's own invoicing does the work: the values of each invoice get another partner,
    are grouped by stricter keys, and their lines are put in order of who ordered.
    Orders of other customers pass untouched.
    """

    _inherit = "sale.order"

    kehu_invoiced_party_id = fields.Many2one(
        "res.partner",
        string="Invoiced Party",
        compute="_compute_kehu_invoiced_party_id",
        compute_sudo=True,
        help="Who receives the invoice instead of the customer who orders. Empty: the "
        "invoice goes where the order says.",
    )

    @api.depends(
        "partner_id.commercial_partner_id.invoiced_party_id",
        "partner_invoice_id.commercial_partner_id",
    )
    def _compute_kehu_invoiced_party_id(self):
        for order in self:
            customer = order.partner_id.commercial_partner_id
            party = customer.invoiced_party_id
            addressee = order.partner_invoice_id.commercial_partner_id
            # Whoever writes another party onto the order means it.
            is_joint = addressee in (customer | party) and (
                party != customer or party.is_invoiced_for_others
            )
            order.kehu_invoiced_party_id = (
                party if is_joint and customer.archive_id else False
            )

    def _create_invoices(self, grouped=False, final=False, date=None):
        """Invoice the orders of head offices by our keys, all others by Odoo's (R73).

        :raise UserError: naming orders that somebody else is invoicing right now, or
            whose party cannot be invoiced
        """
        joint = self.filtered(lambda order: order.kehu_invoiced_party_id)
        if not joint:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        joint._kehu_check_invoicing()
        joint.order_line._kehu_read_ahead()
        quiet = joint.with_context(
            kehu_joint_invoice=_JOINT, raise_if_nothing_to_invoice=False
        )
        moves = super(SaleOrder, quiet)._create_invoices(
            grouped=grouped, final=final, date=date
        )
        if others := (self - joint).with_context(raise_if_nothing_to_invoice=False):
            moves |= super(SaleOrder, others)._create_invoices(
                grouped=grouped, final=final, date=date
            )
        if not moves and self.env.context.get("raise_if_nothing_to_invoice", True):
            raise UserError(self._nothing_to_invoice_error_message())
        return moves.with_env(self.env)

    def _kehu_check_invoicing(self):
        """Refuse what must not be invoiced, and let nobody else invoice it now (N9).

        :raise UserError: naming the customers or orders
        """
        self._kehu_lock_for_invoicing()
        today = fields.Date.context_today(self)
        for company, orders in self.grouped("company_id").items():
            for party in orders.kehu_invoiced_party_id.sudo():
                if fault := party._kehu_get_party_fault(party, company):
                    raise UserError(fault)
            if company.kehu_agreement_policy != "block":
                continue
            customers_sudo = orders.partner_id.commercial_partner_id.sudo()
            lacking = customers_sudo._kehu_get_lacking_agreements(today)
            if customers := customers_sudo.browse(sorted(lacking)):
                raise UserError(
                    self.env._(
                        "The invoices of %(customers)s go to a party with another tax "
                        "number. Put the agreement about it on file first: customer "
                        "card, Invoicing Agreements.",
                        customers=comma(self.env).join(
                            customers.mapped("display_name")
                        ),
                    )
                )

    def _kehu_lock_for_invoicing(self):
        """Two people never invoice the same order line: the second one is told.

        :raise UserError: naming the orders
        """
        try:
            # Whoever invoiced them since this transaction began makes it start anew.
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is invoicing some of these orders right now: "
                    "%(orders)s. Try again in a moment.",
                    orders=comma(self.env).join(self.mapped("name")[:20]),
                )
            ) from error

    def _kehu_makes_joint_invoices(self):
        return self.env.context.get("kehu_joint_invoice") is _JOINT

    def _action_cancel(self):
        """Cancel the orders, and of joint drafts their own lines only (R73)."""
        drafts = self.invoice_ids.filtered(
            lambda move: (
                move.state == "draft" and move.invoice_line_ids.kehu_customer_id
            )
        )
        for move in drafts:
            # sudo: the invoice may be of orders that the user does not see.
            kept_sudo = move.sudo().invoice_line_ids.sale_line_ids.order_id - self
            if kept_sudo:
                move._kehu_drop_other_orders(kept_sudo)
        return super()._action_cancel()

    def _get_invoice_grouping_keys(self):
        """Joint invoices never mix payment terms nor journals; where goods went is on
        the lines."""
        keys = super()._get_invoice_grouping_keys()
        if self._kehu_makes_joint_invoices():
            keys = [key for key in keys if key != "partner_shipping_id"]
            keys += ["invoice_payment_term_id", _JOURNAL]
        return keys

    def _prepare_invoice(self):
        """Address the invoice to the invoiced party (R73)."""
        vals = super()._prepare_invoice()
        party_sudo = self.kehu_invoiced_party_id.sudo()
        if party_sudo and self.partner_invoice_id.commercial_partner_id != party_sudo:
            vals["partner_id"] = party_sudo.address_get(["invoice"])["invoice"]
        if self._kehu_makes_joint_invoices():
            vals[_JOURNAL] = self.journal_id.id
        if plan := self._kehu_get_run_plan():
            vals["invoice_date"] = plan.invoice_date
            vals["kehu_run_id"] = plan.run_id
        return vals

    @api.model
    def _kehu_get_run_plan(self):
        """Return what a month-end run invoices, while it does; else nothing.

        :rtype: RunPlan or None
        """
        plan = self.env.context.get("kehu_run_plan")
        return plan if isinstance(plan, RunPlan) else None

    def _get_invoiceable_lines(self, final=False):
        """A month-end run takes the lines of its preview only (N9)."""
        lines = super()._get_invoiceable_lines(final)
        plan = self._kehu_get_run_plan()
        if not plan:
            return lines
        # Headings, and the notes below them, come with the first line that is taken.
        kept, section, below = [], [], []
        for line in lines:
            if line.display_type == "line_section":
                section, below = [line.id], []
            elif line.display_type == "line_subsection":
                below = [line.id]
            elif line.display_type and (section or below):
                (below or section).append(line.id)
            elif line.display_type or line.id in plan.quantities:
                kept += [*section, *below, line.id]
                section, below = [], []
        return lines.browse(kept)

    def _create_account_invoices(self, invoice_vals_list, final):
        if self._kehu_makes_joint_invoices():
            lines = self._kehu_get_invoiced_lines(invoice_vals_list)
            for vals in invoice_vals_list:
                vals.pop(_JOURNAL, None)
                add_amounts(
                    vals, lines, self.env["res.company"].browse(vals["company_id"])
                )
                self._kehu_arrange_lines(vals, lines)
        return super()._create_account_invoices(invoice_vals_list, final)

    @api.model
    def _kehu_get_invoiced_lines(self, invoice_vals_list):
        """Return the order lines behind the lines of all invoices, found at once.

        :return: ``{id: sale.order.line}``
        :rtype: dict
        """
        ids = {
            command[1]
            for vals in invoice_vals_list
            for _code, _id, line in vals["invoice_line_ids"]
            for command in line.get("sale_line_ids", ())
        }
        return {line.id: line for line in self.env["sale.order.line"].browse(ids)}

    @api.model
    def _kehu_arrange_lines(self, vals, made_of):
        """Put the lines of an invoice in order of who ordered, with headings (R73).

        Each customer gets a section, whose subtotal Odoo shows and prints; sections of
        the orders become subsections of it. An invoice that holds only what the
        invoiced party ordered itself gets no heading.

        :param dict vals: values of one invoice, changed in place
        :param dict made_of: ``{id of an order line: sale.order.line}``
        """
        blocks = self._kehu_split_by_order(vals["invoice_line_ids"], made_of)
        orders = self.browse().concat(*blocks)
        party = self.env["res.partner"].browse(vals["partner_id"]).commercial_partner_id
        customers = orders.partner_id.commercial_partner_id.sudo()
        if len(orders) > 1:
            vals["ref"] = ", ".join(
                dict.fromkeys(order.client_order_ref or order.name for order in orders)
            )[:2000]
            vals["invoice_origin"] = ", ".join(orders.mapped("name"))
        shipping = orders.partner_shipping_id
        if len(shipping) > 1:
            vals["partner_shipping_id"] = party.address_get(["delivery"])["delivery"]
        if customers == party:
            return
        by_customer = orders.grouped(
            lambda order: order.partner_id.commercial_partner_id
        )
        lines = []
        for customer in customers.sorted(
            lambda one: (one.id != party.id, one.ref or "", one.name or "", one.id)
        ):
            lines.append(self._kehu_prepare_heading(customer))
            for order in by_customer[customer.sudo(False)].sorted(
                lambda order: (order.date_order, order.id)
            ):
                lines += [line for _code, _id, line in blocks[order]]
        for sequence, line in enumerate(lines):
            line["sequence"] = sequence
            if sequence and line.get("display_type") in _HEADINGS:
                line["display_type"] = "line_subsection"
            if line.pop("kehu_is_heading", False):
                line["display_type"] = "line_section"
        vals["invoice_line_ids"] = [Command.create(line) for line in lines]

    @api.model
    def _kehu_split_by_order(self, commands, made_of):
        """Return the line commands of an invoice by the order they come from.

        A line without an order line, such as the heading above down payments, belongs
        to the line after it.

        :rtype: dict[sale.order, list]
        """
        blocks, waiting, order = {}, [], self.browse()
        for command in commands:
            waiting.append(command)
            if links := command[2].get("sale_line_ids"):
                order = made_of[links[0][1]].order_id
                blocks.setdefault(order, []).extend(waiting)
                waiting = []
        if waiting:
            blocks.setdefault(order, []).extend(waiting)
        return blocks

    @api.model
    def _kehu_prepare_heading(self, customer_sudo):
        """Values of the heading above what one customer ordered."""
        name = customer_sudo.name
        if customer_sudo.ref:
            name = f"{name} ({customer_sudo.ref})"
        return {
            "display_type": "line_section",
            "name": name,
            "kehu_customer_id": customer_sudo.id,
            "kehu_is_heading": True,
            "product_id": False,
            "product_uom_id": False,
            "quantity": 0,
            "discount": 0,
            "price_unit": 0,
            "account_id": False,
        }
