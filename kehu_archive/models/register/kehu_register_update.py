from markupsafe import Markup

from odoo import api, models

from ...registration import register
from ...registration.kinds import print_value
from .register_overrides import WRITING, is_ours_alone
from .register_row import BANK, QUIET


class KehuRegisterLoader(models.AbstractModel):
    """Writes what rows change of customers that are registered already."""

    _inherit = "kehu.register.loader"

    @api.model
    def _update_rows(self, rows):
        """Write what rows change, and note old and new values where they belong."""
        if not rows:
            return
        self._write_cards(rows)
        archives = self.env["kehu.archive"].with_context(**QUIET)
        contents = {row.archive_id: row.vals[""] for row in rows}
        if is_ours_alone(archives, WRITING):
            self._write_columns(archives, contents)
        else:
            for archive_id, vals in contents.items():
                if vals:
                    archives.browse(archive_id).write(vals)
        self._write_accounts(rows)
        for row in rows:
            for key, state in row.marks.items():
                archives.browse(row.archive_id).set_fact_state(key, state)
        self._note_sources(rows)
        self._log_changes(rows)

    @api.model
    def _write_cards(self, rows):
        """Write what rows change on the cards of their customers."""
        partners = self.env["res.partner"].with_context(**QUIET)
        for row in rows:
            for name, value in row.vals["partner_id"].items():
                if value == "self":
                    row.vals["partner_id"][name] = row.partner_id
        self._check_keeper_changes(rows, partners)
        # Odoo hands the address and tax number on to contacts, one by one; and where
        # somebody else wants to be asked, each change goes the ordinary way.
        if is_ours_alone(partners, WRITING):
            single = self._get_customers_with_contacts(rows)
        else:
            single = set(rows)
        self._write_columns(
            partners,
            {r.partner_id: r.vals["partner_id"] for r in rows if r not in single},
        )
        for row in rows:
            if row in single and row.vals["partner_id"]:
                partners.browse(row.partner_id).write(row.vals["partner_id"])

    @api.model
    def _write_accounts(self, rows):
        """Write the accounts that rows change or bring."""
        archives = self.env["kehu.archive"].with_context(
            **QUIET, kehu_fact_source="import"
        )
        for row in rows:
            if any(row.vals[BANK].values()):
                self._write_account(archives.browse(row.archive_id), row.vals[BANK])

    @api.model
    def _check_keeper_changes(self, rows, partners):
        moved = {}
        for row in rows:
            if "user_id" in row.vals["partner_id"]:
                user_id = row.vals["partner_id"]["user_id"]
                moved.setdefault(user_id, []).append(row.partner_id)
        for user_id, ids in moved.items():
            partners.browse(ids)._kehu_check_keeper_change(user_id)

    @api.model
    def _get_customers_with_contacts(self, rows):
        ids = [row.partner_id for row in rows]
        # sudo: contacts follow their company, readable or not.
        parents = self.env["res.partner"].sudo().with_context(active_test=False)
        groups = parents._read_group([("parent_id", "in", ids)], ["parent_id"])
        parent_ids = {parent.id for (parent,) in groups}
        return {row for row in rows if row.partner_id in parent_ids}

    @api.model
    def _write_columns(self, model, vals_by_id):
        """Write columns of many records at once, with all that follows from them.

        :param vals_by_id: ``{id: {field: value}}``, the fields may differ
        """
        vals_by_id = {key: vals for key, vals in vals_by_id.items() if vals}
        records = model.browse(vals_by_id)
        if not records:
            return
        records.check_access("write")
        names = {name for vals in vals_by_id.values() for name in vals}
        for name in names:
            model._check_field_access(model._fields[name], "write")
        records.env.flush_all()
        now = {"write_uid": self.env.uid, "write_date": self.env.cr.now()}
        records._write_multi(
            [
                {
                    name: model._fields[name].convert_to_column_insert(value, record)
                    for name, value in {**vals_by_id[record.id], **now}.items()
                }
                for record in records
            ]
        )
        records.invalidate_recordset([*names, *now], flush=False)
        records.modified(names)
        records._validate_fields(names)
        # As the ORM does: nobody writes records away from the own reach unseen.
        records.check_access("write")

    @api.model
    def _write_account(self, archive, vals):
        vals = dict(vals)
        if "bank_id" in vals:
            vals["bank_id"] = self._get_banks({vals["bank_id"]}).get(vals["bank_id"])
        archive._write_form_bank(vals)

    @api.model
    def _log_changes(self, rows):
        """Keep the old values: the card's with the customer, the rest in the archive.

        The chatter of a customer is open to more people than the archive (R39).
        """
        cards, contents = {}, {}
        for row in rows:
            for key, old, new in row.changes:
                on_card = key.startswith("partner_id.") and not key.startswith(BANK)
                target = cards if on_card else contents
                record_id = row.partner_id if on_card else row.archive_id
                target.setdefault(record_id, []).append(self._describe(key, old, new))
        for model, lines in (("res.partner", cards), ("kehu.archive", contents)):
            self.env[model].browse(lines)._message_log_batch(
                {
                    record_id: Markup("<ul>%s</ul>") % Markup().join(texts)
                    for record_id, texts in lines.items()
                }
            )

    @api.model
    def _describe(self, key, old, new):
        fact = register.FIELDS[key]
        return Markup("<li>%s: %s → %s</li>") % (
            fact.label,
            print_value(fact, old) or "－",
            print_value(fact, new),
        )
