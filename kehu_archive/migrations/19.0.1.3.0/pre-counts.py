"""Drop the two counters of the hour that one of the last sixty minutes replaces."""


def migrate(cr, version):
    """Remove their tables: what they held was of the last hour.

    :param cr: cursor
    :param version: version before the upgrade
    """
    cr.execute("DROP TABLE IF EXISTS kehu_typing_count, kehu_link_use")
