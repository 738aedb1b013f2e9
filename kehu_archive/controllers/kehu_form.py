import json

from werkzeug.exceptions import BadRequest, InternalServerError, NotFound

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request
from odoo.tools import html_escape

from ..models.register.kehu_archive_register import READERS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class KehuFormController(http.Controller):
    """Hands out the registration form, filled and blank. All checks are the ORM's."""

    @http.route("/kehu/report/xlsx", type="http", auth="user", methods=["POST"])
    def print_report(self, report_id, ids, reason="", token=None):
        """Answer the Print menu: the records of ``ids`` in one workbook.

        :param report_id: id of an ``ir.actions.report`` of type ``k_xlsx``
        :param str ids: JSON list of record ids
        :param str reason: what the copies are for
        """
        try:
            report_id, ids = int(report_id), [int(i) for i in json.loads(ids)]
        except (ValueError, TypeError) as error:
            raise BadRequest() from error
        # sudo: users may not read report actions; their groups are checked here.
        report_sudo = request.env["ir.actions.report"].sudo().browse(report_id).exists()
        if not report_sudo or report_sudo.report_type != "k_xlsx":
            raise NotFound()
        try:
            groups = report_sudo.group_ids
            if groups and not groups & request.env.user.all_group_ids:
                raise AccessError(request.env._("You may not print this form."))
            records = request.env[report_sudo.model].browse(ids)
            content = report_sudo.sudo(False)._kehu_render_xlsx(records, reason)
        except UserError as error:
            return refuse(error)
        return self._answer(*content)

    @http.route("/kehu/form/blank", type="http", auth="user")
    def print_blank(self):
        """Hand out the blank form."""
        if not any(request.env.user.has_group(group) for group in READERS):
            raise NotFound()
        return self._answer(*request.env["ir.actions.report"]._kehu_render_blank())

    def _answer(self, data, name):
        headers = [
            ("Content-Type", XLSX),
            ("Content-Length", len(data)),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(data, headers)


def refuse(error):
    """Answer as the web client's download expects it, so that it shows a dialog.

    :param error: the exception to show
    :raise InternalServerError: carrying the answer
    """
    answer = {
        "code": 200,
        "message": "Odoo Server Error",
        "data": http.serialize_exception(error),
    }
    response = request.make_response(html_escape(json.dumps(answer)), status=403)
    raise InternalServerError(response=response) from error
