"""Let keys and events outlive their archives, as they do in a new database."""


def migrate(cr, version):
    """Drop the foreign keys that older versions had on traces of archives.

    :param cr: cursor
    :param version: version before the upgrade
    """
    for table in ("kehu_archive_key", "kehu_event", "kehu_event_head"):
        cr.execute(
            f"ALTER TABLE IF EXISTS {table}"
            f" DROP CONSTRAINT IF EXISTS {table}_archive_id_fkey"
        )
