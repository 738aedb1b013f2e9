from unittest import SkipTest

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

# Who is who in the tests:
#
#   rep ─┐                        archivist   receives, numbers, files
#   mate ┴─ team led by manager   auditor     reads, changes nothing
#   stranger: rep of another team  admin      configures, reads no archive
#                                  clerk      invoices; plain employee: no group
USERS = {
    "rep": "kehu_archive.group_kehu_rep",
    "mate": "kehu_archive.group_kehu_rep",
    "stranger": "kehu_archive.group_kehu_rep",
    "manager": "kehu_archive.group_kehu_manager",
    "archivist": "kehu_archive.group_kehu_archivist",
    "auditor": "kehu_archive.group_kehu_auditor",
    "admin": "kehu_archive.group_kehu_admin",
    "clerk": "account.group_account_invoice",
    "employee": "base.group_user",
}


class KehuCommon(TransactionCase):
    """Factories: each test makes just the records that it speaks of."""

    @classmethod
    def need_inventory(cls):
        """Leave a test out where Inventory is not installed; the module lives without it."""
        if "stock.picking" not in cls.env or (
            "sale_id" not in cls.env["stock.picking"]._fields
        ):
            raise SkipTest("deliveries need Inventory")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.company.kehu_tz = "Asia/Shanghai"
        for name, groups in USERS.items():
            user = new_test_user(
                cls.env,
                login=f"kehu_{name}",
                name=f"Kehu {name}",
                groups=f"base.group_user,{groups}",
                tz="Asia/Shanghai",
                lang="en_US",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            setattr(cls, name, user)
            cls.env["kehu.undertaking"].with_user(user)._sign()
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "user_id": cls.manager.id,
                "member_ids": [Command.set([cls.rep.id, cls.mate.id])],
            }
        )
        cls.other_team = cls.env["crm.team"].create(
            {"name": "South", "member_ids": [Command.set([cls.stranger.id])]}
        )
        cls.number = 0

    @classmethod
    def make_partner(cls, **vals):
        """A company that is not registered yet, in charge of ``rep``."""
        cls.number += 1
        return cls.env["res.partner"].create(
            {
                "name": f"Kehu Test Customer {cls.number}",
                "is_company": True,
                "user_id": cls.rep.id,
                **vals,
            }
        )

    @classmethod
    def make_archive(cls, archive_vals=None, **partner_vals):
        """A registered customer; returns its draft archive."""
        partner = cls.make_partner(**partner_vals)
        return cls.env["kehu.archive"].create(
            {"partner_id": partner.id, **(archive_vals or {})}
        )

    @classmethod
    def make_customer(cls, **partner_vals):
        """A registered customer; returns the partner."""
        return cls.make_archive(**partner_vals).partner_id

    @classmethod
    def make_filed(cls, archive_vals=None, **partner_vals):
        """A filed archive, having passed every step as the right user."""
        archive = cls.make_archive(archive_vals, **partner_vals)
        archive.with_user(cls.rep).action_submit()
        archive.with_user(cls.archivist).action_file()
        return archive

    @classmethod
    def make_closed(cls, **partner_vals):
        archive = cls.make_filed(**partner_vals)
        archive.with_user(cls.archivist).action_close("End of cooperation")
        return archive

    @classmethod
    def make_principal(cls, archive, consent="granted", **vals):
        principal = cls.env["kehu.principal"].create(
            {"archive_id": archive.id, "name": "Wang Wei", "role": "owner"}
        )
        if consent:
            principal.consent = consent
        if vals:
            principal.write(vals)
        return principal
