from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, formatLang, plaintext2html

_ACTIVE = ("warn", "block")


class Obstacle(NamedTuple):
    """One reason why a document should not go ahead, with its figures."""

    kind: str
    policy: str
    text: str


class Stake(NamedTuple):
    """What a document that is about to go ahead is judged by."""

    partner: models.BaseModel  # the customer, or a contact of it
    company: models.BaseModel  # whose rules hold
    order: models.BaseModel = None  # None for goods without an order
    value: float = 0.0  # of such goods, in the company's currency


class KehuCreditGate(models.AbstractModel):
    """Holds orders and deliveries to the credit rules of their company.

    Each rule is off, warns, or blocks: grade C, receivables overdue for too long, the
    credit limit of the group and of the customer, payment terms that the grade does not
    allow. As with customers without a filed archive (R61), nobody is blocked where
    nobody of the company acts; the note tells the salesperson.
    """

    _name = "kehu.credit.gate"
    _description = "Gate for Documents of Customers Without Credit"

    # === WHAT STANDS IN THE WAY === #

    @api.model
    def _examine_orders(self, orders):
        """Say what stands in the way of orders.

        :param sale.order orders: quotations, or orders whose goods are to leave
        :return: {order: list of Obstacle}
        :rtype: dict
        """
        # sudo: debts and limits are looked at whoever sells; sentences are told.
        return {
            order: self.sudo()._examine(
                order.partner_id.sudo(),
                order.company_id.sudo(),
                order=order.sudo(),
            )
            for order in orders
            if order.partner_id
        }

    @api.model
    def _examine(self, partner, company, order=None, value=0.0, tally=None):
        """Say what stands in the way of one customer's document.

        :param res.partner partner: the customer, or a contact of it
        :param res.company company: whose rules hold
        :param sale.order order: None for goods without an order
        :param float value: of goods without an order, in the company's currency
        :param dict tally: what is used of each limit so far, by documents that go ahead
            together
        :rtype: list[Obstacle]
        """
        customer = partner.commercial_partner_id
        if not customer.archive_id:
            return []
        party = customer.kehu_credit_party_id
        found = [
            self._examine_grade(party, company),
            self._examine_overdue(party, company),
            *self._examine_limits(
                Stake(customer, company, order, value), {} if tally is None else tally
            ),
            self._examine_terms(party, company, order),
        ]
        return [obstacle for obstacle in found if obstacle]

    @api.model
    def _examine_grade(self, party, company):
        policy = company.kehu_credit_grade_policy
        if policy not in _ACTIVE or party._kehu_get_present_grade() != "c":
            return None
        last = party.credit_assessment_id
        text = self.env._(
            "%(customer)s has credit grade C.", customer=self._name_(party)
        )
        if last.state == "accepted" and last.reasons:
            text += "\n" + last.reasons
        return Obstacle("grade", policy, text)

    @api.model
    def _examine_overdue(self, party, company):
        policy = company.kehu_credit_overdue_policy
        if policy not in _ACTIVE:
            return None
        facts = self.env["kehu.credit.facts"]._get_facts(party).get(party.id)
        limit = company.kehu_credit_overdue_days
        if not facts or facts.overdue_age <= limit or facts.is_covered:
            return None
        return Obstacle(
            "overdue",
            policy,
            self.env._(
                "%(customer)s: a receivable is overdue for %(age)s days, more than "
                "%(limit)s; %(amount)s are overdue in all.",
                customer=self._name_(party),
                age=facts.overdue_age,
                limit=limit,
                amount=self._amount(
                    facts.overdue_amount,
                    self.env["res.company"].browse(facts.company_id).currency_id,
                ),
            ),
        )

    @api.model
    def _examine_limits(self, stake, tally):
        """The limit of the group first, then the customer's own."""
        company = stake.company
        policy = company.kehu_credit_limit_policy
        added = self._get_stake_amount(stake)
        found = []
        for kind, partner, limit in self._get_limits(stake):
            key = (kind, partner.id, company.id)
            if key not in tally:
                tally[key] = self._get_exposure(partner, company, kind == "group")
            used = tally[key]
            if float_compare(used + added, limit, precision_digits=2) <= 0:
                continue
            values = {
                "customer": self._name_(partner),
                "limit": self._amount(limit, company.currency_id),
                "used": self._amount(used, company.currency_id),
                "added": self._amount(added, company.currency_id),
                "over": self._amount(used + added - limit, company.currency_id),
            }
            found.append(Obstacle(kind, policy, self._say_limit(limit, added, values)))
        return found

    @api.model
    def _get_limits(self, stake):
        """Return the limits that a document has to keep.

        :param Stake stake: of the document
        :return: list of (kind, the customer whose limit it is, limit)
        """
        company = stake.company
        if company.kehu_credit_limit_policy not in _ACTIVE:
            return []
        customer = stake.partner.commercial_partner_id
        party = customer.kehu_credit_party_id
        partners = [("group", party)]
        if customer != party:
            partners.append(("own", customer))
        return [
            (kind, partner, limit)
            for kind, partner in partners
            if (limit := partner.with_company(company)._kehu_get_limit()) is not None
        ]

    @api.model
    def _get_stake_amount(self, stake):
        """What a document adds to what is used of a limit."""
        if stake.order is None:
            return stake.value
        return self._get_added_amount(stake.order, stake.company)

    @api.model
    def _say_limit(self, limit, added, values):
        """Say which limit is exceeded; a confirmed order is part of what is used."""
        if not added and not limit:
            return self.env._(
                "%(customer)s has no credit: its limit is 0, %(used)s are owed or "
                "ordered, this document included.",
                **values,
            )
        if not added:
            return self.env._(
                "Credit limit of %(customer)s: %(limit)s. %(used)s are owed or ordered, "
                "this document included: %(over)s too much.",
                **values,
            )
        if not limit:
            return self.env._(
                "%(customer)s has no credit: its limit is 0, %(used)s are owed or "
                "ordered, this document adds %(added)s.",
                **values,
            )
        return self.env._(
            "Credit limit of %(customer)s: %(limit)s. %(used)s are owed or ordered, "
            "this document adds %(added)s: %(over)s too much.",
            **values,
        )

    @api.model
    def _examine_terms(self, party, company, order):
        if order is None or order.state == "sale":
            return None  # Confirmed with these terms; what was agreed stands.
        return self._compare_terms(party, company, order)

    @api.model
    def _compare_terms(self, party, company, order):
        """Say whether an order gives more time to pay than the grade allows."""
        policy = company.kehu_credit_terms_policy
        grade = party._kehu_get_present_grade()
        if policy not in _ACTIVE or not grade:
            return None
        allowed = company[f"kehu_credit_terms_days_{grade}"]
        today = company._kehu_today()
        lines = order.payment_term_id.line_ids
        asked = max(
            ((line._get_due_date(today) - today).days for line in lines), default=0
        )
        if asked <= allowed:
            return None
        return Obstacle(
            "terms",
            policy,
            self.env._(
                "Payment terms “%(terms)s” give %(asked)s days; grade %(grade)s allows "
                "%(allowed)s.",
                terms=order.payment_term_id.name,
                asked=asked,
                grade=grade.upper(),
                allowed=allowed,
            ),
        )

    @api.model
    def _name_(self, partner):
        return partner.with_context(kehu_full_name=True).display_name

    @api.model
    def _amount(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    # === THE GATE === #

    @api.model
    def _pass_orders(self, orders):
        """Let quotations be confirmed, with a note, or not at all.

        :raise UserError: naming each order that is blocked, with reasons and figures
        """
        # sudo: debts and limits are looked at whoever sells; sentences are told.
        stakes = {
            order: Stake(order.partner_id.sudo(), order.company_id.sudo(), order.sudo())
            for order in orders
            if order.partner_id
        }
        self._pass(orders, stakes, {order: order.amount_total for order in orders})

    @api.model
    def _pass_made(self, orders):
        """Let orders pass that were made as confirmed ones: they are counted already.

        :raise UserError: naming each order that is blocked, with reasons and figures
        """
        if orders:
            self._pass_orders(orders)
            self._pass_terms(orders)

    @api.model
    def _pass_terms(self, orders):
        """Let confirmed orders be given other payment terms.

        :raise UserError: naming those that give more time than the grade allows, unless
            the present user decides on such credit, and did not sell
        """
        user = self.env.user
        if not user._is_internal() or user._is_superuser():
            return
        blocked = []
        # sudo: grades are looked at whoever sells; sentences are told.
        for order_sudo in orders.sudo():
            customer_sudo = order_sudo.partner_id.commercial_partner_id
            party_sudo = customer_sudo.kehu_credit_party_id
            found = customer_sudo.archive_id and self.sudo()._compare_terms(
                party_sudo, order_sudo.company_id, order_sudo
            )
            if not found or found.policy != "block":
                continue
            deciders = party_sudo._kehu_get_credit_deciders() - order_sudo.user_id
            if user not in deciders:
                blocked.append(
                    "\n".join(
                        [
                            self.env._("%s is stopped:", order_sudo.display_name),
                            found.text,
                        ]
                    )
                )
        if blocked:
            raise UserError("\n\n".join(blocked))

    @api.model
    def _pass(self, documents, stakes, amounts, more=None):
        """Let documents go ahead, with a note, or not at all.

        One after another: what one uses of a limit is not there for the next.

        :param documents: orders or deliveries
        :param dict stakes: {document: Stake}
        :param dict amounts: {document: what a release has to cover}
        :param dict more: {document id: releases of what it belongs to}
        :raise UserError: naming each document that is blocked, with reasons and figures
        """
        releases = self.env["kehu.credit.release"]
        granted = releases._find_released(documents)
        blocked, noted, tally = [], {}, {}
        user = self.env.user
        somebody_acts = user._is_internal() and not user._is_superuser()
        if somebody_acts:
            self._take_turns(stakes.values())
        for document in documents.filtered(stakes.get):
            stake = stakes[document]
            obstacles = self.sudo()._examine(*stake, tally=tally)
            hard = [obstacle for obstacle in obstacles if obstacle.policy == "block"]
            allowed = granted.get(document.id, []) + (more or {}).get(document.id, [])
            kinds = {obstacle.kind for obstacle in hard}
            if (
                hard
                and somebody_acts
                and not releases._covers(allowed, kinds, amounts[document])
            ):
                blocked.append(
                    "\n".join(
                        [
                            self.env._("%s is stopped:", document.display_name),
                            *(one.text for one in hard),
                        ]
                    )
                )
                continue
            if obstacles:
                noted[document.id] = plaintext2html(
                    "\n".join(one.text for one in obstacles)
                )
            self.sudo()._use_up(stake, tally)
        if blocked:
            raise UserError("\n\n".join([*blocked, self._say_way_out(documents)]))
        if noted:
            # sudo: the note is the system's.
            documents.filtered(lambda one: one.id in noted).sudo()._message_log_batch(
                bodies=noted
            )

    @api.model
    def _use_up(self, stake, tally):
        """Count a document that goes ahead with what is used of its limits."""
        added = self._get_stake_amount(stake)
        for kind, partner, _limit in self._get_limits(stake):
            key = (kind, partner.id, stake.company.id)
            if key in tally:
                tally[key] += added

    @api.model
    def _take_turns(self, stakes):
        """Let nobody else use up at the same moment what is left of a limit that stops
        documents.
        """
        gate = self.sudo()
        self.env["kehu.credit.turn"]._take(
            {
                partner.id
                for stake in stakes
                if stake.company.kehu_credit_limit_policy == "block"
                and stake.partner.commercial_partner_id.archive_id
                and gate._get_stake_amount(stake) > 0
                for _kind, partner, _limit in gate._get_limits(stake)
            }
        )

    @api.model
    def _say_way_out(self, documents):
        """Say how an exception is asked for."""
        orders = self.env["kehu.delivery.gate"]._get_orders(documents)
        if all(orders.values()):
            return self.env._("“Request Release” on the order asks for an exception.")
        return self.env._(
            "“Request Release” asks for an exception: on the order, or, for a delivery "
            "without one, here, when it is validated by itself."
        )
