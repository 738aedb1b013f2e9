"""Drop a foreign key that the module does not ask for any more; Odoo leaves it behind."""


def migrate(cr, version):
    """Snapshots of credit name their company without it.

    :param cr: cursor
    :param version: version before the upgrade
    """
    cr.execute(
        "ALTER TABLE IF EXISTS kehu_credit_assessment"
        " DROP CONSTRAINT IF EXISTS kehu_credit_assessment_company_id_fkey"
    )
