import json
import tempfile

from werkzeug.exceptions import BadRequest, NotFound

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.modules.registry import Registry

from ..models.register.kehu_archive_register import READERS
from .kehu_form import XLSX, refuse


class KehuRegisterController(http.Controller):
    """Hands out the register. All checks are the ORM's."""

    # Reads only, for minutes perhaps: a replica can serve it.
    @http.route(
        "/kehu/register/xlsx",
        type="http",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def register(self, domain="[]", reason="", token=None):
        """Answer with the register of the archives of a domain.

        :param str domain: JSON list, a search on archives
        :param str reason: what the register is for
        """
        archives = request.env["kehu.archive"]
        try:
            domain = json.loads(domain)
            Domain(domain).validate(archives)
        except (ValueError, TypeError) as error:
            raise BadRequest() from error
        # A file, not memory: the workbook of 100,000 customers has 50 MB.
        stream = tempfile.TemporaryFile()  # noqa: SIM115 closed with the response
        try:
            if not any(request.env.user.has_group(group) for group in READERS):
                raise AccessError(request.env._("You may not take the register."))
            archives._check_may_export()
            number, mark = self._take(domain, reason)
            marked = archives.with_context(kehu_mark=mark)
            count = marked._write_register(stream, domain)
        except UserError as error:
            stream.close()
            return refuse(error)
        except BaseException:
            stream.close()
            raise
        self._note(count, domain, number, reason)
        return self._answer(stream, "客户台账")

    @http.route("/kehu/register/refused/<int:job_id>", type="http", auth="user")
    def refused(self, job_id):
        """Answer with the refused rows of an import, for whoever may read it."""
        job = request.env["kehu.register.import"].browse(job_id).exists()
        if not job or not job.has_access("read"):
            raise NotFound()
        stream = tempfile.TemporaryFile()  # noqa: SIM115 closed with the response
        try:
            job._write_refused_rows(stream)
        except UserError as error:
            stream.close()
            raise NotFound(str(error)) from error
        return self._answer(stream, "未导入的行")

    def _take(self, domain, reason):
        """Draw a number for the register, in a transaction that may write."""
        with Registry(request.db).cursor() as cr:
            exports = request.env(cr=cr)["kehu.register.export"]
            return exports._take_register(domain, reason)

    def _note(self, count, domain, number, reason):
        """Note the export before the file leaves, in a transaction that may write."""
        with Registry(request.db).cursor() as cr:
            exports = request.env(cr=cr)["kehu.register.export"]
            exports._note(count, domain, number, reason)

    def _answer(self, stream, title):
        size = stream.seek(0, 2)
        stream.seek(0)
        today = fields.Date.context_today(request.env.user)
        response = http.Response(
            stream,
            direct_passthrough=True,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(f"{title} {today}.xlsx")),
                ("Cache-Control", "no-store"),
            ],
        )
        response.call_on_close(stream.close)
        return response
