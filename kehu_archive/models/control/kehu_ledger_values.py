from odoo import api, models

# Fields whose value in the cache can be told as it is, once for a whole set.
_AS_IT_IS = frozenset({"char", "text", "html", "selection"})
_AS_DAY = frozenset({"date", "datetime"})
_AS_NUMBER = frozenset({"integer", "float", "monetary", "boolean"})


class KehuLedger(models.AbstractModel):
    """Reads what is logged of many records at once.

    An import makes twenty thousand customers: reading fifty facts of each one by one
    takes longer than writing them.
    """

    _inherit = "kehu.ledger"

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
