import json
from json.encoder import encode_basestring

from odoo import api, models

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


class MadeArchive:
    """The first event of an archive whose rows went in by SQL, told already."""

    def __init__(self, action, payload):
        self.action = action
        self.payload = payload
        # JSON texts of the records that were made with it
        self.items = []

    def render(self):
        """Return the payload of the event as JSON."""
        return f'{{{_ENCODE(self.payload)[1:-1]}, "items": [{", ".join(self.items)}]}}'


class KehuLedger(models.AbstractModel):
    """Notes thousands of archives that were made at once.

    What the columns of an insert say is told from the columns, each different value
    once: reading twenty thousand customers back takes longer than writing them.
    """

    _inherit = "kehu.ledger"

    @api.model
    def _note_made(self, action, payload, partners, cards, archives, contents):
        """Note archives that were inserted together with their customers.

        :param str action: a key of ``kehu.event.action``
        :param dict payload: facts of the act, not empty
        :param partners: customers, in the order of their archives
        :param dict cards: {field: values in the format of the cache} of the customers
        :param archives: draft archives, without a number
        :param dict contents: likewise, of the archives
        """
        made = self._get_pending().made
        events = [
            made.setdefault((archive_id, self.env.uid), MadeArchive(action, payload))
            for archive_id in archives.ids
        ]
        titles = [name or "" for name in cards["name"]]
        known = {"res.partner": dict(zip(partners.ids, titles, strict=True))}
        for records, columns in ((archives, contents), (partners, cards)):
            texts = self._render_created(records, columns, titles, known)
            for event, text in zip(events, texts, strict=True):
                event.items.append(text)

    @api.model
    def _is_noted_as_made(self, archive_id):
        """Tell whether :meth:`_note_made` has the archive in this transaction."""
        return (archive_id, self.env.uid) in self._get_pending().made

    @api.model
    def _render_created(self, records, columns, titles, known):
        """Return the items of created records as JSON texts.

        :param titles: what each record is called
        :param dict known: ``{model: {id: name}}`` of records that need not be read
        :rtype: list[str]
        """
        facts = [[] for _record in titles]
        names = self._get_field_names(records._name)
        computed = {
            name
            for name in names - columns.keys()
            if records._fields[name].compute and records._fields[name].column_type
        }
        read = {}
        if computed:
            clean = records.with_env(self._get_clean_env())
            read = self._get_plain_values(clean, computed)
        for name in sorted(names & columns.keys() | computed):
            if name in computed:
                column = [_hashable(read[record_id][name]) for record_id in records.ids]
                told = {value: value for value in column}
            else:
                column = columns[name]
                told = self._get_told(records._fields[name], set(column), known)
            texts = {
                value: f'"{name}": [null, {_encode(plain)}]' if plain else ""
                for value, plain in told.items()
            }
            for line, value in zip(facts, column, strict=True):
                if text := texts[value]:
                    line.append(text)
        head = f'{{"model": "{records._name}", "id": '
        return [
            f'{head}{record_id}, "op": "create", "name": {encode_basestring(title)}, '
            f'"fields": {{{", ".join(line)}}}}}'
            for record_id, title, line in zip(records.ids, titles, facts, strict=True)
        ]

    @api.model
    def _get_told(self, field, values, known):
        """Return what :meth:`_get_plain` says of values of a field.

        :param set values: in the format of the cache
        :param dict known: ``{model: {id: name}}`` of records that need not be read
        :return: ``{value: as JSON takes it}``
        """
        if field.type != "many2one":
            if field.type in ("date", "datetime"):
                return {value: value and value.isoformat() for value in values}
            return {value: value for value in values}
        names = known.get(field.comodel_name, {})
        others = (
            self.with_env(self._get_clean_env())
            .env[field.comodel_name]
            .browse(value for value in values if value and value not in names)
        )
        # Not all that there is to know of them, as the first name would.
        others.fetch(["display_name"])
        told = {other.id: [other.id, self._get_name(other)] for other in others}
        return {
            value: told.get(value) or (value and [value, names[value]])
            for value in values
        }


def _encode(plain):
    """Return a value as JSON; a text without the detour over an encoder."""
    return encode_basestring(plain) if type(plain) is str else _ENCODE(plain)


def _hashable(value):
    return tuple(value) if isinstance(value, list) else value
