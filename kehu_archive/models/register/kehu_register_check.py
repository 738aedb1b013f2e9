from odoo import api, models
from odoo.tools import SQL

from ...registration import uscc
from ...registration.folding import fold_code
from ...registration.width import display_width
from ..inherited.res_partner_code import MAX_CODE_LENGTH
from ..inherited.res_partner_name import MAX_NAME_WIDTH, MAX_SHORT_NAME_WIDTH
from .register_bare import get_number
from .register_row import CODE, NAME, OFFICE, PENDING, VAT


class KehuRegisterLoader(models.AbstractModel):
    """Checks planned rows as the card and the archive are checked by hand."""

    _inherit = "kehu.register.loader"

    @api.model
    def _check_cards(self, rows):
        """Names, codes and tax numbers, as on the card."""
        for row in rows:
            vals = row.vals.get("partner_id")
            if vals is None:
                continue
            if not row.partner_id and not row.text(NAME):
                row.refuse(self.env._("The row names no customer."))
            self._check_width(row, NAME, MAX_NAME_WIDTH)
            self._check_width(row, "partner_id.short_name", MAX_SHORT_NAME_WIDTH)
            if "ref" in vals:
                self._check_code(row)
            if vals.get("vat"):
                self._warn_of_tax_number(row)
            if (row.vals[""] or row.marks) and row.archive_id:
                archive = self.env["kehu.archive"].browse(row.archive_id)
                if archive.state in ("closed", "destroyed"):
                    row.refuse(
                        self.env._("The archive is closed: reopen it first."), CODE
                    )

    @api.model
    def _check_width(self, row, key, limit, text=None):
        width = display_width(row.text(key) if text is None else text)
        if width > limit:
            row.refuse(
                self.env._(
                    "%(width)s characters wide, at most %(limit)s (a Chinese "
                    "character counts as two).",
                    width=width,
                    limit=limit,
                ),
                key,
            )

    @api.model
    def _check_code(self, row, code=None):
        code = code or row.text(CODE)
        folded = fold_code(code)
        if len(code) > MAX_CODE_LENGTH:
            row.refuse(
                self.env._(
                    "The customer code %(code)s is too long: %(length)s characters, "
                    "at most %(max)s.",
                    code=code,
                    length=len(code),
                    max=MAX_CODE_LENGTH,
                ),
                CODE,
            )
        elif not (folded.isascii() and folded.isalnum()):
            row.refuse(
                self.env._(
                    "The customer code %(code)s may hold digits and letters only.",
                    code=code,
                ),
                CODE,
            )

    @api.model
    def _warn_of_tax_number(self, row):
        """A doubtful number is worth a second look, and refuses nothing (R15, R76)."""
        person = row.get("partner_id.customer_nature").raw == "individual"
        country = row.text("partner_id.country_id")
        if country and country not in ("中国", "中华人民共和国", "China"):
            return
        _kind, reason = uscc.check_tax_number(row.text(VAT), legacy=True, person=person)
        if reason:
            row.notes.append(
                self.env._(
                    "%(cell)s: the tax number looks wrong; compare it with the "
                    "business licence.",
                    cell=row.cell(VAT),
                )
            )

    @api.model
    def _check_offices(self, rows, survey):
        """Head offices: registered, topmost, of the same company (R72)."""
        led = [row for row in rows if row.get(OFFICE) and row.vals]
        office_ids = {row.vals["partner_id"].get("head_office_id") for row in led}
        # sudo: the rule also holds for a head office the user may not open.
        offices_sudo = (
            self.env["res.partner"].sudo().browse(office_ids - {None, False, PENDING})
        )
        offices_sudo.fetch(["archive_id", "head_office_id", "company_id", "name"])
        heads = self._find_heads(led)
        for row in led:
            office_id = row.vals["partner_id"].get("head_office_id")
            if not office_id:
                continue
            if survey.offices & ({row.code, row.name} - {""}):
                heads.add(row.partner_id or row)
            if office_id == PENDING:
                reason = False
            else:
                reason = self._get_office_fault(row, offices_sudo.browse(office_id))
            if reason or heads & {row.partner_id or row}:
                row.refuse(
                    reason
                    or self.env._(
                        "%(name)s is the head office of other customers and can have "
                        "none of its own.",
                        name=row.text(NAME) or row.text(CODE),
                    ),
                    OFFICE,
                )

    @api.model
    def _get_office_fault(self, row, office_sudo):
        partner = self.env["res.partner"].browse(row.partner_id or ())
        partner = partner or self.env["res.partner"].new({"name": row.text(NAME)})
        return partner._get_head_office_fault(office_sudo)

    @api.model
    def _find_heads(self, rows):
        """Of the rows' customers, those that have branches already."""
        ids = [row.partner_id for row in rows if row.partner_id]
        if not ids:
            return set()
        return {
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT DISTINCT head_office_id FROM res_partner
                        WHERE head_office_id = ANY(%s)""",
                    ids,
                )
            )
        }

    @api.model
    def _check_twins(self, rows, survey):
        """New rows: no other customer with the tax number or the name there (R92)."""
        new = [row for row in rows if not row.archive_id and not row.errors]
        for row in new:
            self._check_twin_in_file(row, survey)
        new = [row for row in new if not row.errors]
        twins = self.env["res.partner"]._kehu_find_twins(
            [
                {"key": position, **self._describe_customer(row)}
                for position, row in enumerate(new)
            ]
        )
        for position, twin in twins.items():
            row = new[position]
            row.refuse(
                self.env["res.partner"]._kehu_describe_duplicate(
                    self._describe_customer(row)["name"], *twin
                ),
                NAME,
            )

    @api.model
    def _describe_customer(self, row):
        """Say who the customer of a row will be, for the search for its double."""
        vals = row.vals["partner_id"]
        if not row.partner_id:
            return {
                "id": 0,
                "name": row.text(NAME),
                "vat": row.text(VAT),
                "region_id": vals.get("region_id") or 0,
                "head_office_id": row.office_id,
            }
        # Read before, see _check_bare_customers.
        partner = self.env["res.partner"].browse(row.partner_id)
        if "head_office_id" in vals:
            office_id = row.office_id
        else:
            office_id = partner.head_office_id.id or 0
        return {
            "id": row.partner_id,
            "name": vals.get("name", partner.name) or "",
            "vat": vals.get("vat", partner.vat) or "",
            "region_id": vals.get("region_id", partner.region_id.id) or 0,
            "head_office_id": office_id,
        }

    @api.model
    def _check_twin_in_file(self, row, survey):
        """Two new rows may share a tax number when one leads the other.

        They may share a name when each has a tax number of its own.
        """
        customer = self._describe_customer(row)
        twins = [(NAME, (fold_code(customer["name"]), customer["region_id"]))]
        if number := get_number(customer["vat"]):
            twins.append((VAT, number))
        for key, known in twins:
            first = survey.news.setdefault(known, row)
            if first is row or first.is_led_by(row) or row.is_led_by(first):
                continue
            if key == VAT or not (number and fold_code(first.text(VAT))):
                self._refuse_double(row, first, key)
                return

    @api.model
    def _check_keepers(self, rows):
        """New rows: only whom the user may put in charge, by the archives' own rules."""
        allowed = {}
        for row in rows:
            if row.archive_id or row.errors:
                continue
            vals = row.vals["partner_id"]
            keeper = None
            if row.partner_id and "user_id" not in vals:
                keeper = self.env["res.partner"].browse(row.partner_id).user_id
            user_id = keeper.id if keeper else vals.setdefault("user_id", self.env.uid)
            if user_id not in allowed:
                allowed[user_id] = self._may_put_in_charge(user_id)
            if allowed[user_id]:
                continue
            if keeper:
                message = self.env._(
                    "This customer is not registered yet, and in the charge of "
                    "%(keeper)s: ask for its registration.",
                    # sudo: the name of whom to ask.
                    keeper=keeper.sudo().name,
                )
            else:
                message = self.env._(
                    "You may not put this user in charge of a customer."
                )
            row.refuse(message, "user_id")

    @api.model
    def _may_put_in_charge(self, user_id):
        # sudo: the rule's own way to test a record, see ir.rule; team of a colleague.
        user_sudo = self.env["res.users"].sudo().browse(user_id)
        probe = self.env["kehu.archive"].new(
            {
                "user_id": user_id,
                "team_id": user_sudo.sale_team_id.id,
                "company_id": self.env.company.id,
            }
        )
        if self.env.su:
            return True
        domain = self.env["ir.rule"]._compute_domain("kehu.archive", "create")
        return bool(probe.sudo().filtered_domain(domain))
