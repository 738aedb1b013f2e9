"""Bring grades and snapshots of credit to where this version looks for them."""

from odoo import SUPERUSER_ID, api

_BATCH = 50_000


def migrate(cr, version):
    """Keep named receivables in their own column, and let the trust follow the grade.

    :param cr: cursor
    :param version: version before the upgrade
    """
    cr.execute(
        """
        UPDATE kehu_credit_assessment
           SET item_data = reason_data->'items', reason_data = reason_data - 'items'
         WHERE reason_data ? 'items' AND item_data IS NULL
        """
    )
    # Grades that came by form or register left it alone. What somebody has set stays.
    cr.execute(
        """
        SELECT id FROM res_partner
         WHERE archive_id IS NOT NULL AND trust IS NULL AND credit_grade IN ('a', 'c')
        """
    )
    ids = [row[0] for row in cr.fetchall()]
    partners = api.Environment(cr, SUPERUSER_ID, {})["res.partner"]
    for start in range(0, len(ids), _BATCH):
        partners.browse(ids[start : start + _BATCH])._kehu_follow_grade()
