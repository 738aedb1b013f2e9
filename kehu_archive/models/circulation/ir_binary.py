from functools import partial

from odoo import models

from .ir_attachment import GUARDED


class IrBinary(models.AbstractModel):
    """``/web/content`` and ``/web/image`` take no token for files of an archive.

    Odoo signs a link that stays good for days; the access to an archive ends at its
    second.
    """

    _inherit = "ir.binary"

    def _find_record(
        self,
        xmlid=None,
        res_model="ir.attachment",
        res_id=None,
        access_token=None,
        field=None,
    ):
        if access_token and res_model == "ir.attachment" and not xmlid and res_id:
            # sudo: only where the file belongs to is looked at.
            file_sudo = self.env["ir.attachment"].sudo().browse(res_id).exists()
            if file_sudo.res_model in GUARDED:
                access_token = None
        return super()._find_record(xmlid, res_model, res_id, access_token, field)

    def _get_stream_from(self, record, *args, **kwargs):
        """Files of archives stay in no cache: not in the browser's, not on the way."""
        stream = super()._get_stream_from(record, *args, **kwargs)
        if record._name == "ir.attachment" and record.sudo().res_model in GUARDED:
            stream.get_response = partial(_respond_uncached, stream.get_response)
        return stream


def _respond_uncached(get_response, **options):
    """Answer with a file that nobody keeps.

    :param get_response: the stream's own method
    :param options: its options
    """
    options.update(immutable=False, max_age=0)
    response = get_response(**options)
    response.headers["Cache-Control"] = "no-store"
    return response
