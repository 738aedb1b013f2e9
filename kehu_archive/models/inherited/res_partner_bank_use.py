from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

# How long ago a payment may lie to tell which account the customer uses.
COUNTED_MONTHS = 24


class ResPartner(models.Model):
    """Which of several bank accounts the customer really uses (R78).

    The default account is the first one of the list; dragging decides. Payments only
    suggest another one: nothing changes before somebody takes the suggestion.
    """

    _inherit = "res.partner"

    suggested_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Suggested Default Account",
        compute="_compute_suggested_bank_id",
        compute_sudo=True,
        help="The bank account that the customer used most often in the last 24 "
        "months, when it is not the default one.",
    )

    @api.depends("bank_ids", "bank_ids.sequence", "bank_ids.active")
    def _compute_suggested_bank_id(self):
        uses = self._kehu_count_bank_uses()
        for partner in self:
            accounts = partner.bank_ids.sorted("sequence")
            partner.suggested_bank_id = False
            if len(accounts) < 2:  # noqa: PLR2004
                continue
            # Of equally used accounts the first in the list stays first.
            most_used = max(accounts, key=lambda account: uses[account._origin.id])
            if uses[most_used._origin.id] > uses[accounts[0]._origin.id]:
                partner.suggested_bank_id = most_used

    def _kehu_count_bank_uses(self):
        """Count the payments over each bank account of ``self`` in one query.

        A transfer often leaves two traces, a payment and a statement line; of the two
        numbers the larger counts.

        :return: {bank account id: number of payments}
        :rtype: collections.defaultdict
        """
        uses = defaultdict(int)
        customers = self.filtered(lambda partner: len(partner.bank_ids) > 1)
        if not customers.ids:
            return uses
        self.env["account.payment"].flush_model(
            ["partner_bank_id", "partner_id", "state", "date"]
        )
        self.env["account.bank.statement.line"].flush_model(
            ["account_number", "partner_id", "move_id"]
        )
        self.env["res.partner.bank"].flush_model()
        since = fields.Date.subtract(fields.Date.today(), months=COUNTED_MONTHS)
        uses.update(
            self.env.execute_query(
                SQL(
                    """
                    WITH account AS (
                        SELECT id, partner_id, sanitized_acc_number AS number
                          FROM res_partner_bank
                         WHERE partner_id = ANY(%(ids)s) AND active
                    ), paid AS (
                        SELECT account.id, COUNT(*) AS uses
                          FROM account
                          JOIN account_payment payment
                            ON payment.partner_bank_id = account.id
                         WHERE payment.state IN ('in_process', 'paid')
                           AND payment.date >= %(since)s
                         GROUP BY account.id
                    ), banked AS (
                        SELECT account.id, COUNT(*) AS uses
                          FROM account
                          JOIN res_partner contact
                            ON contact.commercial_partner_id = account.partner_id
                          JOIN account_bank_statement_line line
                            ON line.partner_id = contact.id
                           AND upper(regexp_replace(line.account_number, '\\W', '',
                                                    'g')) = account.number
                          JOIN account_move move ON move.id = line.move_id
                         WHERE move.state = 'posted' AND move.date >= %(since)s
                         GROUP BY account.id
                    )
                    SELECT account.id,
                           GREATEST(COALESCE(paid.uses, 0), COALESCE(banked.uses, 0))
                      FROM account
                      LEFT JOIN paid ON paid.id = account.id
                      LEFT JOIN banked ON banked.id = account.id
                    """,
                    ids=customers.ids,
                    since=since,
                )
            )
        )
        return uses

    def _kehu_put_bank_first(self, account):
        """Make ``account`` the default one; the others keep their order."""
        self.ensure_one()
        # sudo: the order of the list is the rep's to decide; numbers and trust in them
        # stay with accounting.
        accounts_sudo = self.bank_ids.sudo()
        ranked = account.sudo() | accounts_sudo.sorted(lambda bank: bank.sequence)
        for position, bank in enumerate(ranked, start=1):
            bank.sequence = position
        self.invalidate_recordset(["bank_ids", "suggested_bank_id"])
