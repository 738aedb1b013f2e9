from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time, new_test_user

from .common import KehuCommon


class DestructionCommon(KehuCommon):
    """Five people and the way through the procedure.

    clerk_room applies, manager approves, archivist executes, auditor witnesses; the
    room's second clerk and the auditor verify.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.applicant = new_test_user(
            cls.env,
            login="kehu_applicant",
            name="Kehu applicant",
            groups="base.group_user,kehu_archive.group_kehu_archivist",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.executor = cls.archivist
        cls.witness = cls.auditor
        cls.yesterday = fields.Date.today() - timedelta(days=2)

    @classmethod
    def make_due(cls, archive_vals=None, **partner_vals):
        """A closed archive whose retention has ended."""
        archive = cls.make_filed(archive_vals, **partner_vals)
        archive.with_user(cls.archivist).action_close("End")
        archive.retention_until = cls.yesterday
        return archive

    @classmethod
    def make_list(cls, *archives, **vals):
        return (
            cls.env["kehu.destruction"]
            .with_user(cls.applicant)
            .create(
                {
                    "reason": "Retention has ended",
                    "legal_basis": "Rule 14",
                    "line_ids": [
                        Command.create({"archive_id": archive.id})
                        for archive in archives
                    ],
                    **vals,
                }
            )
        )

    @classmethod
    def make_submitted(cls, *archives, **vals):
        application = cls.make_list(*archives, **vals)
        application.action_submit()
        return application

    @classmethod
    def make_approved(cls, *archives, **vals):
        application = cls.make_submitted(*archives, **vals)
        application.with_user(cls.manager).action_approve()
        return application

    @classmethod
    def make_registered(cls, *archives, **vals):
        application = cls.make_approved(*archives, **vals)
        application.action_register()
        return application

    @classmethod
    def make_verified(cls, *archives, **vals):
        application = cls.make_registered(*archives, **vals)
        application.action_verify(paper_seen=True)
        application.with_user(cls.witness).action_verify(paper_seen=True)
        return application

    @classmethod
    def make_ready(cls, *archives, **vals):
        """A verified list with its witness, still cooling off."""
        application = cls.make_verified(*archives, **vals)
        application.with_user(cls.witness).action_witness()
        return application

    @classmethod
    def execute(cls, application):
        """Execute after the cooling-off."""
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            application.with_user(cls.executor).action_execute()
        return application
