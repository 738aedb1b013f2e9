import hashlib
import json

from odoo import Command, fields, models
from odoo.tools import SQL

from .needles import is_telling

# What is left of a destroyed archive: number, people, dates, digests.
_TOMBSTONE = frozenset(
    {
        "id",
        "name",
        "former_numbers",
        "partner_id",
        "company_id",
        "user_id",
        "team_id",
        "state",
        "confidentiality",
        "retention_until",
        "traits_until",
        "closed_on",
        "registered_at",
        "filing_deadline",
        "submitted_by_id",
        "submitted_at",
        "filed_by_id",
        "filed_at",
        "signature_digest",
        "reminder_level",
        "destroyed_at",
        "destruction_id",
        "destruction_digest",
        "create_uid",
        "create_date",
        "write_uid",
        "write_date",
    }
)


class KehuArchive(models.Model):
    """Destroying the content of an archive, so that a tombstone stays (R19, R24)."""

    _inherit = "kehu.archive"

    destroyed_at = fields.Datetime(
        readonly=True, copy=False, help="When the content was destroyed."
    )
    destruction_id = fields.Many2one(
        "kehu.destruction",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The procedure in which the archive was destroyed.",
    )
    destruction_digest = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 of everything that lay in the archive before.",
    )

    # === CRUD METHODS === #

    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "destroyed_at",
            "destruction_id",
            "destruction_digest",
        }

    def _get_state_sources(self):
        return {**super()._get_state_sources(), "destroyed": {"closed"}}

    # === ACTIONS === #

    def _get_destruction_action(self):
        """Return a new application that names these archives; server actions call it.

        :rtype: dict
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_destruction_action"
        )
        action.update(
            views=[(False, "form")],
            view_mode="form",
            res_id=False,
            context={
                "default_line_ids": [
                    Command.create({"archive_id": archive.id}) for archive in self
                ]
            },
        )
        return action

    # === THE DIGEST === #

    def _get_destruction_digest(self):
        """SHA-256 over all facts, all lines and all files of the archive (R23).

        :rtype: str
        """
        self.ensure_one()
        removed, _scrubbed = self.env["kehu.shredder"]._collect(self.ids)
        files = self._split_files(removed)[0]
        lines = {
            name: sorted(ids)
            for name, ids in removed.items()
            if not self.env[name]._transient
        }
        content = {
            "facts": self._get_content_digest(),
            "items": [
                [item.id, item.title, item.pages, str(item.date), item.medium]
                for item in self.item_ids.sorted("id")
            ],
            "files": sorted((file.id, file.checksum or "") for file in files),
            "lines": lines,
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    # === DESTROYING === #

    def _destroy_content(self, line):
        """Destroy everything of the archive except its tombstone, in one transaction.

        :param line: the ``kehu.destruction.line`` that it is destroyed for
        :return: facts for the register and for the proof
        :rtype: dict
        """
        self.ensure_one()
        shredder, ledger = self.env["kehu.shredder"], self.env["kehu.ledger"]
        digest = self._get_destruction_digest()
        self._set_state(
            "destroyed",
            {
                "destroyed_at": fields.Datetime.now(),
                "destruction_id": line.destruction_id.id,
                "destruction_digest": digest,
            },
        )
        # The last event of the chain is sealed while the key is still there.
        ledger._flush()
        self.env.flush_all()
        removed, scrubbed = shredder._collect(self.ids)
        files, kept_files = self._split_files(removed)
        gone = shredder._collect_references(
            {self._name: set(self.ids), **removed, **scrubbed}
        )
        gone.pop("ir.attachment", None)
        values = self._gather_destroyed_values({**gone, **removed}, scrubbed, files)
        files._destroy_files()
        for name, ids in removed.items():
            gone.setdefault(name, set()).update(ids)
        shredder._delete_rows(gone)
        shredder._scrub_rows(scrubbed)
        self._bury()
        if line.destruction_id.customer_after == "stub":
            values = [*values, *filter(is_telling, self._make_stub())]
        # sudo: nobody has rights on the keys.
        self.env["kehu.archive.key"].sudo().search(
            [("archive_id", "in", self.ids)]
        ).unlink()
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        return {
            "digest": digest,
            "files": len(files),
            "kept_files": len(kept_files),
            "values": values,
        }

    def _gather_destroyed_values(self, removed, scrubbed, files):
        """Read everything that goes, so that the proof can look for it.

        :return: the values worth looking for
        :rtype: list[str]
        """
        self.ensure_one()
        shredder = self.env["kehu.shredder"]
        rows = {self._name: set(self.ids), **removed}
        values = shredder._gather_values(rows)
        values |= shredder._gather_values(
            {name: ids for name, ids in scrubbed.items() if name != "kehu.archive.copy"}
        )
        if messages := removed.get("mail.message"):
            self.env.cr.execute(
                "SELECT id FROM mail_tracking_value WHERE mail_message_id = ANY(%s)",
                [list(messages)],
            )
            tracked = {row[0] for row in self.env.cr.fetchall()}
            values |= shredder._gather_values({"mail.tracking.value": tracked})
        for principal in self.principal_ids:
            values |= shredder._split_value(principal._read_traits())
        values |= shredder._gather_file_values(files)
        return shredder._choose_values(values, self._get_staying_text())

    def _get_staying_text(self):
        """What goes on being said of the archive and its customer, in one text."""
        self.ensure_one()
        partner = self.partner_id
        staying = [self.name, self.former_numbers, partner.ref]
        if self.destruction_id.customer_after == "keep":
            staying += [
                str(partner[name])
                for name, field in partner._fields.items()
                if field.store
                and field.type in ("char", "text", "html", "selection")
                and field.column_type
                and partner[name]
            ]
            staying += [contact.name for contact in partner.child_ids if contact.name]
        users = (
            self.env["res.users"]
            .with_context(active_test=False)
            .search_fetch([], ["name", "login", "email"])
        )
        staying += [
            text
            for user in users
            for text in (user.name, user.login, user.email_formatted)
        ]
        staying += self.destruction_id.line_ids.mapped("archive_number")
        return "\n".join(filter(None, staying))

    def _split_files(self, removed):
        """Tell the files that go from those that another record owns.

        :param dict removed: {model: ids} of the lines that go
        :return: (files that go, files that stay), in sudo
        :rtype: tuple
        """
        attachments = self.env["ir.attachment"].sudo()
        owned = {self._name: set(self.ids), **removed}
        ids = set()
        for name, record_ids in owned.items():
            self.env.cr.execute(
                "SELECT id FROM ir_attachment WHERE res_model = %s AND res_id = ANY(%s)",
                [name, list(record_ids)],
            )
            ids.update(row[0] for row in self.env.cr.fetchall())
        linked = self.item_ids.attachment_ids.sudo()
        loose = linked.filtered(lambda file: not file.res_id)
        ids.update(loose.ids)
        if ids:
            # Thumbnails and the like hang on the file itself.
            self.env.cr.execute(
                "SELECT id FROM ir_attachment WHERE res_model = 'ir.attachment' "
                "AND res_id = ANY(%s)",
                [list(ids)],
            )
            ids.update(row[0] for row in self.env.cr.fetchall())
        files = attachments.browse(sorted(ids))
        return files, linked - files

    def _bury(self):
        """Empty every column of the archive but those of the tombstone."""
        shredder = self.env["kehu.shredder"]
        self.env.cr.execute(
            """SELECT attname, attnotnull FROM pg_attribute
                WHERE attrelid = 'kehu_archive'::regclass AND attnum > 0
                  AND NOT attisdropped"""
        )
        sets = [
            SQL("%s = NULL", SQL.identifier(column))
            for column, required in self.env.cr.fetchall()
            if column not in _TOMBSTONE and not required
        ]
        shredder._update_rows(self, sets, self.ids)


class IrAttachment(models.Model):
    """Files of destroyed archives go, row and content."""

    _inherit = "ir.attachment"

    def _destroy_files(self):
        """Remove files for good; what is on disk is collected after the commit."""
        self.unlink()
