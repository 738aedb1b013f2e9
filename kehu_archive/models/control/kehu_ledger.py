import hashlib
import json
import logging

from odoo import api, fields, models
from odoo.tools import ormcache

from ..mixins.kehu_vault import LEDGER_KEY, MasterKeyError
from .kehu_event import VERSION
from .kehu_event_head import BROKEN_SEAL

_logger = logging.getLogger(__name__)

_PENDING = "kehu_archive.ledger"
# An act that says where it led to is one event together with what it wrote.
_STEP_KEYS = frozenset({"to", "place_to"})
# So is an act that wrote all there is of the archive: its chain begins with it.
_MAKING_KEYS = frozenset({"rows_of"})
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


class PendingEvents:
    """What the transaction has done to archives so far and not written down yet."""

    def __init__(self):
        # (archive id, user id, action, payload), in order
        self.acts = []
        # {(archive id, user id): {(model, id): item}}
        self.items = {}
        # (archive id, user id, what was read), each once
        self.reads = {}
        # {(archive id, user id): MadeArchive}
        self.made = {}

    def get_items(self, archive_id, uid):
        return self.items.setdefault((archive_id, uid), {})


class KehuLedger(models.AbstractModel):
    """Gathers what a transaction does to archives and appends it to their chains.

    Nothing is written while the transaction works: at its end, and before each
    savepoint, what was gathered goes into the ledger at once, one event for each
    archive and action. What a savepoint takes back was never logged.
    """

    _name = "kehu.ledger"
    _description = "Recorder of the Ledger"

    # === GATHERING === #

    @api.model
    def _get_pending(self):
        data = self.env.cr.precommit.data
        if _PENDING not in data:
            data[_PENDING] = PendingEvents()
            self.env.cr.precommit.add(self._flush)
        return data[_PENDING]

    @api.model
    def _note_act(self, archive_id, action, payload=None):
        """Note that something was done to an archive.

        :param int archive_id: the archive
        :param str action: a key of ``kehu.event.action``
        :param dict payload: facts of the act, ready for JSON
        """
        self._get_pending().acts.append(
            (archive_id, self.env.uid, action, dict(payload or {}))
        )

    @api.model
    def _note_read(self, archive_id, what):
        """Note that a user reads protected facts; each once in a transaction.

        :param str what: name of what was read
        """
        self._get_pending().reads[archive_id, self.env.uid, what] = True

    @api.model
    def _note_change(self, archive_id, record, names):
        """Remember the values that a record of an archive has before it is written.

        :param int archive_id: the archive
        :param record: one record, before the write
        :param names: the fields that are about to be written
        """
        items = self._get_pending().get_items(archive_id, self.env.uid)
        item = items.setdefault((record._name, record.id), {"op": "write", "old": {}})
        if item["op"] == "create":
            return
        item.setdefault("name", self._get_name(record))
        for name in names:
            if name not in item["old"]:
                item["old"][name] = self._get_plain(record, name)

    @api.model
    def _note_create(self, archive_id, record):
        """Remember that a record of an archive was made."""
        items = self._get_pending().get_items(archive_id, self.env.uid)
        items[record._name, record.id] = {"op": "create", "old": {}}

    @api.model
    def _get_snapshot(self, record, names):
        """Return what a record says that is about to go.

        :return: name of the record and {field: value}
        :rtype: dict
        """
        values = {name: self._get_plain(record, name) for name in names}
        return {
            "name": self._get_name(record),
            "old": {name: value for name, value in values.items() if value},
        }

    @api.model
    def _note_unlink(self, archive_id, record, snapshot):
        """Note that a record of an archive is gone.

        :param dict snapshot: as from :meth:`_get_snapshot`, taken before
        """
        items = self._get_pending().get_items(archive_id, self.env.uid)
        items[record._name, record.id] = {"op": "unlink", **snapshot}

    @api.model
    def _note_traits(self, archive_id, record, traits):
        """Remember which protected facts were changed: never what they say.

        :param dict traits: {field: "set", "changed" or "cleared"}
        """
        items = self._get_pending().get_items(archive_id, self.env.uid)
        item = items.setdefault((record._name, record.id), {"op": "write", "old": {}})
        item.setdefault("name", self._get_name(record))
        item.setdefault("traits", {}).update(traits)

    # === WHAT IS LOGGED OF A RECORD === #

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

    # === WRITING DOWN === #

    @api.model
    def _flush(self):
        """Write down what was gathered; runs before commit and before savepoints."""
        pending = self.env.cr.precommit.data.pop(_PENDING, None)
        if not pending:
            return
        entries = self.with_env(self._get_clean_env())._compose(pending)
        if not entries:
            return
        if not self.env.cr.readonly:
            self._record(entries)
            return
        # Reading runs in read-only transactions, perhaps on a replica.
        with self.env.registry.cursor() as cr:
            self.with_env(api.Environment(cr, self.env.uid, {}))._record(entries)

    @api.model
    def _compose(self, pending):
        """Turn what was gathered into events.

        :param PendingEvents pending: what was gathered
        :return: archive id, user id, action, payload or its JSON, in order
        :rtype: list[tuple[int, int, str, dict | str]]
        """
        entries = []
        begun = self._get_lasting_made(pending)
        steps, makers = (
            {
                (archive_id, uid): payload
                for archive_id, uid, _action, payload in pending.acts
                if telling & payload.keys()
            }
            for telling in (_STEP_KEYS | _MAKING_KEYS, _MAKING_KEYS)
        )
        present = self._get_present_records(pending)
        cards = self._add_cards(pending, present)
        values = self._get_present_values(pending, present, cards)
        for (archive_id, uid), items in pending.items.items():
            made = items.get(("kehu.archive", archive_id), {}).get("op") == "create"
            composed = [
                self._compose_item(present.get(key), key, item, values.get(key))
                for key, item in (items | cards.get((archive_id, uid), {})).items()
            ]
            composed = list(filter(None, composed))
            removed = [item for item in composed if item["op"] == "unlink"]
            others = [item for item in composed if item["op"] != "unlink"]
            if others and (archive_id, uid) in begun:
                begun[archive_id, uid].items += map(_ENCODER.encode, others)
            elif others and (archive_id, uid) in (makers if made else steps):
                # A step and what it wrote are one event.
                steps[archive_id, uid]["items"] = others
            elif others:
                action = "create" if made else "change"
                entries.append((archive_id, uid, action, {"items": others}))
            if removed:
                entries.append((archive_id, uid, "delete", {"items": removed}))
        entries = [
            (*key, event.action, event.render()) for key, event in begun.items()
        ] + entries
        entries += self._get_lasting_acts(pending)
        reads = {}
        for archive_id, uid, what in pending.reads:
            reads.setdefault((archive_id, uid), []).append(what)
        entries += [
            (archive_id, uid, "read", {"facts": sorted(facts)})
            for (archive_id, uid), facts in reads.items()
        ]
        return entries

    @api.model
    def _get_lasting_made(self, pending):
        """Leave out archives that were taken back, as :meth:`_get_lasting_acts` does."""
        if not pending.made:
            return {}
        archives = self.env["kehu.archive"].browse(key[0] for key in pending.made)
        known = set(archives.exists().ids)
        return {key: event for key, event in pending.made.items() if key[0] in known}

    @api.model
    def _get_lasting_acts(self, pending):
        """Leave out acts on archives that were taken back together with the act.

        A savepoint that does not flush takes back what it did without telling us.
        """
        archives = self.env["kehu.archive"].browse({act[0] for act in pending.acts})
        known = set(archives.exists().ids) | {
            archive_id
            for (archive_id, _uid), items in pending.items.items()
            if items.get(("kehu.archive", archive_id), {}).get("op") == "unlink"
        }
        return [act for act in pending.acts if act[0] in known]

    @api.model
    def _get_present_records(self, pending):
        """Return the records that are still there, to be read as one set per model.

        :return: {(model, id): record}
        """
        ids, present = {}, {}
        for items in pending.items.values():
            for (model, record_id), item in items.items():
                if item["op"] == "write" and self._is_known(model, record_id, item):
                    present[model, record_id] = self.env[model].browse(record_id)
                elif item["op"] != "unlink":
                    ids.setdefault(model, set()).add(record_id)
        present.update(
            ((model, record.id), record)
            for model, numbers in ids.items()
            for record in self.env[model].browse(sorted(numbers)).exists()
        )
        return present

    @api.model
    def _is_known(self, model, record_id, item):
        """Whether a record that was written is there for certain: its new values are
        in the cache, which Odoo empties when records go or a savepoint is taken back.
        """
        fields_by_name = self.env[model]._fields
        return bool(item["old"]) and all(
            record_id in fields_by_name[name]._get_cache(self.env)
            for name in item["old"]
        )

    @api.model
    def _add_cards(self, pending, present):
        """Take in the cards of customers whose archives were made.

        :param dict present: from :meth:`_get_present_records`; added to
        :return: {(archive id, user id): {(model, id): item}}
        """
        made = {
            ("kehu.archive", archive_id)
            for (archive_id, _uid), items in pending.items.items()
            if items.get(("kehu.archive", archive_id), {}).get("op") == "create"
        }
        cards = {}
        for key, items in pending.items.items():
            archive_key = ("kehu.archive", key[0])
            if archive_key not in made or archive_key not in present:
                continue
            partner = present[archive_key].partner_id
            for record in [*partner, *partner.bank_ids]:
                record_key = (record._name, record.id)
                if record_key not in items:
                    present[record_key] = record
                    cards.setdefault(key, {})[record_key] = {"op": "create", "old": {}}
        return cards

    @api.model
    def _get_present_values(self, pending, present, cards):
        """Return what the records that are there say now, read as one set per model.

        :return: {(model, id): {field: value}}: all that is logged of records that were
            made, and at least the fields written of others
        """
        made = {key for items in cards.values() for key in items}
        written = {}
        for items in pending.items.values():
            for key, item in items.items():
                if item["op"] == "create":
                    made.add(key)
                elif item["op"] == "write":
                    written.setdefault(key[0], set()).update(item["old"])
        groups = {}
        for key in present:
            groups.setdefault((key[0], key in made), []).append(key[1])
        values = {}
        for (model, is_made), ids in groups.items():
            names = written.get(model, set())
            if is_made:
                names = names | self._get_field_names(model)
            records = self.env[model].browse(ids)
            for record_id, told in self._get_plain_values(records, names).items():
                values[model, record_id] = told
        return values

    @api.model
    def _compose_item(self, record, key, item, values):
        """Complete what was remembered of a record with what it says now.

        :param record: the record, or None when it is gone
        :param tuple key: its model and id
        :param dict values: what it says now
        :return: the item as the payload holds it, or None when nothing changed
        """
        model, record_id = key
        composed = {"model": model, "id": record_id, "op": item["op"]}
        if item["op"] == "unlink":
            composed["name"] = item["name"]
            composed["fields"] = {
                name: [old, None] for name, old in item["old"].items()
            }
            return composed
        if record is None:
            return None
        if item["op"] == "create":
            changes = {
                name: [None, value]
                for name in sorted(self._get_field_names(model))
                if (value := values[name])
            }
        else:
            changes = {
                name: [old, new]
                for name, old in item["old"].items()
                if (new := values[name]) != old
            }
        composed["name"] = item.get("name") or self._get_present_name(record)
        composed["fields"] = changes
        if item.get("traits"):
            composed["traits"] = item["traits"]
        elif not changes and item["op"] == "write":
            return None
        return composed

    @api.model
    def _record(self, entries):
        """Append events to the chains of their archives.

        When the master key is missing the act is registered without its content, and
        the head stays unsealed: nothing goes unlogged, and no work stops.

        :param list entries: archive id, user id, action, payload
        """
        archive_ids = {entry[0] for entry in entries}
        keys = self._get_keys(archive_ids)
        events, chains = self.env["kehu.event"], self.env["kehu.event.head"]
        heads = chains._lock(archive_ids)
        ledger_key = keys.get(LEDGER_KEY)
        ends = {}
        resealed = []
        for archive_id, (count, digest, seal) in heads.items():
            intact = True
            if ledger_key and count and not seal:
                resealed.append((archive_id, self.env.uid, "reseal", {}))
            elif ledger_key and count:
                intact = seal == chains._get_seal(ledger_key, archive_id, count, digest)
            elif seal == BROKEN_SEAL:
                intact = False
            ends[archive_id] = [count, digest, intact]
        now = fields.Datetime.now().strftime(_TIME_FORMAT)
        rows = []
        for archive_id, uid, action, payload in resealed + entries:
            end = ends[archive_id]
            sequence = end[0] + 1
            cipher = ""
            if archive_id in keys:
                cipher = self.env["kehu.vault"]._seal(
                    keys[archive_id],
                    payload if isinstance(payload, str) else _ENCODER.encode(payload),
                    events._get_place(archive_id, sequence),
                )
            row = (VERSION, end[1], archive_id, sequence, now, uid, action, cipher)
            end[0], end[1] = sequence, events._get_digest(row)
            rows.append((*row, end[1]))
        events._append_rows(rows)
        chains._advance(
            [
                (
                    archive_id,
                    count,
                    digest,
                    self._seal_head(ledger_key, archive_id, count, digest, intact),
                )
                for archive_id, (count, digest, intact) in ends.items()
            ]
        )

    @api.model
    def _seal_head(self, ledger_key, archive_id, count, digest, intact):
        """The seal of a new head; a chain found broken is not whitewashed."""
        if not intact:
            return BROKEN_SEAL
        if not ledger_key:
            return None
        return self.env["kehu.event.head"]._get_seal(
            ledger_key, archive_id, count, digest
        )

    @api.model
    def _get_keys(self, archive_ids):
        """Return the keys to write events with; make those that are not there yet.

        :return: as ``kehu.vault._get_data_keys``; nothing without the master key
        """
        vault = self.env["kehu.vault"]
        try:
            keys = vault._get_data_keys(archive_ids)
            missing = set(archive_ids) - keys.keys()
            # The key of a destroyed or removed archive is gone for good.
            wanted = (
                self.env["kehu.archive"]
                .sudo()
                .search([("id", "in", list(missing)), ("state", "!=", "destroyed")])
                .ids
            )
            if LEDGER_KEY not in keys:
                wanted.append(LEDGER_KEY)
            if wanted:
                keys.update(vault._create_data_keys(wanted))
        except MasterKeyError as error:
            _logger.warning("Events are registered without content: %s", error)
            return {}
        return keys
