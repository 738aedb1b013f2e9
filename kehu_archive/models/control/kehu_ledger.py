from odoo import api, models

_PENDING = "kehu_archive.ledger"


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
