from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

from ...registration import uscc
from ...registration.folding import fold_code
from ...registration.messages import CellProblem
from ...registration.register import date_of
from ...registration.register_reader import read_content
from ...registration.values import MISSING, NA, REFUSED, Value, ValueState
from ...registration.width import display_width
from ..inherited.res_partner_code import MAX_CODE_LENGTH
from ..inherited.res_partner_name import MAX_NAME_WIDTH, MAX_SHORT_NAME_WIDTH
from .register_row import CODE, NAME, OFFICE, PARTIES, REGION, VAT

_MARKS = {"na": NA, "refused": REFUSED}
# A text that Excel cut off says nothing about what came after.
_CELL_LIMIT = 32767
_BANK = "partner_id.bank_ids"
# Stands for a customer that a preview sees in the file, and not yet in the database.
PENDING = "pending"


@dataclass
class Survey:
    """What a whole file says, so that its rows can lean on each other.

    :param dict codes: ``{folded code: first row with it}``
    :param dict names: ``{folded full or short name: rows}``
    :param set offices: folded codes and names that rows give as their head office
    :param dict archives: ``{archive id: row that is about it}``, as rows are planned
    :param dict news: ``{tax number or (name, region): row}`` of the new customers
    """

    codes: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    offices: set = field(default_factory=set)
    archives: dict = field(default_factory=dict)
    news: dict = field(default_factory=dict)

    def find(self, value):
        """Return the row of the file that a value names, or None."""
        text = fold_code(value.raw or value.text)
        if row := self.codes.get(text):
            return row
        rows = self.names.get(text, ())
        return rows[0] if len(rows) == 1 else None


