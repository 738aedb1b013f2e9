"""What installing and removing the module takes beside its data files."""


def uninstall_hook(env):
    """Remove the functions of our triggers, and with them the triggers.

    Odoo drops the tables; functions of our own in the database it does not know.

    :param env: environment of the superuser
    """
    env.cr.execute("DROP FUNCTION IF EXISTS kehu_append_only() CASCADE")
    env.cr.execute("DROP FUNCTION IF EXISTS kehu_pass_tax_gate() CASCADE")
