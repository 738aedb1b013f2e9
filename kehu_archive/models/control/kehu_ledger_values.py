import hashlib

from odoo import api, models
from odoo.tools import ormcache

# Fields whose value in the cache can be told as it is, once for a whole set.
_AS_IT_IS = frozenset({"char", "text", "html", "selection"})
_AS_DAY = frozenset({"date", "datetime"})
_AS_NUMBER = frozenset({"integer", "float", "monetary", "boolean"})


class KehuLedger(models.AbstractModel):
    """Says what is logged of a record, and reads it of many at once.

    An import makes twenty thousand customers: reading fifty facts of each one by one
    takes longer than writing them.
    """

    _inherit = "kehu.ledger"

    # === OF ONE RECORD === #

    @api.model
    @ormcache("model_name")
    def _get_field_names(self, model_name):
        """Names of the facts of a model: stored, and entered by somebody.

        :rtype: frozenset[str]
        """
        model = self.env[model_name]
        if hasattr(model, "_get_ledger_fields"):
            return frozenset(model._get_ledger_fields())
        technical = set(models.MAGIC_COLUMNS)
        for mixin in ("mail.thread", "mail.activity.mixin"):
            technical |= set(self.env[mixin]._fields)
        return frozenset(
            name
            for name, field in model._fields.items()
            if field.store
            and not field.related
            and not (field.compute and field.readonly)
            and field.type not in ("one2many", "json", "properties")
            and name not in technical
            and name not in model._get_ledger_excluded_fields()
        )

    @api.model
    def _get_plain(self, record, name):
        """Return the value of a field as JSON takes it; None when it is empty."""
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return [value.id, self._get_name(value)] if value else None
        if field.relational:
            return [[line.id, self._get_name(line)] for line in value] or None
        if field.type == "binary":
            return hashlib.sha256(value).hexdigest() if value else None
        if field.type in ("integer", "float", "monetary", "boolean"):
            return value
        if field.type in ("date", "datetime"):
            return value.isoformat() if value else None
        return str(value) if value else None

    @api.model
    def _get_name(self, record):
        """Return what a record is called in the ledger: customers by their full name."""
        if record._name == "res.partner" and record.name:
            return record.name
        return record.display_name or ""

    @api.model
    def _get_present_name(self, record):
        """Return :meth:`_get_name` of a record that is there for certain."""
        if record._name != "kehu.archive":
            return self._get_name(record)
        names = (record.name, self._get_name(record.partner_id))
        return " ".join(filter(None, names))

    @api.model
    def _get_clean_env(self):
        """The environment in which values are read: everything, in plain words."""
        # sudo: what is logged does not depend on what its author may read.
        return self.env(su=True, context={"lang": self.env.context.get("lang")})

    # === OF MANY RECORDS === #

    @api.model
    def _get_plain_values(self, records, names):
        """Return what :meth:`_get_plain` says, for many records and fields.

        :param records: present records, in the environment to read in
        :param names: names of stored fields
        :return: {record id: {field: value as JSON takes it}}; in the order of names
        :rtype: dict[int, dict]
        """
        values = {record_id: {} for record_id in records.ids}
        names = sorted(names)
        records._recompute_recordset(names)
        records.fetch(names)
        for name in names:
            field = records._fields[name]
            column = self._get_plain_column(records, field)
            if column is None:
                column = [self._get_plain(record, name) for record in records]
            for line, value in zip(values.values(), column, strict=True):
                line[name] = value
        return values

    @api.model
    def _get_plain_column(self, records, field):
        """Return the values of a field in the order of ``records``.

        :return: a list, or None for a field that has to be read record by record
        """
        if field.company_dependent or field.translate or not field.column_type:
            return None
        cache = field._get_cache(records.env)
        try:
            raw = [cache[record_id] for record_id in records._ids]
        except KeyError:
            return None
        if field.type in _AS_IT_IS:
            return [str(value) if value else None for value in raw]
        if field.type in _AS_DAY:
            return [value.isoformat() if value else None for value in raw]
        if field.type in _AS_NUMBER:
            empty = field.convert_to_record(None, records[:1])
            return [empty if value is None else value for value in raw]
        if field.type == "many2one":
            others = records.env[field.comodel_name].browse(
                dict.fromkeys(value for value in raw if value)
            )
            told = {other.id: [other.id, self._get_name(other)] for other in others}
            return [told.get(value) for value in raw]
        return None
