from odoo import models

from ..mixins.kehu_transition_mixin import _TRANSITION


class KehuArchive(models.Model):
    """Merging two archives when their customers turn out to be one (R92)."""

    _inherit = "kehu.archive"

    def _merge_into(self, target):
        """Move everything of ``self`` into ``target`` and keep all numbers.

        Called by Odoo's own merge of partners. Lists are moved, empty facts are
        filled, the more advanced custody wins, and the emptied archives go.

        :param target: the archive that stays, one record
        """
        target.ensure_one()
        merging = self.with_context(kehu_transition=_TRANSITION)
        kept = target.with_context(kehu_transition=_TRANSITION)
        for archive in merging:
            kept.write(archive._prepare_merge_vals(kept))
            archive._move_lines(kept)
            archive._move_messages(kept)
            kept.message_post(
                body=self.env._(
                    "The archive %(archive)s was merged into this one.",
                    archive=archive.display_name,
                )
            )
        merging.partner_id.write({"archive_id": False})
        # The rows are empty shells now; what they held lives on in the target.
        merging.write({"name": False, "submitted_at": False, "state": "draft"})
        merging.unlink()

    def _prepare_merge_vals(self, target):
        """Values of ``self`` that ``target`` lacks, and the numbers to remember."""
        self.ensure_one()
        vals = {
            name: self[name].id if field.type == "many2one" else self[name]
            for name, field in self._fields.items()
            if field.store
            and not field.compute
            and not field.related
            and field.type not in ("one2many", "many2many", "json")
            and name not in self._get_merge_excluded_fields()
            and self[name]
            and not target[name]
        }
        numbers = [
            *(target.former_numbers or "").split(", "),
            *(self.former_numbers or "").split(", "),
        ]
        if self.name and target.name:
            numbers.append(self.name)
        elif self.name:
            # Only one of them was ever filed: the merged archive keeps that number,
            # its place and its state.
            vals.update(name=self.name, state=self.state)
        vals["former_numbers"] = ", ".join(filter(None, numbers)) or False
        vals["registered_at"] = min(self.registered_at, target.registered_at)
        vals["legal_hold"] = self.legal_hold or target.legal_hold
        if self.retention_until and target.retention_until:
            vals["retention_until"] = max(self.retention_until, target.retention_until)
        return vals

    def _get_merge_excluded_fields(self):
        return {
            "id",
            "name",
            "state",
            "partner_id",
            "former_numbers",
            "registered_at",
            "reminder_level",
            "signature_digest",
            "create_uid",
            "create_date",
            "write_uid",
            "write_date",
        }

    def _move_lines(self, target):
        """Re-attach the lines; sensitive text is encrypted anew with the target's key."""
        self.ensure_one()
        known = set(target.fact_ids.mapped("key"))
        self.fact_ids.filtered(lambda fact: fact.key in known).unlink()
        traits = {
            principal: principal._read_traits() for principal in self.principal_ids
        }
        for name, field in self._fields.items():
            if field.type == "one2many" and field.comodel_name.startswith("kehu."):
                self[name].write({field.inverse_name: target.id})
        for principal, values in traits.items():
            if values:
                principal._write_traits(values)

    def _move_messages(self, target):
        """Move chatter, activities and attachments of ``self`` to ``target``."""
        self.ensure_one()
        self.message_ids.write({"res_id": target.id})
        self.with_context(active_test=False).activity_ids.write({"res_id": target.id})
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        ).write({"res_id": target.id})

    def _take_over_customer(self, partner):
        """Make ``self`` the archive of another partner, code and all."""
        self.ensure_one()
        self.with_context(kehu_transition=_TRANSITION).write({"partner_id": partner.id})
        self._link_customers()
