from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac

_SCOPE = "kehu_archive.link_use"
_WINDOW = timedelta(hours=1)


class KehuLinkUse(models.Model):
    """Counts the uses of persons' links, so that nobody can try them out.

    Addresses are kept as a keyed digest only, and for a day.
    """

    _name = "kehu.link.use"
    _description = "Use of a Person's Link"
    _log_access = False
    _rec_name = "used_at"

    key = fields.Char(
        required=True, index=True, help="Whose uses are counted, as a digest."
    )
    used_at = fields.Datetime(required=True, index=True, help="When.")

    @api.model
    def _is_over(self, key, limit):
        """Tell whether a key was used too often within an hour.

        :param str key: an address, or a person
        :param int limit: how many uses are allowed
        """
        since = fields.Datetime.now() - _WINDOW
        # sudo: visitors have no rights; they learn nothing from the count.
        return (
            self.sudo().search_count(
                [("key", "=", self._digest(key)), ("used_at", ">", since)], limit=limit
            )
            >= limit
        )

    @api.model
    def _count(self, key):
        # sudo: visitors have no rights; a use is counted for everybody.
        self.sudo().create(
            [{"key": self._digest(key), "used_at": fields.Datetime.now()}]
        )

    @api.model
    def _digest(self, key):
        # sudo: the database's secret is out of reach.
        return hmac(self.sudo().env, _SCOPE, key)

    @api.autovacuum
    def _gc_uses(self):
        """Forget uses after a day."""
        self.sudo().search(
            [("used_at", "<", fields.Datetime.now() - timedelta(days=1))]
        ).unlink()
