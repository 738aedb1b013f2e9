from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Sources that say somebody compared the fact with something (R13).
VERIFYING_SOURCES = ("visit", "licence", "invoice", "customer", "other")


class KehuArchive(models.Model):
    """Which facts nobody has compared with anything so far (R13).

    A fact that was typed in or imported says who wrote it, not that it is true. It
    counts as verified once somebody compared it with a licence, an invoice, a visit
    or what the customer says, and noted so.
    """

    _inherit = "kehu.archive"

    unverified_count = fields.Integer(
        string="Unverified Facts",
        compute="_compute_unverified_count",
        help="Facts that are filled in and that nobody compared with a licence, an "
        "invoice or a visit.",
    )
    has_unverified = fields.Boolean(
        string="Has Unverified Facts",
        compute="_compute_unverified_count",
        search="_search_has_unverified",
        help="Whether any fact that is filled in still has to be verified.",
    )

    @api.depends("fact_sources", "missing_facts", "na_facts", "refused_facts")
    @api.depends("partner_id.customer_nature")
    def _compute_unverified_count(self):
        ids = self._origin.ids
        counts = {}
        if ids:
            self._flush_unverified()
            counts = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT found.id, count(*) FROM (%s) found WHERE found.id IN %s"
                        " GROUP BY found.id",
                        self._get_unverified_sql(),
                        tuple(ids),
                    )
                )
            )
        for archive in self:
            archive.unverified_count = counts.get(archive._origin.id, 0)
            archive.has_unverified = bool(archive.unverified_count)

    @api.model
    def _search_has_unverified(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        self._flush_unverified()
        found = SQL("(SELECT found.id FROM (%s) found)", self._get_unverified_sql())
        return Domain("id", "in" if True in value else "not in", found)

    @api.model
    def _flush_unverified(self):
        self.flush_model(
            ["fact_sources", "missing_facts", "na_facts", "refused_facts", "partner_id"]
        )
        self.env["res.partner"].flush_model(["customer_nature"])

    @api.model
    def _get_unverified_sql(self):
        """Return a query of (archive, fact) for each fact that nobody verified.

        The facts that completeness counts for the nature of each customer, without
        those that are missing, do not apply or were refused.
        """
        natures = (
            self.env["res.partner"]._fields["customer_nature"].get_values(self.env)
        )
        counted = SQL(", ").join(
            SQL("(%s::text, %s::text[])", nature or "", self._get_counted_keys(nature))
            for nature in (*natures, False)
        )
        return SQL(
            """SELECT archive.id, fact.key
                 FROM kehu_archive archive
                 JOIN res_partner partner ON partner.id = archive.partner_id
                 JOIN (VALUES %(counted)s) counted (nature, keys)
                   ON counted.nature = COALESCE(partner.customer_nature, '')
           CROSS JOIN LATERAL unnest(counted.keys) AS fact (key)
                WHERE position(',' || fact.key || ',' IN
                               concat(archive.missing_facts, archive.na_facts,
                                      archive.refused_facts)) = 0
                  AND COALESCE(archive.fact_sources -> fact.key ->> 'source', '')
                      != ALL(%(verifying)s)""",
            counted=counted,
            verifying=list(VERIFYING_SOURCES),
        )
