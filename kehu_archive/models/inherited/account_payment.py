from odoo import models


class AccountPayment(models.Model):
    """Payments are counted by the account that they went over (R78)."""

    _inherit = "account.payment"

    _kehu_bank_idx = models.Index("(partner_bank_id) WHERE partner_bank_id IS NOT NULL")


class AccountBankStatementLine(models.Model):
    """So are the lines of bank statements that name an account."""

    _inherit = "account.bank.statement.line"

    _kehu_partner_idx = models.Index("(partner_id) WHERE account_number IS NOT NULL")
