from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class KehuCreditGate(models.AbstractModel):
    """Lets documents pass, one after another, or stops them with reasons and figures."""

    _inherit = "kehu.credit.gate"

    @api.model
    def _pass_orders(self, orders):
        """Let quotations be confirmed, with a note, or not at all.

        :raise UserError: naming each order that is blocked, with reasons and figures
        """
        amounts = {order: order.amount_total for order in orders}
        self._pass(orders, self._get_order_stakes(orders), amounts)

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
        parties_sudo = (
            orders.sudo().partner_id.commercial_partner_id.kehu_credit_party_id
        )
        grades = parties_sudo._kehu_get_present_grades()
        for order_sudo in orders.sudo():
            customer_sudo = order_sudo.partner_id.commercial_partner_id
            party_sudo = customer_sudo.kehu_credit_party_id
            found = customer_sudo.archive_id and self.sudo()._compare_terms(
                order_sudo.company_id, order_sudo, grades[party_sudo.id]
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
        blocked, noted = [], {}
        user = self.env.user
        somebody_acts = user._is_internal() and not user._is_superuser()
        if somebody_acts:
            self._take_turns(stakes.values())
        gate = self.sudo()
        survey = gate._survey(stakes.values())
        for document in documents.filtered(stakes.get):
            stake = stakes[document]
            obstacles = gate._examine(stake, survey)
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
            gate._use_up(stake, survey.used)
        if blocked:
            raise UserError("\n\n".join([*blocked, self._say_way_out(documents)]))
        if noted:
            # sudo: the note is the system's.
            documents.filtered(lambda one: one.id in noted).sudo()._message_log_batch(
                bodies=noted
            )

    @api.model
    def _use_up(self, stake, used_by):
        """Count a document that goes ahead with what is used of its limits."""
        added = self._get_stake_amount(stake)
        for kind, partner, _limit in self._get_limits(stake):
            key = (kind, partner.id, stake.company.id)
            if key in used_by:  # not of customers without an archive
                used_by[key] += added

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
