from functools import partial

from odoo.exceptions import UserError

from ...registration import register
from ...registration.folding import fold_code, fold_text
from ...registration.kinds import find_option
from ...registration.values import ValueState


class RegisterLookup:
    """Finds what the words of whole columns mean; each word is looked up once.

    Everything is searched with the user's rights; nothing is made.
    """

    def __init__(self, model):
        """Keep the tools.

        :param model: ``kehu.archive`` as the user
        """
        self.model = model.with_context(active_test=False)
        self.env = self.model.env
        # Names of places and options are those of the document.
        self.document = self.model.with_context(lang=model._get_form_lang())
        #: The :class:`Survey` of the file whose rows count as if they were written.
        self.ahead = None
        self._found = {}
        self._orm_fields = {}
        self._converters = {}

    def orm_field(self, key):
        """Return the ORM field that a column's key leads to."""
        if key not in self._orm_fields:
            self._orm_fields[key] = self.model._get_fact_field(key)
        return self._orm_fields[key]

    def fact(self, key):
        """Return the column's definition."""
        return register.FIELDS[key]

    def convert_key(self, key, value):
        """Return :meth:`convert` for the column with that key."""
        return self.convert(register.FIELDS[key], value)

    def industry_of(self, words):
        """Return the id of the industry that the words of the form mean, or False."""
        found = self._found.setdefault("industry words", {})
        if words not in found:
            labels = self.env["kehu.industry.label"]
            found[words] = labels.resolve_text(words)["industry_id"]
        return found[words]

    def prepare(self, rows, fields):
        """Look the codes of all rows up with one query for each column."""
        for fact in fields:
            orm_field = self.orm_field(fact.key)
            if orm_field.type != "many2one" or fact.kind not in ("code", "party"):
                continue
            codes = {
                fold_code(value.raw)
                for value in (row.get(fact.key) for row in rows)
                if value.state is ValueState.FILLED and value.raw
            }
            self._prepare_codes(orm_field.comodel_name, codes)

    def _prepare_codes(self, comodel_name, codes):
        found = self._found.setdefault(comodel_name, {})
        codes = [code for code in codes if code not in found]
        if not codes:
            return
        comodel = self.env[comodel_name]
        if comodel_name == "res.partner":
            ids = comodel._get_codes_in_use(codes)
            readable = set(comodel._search([("id", "in", list(ids.values()))]))
            found.update(
                (code, (partner_id, ""))
                for code, partner_id in ids.items()
                if partner_id in readable
            )
            return
        for record in comodel.search_fetch([("code", "in", codes)], ["code"]):
            found[record.code] = (record.id, "")

    def forget_customers(self):
        """Customers that were not there a moment ago may be there now."""
        self._found.pop("res.partner", None)

    def convert(self, fact, value):
        """Return what the ORM writes for a value, and the problem with it.

        :param fact: the column
        :param value: a filled value
        :return: ``(content, sentence)``; the sentence is empty when all is well
        :rtype: tuple
        """
        return self.converter(fact)(value)

    def converter(self, fact):
        """Return :meth:`convert` for one column, to be called with its values."""
        if fact.key not in self._converters:
            orm_field = self.orm_field(fact.key)
            if orm_field.type == "many2one":
                convert = partial(self._find, orm_field.comodel_name, fact)
            elif orm_field.type == "integer":
                convert = _convert_integer
            elif orm_field.type == "float":
                convert = _convert_float
            elif fact.kind in ("char", "text"):
                convert = _convert_text
            else:
                convert = _convert_raw
            self._converters[fact.key] = convert
        return self._converters[fact.key]

    def _find(self, comodel_name, fact, value):
        found = self._found.setdefault(comodel_name, {})
        text = value.raw or value.text
        known = fold_code(text)
        if known not in found:
            finder = _FINDERS.get(comodel_name, RegisterLookup._find_coded)
            found[known] = finder(self, comodel_name, fact, text)
        return found[known]

    # === FINDERS: (record id or False, problem) === #

    def _find_coded(self, comodel_name, _fact, text):
        answer = self.env[comodel_name].resolve_code(text)
        return answer.get("id", False), answer.get("error", "")

    def _find_customer(self, comodel_name, _fact, text):
        answer = self.env[comodel_name].kehu_resolve_customer_code(text)
        return answer.get("id", False), answer.get("error", "")

    def _find_nature(self, comodel_name, fact, text):
        """The box of the form; several natures may share one, the first stands."""
        option = find_option(fact.options, text)
        code = option.code if option else text
        nature = self.env[comodel_name].search([("form_option", "=", code)], limit=1)
        return nature.id, ""

    def _find_place(self, comodel_name, fact, text):
        try:
            comodel = self.document.env[comodel_name]
            place = self.model._find_form_place(comodel, fact, text)
        except UserError as error:
            return False, str(error)
        return place.id, ""

    def _find_bank(self, comodel_name, _fact, text):
        # sudo: names of banks are common knowledge, as on the form.
        banks_sudo = self.env[comodel_name].sudo()
        bank = banks_sudo.search([("name", "=", text)], limit=1)
        return bank.id, ""

    def _find_user(self, comodel_name, fact, text):
        name = fold_text(text)
        users = self.env[comodel_name].with_context(active_test=True)
        domain = [("share", "=", False)]
        found = users.search([*domain, ("login", "=", name)], limit=1)
        found = found or users.search([*domain, ("name", "=", name)], limit=2)
        if len(found) == 1:
            return found.id, ""
        if found:
            return False, self.env._(
                "Several users are called “%(text)s”: write the login.", text=text
            )
        return False, self.env._(
            "There is no user “%(text)s” (%(label)s).", text=text, label=fact.label
        )


def _convert_integer(value):
    return int(value.raw), ""


def _convert_float(value):
    return float(value.raw), ""


def _convert_text(value):
    return value.text, ""


def _convert_raw(value):
    return value.raw, ""


_FINDERS = {
    "res.partner": RegisterLookup._find_customer,
    "kehu.enterprise.nature": RegisterLookup._find_nature,
    "res.country": RegisterLookup._find_place,
    "res.country.state": RegisterLookup._find_place,
    "res.bank": RegisterLookup._find_bank,
    "res.users": RegisterLookup._find_user,
}