class KehuRegisterLoader(models.AbstractModel):
    """What becomes of the rows of a register: first the plan, then the writing.

    Works on a thousand rows at a time with a handful of queries each, as the user.
    """

    _name = "kehu.register.loader"
    _description = "Register Import"

    # === THE WHOLE FILE === #

    @api.model
    def _survey_rows(self, rows):
        """Look at all rows of a file: refuse doubles, remember who names whom.

        :param rows: all :class:`~.register_row.RegisterRow` of the file
        :rtype: Survey
        """
        survey = Survey()
        for row in rows:
            if row.code and survey.codes.setdefault(row.code, row) is not row:
                self._refuse_double(row, survey.codes[row.code], CODE)
            for name in {row.name, fold_code(row.text("partner_id.short_name"))}:
                if name:
                    survey.names.setdefault(name, []).append(row)
            office = row.get(OFFICE)
            if office.state is ValueState.FILLED and not row.names_itself(office):
                survey.offices.add(fold_code(office.raw or office.text))
        return survey

    @api.model
    def _refuse_double(self, row, first, key):
        row.refuse(
            self.env._(
                "The same customer stands in row %(row)s already.", row=first.number
            ),
            key,
        )

    # === THE PLAN === #

    @api.model
    def _plan_rows(self, rows, fields, lookup, survey, preview=False):
        """Say for each row what becomes of it, and fill in what to write.

        :param rows: up to a thousand rows
        :param fields: columns of the file
        :param lookup: :class:`~.register_lookup.RegisterLookup`
        :param Survey survey: of the whole file
        :param bool preview: rows before these are not written yet
        """
        sound = [row for row in rows if not row.errors]
        lookup.prepare(rows, fields)
        self._match_rows(sound, lookup)
        for row in sound:
            if row.archive_id:
                first = survey.archives.setdefault(row.archive_id, row)
                if first is not row:
                    self._refuse_double(row, first, NAME)
        self._check_rights([row for row in sound if not row.errors])
        current = self._read_current(sound, fields)
        lookup.ahead = survey if preview else None
        for row in sound:
            if not row.errors:
                self._convert_row(row, fields, current.get(row.archive_id), lookup)
        for row in set(rows) - set(sound):
            # Refused already: whoever mends the row wants to know all that is wrong.
            self._convert_row(row, fields, None, lookup)
        self._check_cards(sound)
        self._check_offices(sound, survey)
        self._check_twins(sound, survey)
        self._check_keepers(sound)
        for row in rows:
            if row.errors:
                row.outcome = "refused"
            elif not row.archive_id:
                row.outcome = "create"
            else:
                changed = any(row.vals.values()) or row.marks
                row.outcome = "update" if changed else "unchanged"

    # === WHOSE ROW IT IS === #

    @api.model
    def _match_rows(self, rows, lookup):
        """Find the archive of each row: by code, else by name and region, tax number.

        sudo is not needed: ids only, and the rights are checked next.
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

    @api.model
    def _match_by_words(self, rows, lookup):
        """Rows without a code: the one customer of that name there, or tax number."""
        names = {row.name for row in rows if row.name}
        numbers = {fold_code(row.text(VAT)) for row in rows} - {""}
        if not names and not numbers:
            return
        by_name, by_number = {}, {}
        query = """SELECT id, upper(normalize(%(column)s, NFKC)), region_id
                     FROM res_partner
                    WHERE archive_id IS NOT NULL
                      AND upper(normalize(%(column)s, NFKC)) = ANY(%(words)s)"""
        for column, words, found in (
            ("name", names, by_name),
            ("vat", numbers, by_number),
        ):
            sql = SQL(query, column=SQL.identifier(column), words=list(words))
            for partner_id, word, region_id in self.env.execute_query(sql):
                found.setdefault(word, []).append((partner_id, region_id))
        for row in rows:
            region = row.get(REGION)
            region_id = region and lookup.convert_key(REGION, region)[0]
            found = [
                partner_id
                for partner_id, known in by_name.get(row.name, ())
                if not region_id or known == region_id
            ] or [
                partner_id
                for partner_id, _region in by_number.get(fold_code(row.text(VAT)), ())
                if not row.depends
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

    # === WHAT CHANGES === #

    @api.model
    def _read_current(self, rows, fields):
        """Return what the register would say today about the rows' archives.

        :return: ``{archive id: {key: Value}}``
        """
        ids = [row.archive_id for row in rows if row.archive_id and not row.errors]
        if not ids:
            return {}
        current = {}
        keys = [fact.key for fact in fields]
        model = self.env["kehu.archive"]
        for archive_id, *contents, marks in model._iter_register(
            fields, [("id", "in", ids)]
        ):
            values = {key: _MARKS[state] for key, state in (marks or {}).items()}
            for fact, key, content in zip(fields, keys, contents, strict=True):
                if content is not None:
                    values[key] = self._read_known(fact, content)
            current[archive_id] = values
        return current

    @api.model
    def _read_known(self, fact, content):
        """Read a content that the database gave, which may be older than our rules."""
        if fact.kind == "selection":
            return Value.filled(raw=content)
        if fact.kind == "date":
            content = date_of(content)
        try:
            return read_content(fact, content)
        except CellProblem:
            return Value.filled(str(content))

    @api.model
    def _convert_row(self, row, fields, current, lookup):
        """Fill in what the row writes; what the archive says already is left out."""
        row.vals = {"partner_id": {}, "": {}, _BANK: {}}
        for fact in fields:
            value = row.get(fact.key)
            known = (current or {}).get(fact.key, MISSING)
            if not value or value.is_hidden:
                continue
            if known is not MISSING and _is_same(fact, value, known):
                continue
            if value.state is ValueState.FILLED:
                content, problem = self._convert_fact(row, fact, value, lookup)
                if problem:
                    row.refuse(problem, fact.key)
                    continue
                if known is not MISSING and self._means_same(
                    row, fact, content, known, lookup
                ):
                    continue
                if known.state in (ValueState.NA, ValueState.REFUSED):
                    row.marks[fact.key] = "missing"
            elif fact.key in (NAME, CODE, "confidentiality", "user_id"):
                # Nobody is without them.
                continue
            else:
                content = False
                row.marks[fact.key] = value.state.value
                if known.state is not ValueState.FILLED:
                    continue
            path, _dot, name = fact.key.rpartition(".")
            if fact.key == "user_id":
                path = "partner_id"
            row.vals[path][name] = content
            row.changes.append((fact.key, known, value))
        self._complete_row(row, fields, lookup)

    @api.model
    def _convert_fact(self, row, fact, value, lookup):
        if fact.key.startswith(_BANK):
            return value.text, ""
        if fact.key == OFFICE or fact.key in PARTIES:
            return self._convert_customer(row, fact, value, lookup)
        if fact.key == "partner_id.website":
            return self.env["res.partner"]._clean_website(value.text), ""
        return lookup.convert(fact, value)

    @api.model
    def _convert_customer(self, row, fact, value, lookup):
        """A head office or a party: 本户, 总公司, or another customer's code."""
        office = row.get(OFFICE)
        if fact.key == OFFICE:
            if row.names_itself(value):
                return False, ""
            return self._find_customer(row, fact, value, lookup)
        if value.raw == "self":
            # With a head office, the own name has to be said: empty means its choice.
            return ("self" if office and not row.names_itself(office) else False), ""
        if value.raw == "head_office":
            if not office:
                # sudo is not needed: the customer is the user's to write.
                partner = self.env["res.partner"].browse(row.partner_id or ())
                if partner.head_office_id:
                    return partner.head_office_id.id, ""
                return False, self.env._(
                    "%(label)s is the head office, and the customer has none.",
                    label=fact.label,
                )
            return self._convert_customer(row, lookup.fact(OFFICE), office, lookup)
        return self._find_customer(row, fact, value, lookup)

    @api.model
    def _find_customer(self, row, fact, value, lookup):
        """Find another customer, in a preview also one that the file is to bring."""
        content, problem = lookup.convert(fact, value)
        other = problem and lookup.ahead and lookup.ahead.find(value)
        if not other or other is row:
            return content, problem
        if other.errors:
            return False, self.env._(
                "Row %(row)s, which it names, is refused.", row=other.number
            )
        office = other.get(OFFICE)
        if fact.key == OFFICE and office and not other.names_itself(office):
            return False, self.env._(
                "%(name)s belongs to %(office)s: choose the topmost company.",
                name=other.text(NAME),
                office=office.text or office.raw,
            )
        return PENDING, ""

    @api.model
    def _means_same(self, row, fact, content, known, lookup):
        """Tell whether the archive holds the very record in other words."""
        if known.state is not ValueState.FILLED:
            return False
        if fact.kind not in ("code", "party", "char", "selection"):
            return False
        if fact.key.startswith(_BANK) or fact.kind == "selection":
            return False
        if fact.kind == "char" and lookup.orm_field(fact.key).type != "many2one":
            return False
        before, problem = self._convert_fact(row, fact, known, lookup)
        return not problem and before == content

    @api.model
    def _complete_row(self, row, fields, lookup):
        """Let the industry follow its words, and a bank have an account."""
        vals = row.vals["partner_id"]
        words = row.get("partner_id.industry_text")
        stated = row.get("partner_id.industry_id")
        if "industry_text" in vals and not stated and words:
            industry_id = lookup.industry_of(words.text)
            if industry_id:
                vals["industry_id"] = industry_id
        account = row.get(f"{_BANK}.acc_number")
        if row.vals[_BANK].get("bank_id") and not account and not row.archive_id:
            row.refuse(
                self.env._("The bank stands there without an account."),
                f"{_BANK}.bank_id",
            )

    # === CHECKS === #

    @api.model
    def _check_cards(self, rows):
        """Names, codes and tax numbers, as on the card."""
        for row in rows:
            vals = row.vals.get("partner_id")
            if vals is None:
                continue
            if not row.archive_id and not row.text(NAME):
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
    def _check_width(self, row, key, limit):
        width = display_width(row.text(key))
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
    def _check_code(self, row):
        code = row.text(CODE)
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
        elif not (row.code.isascii() and row.code.isalnum()):
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
                {
                    "key": position,
                    "name": row.text(NAME),
                    "vat": row.text(VAT),
                    "region_id": row.vals["partner_id"].get("region_id") or 0,
                    "head_office_id": row.office_id,
                    "id": 0,
                }
                for position, row in enumerate(new)
            ]
        )
        for position, twin in twins.items():
            row = new[position]
            row.refuse(
                self.env["res.partner"]._kehu_describe_duplicate(row.text(NAME), *twin),
                NAME,
            )

    @api.model
    def _check_twin_in_file(self, row, survey):
        """Two new rows may share a tax number when one leads the other.

        They may share a name when each has a tax number of its own.
        """
        region_id = row.vals["partner_id"].get("region_id") or 0
        twins = [(NAME, (row.name, region_id))]
        if number := fold_code(row.text(VAT)):
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
            user_id = vals.setdefault("user_id", self.env.uid)
            if user_id not in allowed:
                allowed[user_id] = self._may_put_in_charge(user_id)
            if not allowed[user_id]:
                row.refuse(
                    self.env._("You may not put this user in charge of a customer."),
                    "user_id",
                )

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


def _is_same(fact, value, known):
    """Tell whether a sheet says what the register would say."""
    if value == known:
        return True
    if value.state is not ValueState.FILLED or known.state is not ValueState.FILLED:
        return False
    if fact.kind == "selection":
        return value.raw == known.raw
    if fact.kind in ("code", "party") and value.raw and known.raw:
        return fold_code(value.raw) == fold_code(known.raw)
    if fact.kind in ("char", "text") and len(value.text) >= _CELL_LIMIT:
        return known.text.startswith(value.text[:_CELL_LIMIT])
    if fact.key == CODE:
        return fold_code(value.text) == fold_code(known.text)
    return False
