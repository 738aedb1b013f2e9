import functools

from odoo import api, models

from ...registration.folding import fold_code
from ...registration.messages import CellProblem
from ...registration.register import date_of
from ...registration.register_reader import read_content
from ...registration.values import MISSING, NA, REFUSED, Value, ValueState
from .register_row import BANK, CODE, NAME, OFFICE, PARTIES, PENDING
from .register_survey import Survey

_MARKS = {"na": NA, "refused": REFUSED}
_CUSTOMERS = frozenset({OFFICE, *PARTIES})
_SAYING_NOTHING = frozenset(
    {ValueState.MISSING, ValueState.NO_CONSENT, ValueState.WITHHELD}
)
# Nobody is without them.
_ALWAYS_THERE = frozenset({NAME, CODE, "confidentiality", "user_id"})
# A text that Excel cut off says nothing about what came after.
_CELL_LIMIT = 32767
_WEBSITE = "partner_id.website"


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
        survey = Survey(bare=self._find_bare_customers(rows))
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
        self._match_rows(sound, lookup, survey)
        for row in sound:
            if row.partner_id:
                first = survey.customers.setdefault(row.partner_id, row)
                if first is not row:
                    self._refuse_double(row, first, NAME)
        self._check_rights([row for row in sound if not row.errors])
        current = self._read_current(sound, fields)
        lookup.ahead = survey if preview else None
        steps = self._get_steps(fields, lookup)
        for row in sound:
            if not row.errors:
                self._convert_row(row, steps, current.get(row.partner_id), lookup)
        for row in set(rows) - set(sound):
            # Refused already: whoever mends the row wants to know all that is wrong.
            self._convert_row(row, steps, None, lookup)
        self._check_bare_customers(sound)
        self._check_cards(sound)
        self._check_offices(sound, survey)
        self._check_twins(sound, survey)
        self._check_keepers(sound)
        for row in rows:
            if row.errors:
                row.outcome = "refused"
            elif not row.archive_id:
                row.outcome = "register" if row.partner_id else "create"
            else:
                changed = any(row.vals.values()) or row.marks
                row.outcome = "update" if changed else "unchanged"

    # === WHAT CHANGES === #

    @api.model
    def _read_current(self, rows, fields):
        """Return what the register would say today about the rows' customers.

        :return: ``{partner id: {key: Value}}``
        """
        ids = [row.partner_id for row in rows if row.partner_id and not row.errors]
        if not ids:
            return {}
        current = {}
        keys = [fact.key for fact in fields]
        lines = self.env["kehu.archive"]._iter_register_of(fields, ids)
        for partner_id, *contents, marks in lines:
            values = {key: _MARKS[state] for key, state in (marks or {}).items()}
            for fact, key, content in zip(fields, keys, contents, strict=True):
                if content is not None:
                    values[key] = self._read_known(fact, content)
            current[partner_id] = values
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
    def _get_steps(self, fields, lookup):
        """Return what is done with each column of a row.

        :return: column, the record and the field that it is written to, and what
            converts a value; None where that takes more of the row than the value
        """
        return [
            (
                fact,
                *_get_place(fact.key),
                None if _needs_row(fact.key) else lookup.converter(fact),
            )
            for fact in fields
        ]

    @api.model
    def _convert_row(self, row, steps, current, lookup):
        """Fill in what the row writes; what the archive says already is left out."""
        row.vals = {"partner_id": {}, "": {}, BANK: {}}
        if current is None:
            self._convert_new_row(row, steps, lookup)
            self._complete_row(row, lookup)
            return
        for fact, path, name, _convert in steps:
            value = row.get(fact.key)
            known = current.get(fact.key, MISSING)
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
            elif fact.key in _ALWAYS_THERE:
                continue
            else:
                content = False
                row.marks[fact.key] = value.state.value
                if known.state is not ValueState.FILLED:
                    continue
            row.vals[path][name] = content
            row.changes.append((fact.key, known, value))
        self._complete_row(row, lookup)

    @api.model
    def _convert_new_row(self, row, steps, lookup):
        """Fill in what a row of a new customer writes: all that it says."""
        for fact, path, name, convert in steps:
            value = row.values.get(fact.key)
            if value is None:
                continue
            if value.state is ValueState.FILLED:
                content, problem = (
                    convert(value)
                    if convert
                    else self._convert_fact(row, fact, value, lookup)
                )
                if problem:
                    row.refuse(problem, fact.key)
                    continue
                row.vals[path][name] = content
                row.changes.append((fact.key, MISSING, value))
            elif value.state not in _SAYING_NOTHING and fact.key not in _ALWAYS_THERE:
                row.marks[fact.key] = value.state.value

    @api.model
    def _convert_fact(self, row, fact, value, lookup):
        key = fact.key
        if key in _CUSTOMERS:
            return self._convert_customer(row, fact, value, lookup)
        if key == _WEBSITE:
            return self.env["res.partner"]._clean_website(value.text), ""
        if key.startswith(BANK):
            return value.text, ""
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
        if fact.key.startswith(BANK) or fact.kind == "selection":
            return False
        if fact.kind == "char" and lookup.orm_field(fact.key).type != "many2one":
            return False
        before, problem = self._convert_fact(row, fact, known, lookup)
        return not problem and before == content

    @api.model
    def _complete_row(self, row, lookup):
        """Let the industry follow its words, and a bank have an account."""
        vals = row.vals["partner_id"]
        words = row.get("partner_id.industry_text")
        stated = row.get("partner_id.industry_id")
        if "industry_text" in vals and not stated and words:
            industry_id = lookup.industry_of(words.text)
            if industry_id:
                vals["industry_id"] = industry_id
        account = row.get(f"{BANK}.acc_number")
        if row.vals[BANK].get("bank_id") and not account and not row.partner_id:
            row.refuse(
                self.env._("The bank stands there without an account."),
                f"{BANK}.bank_id",
            )


@functools.cache
def _get_place(key):
    """Return the record and the field that a fact is written to."""
    path, _dot, name = key.rpartition(".")
    return ("partner_id" if key == "user_id" else path), name


def _needs_row(key):
    """Tell whether :meth:`_convert_fact` does more than the lookup does."""
    return key in _CUSTOMERS or key == _WEBSITE or key.startswith(BANK)


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
