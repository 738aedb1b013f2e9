"""Bring record rules up to date, which are not updated by themselves."""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

_FILES = (
    "kehu_archive_security.xml",
    "kehu_archive_lines_security.xml",
    "kehu_event_security.xml",
    "kehu_loan_security.xml",
)


def migrate(cr, version):
    """Load the module's rules again; what was switched on or off stays so.

    A company may change rules, and an update leaves them alone. Those of older
    versions would leave archives open or closed that the new ones do not.

    :param cr: cursor
    :param version: version before the upgrade
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    numbers = (
        env["ir.model.data"]
        .search([("module", "=", "kehu_archive"), ("model", "=", "ir.rule")])
        .mapped("res_id")
    )
    rules = env["ir.rule"].with_context(active_test=False).browse(numbers).exists()
    active = {rule: rule.active for rule in rules}
    for name in _FILES:
        convert_file(
            env, "kehu_archive", f"security/{name}", {}, mode="init", noupdate=True
        )
    for rule, was_active in active.items():
        if rule.active != was_active:
            rule.active = was_active
