from odoo import api, models

from ...wording import comma


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging partners merges their archives first (R92).

    Core re-points foreign keys in SQL and deletes rows that violate a unique index:
    one of two archives would be lost without a trace.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: whoever may merge the partners merges what hangs on them, readable or
        # not; the wizard itself is limited to contact managers.
        archives = src_partners.sudo().archive_id
        target = dst_partner.sudo().archive_id
        if archives and not target:
            target = archives.sorted(lambda archive: (not archive.name, archive.id))[0]
            archives -= target
            target.partner_id.write({"archive_id": False, "ref": False})
            target._take_over_customer(dst_partner.sudo())
        if archives:
            archives._merge_into(target)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Keep the target's archive and code whatever the sources bring."""
        sources = src_partners.sudo()
        codes = [partner.ref for partner in sources if partner.ref]
        if dst_partner.sudo().archive_id:
            sources.write({"archive_id": False, "head_office_id": False})
        without_credit = (src_partners | dst_partner)._kehu_get_zero_limits()
        result = super()._update_values(src_partners, dst_partner)
        for company in without_credit:
            # sudo: limits of all companies.
            dst_partner.sudo().with_company(company).credit_limit = 0
        if codes:
            dst_partner.sudo()._message_log(
                body=self.env._(
                    "Merged with the customers %(codes)s.",
                    codes=comma(self.env).join(codes),
                )
            )
        return result
