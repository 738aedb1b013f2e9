from urllib.parse import quote

from odoo import http
from odoo.http import request

_CONTENT = "cabinet-content"


class KehuScanController(http.Controller):
    """The addresses in the QR codes of labels."""

    @http.route("/kehu/scan/<string:token>", type="http", auth="user")
    def open_scanned(self, token):
        """Lead on to what the label is on, as far as the user may open it.

        The archive room gets the scanning screen with its buttons. Others get the
        archive or the content of the cabinet itself. Whatever cannot be opened leads
        to the scanning screen as well, which says so: the same for a wrong code.

        :param str token: what the QR code holds
        """
        return request.redirect(self._get_target(token))

    def _get_target(self, token):
        scan = request.env["kehu.scan"]
        record = None
        if not scan._is_archivist():
            record = scan._find(token)
        if not record:
            return f"/odoo/archive-scan?code={quote(token)}"
        if record._name == "kehu.archive":
            return f"/odoo/customer-archives/{record.id}"
        cabinet = record if record._name == "kehu.cabinet" else record.cabinet_id
        return f"/odoo/{cabinet.id}/{_CONTENT}"
