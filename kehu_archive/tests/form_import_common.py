import base64
import io

import openpyxl

from ..registration.reader import page_one_address
from .common import KehuCommon
from .registration_factories import filled, typical_form, written


class FormImportCommon(KehuCommon):
    """Imports forms as users do: upload, preview, take over, step by step."""

    CODE = "FORMTEST0001"

    def begin(self, user, *files, **vals):
        """Upload files ``(name, bytes)`` as ``user``; returns the import."""
        job = self.env["kehu.registration.import"].with_user(user).create(vals)
        job.attachment_ids = (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                [
                    {
                        "name": name,
                        "datas": base64.b64encode(data),
                        "res_model": job._name,
                        "res_id": job.id,
                    }
                    for name, data in files
                ]
            )
        )
        return job

    def drive(self, job, action):
        """Press a button and do the steps as the browser does."""
        window = action()["params"]["window"]
        while job.run_step(window)["state"] in ("reading", "applying"):
            pass
        return job

    def previewed(self, user, *files, **vals):
        job = self.begin(user, *files, **vals)
        return self.drive(job, job.action_preview)

    def applied(self, job):
        return self.drive(job, job.action_apply)

    def imported(self, user, data, name="登记表.xlsx", apply=True, **vals):
        """Import one file as ``user``; returns its lines."""
        job = self.previewed(user, (name, data), **vals)
        if apply:
            self.applied(job)
        return job.line_ids

    def new_form(self, rows=None, **overrides):
        """The workbook of a customer that is not registered yet."""
        values = {
            "partner_id__customer_class_id": filled(""),
            "partner_id__ref": filled(self.CODE),
            **overrides,
        }
        return written(typical_form(token="", rows=rows, **values))

    def find(self, code=None):
        return self.env["res.partner"].search([("ref", "=", code or self.CODE)])

    def registered(self):
        """Register the typical customer; returns its archive as its rep sees it."""
        line = self.imported(self.rep, self.new_form())
        self.assertEqual(line.outcome, "create", line.message)
        return self.find().archive_id.with_user(self.rep)

    def printed(self, archive=None):
        """Print the form of an archive as its reader; returns archive and workbook."""
        archive = archive or self.registered()
        report = self.env["ir.actions.report"].with_user(archive.env.user)
        return archive, report._kehu_render_xlsx(archive)[0]

    def edited(self, data, **facts):
        """Return the workbook with facts of page 1 typed over; ``__`` for dots."""
        places = {page_one_address(k.replace("__", ".")): v for k, v in facts.items()}
        return self.typed(data, **places)

    @staticmethod
    def typed(data, **cells):
        """Return the workbook with cells typed over: ``typed(data, C8="轴承")``."""
        book = openpyxl.load_workbook(io.BytesIO(data))
        for cell, text in cells.items():
            book.worksheets[0][cell] = text
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()
