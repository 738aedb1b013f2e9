from odoo import api, models

from ...registration import definition


class ResPartner(models.Model):
    """Changes of the card of an archived customer are logged with its archive."""

    _inherit = "res.partner"

    @api.model
    def _get_ledger_fields(self):
        """Facts of the card: those of the form, and who keeps the customer."""
        names = {
            key.partition(".")[2]
            for key in definition.FIELDS
            if key.startswith("partner_id.")
        } | {
            *self._kehu_get_history_fields(),
            "active",
            "credit_grade",
            "customer_category",
            "user_id",
            "company_id",
        }
        return {
            name
            for name in names
            if name in self._fields
            and self._fields[name].store
            and not self._fields[name].related
            and not (self._fields[name].compute and self._fields[name].readonly)
            and self._fields[name].type != "one2many"
        }

    def write(self, vals):
        ledger = self.env["kehu.ledger"]
        if names := ledger._get_field_names(self._name) & vals.keys():
            # sudo: what is logged does not depend on who may read the archive.
            if archived := self._origin.sudo().filtered("archive_id"):
                env = ledger._get_clean_env()
                for partner in archived.with_env(env):
                    ledger.with_env(self.env)._note_change(
                        partner.archive_id.id, partner, names
                    )
        return super().write(vals)


class ResPartnerBank(models.Model):
    """So are those of its bank accounts."""

    _name = "res.partner.bank"
    _inherit = ["res.partner.bank", "kehu.logged.mixin"]

    @api.model
    def _get_ledger_fields(self):
        return {"acc_number", "acc_holder_name", "bank_id", "partner_id"}

    def _get_ledger_archive_ids(self):
        # sudo: what is logged does not depend on what the author may read.
        return {
            account: archive_id
            for account in self
            if (archive_id := account.sudo().partner_id.archive_id.id)
        }
