import base64
import datetime
import io
from contextlib import contextmanager
from unittest.mock import patch

import xlsxwriter

from ..wizards.kehu_register_import import KehuRegisterImport
from .test_register_export import RegisterCommon

HEAD = ["客户编号", "客户名称", "简称", "所属地区", "客户性质"]


class RegisterImportCommon(RegisterCommon):
    """Lists come in as a person would make them."""

    def sheet(self, *rows, head=None):
        """Return a list as a workbook: headings and rows."""
        head = head or HEAD
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"default_date_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("客户")
        for number, row in enumerate([head, *rows]):
            for col, content in enumerate(row):
                if isinstance(content, datetime.date):
                    sheet.write_datetime(number, col, content)
                elif content is not None:
                    sheet.write(number, col, content)
        book.close()
        return stream.getvalue()

    @contextmanager
    def kept_chunks(self):
        """Let a test go through chunks: a test's transaction is not committed."""
        with patch.object(KehuRegisterImport, "_keep_chunk") as kept:
            yield kept

    def job(self, user, data, name="台账.xlsx"):
        """Return an import of a file, previewed by ``user``."""
        job = (
            self.env["kehu.register.import"]
            .with_user(user)
            .create({"file": base64.b64encode(data), "filename": name})
        )
        job.action_preview()
        return job

    def imported(self, user, data, name="台账.xlsx"):
        """Import a file as ``user``; the preview must say what then happens."""
        job = self.job(user, data, name)
        before = self.counts(job)
        with self.kept_chunks():
            job.action_apply()
        self.assertEqual(self.counts(job), before, job.line_ids.mapped("message"))
        self.assertEqual(job.state, "done")
        return job

    def counts(self, job):
        """Return (created, updated, unchanged, refused), which add up to the rows."""
        counts = (
            job.create_count,
            job.update_count,
            job.unchanged_count,
            job.refused_count,
        )
        self.assertEqual(sum(counts) + job.register_count, job.row_count)
        if job.state == "done":
            self.assertEqual(len(job.line_ids), job.row_count)
        return counts

    def reasons(self, job):
        """Return {row: message} of the refused rows."""
        return {
            line.row: line.message for line in job.line_ids if line.outcome == "refused"
        }

    def find(self, code):
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search([("ref", "=", code), ("archive_id", "!=", False)])
