"""Turn places that were text, and holders without keys, into records."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Adopt what the cabinets held before places and keys were records.

    :param cr: cursor
    :param version: version before the upgrade
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["kehu.place"]._adopt_written_places()
    env["kehu.cabinet"]._adopt_key_holders()
