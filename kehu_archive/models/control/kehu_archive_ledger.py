from odoo import api, models
from odoo.exceptions import AccessError

# Which event a step of the status is, by where it leads.
_STEPS = {
    "submitted": "submit",
    "draft": "return",
    "filed": "file",
    "closed": "close",
    "destroyed": "destroy",
}


class KehuArchive(models.Model):
    """Notices what is done to an archive and has it logged (R16, R17)."""

    _name = "kehu.archive"
    _inherit = ["kehu.archive", "kehu.logged.mixin"]

    def _log_event(self, action, payload=None):
        """Log an act in the chain of each archive: the one way in for every process.

        Written with the present transaction: taken back with it, or with the savepoint
        in which it happened. Not to be reached by remote calls.

        :param str action: a key of ``kehu.event.action``
        :param dict payload: facts of the act, ready for JSON; they are encrypted. Never
            the text of the sensitive layer: it must not outlive the person's consent.
        :raise ValueError: when there is no such action
        """
        if action not in dict(self.env["kehu.event"]._fields["action"].selection):
            raise ValueError(f"no such event: {action}")
        for archive in self:
            self.env["kehu.ledger"]._note_act(archive.id, action, payload)

    # === WHAT IS LOGGED === #

    @api.model
    def _get_ledger_excluded_fields(self):
        return super()._get_ledger_excluded_fields() | {"reminder_level"}

    def _get_ledger_archive_ids(self):
        return {archive: archive.id for archive in self}

    def unlink(self):
        result = super().unlink()
        # The last event of the chain is sealed while the key is still there.
        self.env["kehu.ledger"]._flush()
        # sudo: nobody has rights on the keys. Those of merged archives stay.
        self.env["kehu.archive.key"].sudo()._shred_removed(self.ids)
        return result

    @api.depends("name", "partner_id")
    def _compute_display_name(self):  # pylint: disable=missing-return
        """The ledger also leads to archives that are gone."""
        present = self.exists() if self._origin == self else self
        super(KehuArchive, present)._compute_display_name()
        for archive in self - present:
            archive.display_name = self.env._("Removed archive (%(id)s)", id=archive.id)

    # === STEPS === #

    def _set_state(self, target, extra_vals=None):
        before = {archive: archive.state for archive in self}
        result = super()._set_state(target, extra_vals)
        for archive, state in before.items():
            action = _STEPS.get(target, "step")
            if (state, target) == ("closed", "filed"):
                action = "reopen"
            archive._log_event(action, {"from": state, "to": target})
        return result

    def _apply_form_data(self, changes, lines=(), cells=None):
        result = super()._apply_form_data(changes, lines, cells)
        self._log_event("import", {"facts": len(changes), "lines": len(lines)})
        return result

    def _merge_into(self, target):
        names = {archive: archive.display_name for archive in self}
        for archive, name in names.items():
            target._log_event("merge", {"archive": [archive.id, name]})
            archive._log_event("merged", {"archive": [target.id, target.display_name]})
        self.env["kehu.ledger"]._flush()
        # sudo: nobody writes heads by hand.
        heads_sudo = self.env["kehu.event.head"].sudo()
        heads_sudo.search(
            ["|", ("archive_id", "in", self.ids), ("merged_into_id", "in", self.ids)]
        ).write({"merged_into_id": target.id})
        return super()._merge_into(target)

    # === REFUSALS === #

    def check_access(self, operation):
        try:
            return super().check_access(operation)
        except AccessError:
            self._note_refusal(operation)
            raise

    def read(self, fields=None, load="_classic_read"):
        try:
            return super().read(fields, load)
        except AccessError:
            # Whoever has no right on archives at all is refused without their ids.
            self._note_refusal("read")
            raise

    def _note_refusal(self, operation):
        """Note that the user was refused these archives."""
        allowed = self._filtered_access(operation)
        self.env["kehu.ledger"]._note_refusals((self - allowed)._origin.ids, operation)

    # === THE SENSITIVE LAYER === #

    @api.model
    def _get_plain_value(self, record, path):
        """Traits go into the signature without counting as read by anybody."""
        if record._name == "kehu.principal" and path in record._get_trait_fields():
            # sudo: only the digest over what it says leaves.
            return record.sudo()._read_traits().get(path) or None
        return super()._get_plain_value(record, path)


class KehuArchiveCopy(models.Model):
    """Prints and exports are logged under the number of the copy."""

    _inherit = "kehu.archive.copy"

    @api.model
    def _note_copies(self, archives, kind, facts=None):
        numbers = super()._note_copies(archives, kind, facts)
        for archive in archives:
            archive._log_event(kind, {"copy": numbers[archive.id], **(facts or {})})
        return numbers
