import json

from odoo import api, models

# An act that says where it led to is one event together with what it wrote.
_STEP_KEYS = frozenset({"to", "place_to"})
# So is an act that wrote all there is of the archive: its chain begins with it.
_MAKING_KEYS = frozenset({"rows_of"})
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class KehuLedger(models.AbstractModel):
    """Turns what a transaction did into events: one for each archive and action."""

    _inherit = "kehu.ledger"

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
