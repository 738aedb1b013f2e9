import io

from odoo import fields, models
from odoo.exceptions import UserError

from ...registration.blank_form import write_blank
from ...registration.form_sheet import PrintContext, write_forms


class IrActionsReport(models.Model):
    """Reports that are workbooks: the registration form in the Print menu."""

    _inherit = "ir.actions.report"

    report_type = fields.Selection(
        selection_add=[("k_xlsx", "XLSX"), ("k_register", "XLSX Register")],
        ondelete={"k_xlsx": "cascade", "k_register": "cascade"},
    )

    def report_action(self, docids, data=None, config=True):
        """Name the report, too: a button's workbook is asked for by its id."""
        action = super().report_action(docids, data=data, config=config)
        if self.report_type == "k_xlsx":
            action["id"] = self.id
        return action

    def _kehu_render_xlsx(self, records):
        """Return the workbook of some records as ``(bytes, file name)``.

        :param records: archives, or partners whose archives are meant
        :raise AccessError: when the user may not read one of them
        :raise UserError: when there is nothing to print
        """
        records.check_access("read")
        archives = records
        if records._name == "res.partner":
            archives = records.commercial_partner_id.archive_id
        if not archives:
            raise UserError(
                self.env._("There is no customer archive to print: register first.")
            )
        forms = archives._get_form_data()
        self._kehu_number_forms(archives, forms)
        stream = io.BytesIO()
        write_forms(stream, forms, self._kehu_print_context())
        name = "客户档案登记表"
        if len(archives) == 1:
            name += f" {archives.partner_id.name}"
        return stream.getvalue(), f"{name}.xlsx"

    def _kehu_number_forms(self, archives, forms):
        """Note a copy of each archive and put its number on the form (R103).

        :param archives: the archives
        :param list forms: their forms, in the same order
        """
        numbers = self.env["kehu.archive.copy"]._note_copies(archives, "print")
        for archive, form in zip(archives, forms, strict=True):
            form.copy_number = str(numbers[archive.id])

    def _kehu_render_blank(self):
        """Return the blank form as ``(bytes, file name)``."""
        stream = io.BytesIO()
        write_blank(stream, self._kehu_print_context())
        return stream.getvalue(), "客户档案登记表(空白).xlsx"

    def _kehu_print_context(self):
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        return PrintContext(printed_by=self.env.user.name, printed_at=now)
