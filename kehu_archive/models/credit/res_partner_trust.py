from odoo import api, models
from odoo.tools import SQL

_TRUST = {"a": "good", "b": "normal", "c": "bad"}


class ResPartner(models.Model):
    """Odoo's degree of trust follows the credit grade, wherever that comes from (R87)."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("credit_grade") for vals in vals_list):
            partners.filtered("credit_grade")._kehu_follow_grade()
        return partners

    def write(self, vals):
        written = super().write(vals)
        # Whoever grades many hands on all of them at once.
        if "credit_grade" in vals and not self._kehu_is_grading():
            self._kehu_follow_grade()
        return written

    def _kehu_follow_grade(self):
        """Give these customers the degree of trust of their grade, in every company."""
        if self.ids:
            self._kehu_follow_grades(SQL("partner.id = ANY(%s)", self.ids))

    @api.model
    def _kehu_follow_grades(self, condition):
        """Give customers the degree of trust of their grade, in every company.

        :param SQL condition: on ``partner``
        """
        self.env["res.partner"].flush_model(["credit_grade", "trust"])
        # By SQL: the ORM writes the trust of one company at a time.
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner partner
                   SET trust = wanted.trust
                  FROM (SELECT grade, jsonb_object_agg(company.id, degree) AS trust
                          FROM unnest(%s, %s) AS degrees (grade, degree)
                         CROSS JOIN res_company company
                         GROUP BY grade) wanted
                 WHERE %s
                   AND wanted.grade = COALESCE(partner.credit_grade, 'b')
                   AND COALESCE(partner.trust, '{}') <> wanted.trust
                   AND (partner.trust IS NOT NULL OR wanted.grade <> 'b')
                """,
                list(_TRUST),
                list(_TRUST.values()),
                condition,
            )
        )
        self.env["res.partner"].invalidate_model(["trust"])


class ResCompany(models.Model):
    """A new company trusts customers by the same grades."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["res.company"].flush_model(["name"])
        self.env["res.partner"]._kehu_follow_grades(
            SQL("partner.credit_grade IN ('a', 'c')")
        )
        return companies
