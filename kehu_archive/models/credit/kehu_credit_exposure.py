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
        """Add up what is owed and what is ordered, each document once.

        Open receivables less unmatched payments, draft invoices, and what confirmed
        orders leave to be invoiced; of the commercial partner and all its contacts, in
        one company, in its currency. What they ordered and another customer is invoiced
        for counts with the part of that invoice that is open.

        :param res.partner partner: a credit party, or one customer
        :param res.company company: the company whose limit it is
        :param bool is_group: of everybody whose credit the party is
        :rtype: float
        """
        self.env.flush_all()
        members = (
            self.env["kehu.credit.facts"]._get_member_sql(partner.ids)
            if is_group
            else SQL("SELECT %s AS id", partner.id)
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH contact AS (
                    SELECT res_partner.id FROM res_partner
                      JOIN (%(members)s) member
                        ON member.id = res_partner.commercial_partner_id
                )
                SELECT COALESCE((
                    SELECT SUM(line.amount_residual)
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                       AND account.non_trade IS NOT TRUE
                     WHERE line.partner_id IN (SELECT id FROM contact)
                       AND line.parent_state = 'posted'
                       AND line.reconciled IS NOT TRUE
                       AND line.company_id = %(company)s
                ), 0) + COALESCE((
                    SELECT SUM(move.amount_total_signed) FROM account_move move
                     WHERE move.partner_id IN (SELECT id FROM contact)
                       AND move.state = 'draft'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                       AND move.company_id = %(company)s
                ), 0) + COALESCE((
                    SELECT SUM(CASE WHEN move.state = 'posted'
                                    THEN move.amount_residual_signed
                                    ELSE move.amount_total_signed END
                               * line.price_total / NULLIF(move.amount_total, 0))
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                     WHERE line.kehu_customer_id IN (SELECT id FROM contact)
                       AND line.display_type = 'product'
                       AND move.commercial_partner_id NOT IN (SELECT id FROM contact)
                       AND (move.state = 'draft'
                            OR move.state = 'posted' AND move.amount_residual <> 0)
                       AND move.move_type IN ('out_invoice', 'out_refund')
                       AND move.company_id = %(company)s
                ), 0) + COALESCE((
                    SELECT SUM(GREATEST(rest.amount, 0)) FROM (
                        SELECT SUM(CASE WHEN line.is_downpayment
                                        THEN -line.price_unit * line.qty_invoiced
                                        ELSE line.price_total
                                           * GREATEST(line.product_uom_qty
                                                      - line.qty_invoiced, 0)
                                           / NULLIF(line.product_uom_qty, 0) END)
                               / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount
                          FROM sale_order so
                          JOIN sale_order_line line ON line.order_id = so.id
                         WHERE so.partner_id IN (SELECT id FROM contact)
                           AND so.state = 'sale' AND so.company_id = %(company)s
                           AND so.invoice_status <> 'invoiced'
                           AND line.display_type IS NULL
                         GROUP BY so.id, so.currency_rate) rest
                ), 0)
                """,
                members=members,
                company=company.id,
            )
        )
        return float(rows[0][0] or 0)
