import secrets

from odoo import api, fields, models
from odoo.tools import SQL

_BYTES = 12
SCANNED_MODELS = ("kehu.archive", "kehu.cabinet", "kehu.place")


class KehuScanCode(models.Model):
    """What a label's QR code stands for.

    The code is random and says nothing. Whoever scans or guesses one gets what he may
    open anyway, and nothing else: a code is no key.
    """

    _name = "kehu.scan.code"
    _description = "Code of a Label"
    _log_access = False
    _rec_name = "token"

    token = fields.Char(required=True, help="What is in the QR code's address.")
    res_model = fields.Char(required=True, help="What kind of thing the label is on.")
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, help="Which one."
    )

    _token_uniq = models.UniqueIndex("(token)", "A code stands for one thing.")
    _record_uniq = models.UniqueIndex("(res_model, res_id)", "A thing has one code.")

    @api.model
    def _get_tokens(self, records):
        """Return the code of each record, made where there is none, all at once.

        :param records: archives, cabinets or places
        :return: {record id: token}
        :rtype: dict[int, str]
        """
        if records._name not in SCANNED_MODELS:
            raise ValueError(f"no labels for {records._name}")
        if not records:
            return {}
        # The letter in front keeps a code of digits from being taken for a number.
        rows = [
            (f"k{secrets.token_hex(_BYTES)}", records._name, number)
            for number in records.ids
        ]
        if not self.env.cr.readonly:
            return self._make_tokens(self.env, records._name, rows)
        # Reports are printed in read-only transactions, perhaps on a replica.
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, {})
            return self._make_tokens(env, records._name, rows)

    @api.model
    def _make_tokens(self, env, model, rows):
        env.cr.execute_values(
            """INSERT INTO kehu_scan_code (token, res_model, res_id) VALUES %s
               ON CONFLICT (res_model, res_id) DO NOTHING""",
            rows,
        )
        found = env.execute_query(
            SQL(
                """SELECT res_id, token FROM kehu_scan_code
                    WHERE res_model = %s AND res_id IN %s""",
                model,
                tuple(row[2] for row in rows),
            )
        )
        return dict(found)

    @api.model
    def _get_urls(self, records):
        """Return the address in each record's QR code.

        :return: {record id: address}
        :rtype: dict[int, str]
        """
        base = self.get_base_url()
        return {
            number: f"{base}/kehu/scan/{token}"
            for number, token in self._get_tokens(records).items()
        }

    @api.model
    def _resolve(self, token):
        """Return what a code stands for, in the present user's environment.

        Nothing is checked here: the caller asks for access, and gives the same answer
        where there is no such thing and where it is closed.

        :return: an archive, cabinet or place, or None
        """
        # sudo: nobody has rights on the codes; only the record's id is taken.
        code_sudo = self.sudo().search([("token", "=", token)], limit=1)
        if not code_sudo or code_sudo.res_model not in SCANNED_MODELS:
            return None
        return self.env[code_sudo.res_model].browse(code_sudo.res_id).exists() or None
