from typing import NamedTuple

from odoo import api, models
from odoo.tools import float_compare, formatLang

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


class Survey(NamedTuple):
    """What is known of the customers of some documents, read for all at once."""

    grades: dict  # {id of the credit party: the grade that holds now}
    facts: dict  # {id of the credit party: Facts}
    used: dict  # {(kind, partner id, company id): what is used of the limit so far}


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
        stakes = self._get_order_stakes(orders)
        gate = self.sudo()
        survey = gate._survey(stakes.values())
        return {order: gate._examine(stake, survey) for order, stake in stakes.items()}

    @api.model
    def _get_order_stakes(self, orders):
        """Return what orders are judged by, in sudo.

        :rtype: dict[sale.order, Stake]
        """
        # sudo: debts and limits are looked at whoever sells; sentences are told.
        return {
            order: Stake(order.sudo().partner_id, order.sudo().company_id, order.sudo())
            for order in orders
            if order.partner_id
        }

    @api.model
    def _survey(self, stakes):
        """Read what documents are judged by, of all their customers at once.

        :param stakes: of the documents
        :rtype: Survey
        """
        partners = self.env["res.partner"]
        stakes = [
            stake for stake in stakes if stake.partner.commercial_partner_id.archive_id
        ]
        parties, late, limited = set(), set(), {}
        for stake in stakes:
            party = stake.partner.commercial_partner_id.kehu_credit_party_id
            parties.add(party.id)
            if stake.company.kehu_credit_overdue_policy in _ACTIVE:
                late.add(party.id)
            for kind, partner, _limit in self._get_limits(stake):
                limited.setdefault((kind, stake.company), set()).add(partner.id)
        return Survey(
            partners.browse(parties)._kehu_get_present_grades(),
            self.env["kehu.credit.facts"]._get_facts(partners.browse(late)),
            {
                (kind, partner_id, company.id): amount
                for (kind, company), ids in limited.items()
                for partner_id, amount in self._get_exposures(
                    ids, company, kind == "group"
                ).items()
            },
        )

    @api.model
    def _examine(self, stake, survey=None):
        """Say what stands in the way of one customer's document.

        :param Stake stake: what it is judged by
        :param Survey survey: of this document among others; None to look now
        :rtype: list[Obstacle]
        """
        customer = stake.partner.commercial_partner_id
        if not customer.archive_id:
            return []
        survey = survey or self._survey([stake])
        party = customer.kehu_credit_party_id
        grade = survey.grades[party.id]
        found = [
            self._examine_grade(party, stake.company, grade),
            self._examine_overdue(party, stake.company, survey.facts.get(party.id)),
            *self._examine_limits(stake, survey.used),
            self._examine_terms(stake, grade),
        ]
        return [obstacle for obstacle in found if obstacle]

    @api.model
    def _examine_grade(self, party, company, grade):
        policy = company.kehu_credit_grade_policy
        if policy not in _ACTIVE or grade != "c":
            return None
        last = party.credit_assessment_id
        text = self.env._(
            "%(customer)s has credit grade C.", customer=self._name_(party)
        )
        if last.state == "accepted" and last.reasons:
            text += "\n" + last.reasons
        return Obstacle("grade", policy, text)

    @api.model
    def _examine_overdue(self, party, company, facts):
        policy = company.kehu_credit_overdue_policy
        if policy not in _ACTIVE:
            return None
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
    def _examine_limits(self, stake, used_by):
        """The limit of the group first, then the customer's own."""
        company = stake.company
        policy = company.kehu_credit_limit_policy
        added = self._get_stake_amount(stake)
        found = []
        for kind, partner, limit in self._get_limits(stake):
            used = used_by[kind, partner.id, company.id]
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
    def _examine_terms(self, stake, grade):
        if stake.order is None or stake.order.state == "sale":
            return None  # Confirmed with these terms; what was agreed stands.
        return self._compare_terms(stake.company, stake.order, grade)

    @api.model
    def _compare_terms(self, company, order, grade):
        """Say whether an order gives more time to pay than the grade allows."""
        policy = company.kehu_credit_terms_policy
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
