"""Drop indexes that the module does not ask for any more; Odoo leaves them behind."""

_INDEXES = (
    "res_partner__short_name_index",
    "res_partner__enterprise_nature_id_index",
)


def migrate(cr, version):
    """Make each write of a partner as cheap as in a new database.

    :param cr: cursor
    :param version: version before the upgrade
    """
    for name in _INDEXES:
        cr.execute(f"DROP INDEX IF EXISTS {name}")
