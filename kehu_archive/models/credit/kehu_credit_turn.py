from odoo import api, fields, models
from odoo.tools import SQL


class KehuCreditTurn(models.Model):
    """Whose turn it is to use up what is left of a credit limit.

    Two people who confirm at the same moment read the same debts, and each order would
    fit. Whoever is about to use a limit up counts its turns on: the second one waits,
    cannot go on from what it read, and is tried anew by Odoo, which now sees the first.
    """

    _name = "kehu.credit.turn"
    _description = "Turn to Use a Credit Limit Up"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="Whose limit it is.",
    )
    number = fields.Integer(
        required=True, readonly=True, help="How many documents asked for it."
    )

    _partner_uniq = models.UniqueIndex("(partner_id)", "A customer has one turn.")

    @api.model
    def _take(self, partner_ids):
        """Wait for the turn of some limits, to the end of the transaction.

        :param partner_ids: ids of the customers whose limits they are
        :raise psycopg2.errors.SerializationFailure: when somebody else used one of them
            since the transaction began
        """
        if not partner_ids:
            return
        self.env.cr.execute(
            # In one order, so that two never wait for each other.
            SQL(
                """
                INSERT INTO kehu_credit_turn (partner_id, number)
                SELECT id, 1 FROM unnest(%s::int[]) id ORDER BY id
                    ON CONFLICT (partner_id) DO UPDATE
                   SET number = kehu_credit_turn.number + 1
                """,
                list(set(partner_ids)),
            )
        )
        self.invalidate_model()
