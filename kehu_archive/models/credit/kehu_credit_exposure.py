from odoo import api, fields, models
from odoo.tools import SQL


class KehuCreditGate(models.AbstractModel):
    """How much of a credit limit is used, and what a document adds to it."""

    _inherit = "kehu.credit.gate"

    @api.model
    def _get_added_amount(self, order, company):
        """What a quotation adds, in the company's currency; orders are counted already.

        :rtype: float
        """
        if order.state == "sale":
            return 0.0
        return order.currency_id._convert(
            order.amount_total,
            company.currency_id,
            company,
            order.date_order or fields.Date.today(),
        )

    @api.model
    def _get_exposure(self, partner, company, is_group):
        """Add up what is owed and ordered by one customer, or by one group.

        :param res.partner partner: a credit party, or one customer
        :param res.company company: the company whose limit it is
        :param bool is_group: of everybody whose credit the party is
        :rtype: float
        """
        return self._get_exposures(partner.ids, company, is_group)[partner.id]

    @api.model
    def _get_exposures(self, partner_ids, company, is_group):
        """Add up what is owed and what is ordered, each document once.

        Open receivables less unmatched payments, draft invoices, and what confirmed
        orders leave to be invoiced; of the commercial partner and all its contacts, in
        one company, in its currency. What they ordered and another customer is invoiced
        for counts with the part of that invoice that is open.

        :param partner_ids: ids of credit parties, or of customers
        :param res.company company: the company whose limits they are
        :param bool is_group: of everybody whose credit the parties are
        :return: {partner id: amount}
        :rtype: dict[int, float]
        """
        self.env.flush_all()
        facts = self.env["kehu.credit.facts"]
        ids = list(partner_ids)
        members = (
            facts._get_member_sql(ids)
            if is_group
            else SQL("SELECT id, id AS party_id FROM unnest(%s::int[]) AS id", ids)
        )
        with facts._planning_for_some():
            rows = self.env.execute_query(
                SQL(
                    """
                    WITH contact AS MATERIALIZED (
                        SELECT partner.id, member.party_id
                          FROM (%(members)s) member
                          JOIN res_partner partner
                            ON partner.commercial_partner_id = member.id
                    )
                    SELECT party_id, SUM(amount)
                      FROM (%(owed)s UNION ALL %(drafts)s UNION ALL %(joint)s
                            UNION ALL %(ordered)s) part
                     GROUP BY party_id
                    """,
                    members=members,
                    owed=self._get_owed_sql(company),
                    drafts=self._get_draft_sql(company),
                    joint=self._get_joint_sql(company),
                    ordered=self._get_ordered_sql(company),
                )
            )
        return {
            **dict.fromkeys(ids, 0.0),
            **{row[0]: float(row[1] or 0) for row in rows},
        }

    @api.model
    def _get_owed_sql(self, company):
        """Select what contacts owe, less what they have paid in advance."""
        return SQL(
            """
            SELECT contact.party_id, line.amount_residual AS amount
              FROM contact
              JOIN account_move_line line ON line.partner_id = contact.id
              JOIN account_account account ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
               AND account.non_trade IS NOT TRUE
             WHERE line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
               AND line.company_id = %s
            """,
            company.id,
        )

    @api.model
    def _get_draft_sql(self, company):
        """Select what contacts are about to be invoiced."""
        return SQL(
            """
            SELECT contact.party_id, move.amount_total_signed AS amount
              FROM contact
              JOIN account_move move ON move.partner_id = contact.id
             WHERE move.state = 'draft'
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.company_id = %s
            """,
            company.id,
        )

    @api.model
    def _get_joint_sql(self, company):
        """Select shares in what others are invoiced for, as far as it is open (R73)."""
        return SQL(
            """
            SELECT contact.party_id,
                   CASE WHEN move.state = 'posted' THEN move.amount_residual_signed
                        ELSE move.amount_total_signed END
                   * line.price_total / NULLIF(move.amount_total, 0) AS amount
              FROM contact
              JOIN account_move_line line ON line.kehu_customer_id = contact.id
              JOIN account_move move ON move.id = line.move_id
             WHERE line.display_type = 'product'
               AND (move.state = 'draft'
                    OR move.state = 'posted' AND move.amount_residual <> 0)
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND move.company_id = %s
               AND NOT EXISTS (SELECT FROM contact own
                                WHERE own.party_id = contact.party_id
                                  AND own.id = move.commercial_partner_id)
            """,
            company.id,
        )

    @api.model
    def _get_ordered_sql(self, company):
        """Select what confirmed orders leave to be invoiced; at least nothing of each."""
        return SQL(
            """
            SELECT party_id, GREATEST(amount, 0) AS amount
              FROM (SELECT contact.party_id,
                           SUM(CASE WHEN line.is_downpayment
                                    THEN -line.price_unit * line.qty_invoiced
                                    ELSE line.price_total
                                       * GREATEST(line.product_uom_qty
                                                  - line.qty_invoiced, 0)
                                       / NULLIF(line.product_uom_qty, 0) END)
                           / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount
                      FROM contact
                      JOIN sale_order so ON so.partner_id = contact.id
                      JOIN sale_order_line line ON line.order_id = so.id
                     WHERE so.state = 'sale' AND so.company_id = %s
                       AND so.invoice_status <> 'invoiced'
                       AND line.display_type IS NULL
                     GROUP BY contact.party_id, so.id, so.currency_rate) rest
            """,
            company.id,
        )
