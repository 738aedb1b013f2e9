from contextlib import contextmanager

from odoo import Command, fields
from odoo.exceptions import UserError

from .loan_common import LoanCommon


class RoomCommon(LoanCommon):
    """Factories of the archive room: cabinets, places, inspections, counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._kehu_today()
        cls.cabinet = cls.make_cabinet("A01")
        cls.other_cabinet = cls.make_cabinet("B01")

    @classmethod
    def make_cabinet(cls, code, **vals):
        return cls.env["kehu.cabinet"].create(
            {"code": code, "name": f"Cabinet {code}", **vals}
        )

    @classmethod
    def make_places(cls, cabinet=None, layers=2, slots=3, capacity=0):
        return (cabinet or cls.cabinet)._make_places(layers, slots, capacity)

    @classmethod
    def place(cls, label, cabinet=None):
        cabinet = cabinet or cls.cabinet
        return cabinet.place_ids.filtered(lambda place: place.label == label)

    @classmethod
    def make_placed(cls, place=None, cabinet=None, **partner_vals):
        """A filed archive that lies in a cabinet."""
        archive = cls.make_filed(**partner_vals)
        target = {"place_id": place.id} if place else {"cabinet_id": cabinet.id}
        archive.with_user(cls.archivist).write(target)
        return archive

    @classmethod
    def make_inspection(cls, cabinet=None, findings=None, on=None, **vals):
        """A draft inspection in which all is in order but for ``findings``.

        :param dict findings: {condition: values of its line}
        """
        inspection = (
            cls.env["kehu.inspection"]
            .with_user(cls.archivist)
            .create(
                {
                    "cabinet_id": (cabinet or cls.cabinet).id,
                    "inspected_on": on or cls.today,
                    **vals,
                }
            )
        )
        for line in inspection.line_ids:
            line.write((findings or {}).get(line.condition, {"finding": "ok"}))
        return inspection

    @classmethod
    def make_stocktake(cls, cabinets=None, start=True):
        cabinets = cls.cabinet if cabinets is None else cabinets
        stocktake = (
            cls.env["kehu.stocktake"]
            .with_user(cls.archivist)
            .create({"cabinet_ids": [Command.set(cabinets.ids)]})
        )
        if start:
            stocktake.action_start()
        return stocktake

    @classmethod
    def token(cls, record):
        return cls.env["kehu.scan.code"]._get_tokens(record)[record.id]

    @classmethod
    def scan(cls, user=None):
        return cls.env["kehu.scan"].with_user(user or cls.archivist)

    @contextmanager
    def refused(self, text, error=UserError):
        """An act that is refused with a message, and leaves nothing behind."""
        with self.assertRaisesRegex(error, text), self.cr.savepoint():
            yield

    def line(self, stocktake, archive):
        return stocktake.line_ids.filtered(lambda line: line.archive_id == archive)

    def get_events(self, archive, action):
        """What the ledger holds of an act, decrypted."""
        self.env["kehu.ledger"]._flush()
        events = self.env["kehu.event"].search(
            [("archive_id", "=", archive.id), ("action", "=", action)], order="id"
        )
        contents = events._get_contents()
        return [contents[event][0] for event in events]

    def overdue(self, cabinet, days=60):
        """Let the last look at a cabinet lie so many days back."""
        cabinet.in_use_from = fields.Date.subtract(self.today, days=days)
