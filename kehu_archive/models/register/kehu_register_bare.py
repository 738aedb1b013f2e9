from odoo import api, models
from odoo.tools import SQL

from ...registration.folding import fold_code
from ..inherited.res_partner_name import MAX_NAME_WIDTH, MAX_SHORT_NAME_WIDTH
from .register_bare import BareCustomers, get_number
from .register_row import BANK, CODE, NAME, VAT

# So many are named to whoever has to choose.
_NAMED = 5


class KehuRegisterLoader(models.AbstractModel):
    """Registers customers that are in the address book already (R92).

    A row about one of them makes no second one: it completes its card and makes its
    archive, under the same checks as registering by hand.
    """

    _inherit = "kehu.register.loader"

    @api.model
    def _find_bare_customers(self, rows):
        """Find the partners without an archive that rows of a file may be about.

        One pass over the table for the whole file: there is no index of those.

        :param rows: all rows of the file
        :return: of those that the user may read
        :rtype: BareCustomers
        """
        words = {
            "ref": {row.code for row in rows},
            "vat": {get_number(row.text(VAT)) for row in rows},
            "name": {row.name for row in rows},
        }
        queries = [
            SQL(
                """SELECT partner.id FROM res_partner partner
                     JOIN unnest(%s::text[]) AS word
                       ON word = upper(normalize(partner.%s, NFKC))
                    WHERE partner.archive_id IS NULL AND partner.active
                      AND partner.commercial_partner_id = partner.id""",
                sorted(some - {""}),
                SQL.identifier(column),
            )
            for column, some in words.items()
        ]
        self.env["res.partner"].flush_model(
            ["ref", "vat", "name", "active", "archive_id", "commercial_partner_id"]
        )
        found = self.env.execute_query(SQL(" UNION ").join(queries))
        # The search keeps the user's rules: nobody learns of other partners.
        partners = self.env["res.partner"].search(
            [("id", "in", [row[0] for row in found])]
        )
        partners.fetch(["ref", "vat", "name", "region_id"])
        return BareCustomers(partners.filtered(lambda rec: rec._kehu_is_customer()))

    @api.model
    def _match_bare_customer(self, row, lookup, bare):
        """Find the unregistered customer that a row is about, if there is one.

        :param BareCustomers bare: those that may be meant
        """
        number = get_number(row.text(VAT))
        found = bare.find(row, number, self._get_region_id(row, lookup))
        if not found:
            return
        if len(found) > 1:
            row.refuse(self._describe_choice(found), NAME)
            return
        (customer,) = found
        if number and customer.number and customer.number != number:
            row.refuse(
                self.env._(
                    "%(name)s has this code and another tax number, %(number)s: correct "
                    "one of them.",
                    name=self.env["res.partner"].browse(customer.id).name,
                    number=customer.number,
                ),
                CODE,
            )
            return
        row.partner_id = customer.id

    @api.model
    def _describe_choice(self, customers):
        """Name the customers that could be meant; the user may read all of them."""
        partners = self.env["res.partner"].browse(
            customer.id for customer in customers[:_NAMED]
        )
        return self.env._(
            "%(count)s customers that are not registered yet could be meant: "
            "%(customers)s. Write the reference of the right one into the register as "
            "its code, or merge them.",
            count=len(customers),
            customers="; ".join(
                " ".join(filter(None, (rec.name, rec.ref, rec.vat, rec.city)))
                + f" (ID {rec.id})"
                for rec in partners
            ),
        )

    # === CHECKS === #

    @api.model
    def _check_bare_customers(self, rows):
        """What stands on the card already has to be fit for registration, too."""
        bare = [
            row
            for row in rows
            if row.partner_id and not row.archive_id and not row.errors
        ]
        partners = self.env["res.partner"].browse(row.partner_id for row in bare)
        partners.fetch(["name", "short_name", "ref", "vat", "region_id", "user_id"])
        writable_ids = set(partners._filtered_access("write").ids)
        taken = self.env["res.partner"]._get_codes_in_use(
            [fold_code(partner.ref) for partner in partners if partner.ref]
        )
        for row, partner in zip(bare, partners, strict=True):
            vals = row.vals["partner_id"]
            changed = vals or any(row.vals[BANK].values())
            if changed and row.partner_id not in writable_ids:
                row.refuse(
                    self.env._("You may not change %(name)s.", name=partner.name), NAME
                )
            if "name" not in vals:
                self._check_width(row, NAME, MAX_NAME_WIDTH, partner.name)
            if "short_name" not in vals:
                key = "partner_id.short_name"
                self._check_width(row, key, MAX_SHORT_NAME_WIDTH, partner.short_name)
            if "ref" not in vals and partner.ref:
                self._check_code(row, partner.ref)
                if fold_code(partner.ref) in taken:
                    row.refuse(
                        self.env._(
                            "The customer code %(code)s of %(name)s is already in use.",
                            code=partner.ref,
                            name=partner.name,
                        ),
                        CODE,
                    )
            self._note_new_code(row, partner)

    @api.model
    def _note_new_code(self, row, partner):
        """A reference that gives way to another code is worth a second look."""
        code = row.vals["partner_id"].get("ref")
        if partner.ref and code and fold_code(code) != fold_code(partner.ref):
            row.notes.append(
                self.env._(
                    "%(cell)s: the reference of %(name)s changes from %(old)s to "
                    "%(new)s.",
                    cell=row.cell(CODE),
                    name=partner.name,
                    old=partner.ref,
                    new=code,
                )
            )

    # === WRITING === #

    @api.model
    def _register_rows(self, rows):
        """Complete the cards of unregistered customers and make their archives."""
        if not rows:
            return
        self._write_cards(rows)
        self._make_archives(rows)
        self._write_accounts(rows)
        self._write_marks(rows)
        # What the archive says is new altogether; the card may have said otherwise.
        for row in rows:
            row.changes = [line for line in row.changes if _is_on_card(line[0])]
        self._log_changes(rows)


def _is_on_card(key):
    return key.startswith("partner_id.") or key == "user_id"
