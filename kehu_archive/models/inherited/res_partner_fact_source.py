from odoo import api, models


class ResPartner(models.Model):
    """What is written on the card is noted with its source (R04) and proof (R77)."""

    _inherit = "res.partner"

    def write(self, vals):
        # sudo: whoever writes the card leaves the trace in the archive, readable or
        # not.
        archives_sudo = self.sudo().archive_id
        renamed_sudo = archives_sudo.browse()
        if "legal_representative" in vals:
            renamed_sudo = archives_sudo.filtered(
                lambda archive: (
                    archive.state in ("filed", "closed")
                    and (archive.partner_id.legal_representative or "")
                    != (vals["legal_representative"] or "")
                )
            )
        result = super().write(vals)
        if archives_sudo:
            archives_sudo._note_sources(
                *archives_sudo._split_fact_keys(vals, "partner_id.")
            )
        renamed_sudo._note_legal_rep_change()
        return result


class ResPartnerBank(models.Model):
    """So is what is written on a bank account of a customer."""

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        for account, vals in zip(accounts, vals_list, strict=True):
            account._kehu_note_sources(vals)
        return accounts

    def write(self, vals):
        result = super().write(vals)
        self._kehu_note_sources(vals)
        return result

    def _kehu_note_sources(self, vals):
        # sudo: as on the card.
        archives_sudo = self.sudo().partner_id.archive_id
        if archives_sudo:
            archives_sudo._note_sources(
                *archives_sudo._split_fact_keys(vals, "partner_id.bank_ids.")
            )
