from odoo import Command

from .loan_common import LoanCommon


class GrantCommon(LoanCommon):
    """An archive with something in every section."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        archive = cls.archive.id
        cls.principal = cls.make_principal(cls.archive, family="Two sons")
        cls.lines = {
            "kehu.principal": cls.principal,
            "kehu.consent": cls.principal.consent_ids[0],
        }
        for model, vals in (
            ("kehu.cooperation", {"project": "Pumps"}),
            ("kehu.need", {"description": "Spare parts"}),
            ("kehu.service.record", {"description": "Repair"}),
            ("kehu.competitor", {"name": "Rival Ltd"}),
            ("kehu.archive.note", {"text": "Visited"}),
            ("kehu.archive.item", {"title": "Licence"}),
        ):
            cls.lines[model] = cls.env[model].create({"archive_id": archive, **vals})
        cls.lines["kehu.competitor.comparison"] = cls.env[
            "kehu.competitor.comparison"
        ].create(
            {"archive_id": archive, "competitor_id": cls.lines["kehu.competitor"].id}
        )
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "licence.txt",
                "raw": b"secret paper",
                "res_model": "kehu.archive.item",
                "res_id": cls.lines["kehu.archive.item"].id,
            }
        )
        cls.lines["kehu.archive.item"].attachment_ids = [Command.link(cls.file.id)]
        cls.env.flush_all()

    def as_stranger(self, record):
        return record.with_user(self.stranger)
