"""Random head offices, orders, deliveries, invoices and payments, and what clerks do.

Nothing in here asks the module what it thinks: it only presses the buttons.
"""

from stdnum.cn import uscc

from odoo import Command

TODAY = "2026-11-20"
DAYS = [f"2026-{month:02}-{day:02}" for month in (9, 10, 11) for day in (3, 12, 19)]
PRICES = [9.99, 0.333, 19.955, 100.0, 33.33, 7.5, 0.07, 1234.56]


def tax_number(number):
    """Return a tax number with the right check digit."""
    body = f"91370200MA{number:07}"
    return body + uscc.calc_check_digit(body)


class World:
    """What the random actions find and change."""

    def __init__(self, case, rnd):
        self.case, self.env, self.rnd = case, case.env, rnd
        self.companies = list(case.company | case.second)
        self.orders = self.env["sale.order"]
        self.has_stock = "stock.picking" in self.env and (
            "sale_id" in self.env["stock.picking"]._fields
        )
        self._make_settings()
        self._make_products()
        self._make_customers()

    # === WHAT THERE IS === #

    def _make_settings(self):
        env, rnd = self.env, self.rnd
        self.taxes, self.warehouses, self.positions = {}, {}, {}
        for company in self.companies:
            company.tax_calculation_rounding_method = rnd.choice(
                ["round_per_line", "round_globally"]
            )
            company.kehu_agreement_policy = rnd.choice(["off", "warn", "block"])
            taxes = env["account.tax"].with_company(company)
            on_top, within = (
                taxes.create(
                    {
                        "name": f"{name} {company.id}",
                        "amount": amount,
                        "type_tax_use": "sale",
                        "company_id": company.id,
                        "price_include_override": included,
                    }
                )
                for name, amount, included in (
                    ("On top", 13.0, "tax_excluded"),
                    ("Within", 6.0, "tax_included"),
                )
            )
            self.taxes[company] = [on_top, within, taxes.browse()]
            self.positions[company] = env["account.fiscal.position"].create(
                {"name": "Export", "company_id": company.id}
            )
            if self.has_stock:
                houses = env["stock.warehouse"]
                self.warehouses[company] = [
                    houses.search([("company_id", "=", company.id)], limit=1)
                    or houses.create(
                        {"name": "1", "code": "R1", "company_id": company.id}
                    ),
                    houses.create(
                        {
                            "name": "2",
                            "code": f"R2{company.id}",
                            "company_id": company.id,
                            "delivery_steps": "pick_ship",
                        }
                    ),
                ]
        self.pricelists = [
            env["product.pricelist"].create(
                {"name": currency.name, "currency_id": currency.id, "company_id": False}
            )
            for currency in (self.case.company.currency_id, self.case.foreign)
        ]
        self.terms = [self.case.term, self.case.other_term]
        self.rounding = env["account.cash.rounding"].create(
            {
                "name": "Five cents",
                "rounding": 0.05,
                "strategy": "biggest_tax",
                "rounding_method": "HALF-UP",
            }
        )

    def _make_products(self):
        kinds = [("service", "order"), ("service", "delivery")]
        if self.has_stock:
            kinds += [("consu", "order"), ("consu", "delivery")]
        self.products = [
            self.case.make_product(f"{kind} {policy}", type=kind, invoice_policy=policy)
            for kind, policy in kinds
        ]

    def _make_customers(self):
        case, rnd = self.case, self.rnd
        self.payer = case.make_customer(name="Payer")
        offices = [case.make_customer(name=f"Office {n}") for n in range(3)]
        offices[1].invoicing_partner_id = self.payer
        self.env["res.partner"].create(
            {"name": "Invoices", "type": "invoice", "parent_id": offices[0].id}
        )
        self.offices = self.env["res.partner"].union(*offices)
        for place, office in enumerate(offices):
            office.vat = rnd.choice([tax_number(place), False])
        self.customers = offices + [self.payer]
        for number in range(7):
            office = offices[number % 3]
            branch = case.make_customer(
                name=f"Branch {number}",
                head_office_id=office.id,
                vat=rnd.choice([office.vat, tax_number(10 + number), False]),
            )
            if rnd.random() < 0.3:
                branch.invoicing_partner_id = rnd.choice([branch, self.payer])
            self._make_agreement(branch)
            self.customers.append(branch)
        self.customers.append(case.make_customer(name="Stranger"))
        self.env["res.company"].union(*self.companies).kehu_auto_register = False
        self.customers += [case.make_partner(name=f"Plain {n}") for n in range(2)]
        self.contacts = [
            self.env["res.partner"].create({"name": "Buyer", "parent_id": customer.id})
            for customer in rnd.sample(self.customers, 4)
        ]

    def _make_agreement(self, branch):
        kind = self.rnd.choice(["none", "ended", "running", "running"])
        party = branch.invoicing_partner_id or branch.head_office_id
        party = party.invoicing_partner_id or party
        if kind != "none" and party != branch:
            self.env["kehu.invoicing.agreement"].create(
                {
                    "customer_id": branch.id,
                    "party_id": party.id,
                    "document": b"c2lnbmVk",
                    "date_from": "2020-01-01",
                    "date_to": "2020-12-31" if kind == "ended" else False,
                }
            )

    # === WHAT CLERKS DO === #

    def make_order(self):
        rnd = self.rnd
        company = rnd.choice(self.companies)
        env = self.env(
            context={**self.env.context, "allowed_company_ids": [company.id]}
        )
        # Each branch more often than strangers.
        customer = rnd.choice(self.customers[:-3] * 2 + self.customers + self.contacts)
        vals = {
            "partner_id": customer.id,
            "company_id": company.id,
            "pricelist_id": rnd.choice(self.pricelists + self.pricelists[:1] * 2).id,
            "payment_term_id": rnd.choice(self.terms).id,
            "order_line": self._make_lines(company),
        }
        if rnd.random() < 0.15:
            vals["fiscal_position_id"] = self.positions[company].id
        if rnd.random() < 0.1:
            vals["partner_invoice_id"] = rnd.choice(self.customers).id
        if self.has_stock:
            vals["warehouse_id"] = rnd.choice(self.warehouses[company]).id
        order = env["sale.order"].create(vals)
        if rnd.random() < 0.95:
            order.action_confirm()
        order.date_order = f"{rnd.choice(DAYS)} 04:00:00"
        self.orders |= order

    def _make_lines(self, company):
        rnd, lines = self.rnd, []
        for number in range(rnd.randint(1, 4)):
            if rnd.random() < 0.2:
                kind = rnd.choice(["line_section", "line_subsection", "line_note"])
                lines.append(
                    {"display_type": kind, "name": f"{kind} {number}"},
                )
            tax = rnd.choice(self.taxes[company])
            product = rnd.choice(self.products)
            is_negative = product.type == "service" and rnd.random() < 0.1
            lines.append(
                {
                    "product_id": product.id,
                    "product_uom_qty": rnd.randint(1, 9),
                    "price_unit": rnd.choice(PRICES) * (-1 if is_negative else 1),
                    "discount": rnd.choice([0, 0, 5.0, 12.5]),
                    "tax_ids": [Command.set(tax.ids)],
                }
            )
        return [
            Command.create({**line, "sequence": place})
            for place, line in enumerate(lines)
        ]

    def pick(self, records, count=1):
        """Some of the records, at random."""
        return records.browse(
            self.rnd.sample(records.ids, min(count, len(records)))
        ).with_context(allowed_company_ids=[company.id for company in self.companies])

    def confirmed(self):
        return self.orders.filtered(lambda order: order.state == "sale")

    def deliver(self):
        """Deliver, or take back, a part of some orders on a random day."""
        for order in self.pick(self.confirmed(), 3):
            self._deliver(order)

    def _deliver(self, order):
        for line in order.order_line:
            if line.product_id.type == "service" and not line.is_downpayment:
                if line.product_id.invoice_policy == "delivery":
                    line.qty_delivered = self.rnd.randint(0, int(line.product_uom_qty))
        if not self.has_stock:
            return
        ready = order.picking_ids.filtered(lambda one: one.state == "assigned")
        ready = ready or order.picking_ids.filtered(
            lambda one: one.state in ("confirmed", "waiting")
            and not one.move_ids.move_orig_ids.filtered(lambda m: m.state != "done")
        )
        for picking in ready:
            for move in picking.move_ids:
                wanted = int(move.product_uom_qty)
                move.quantity = self.rnd.randint(min(1, wanted), wanted)
                move.picked = True
            self._finish(picking)

    def take_back(self):
        """Goods come back: some to be credited, some to be replaced."""
        done = self.orders.picking_ids.filtered(
            lambda one: one.state == "done" and one.picking_type_code == "outgoing"
        )
        if not done:
            return
        delivery = self.pick(done)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = self.rnd.randint(0, int(line.move_quantity or 1))
            line.to_refund = self.rnd.random() < 0.7
        if not any(wizard.product_return_moves.mapped("quantity")):
            return
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        for move in back.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        self._finish(back)

    def _finish(self, picking):
        picking.with_context(skip_sms=True)._action_done()
        day = f"{self.rnd.choice(DAYS)} 04:00:00"
        picking.move_ids.write({"date": day})
        picking.date_done = day

    def fresh(self):
        """Orders that nothing was invoiced of yet."""
        return self.confirmed().filtered(
            lambda order: not order.invoice_ids and order.amount_total > 1
        )

    def pay_in_advance(self, order):
        """A down payment, by percent or fixed."""
        kind = self.rnd.choice(["percentage", "fixed"])
        vals = {"advance_payment_method": kind}
        if kind == "fixed":
            vals["fixed_amount"] = round(order.amount_total / 3, 2)
        else:
            vals["amount"] = 30.0
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(
                active_ids=order.ids,
                active_model="sale.order",
                allowed_company_ids=order.company_id.ids,
            )
            .create(vals)
        )
        wizard.create_invoices()

    # === WHAT ACCOUNTANTS DO === #

    def moves(self, *states):
        return self.orders.invoice_ids.filtered(lambda move: move.state in states)

    def post(self):
        for move in self.pick(self.moves("draft"), 3):
            move.invoice_date = move.invoice_date or self.rnd.choice(DAYS)
            if self.rnd.random() < 0.2:
                move.invoice_cash_rounding_id = self.rounding
            if move.amount_total >= 0:
                move.action_post()

    def cancel(self):
        for move in self.pick(self.moves("draft")):
            if self.rnd.random() < 0.5:
                move.button_cancel()
            else:
                move.unlink()

    def credit(self):
        """Reverse a posted invoice: whole, in part, or with a new one in its place."""
        for move in self.pick(
            self.moves("posted").filtered(lambda move: move.move_type == "out_invoice")
        ):
            kind = self.rnd.choice(["whole", "part", "modify"])
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"journal_id": move.journal_id.id, "date": TODAY})
            )
            if kind == "modify":
                wizard.modify_moves()
                continue
            wizard.refund_moves()
            note = move.reversal_move_ids.filtered(lambda one: one.state == "draft")
            if kind == "part":
                note.invoice_line_ids.filtered("product_id")[1:].unlink()
            note.action_post()

    def pay(self):
        """Pay an invoice: a part, all, or more than all."""
        due = self.moves("posted").filtered(
            lambda move: move.amount_residual > 0 and move.move_type == "out_invoice"
        )
        for move in self.pick(due, 2):
            wizard = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"payment_date": self.rnd.choice(DAYS)})
            )
            factor = self.rnd.choice([0.3, 0.77, 1, 1, 1.2])
            wizard.amount = round(wizard.amount * factor, 2) or wizard.amount
            wizard._create_payments()

    def pay_without_invoice(self):
        """Money comes in for nothing in particular, and is matched at times."""
        company = self.rnd.choice(self.companies)
        party = self.rnd.choice(list(self.offices) + [self.payer])
        payment = (
            self.env["account.payment"]
            .with_company(company)
            .create(
                {
                    "partner_id": party.id,
                    "amount": self.rnd.choice(PRICES),
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "date": self.rnd.choice(DAYS),
                    "company_id": company.id,
                }
            )
        )
        payment.action_post()
        open_lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", party.id),
                ("company_id", "=", company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        mine = payment.move_id.line_ids & open_lines
        others = (open_lines - mine).filtered(
            lambda one: one.account_id == mine.account_id
        )
        if others and self.rnd.random() < 0.6:
            (mine | others[:2]).reconcile()

    def change_office(self):
        """A branch moves to another head office, whatever is open."""
        branches = [
            one
            for one in self.customers
            if one.head_office_id and one.vat not in self.offices.mapped("vat")
        ]
        if branches:
            self.rnd.choice(branches).head_office_id = self.pick(self.offices)
