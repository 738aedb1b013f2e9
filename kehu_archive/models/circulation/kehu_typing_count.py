from odoo import api, fields, models
from odoo.tools import SQL


class KehuTypingCount(models.Model):
    """How often a user was told of doubles while typing, within this hour (R92, N11).

    One row for each user, counted on in one statement: asking while somebody types has
    to be quick, and nobody shall find out all customers by it.
    """

    _name = "kehu.typing.count"
    _description = "Count of What Was Typed Within an Hour"
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", help="Who typed."
    )
    hour = fields.Datetime(required=True, help="The hour that is counted.")
    count = fields.Integer(required=True, help="Values looked up within the hour.")

    _user_uniq = models.UniqueIndex("(user_id)", "A user is counted once.")

    @api.model
    def _count(self, number):
        """Count values that the present user has looked up.

        :param int number: how many more
        :return: how many within this hour, these included
        :rtype: int
        """
        ((count,),) = self.env.execute_query(
            SQL(
                """INSERT INTO kehu_typing_count AS counted (user_id, hour, count)
                   VALUES (%(user)s, date_trunc('hour', %(now)s::timestamp), %(number)s)
                   ON CONFLICT (user_id) DO UPDATE SET
                       count = EXCLUDED.count + CASE
                           WHEN counted.hour = EXCLUDED.hour THEN counted.count
                           ELSE 0 END,
                       hour = EXCLUDED.hour
                   RETURNING count""",
                user=self.env.uid,
                now=fields.Datetime.now(),
                number=number,
            )
        )
        return count
