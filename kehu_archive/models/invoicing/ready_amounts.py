"""Invoice lines that come with their amounts, so that nobody has to write them later.

Odoo creates invoice lines without amounts, works taxes out for the whole invoice and then
writes amounts and tax tags onto each line by itself: more than half of what invoicing
costs. The sale order knows the amounts already. Lines that have them are only compared
with what Odoo works out; one that differs is written as ever, so that Odoo's sums stand.
"""

from odoo import Command

# Lines of sale invoices are credits.
_SIGN = -1


def add_amounts(vals, lines, company):
    """Add amounts and tax tags to the lines of an invoice, where they are known.

    :param dict vals: values of one invoice, its lines are changed in place
    :param dict lines: ``{id of an order line: sale.order.line}``
    :param res.company company: who invoices
    """
    if vals["currency_id"] != company.currency_id.id:
        # The rate is the invoice's: not known yet.
        return
    made = []
    for _code, _id, line_vals in vals["invoice_line_ids"]:
        ids = [command[1] for command in line_vals.get("sale_line_ids", ())]
        if len(ids) == 1 and line_vals.get("display_type") == "product":
            made.append((line_vals, lines[ids[0]]))
    # Amounts that are given are compared only where there is a tax to work out.
    if any(line.tax_ids for _line_vals, line in made):
        for line_vals, line in made:
            if _is_as_ordered(line_vals, line):
                _add(line_vals, line)


def _is_as_ordered(line_vals, line):
    """Say whether price, discount and taxes are the order line's."""
    return bool(
        line.product_uom_qty
        and not line.is_downpayment
        and not line_vals.get("extra_tax_data")
        and line_vals.get("price_unit") == line.price_unit
        and line_vals.get("discount") == line.discount
        and line_vals.get("tax_ids") == [Command.set(line.tax_ids.ids)]
    )


def _add(line_vals, line):
    share = line_vals["quantity"] / line.product_uom_qty
    amount = _SIGN * line.currency_id.round(line.price_subtotal * share)
    line_vals["amount_currency"] = line_vals["balance"] = amount
    # sudo: salespeople invoice without rights in accounting.
    line_sudo = line.sudo()
    tags = line_sudo.product_id.account_tag_ids
    for tax in line_sudo.tax_ids.flatten_taxes_hierarchy():
        if tax.tax_exigibility != "on_payment":
            parts = tax.invoice_repartition_line_ids
            tags |= parts.filtered(lambda part: part.repartition_type == "base").tag_ids
    if tags:
        line_vals["tax_tag_ids"] = [Command.set(tags.ids)]
