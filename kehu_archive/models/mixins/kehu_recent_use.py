from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

_SCOPE = "kehu_archive.recent_use"
_WINDOW = timedelta(hours=1)


class KehuRecentUse(models.Model):
    """Counts what is allowed only so often within sixty minutes (R92, N11).

    One row for each key and second: the window moves with the clock and does not begin
    anew with the hour. Whose uses are counted is kept as a keyed digest, for a day.
    Uses that the server works on in the same moment may pass together.
    """

    _name = "kehu.recent.use"
    _description = "Uses Within the Last Hour"
    _log_access = False
    _rec_name = "used_at"

    key = fields.Char(required=True, help="Whose uses are counted, as a digest.")
    used_at = fields.Datetime(
        required=True, index=True, help="The second of these uses."
    )
    number = fields.Integer(required=True, help="How many uses in this second.")

    _key_uniq = models.UniqueIndex("(key, used_at)", "A second is counted once.")

    @api.model
    def _is_over(self, key, limit):
        """Tell whether the uses of the last hour have reached a limit.

        :param str key: whose uses
        :param int limit: how many are allowed
        :rtype: bool
        """
        ((used,),) = self.env.execute_query(
            SQL("SELECT (%s)", self._get_used_sql(self._digest(key)))
        )
        return used >= limit

    @api.model
    def _count(self, key, number=1, limit=0):
        """Count uses, in one statement; those beyond the limit are not counted.

        :param str key: whose uses
        :param int number: how many
        :param int limit: how many are allowed within an hour; 0 for no limit
        :return: whether they are allowed
        :rtype: bool
        """
        digest = self._digest(key)
        counted = self.env.execute_query(
            SQL(
                """INSERT INTO kehu_recent_use AS known (key, used_at, number)
                   SELECT %(key)s, %(now)s, %(number)s
                    WHERE %(limit)s = 0 OR (%(used)s) + %(number)s <= %(limit)s
                   ON CONFLICT (key, used_at) DO UPDATE
                      SET number = known.number + EXCLUDED.number
                RETURNING id""",
                key=digest,
                now=fields.Datetime.now(),
                number=number,
                limit=limit,
                used=self._get_used_sql(digest),
            )
        )
        return bool(counted)

    @api.model
    def _get_used_sql(self, digest):
        return SQL(
            "SELECT coalesce(sum(number), 0) FROM kehu_recent_use"
            " WHERE key = %s AND used_at > %s",
            digest,
            fields.Datetime.now() - _WINDOW,
        )

    @api.model
    def _digest(self, key):
        # sudo: the database's secret is out of reach.
        return hmac(self.sudo().env, _SCOPE, key)

    @api.autovacuum
    def _gc_uses(self):
        """Forget uses after a day."""
        self.env.execute_query(
            SQL(
                "DELETE FROM kehu_recent_use WHERE used_at < %s RETURNING id",
                fields.Datetime.now() - timedelta(days=1),
            )
        )
