from odoo import models
from odoo.tools import SQL

_TEXTS = ("char", "text", "html", "json", "properties")
_FIGURES = ("integer", "float", "monetary", "date", "datetime")
# What a stub still needs: its code, and what Odoo itself works with.
_STAYING = frozenset(
    {
        "id",
        "name",
        "complete_name",
        "ref",
        "lang",
        "tz",
        "type",
        "active",
        "color",
        "create_date",
        "write_date",
        "parent_path",
    }
)


class KehuArchive(models.Model):
    """Leaving a stub of the customer where the archive is destroyed (N5).

    Code, orders and posted invoices stay; addresses, contacts, notes, accounts and the
    conversation go. The name stays only where posted invoices of a company bear it:
    the law has them kept longer than the archive.
    """

    _inherit = "kehu.archive"

    def _make_stub(self):
        """Turn the customer of the archive into a stub.

        :return: values that were destroyed
        :rtype: set[str]
        """
        self.ensure_one()
        shredder = self.env["kehu.shredder"]
        partner = self.partner_id.with_context(active_test=False)
        # Branches are customers of their own.
        contacts = partner.search(
            [("id", "child_of", partner.id), ("commercial_partner_id", "=", partner.id)]
        )
        invoiced = bool(
            partner.is_company
            and self.env["account.move"].search_count(
                [("commercial_partner_id", "=", partner.id), ("state", "=", "posted")],
                limit=1,
            )
        )
        values = shredder._gather_values(
            {
                "res.partner": set(contacts.ids),
                "res.partner.bank": self._bank_ids(contacts),
            }
        )
        self._destroy_card_conversation(contacts, values)
        name = partner.name if invoiced else self.env._("Destroyed: %s", partner.ref)
        vat = partner.vat if invoiced else None
        self.env.flush_all()
        self._empty_cards(contacts)
        self.env.cr.execute(
            "UPDATE res_partner SET name = %s, complete_name = %s, vat = %s WHERE id = %s",
            [name, name, vat, partner.id],
        )
        self.env.cr.execute(
            "UPDATE res_partner SET name = '—', complete_name = %s "
            "WHERE id = ANY(%s) AND id != %s",
            [name, contacts.ids, partner.id],
        )
        self.env.cr.execute(
            """UPDATE res_partner_bank
                  SET acc_number = '#' || id, sanitized_acc_number = '#' || id,
                      acc_holder_name = NULL, active = false
                WHERE partner_id = ANY(%s)""",
            [contacts.ids],
        )
        self.env.invalidate_all(flush=False)
        kept = "\n".join(filter(None, (name, vat, partner.ref)))
        return {value for value in values if value not in kept}

    def _bank_ids(self, contacts):
        return set(contacts.bank_ids.ids)

    def _destroy_card_conversation(self, contacts, values):
        """Remove what hangs on the cards: conversation, activities, files.

        :param set values: what was destroyed; added to
        """
        shredder = self.env["kehu.shredder"]
        gone = shredder._collect_references({"res.partner": set(contacts.ids)})
        gone.pop("ir.model.data", None)
        file_ids = gone.pop("ir.attachment", set())
        files = self.env["ir.attachment"].sudo().browse(file_ids)
        values |= shredder._gather_values(gone)
        values |= shredder._gather_file_values(
            files.filtered(lambda f: not f.res_field)
        )
        files._destroy_files()
        shredder._delete_rows(gone)

    def _empty_cards(self, contacts):
        """Empty every text of the cards, and every figure of ours."""
        model = self.env["res.partner"]
        sets = [
            SQL("%s = NULL", SQL.identifier(field.name))
            for field in model._fields.values()
            if field.store
            and field.column_type
            and not field.required
            and field.name not in _STAYING
            and (
                field.type in _TEXTS
                or (field.type in _FIGURES and field._module == "kehu_archive")
            )
        ]
        self.env["kehu.shredder"]._update_rows(model, sets, contacts.ids)
