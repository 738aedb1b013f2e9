from odoo import api, models
from odoo.tools import SQL

from .register_bare import get_number
from .register_row import CODE, NAME, REGION, VAT


class KehuRegisterLoader(models.AbstractModel):
    """Finds whose row it is, and whether the user may change that customer (R92)."""

    _inherit = "kehu.register.loader"

    @api.model
    def _match_rows(self, rows, lookup, survey):
        """Find the customer of each row: by code, else by name and region, tax number.

        First among the registered ones, whoever may read them, then among the others
        that the user may read. sudo is not needed: ids only, and the rights are checked
        next.
        """
        by_code = self.env["res.partner"]._get_codes_in_use(
            [row.code for row in rows if row.code]
        )
        for row in rows:
            row.partner_id = by_code.get(row.code, 0) if row.code else 0
        self._match_by_words([row for row in rows if not row.code], lookup)
        partner_ids = [row.partner_id for row in rows if row.partner_id]
        archives = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, archive_id FROM res_partner WHERE id = ANY(%s)",
                    partner_ids,
                )
            )
        )
        for row in rows:
            row.archive_id = archives.get(row.partner_id, 0)
            if not row.partner_id and not row.errors:
                self._match_bare_customer(row, lookup, survey.bare)

    @api.model
    def _match_by_words(self, rows, lookup):
        """Rows without a code: the one customer of that name there, or tax number."""
        names = {row.name for row in rows if row.name}
        numbers = {get_number(row.text(VAT)) for row in rows} - {""}
        if not names and not numbers:
            return
        by_name, by_number = {}, {}
        query = """SELECT id, upper(normalize(%(column)s, NFKC)), region_id,
                          upper(normalize(vat, NFKC))
                     FROM res_partner
                    WHERE archive_id IS NOT NULL
                      AND upper(normalize(%(column)s, NFKC)) = ANY(%(words)s)"""
        for column, words, found in (
            ("name", names, by_name),
            ("vat", numbers, by_number),
        ):
            sql = SQL(query, column=SQL.identifier(column), words=list(words))
            for partner_id, word, region_id, number in self.env.execute_query(sql):
                known = (partner_id, region_id, get_number(number or ""))
                found.setdefault(word, []).append(known)
        for row in rows:
            number = get_number(row.text(VAT))
            region_id = self._get_region_id(row, lookup)
            # Branches may use the tax number of their head office.
            found = [] if row.depends else by_number.get(number, ())
            found = [partner_id for partner_id, _region, _number in found] or [
                partner_id
                for partner_id, known, its in by_name.get(row.name, ())
                # Two tax numbers are two customers, whatever their names.
                if (not region_id or known == region_id)
                and not (number and its and its != number)
            ]
            if len(found) == 1:
                row.partner_id = found[0]
            elif found:
                row.refuse(
                    self.env._(
                        "Several customers are called “%(text)s”: type the code.",
                        text=row.text(NAME),
                    ),
                    NAME,
                )

    @api.model
    def _get_region_id(self, row, lookup):
        region = row.get(REGION)
        return (region and lookup.convert_key(REGION, region)[0]) or False

    @api.model
    def _check_rights(self, rows):
        """Refuse rows of customers that are not the user's to change."""
        archives = self.env["kehu.archive"].browse(
            row.archive_id for row in rows if row.archive_id
        )
        open_ids = set(archives._filtered_kept().ids)
        partners = self.env["res.partner"].browse(
            row.partner_id for row in rows if row.archive_id in open_ids
        )
        writable_ids = set(partners._filtered_access("write").ids)
        # sudo: to tell that a customer exists and whom to ask, nothing else.
        keepers = {
            archive.id: archive.user_id.name
            for archive in archives.sudo()
            if archive.id not in open_ids
        }
        for row in rows:
            if row.archive_id and (
                row.archive_id not in open_ids or row.partner_id not in writable_ids
            ):
                row.refuse(
                    self.env._(
                        "This customer is registered, and not in your charge. Ask "
                        "%(keeper)s.",
                        keeper=keepers.get(row.archive_id)
                        or self.env._("the archive room"),
                    ),
                    CODE,
                )
