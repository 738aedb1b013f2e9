from odoo import api, models
from odoo.fields import Domain

# Files of these records follow the archive's rights, whatever token or flag they carry.
GUARDED = ("kehu.archive", "kehu.archive.item")


class IrAttachment(models.Model):
    """Files of an archive: no public flag, no token, no way round its rights."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._close_archive_files()
        return files

    def write(self, vals):
        result = super().write(vals)
        if {"public", "access_token", "res_model", "res_id"} & vals.keys():
            self._close_archive_files()
        return result

    def generate_access_token(self):
        """Files of archives get no token: it would outlive every grant."""
        # sudo: only where the files belong to is looked at.
        guarded = self.sudo().filtered(lambda file: file.res_model in GUARDED)
        others = self - guarded.sudo(self.env.su)
        tokens = dict(
            zip(
                others.ids,
                super(IrAttachment, others).generate_access_token(),
                strict=False,
            )
        )
        return [tokens.get(file.id, False) for file in self]

    def _close_archive_files(self):  # pylint: disable=missing-return
        """Take back what would open a file of an archive to everybody."""
        # sudo: whoever hangs a file below an archive need not own the file.
        open_sudo = self.sudo().filtered(
            lambda file: file.res_model in GUARDED
            and (file.public or file.access_token)
        )
        if open_sudo:
            super(IrAttachment, open_sudo).write(
                {"public": False, "access_token": False}
            )

    def _can_return_content(self, field_name=None, access_token=None):
        """Answer a download by the rights of the archive, token or not."""
        if self.sudo().res_model in GUARDED:
            self.check_access("read")
            return True
        return super()._can_return_content(field_name, access_token)

    def _check_access(self, operation):
        """Files of the conversation are the keepers', as the conversation is."""
        result = super()._check_access(operation)
        allowed = self - result[0] if result else self
        # sudo: only where the files belong to is looked at.
        chat_sudo = allowed.sudo().filtered(
            lambda file: file.res_model == "kehu.archive"
            and file.res_id
            and file.create_uid.id != self.env.uid
        )
        if not chat_sudo or self.env.su:
            return result
        archives = self.env["kehu.archive"].browse(set(chat_sudo.mapped("res_id")))
        own = archives._filtered_own()
        closed = self.browse(
            file.id for file in chat_sudo if file.res_id not in own._ids
        )
        if not closed:
            return result
        if result:
            return result[0] | closed, result[1]
        return closed, lambda: self.env["ir.rule"]._make_access_error(operation, closed)

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        if not (self.env.su or bypass_access):
            archives = self.env["kehu.archive"].with_context(active_test=False)
            closed = Domain("res_model", "=", "kehu.archive") & Domain(
                "create_uid", "!=", self.env.uid
            )
            if archives.has_access("read"):
                own = archives._get_own_domain()
                if own.is_true():
                    closed = Domain.FALSE
                else:
                    closed &= ~Domain("res_id", "in", archives._search(own))
            domain = Domain(domain) & ~closed
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )
