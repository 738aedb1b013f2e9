import tempfile

from werkzeug.exceptions import Forbidden

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request


class KehuLedgerController(http.Controller):
    """Hands the pack for offline verification out. All checks are the ORM's."""

    @http.route("/kehu/ledger/pack", type="http", auth="user", readonly=True)
    def download_pack(self):
        """Stream the whole ledger, encrypted as it is, as JSON."""
        # Written row by row into a file that goes away with the response.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            request.env["kehu.event"]._write_pack(file)
        except AccessError as error:
            file.close()
            raise Forbidden(str(error)) from error
        size = file.tell()
        file.seek(0)
        name = f"档案登记链 {fields.Date.context_today(request.env.user)}.json"
        response = http.Response(
            file,
            direct_passthrough=True,
            headers=[
                ("Content-Type", "application/json"),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
        response.call_on_close(file.close)
        return response
