"""What invoices and match table must say, worked out slowly from the raw records.

Nothing in here calls the module: parties, quantities, deliveries and sums are found
anew, line by line, from what people typed in.
"""

from collections import defaultdict

from odoo import Command


def commercial(partner):
    """The company that a contact belongs to."""
    while not partner.is_company and partner.parent_id:
        partner = partner.parent_id
    return partner


def chosen_party(customer):
    """Who receives the customer's invoices by its card."""
    if not customer.archive_id:
        return customer
    office = customer.head_office_id
    return (
        customer.invoicing_partner_id
        or office.invoicing_partner_id
        or office
        or customer
    )


def party_of(order):
    """Who is to be invoiced for an order."""
    customer = commercial(order.partner_id)
    addressee = commercial(order.partner_invoice_id)
    return addressee if addressee != customer else chosen_party(customer)


def is_named_by_others(partner):
    """Whether another customer names the partner as office or as invoiced party."""
    others = partner.search([("archive_id", "!=", False), ("id", "!=", partner.id)])
    return any(partner in (o.head_office_id, o.invoicing_partner_id) for o in others)


def is_joint(order):
    """Whether an order may share an invoice with those of other customers."""
    customer = commercial(order.partner_id)
    party = chosen_party(customer)
    return bool(
        customer.archive_id
        and party_of(order) == party
        and (party != customer or is_named_by_others(party))
    )


def lacks_agreement(order, day):
    """Whether the paper is missing without which a strict company does not invoice."""
    customer = commercial(order.partner_id)
    party = chosen_party(customer)
    if not customer.vat or not party.vat or customer.vat == party.vat:
        return False
    papers = order.env["kehu.invoicing.agreement"].search([])
    return not any(
        paper.customer_id == customer
        and paper.party_id == party
        and paper.date_from <= day
        and (not paper.date_to or paper.date_to >= day)
        for paper in papers
    )


def invoice_key(order):
    """Orders with the same key belong on one invoice, others never."""
    key = (order.company_id, order.currency_id, order.fiscal_position_id)
    if is_joint(order):
        party = party_of(order)
        address = order.partner_invoice_id
        if commercial(address) != party:
            address = party.child_ids.filtered(lambda one: one.type == "invoice")[:1]
            address = address or party
        return (*key, address, order.payment_term_id)
    return (*key, order.partner_invoice_id, order.partner_shipping_id)


def invoiced_quantity(line):
    """What invoices that are not cancelled hold of an order line, less credit notes."""
    total = 0
    for made in line.invoice_lines:
        if made.move_id.state != "cancel":
            sign = -1 if made.move_id.move_type == "out_refund" else 1
            total += sign * made.quantity
    return total


def units(line):
    """Each unit delivered and not taken back for credit: ``(day, number)``, oldest
    first; nothing for what is not delivered by Inventory.
    """
    if line.product_id.type != "consu" or "move_ids" not in line._fields:
        return None
    moves = line.move_ids.filtered(lambda move: move.state == "done")
    kept = []
    for move in moves.sorted(lambda move: (move.date, move.id)):
        is_return = move.location_id.usage == "customer"
        if is_return and move.to_refund:
            del kept[max(0, len(kept) - int(move.quantity)) :]
        elif move.location_dest_id.usage == "customer":
            is_replacement = move.origin_returned_move_id and not move.to_refund
            if not is_replacement:
                unit = (move.date, move.picking_id.name)
                kept += [unit] * int(move.quantity)
    return kept


def due(line):
    """The quantity that Odoo has to invoice next."""
    if line.display_type or line.order_id.state != "sale":
        return 0
    if line.is_downpayment or line.product_id.invoice_policy == "order":
        wanted = line.product_uom_qty
    else:
        delivered = units(line)
        wanted = line.qty_delivered if delivered is None else len(delivered)
    return wanted - invoiced_quantity(line)


def due_by(order, end):
    """``{line: quantity}`` of what a month-end run takes of an order.

    :param datetime.datetime end: the end of the period
    """
    taken, waits = {}, False
    for line in order.order_line.filtered(lambda one: not one.is_downpayment):
        quantity = due(line)
        if quantity > 0:
            by_delivery = line.product_id.invoice_policy == "delivery" and units(line)
            if by_delivery:
                begun = int(invoiced_quantity(line))
                part = by_delivery[begun : begun + int(quantity)]
                in_time = sum(1 for moment, _number in part if moment < end)
            else:
                in_time = quantity if order.date_order < end else 0
            waits = waits or in_time < quantity
            quantity = in_time
        if quantity:
            taken[line] = quantity
        if line.product_id.invoice_policy == "delivery" and not line.display_type:
            waits = waits or line.qty_delivered < line.product_uom_qty
    if taken or not waits:
        for line in order.order_line.filtered("is_downpayment"):
            if quantity := due(line):
                taken[line] = quantity
    return taken


def plain_amounts(move):
    """Untaxed, tax and total of an invoice typed in by hand with the same lines."""
    env = move.env(context={"allowed_company_ids": move.company_id.ids})
    tax_model = env["account.tax"]
    lines = []
    for line in move.invoice_line_ids.filtered(
        lambda one: one.display_type == "product"
    ):
        # Prices and taxes as ordered, not as they stand on the invoice.
        ordered = line.sale_line_ids
        vals = {
            "product_id": ordered.product_id.id,
            "name": line.name,
            "quantity": line.quantity,
            "price_unit": ordered.price_unit,
            "discount": ordered.discount,
            "tax_ids": [Command.set(ordered.tax_ids.ids)],
        }
        if line.is_downpayment:
            data = ordered.extra_tax_data
            if line.quantity < 0:
                data = tax_model._reverse_quantity_base_line_extra_tax_data(data)
            vals["extra_tax_data"] = data
        lines.append(Command.create(vals))
    with env.cr.savepoint() as savepoint:
        partner = env["res.partner"].create({"name": "Twin"})
        twin = env["account.move"].create(
            {
                "move_type": move.move_type,
                "partner_id": partner.id,
                "currency_id": move.currency_id.id,
                "invoice_date": move.invoice_date,
                "company_id": move.company_id.id,
                "invoice_line_ids": lines,
            }
        )
        amounts = (twin.amount_untaxed, twin.amount_tax, twin.amount_total_signed)
        savepoint.close(rollback=True)
    return amounts


def ordered_by(line):
    """Who ordered what an invoice line holds, as far as anybody knows."""
    customer = commercial(line.sale_line_ids.order_id.partner_id[:1])
    return customer if customer.archive_id else commercial(line.move_id.partner_id)


def ledger(env):
    """``{(company, party): balance}`` of the receivable accounts."""
    balances = defaultdict(float)
    lines = env["account.move.line"].search(
        [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("partner_id", "!=", False),
        ]
    )
    for line in lines:
        balances[line.company_id, commercial(line.partner_id)] += line.balance
    return {key: round(balance, 2) for key, balance in balances.items()}


def invoiced_by_branch(env):
    """``{(company, party, branch): (worth, number of lines)}`` of posted invoices."""
    sums = defaultdict(lambda: [0.0, 0])
    moves = env["account.move"].search(
        [("state", "=", "posted"), ("move_type", "in", ("out_invoice", "out_refund"))]
    )
    for line in moves.invoice_line_ids:
        if line.display_type == "product":
            move = line.move_id
            sign = -1 if move.move_type == "out_refund" else 1
            key = (move.company_id, commercial(move.partner_id), ordered_by(line))
            sums[key][0] += sign * line.price_total / move.invoice_currency_rate
            sums[key][1] += 1
    return sums
