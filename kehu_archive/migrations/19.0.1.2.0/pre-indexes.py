"""Drop an index that another one makes superfluous."""


def migrate(cr, version):
    """Archives are found by customer with the unique index alone.

    :param cr: cursor
    :param version: version before the upgrade
    """
    cr.execute("DROP INDEX IF EXISTS kehu_archive__partner_id_index")
