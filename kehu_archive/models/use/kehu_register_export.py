from odoo import api, fields, models
from odoo.fields import Domain


class KehuRegisterExport(models.Model):
    """A register that left, with its reason and number."""

    _inherit = "kehu.register.export"

    number = fields.Char(readonly=True, help="Stands in the footer of the register.")
    reason = fields.Char(readonly=True, help="What the register was taken for.")

    @api.model
    def _take_register(self, domain, reason):
        """Register that the present user takes a register, before it leaves.

        :param domain: which archives
        :param str reason: what for
        :return: number, words of the footer
        :rtype: tuple[str, str]
        :raise UserError: without a reason, or beyond the limit of the day
        """
        releases = self.env["kehu.release"]
        reason = releases._check_reason(reason)
        archives = self.env["kehu.archive"]
        own = Domain(domain) & archives._get_own_domain()
        number, _copies = releases._take_out(
            "register",
            self.env["ir.model"]._get(self._name).name,
            reason,
            domain=domain,
            count=archives.search_count(own),
        )
        return number, releases._get_mark(number)

    @api.model
    def _note(self, row_count, domain=(), number=None, reason=None):
        note_sudo = super()._note(row_count, domain)
        note_sudo.write({"number": number, "reason": reason})
        return note_sudo
