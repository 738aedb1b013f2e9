from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .res_partner_credit_readers import FIGURE_GROUPS


class ResPartner(models.Model):
    """A branch has the grade of whoever answers for its credit, from the first day."""

    _inherit = "res.partner"

    kehu_override_note = fields.Char(
        string="Override in Effect",
        compute="_compute_kehu_override_note",
        groups=FIGURE_GROUPS,
        help="Which grade was set instead of the computed one, and until when.",
    )

    @api.depends("credit_assessment_ids.override_id", "kehu_credit_party_id")
    @api.depends_context("lang", "uid")
    def _compute_kehu_override_note(self):
        seen = self._kehu_filter_credit_seen()
        running = self.env["kehu.credit.override"]._get_running(
            seen.kehu_credit_party_id
        )
        found = {override.partner_id.id: override for override in running}
        for partner in self:
            override_sudo = partner in seen and found.get(
                partner.kehu_credit_party_id.id
            )
            partner.kehu_override_note = override_sudo and self.env._(
                "%(grade)s until %(day)s",
                grade=override_sudo.grade.upper(),
                day=format_date(self.env, override_sudo.valid_until),
            )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("archive_id") for vals in vals_list):
            partners._kehu_find_others_parties()._kehu_align_branches()
        return partners

    def write(self, vals):
        written = super().write(vals)
        if "credit_partner_id" in vals:
            # The choice of a head office is that of its branches, too.
            self.kehu_credit_party_id._kehu_align_branches()
        elif vals.keys() & {"head_office_id", "archive_id"}:
            self._kehu_find_others_parties()._kehu_align_branches()
        return written

    def _kehu_find_others_parties(self):
        """Return who answers for those of these customers that do not do it themselves."""
        return self.filtered(
            lambda partner: partner.kehu_credit_party_id != partner
        ).kehu_credit_party_id

    @api.model
    def _kehu_align_all_branches(self):
        """Give all branches the grade of their credit party, where it differs."""
        self._kehu_align(None)

    def _kehu_align_branches(self):
        """Give those whose credit these parties are their grade, where it differs.

        What waits for a decision holds for nobody yet.
        """
        if self.ids:
            self._kehu_align(self.ids)

    @api.model
    def _kehu_align(self, party_ids):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT last.grade, array_agg(customer.id)
                  FROM (%s) member
                  JOIN res_partner customer ON customer.id = member.id
                   -- Found by index: most customers answer for themselves.
                   AND (customer.head_office_id IS NOT NULL
                        OR customer.credit_partner_id IS NOT NULL)
                  JOIN kehu_credit_assessment last
                    ON last.partner_id = member.party_id AND last.is_last
                   AND last.state IN ('accepted', 'overridden')
                   AND last.grade IS NOT NULL
                 WHERE member.id <> member.party_id
                   AND customer.credit_grade IS DISTINCT FROM last.grade
                 GROUP BY last.grade
                """,
                self.env["kehu.credit.facts"]._get_member_sql(party_ids),
            )
        )
        for grade, ids in rows:
            self.browse(ids)._kehu_set_grade(grade)
