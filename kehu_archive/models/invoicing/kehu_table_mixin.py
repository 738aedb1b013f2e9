import io

import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_WIDTHS = {"char": 22, "many2one": 26, "date": 12, "selection": 14}
_NUMBERS = ("monetary", "float", "integer")
_DEFAULT_WIDTH = 14
_A4 = 9
# Excel ends here.
_MAX_ROWS = 1_000_000


class KehuTableMixin(models.AbstractModel):
    """A table of figures that is computed by the database and leaves as a workbook.

    The concrete model gives its SQL in ``_table_query`` and its columns in
    :meth:`_get_table_columns`. What a user sees of it is the record rules' choice, on
    screen and in the workbook alike.
    """

    _name = "kehu.table.mixin"
    _description = "Table of Figures"

    @api.model
    def _get_table_columns(self):
        """Return the names of the fields that are the columns of the workbook.

        :rtype: list[str]
        """
        return []

    @api.model
    def _get_table_title(self):
        """Return the name of the table, which names the file and heads the sheet."""
        return self._description

    @api.model
    def _get_group_column(self):
        """Return the field after which subtotals are drawn, if any."""
        return None

    def _kehu_render_table(self, heading=None, openings=None):
        """Return the rows of ``self`` as ``(bytes of a workbook, file name)`` (R26).

        :param str heading: stands above the table and names the file instead of the
            table's title and the day
        :param dict openings: ``{group: {column: figure}}`` from before the period
        :raise AccessError: for users who may not export, or not read a row
        :raise UserError: when there is nothing to write, or too much
        """
        if not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(self.env._("You may not export data."))
        # At once: in portions the database would compute the table for each of them.
        self.fetch([*self._get_table_columns(), *self._get_rule_fields()])
        self.check_access("read")
        if not self and not openings:
            raise UserError(self.env._("There is nothing to write: choose some rows."))
        if len(self) > _MAX_ROWS:
            raise UserError(
                self.env._("More rows than a worksheet holds: choose a shorter period.")
            )
        title = self._get_table_title()
        stream = io.BytesIO()
        with xlsxwriter.Workbook(
            stream, {"constant_memory": True, "strings_to_formulas": False}
        ) as book:
            self._write_sheet(book, title, heading or title, openings or {})
        name = heading or f"{title} {fields.Date.context_today(self)}"
        return stream.getvalue(), f"{name.replace('/', '_')}.xlsx"

    def _write_sheet(self, book, title, heading, openings):
        """Write title, headings, rows with subtotals, and the sum of each figure."""
        sheet = book.add_worksheet(title[:31])
        # On paper: as wide as one page, the headings on each, high enough for Chinese.
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 1)
        sheet.set_footer("&R&P / &N")
        sheet.set_default_row(18)
        columns = [self._fields[name] for name in self._get_table_columns()]
        styles = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "border": 1, "bg_color": "#F2F2F2"}),
            "text": book.add_format({"border": 1}),
            "date": book.add_format({"border": 1, "num_format": "yyyy-mm-dd"}),
            # Most cells of a row are 0; the others shall be found.
            "figure": book.add_format(
                {"border": 1, "num_format": "#,##0.00;-#,##0.00;"}
            ),
            "sum": book.add_format(
                {"border": 1, "bold": True, "num_format": "#,##0.00"}
            ),
        }
        for number, field in enumerate(columns):
            sheet.set_column(number, number, _WIDTHS.get(field.type, _DEFAULT_WIDTH))
        sheet.write_string(0, 0, heading, styles["title"])
        for number, field in enumerate(columns):
            label = field._description_string(self.env)
            sheet.write_string(1, number, label, styles["head"])
        sheet.freeze_panes(2, 0)
        self._write_rows(sheet, columns, styles, openings)

    def _write_rows(self, sheet, columns, styles, openings):
        group_name = self._get_group_column()
        groups = self.grouped(group_name) if group_name else {None: self}
        row, whole = 2, {}
        for group in {**groups, **openings}:
            part = {}
            if opening := openings.get(group):
                self._write_opening(sheet, row, columns, group, opening, styles)
                self._add_figures(part, columns, opening)
                row += 1
            for record in groups.get(group, self.browse()):
                for number, field in enumerate(columns):
                    value = record[field.name]
                    self._write_cell(sheet, row, number, field, value, styles)
                self._add_figures(part, columns, record)
                row += 1
            if group_name:
                # sudo: a name in a row that may be read, as a list shows it.
                label = self.env._(
                    "Subtotal %(name)s", name=group.sudo().display_name or ""
                )
                row = self._write_sums(sheet, row, columns, part, label, styles)
            for number, figure in part.items():
                whole[number] = whole.get(number, 0) + figure
        self._write_sums(sheet, row, columns, whole, self.env._("Total"), styles)

    @api.model
    def _add_figures(self, sums, columns, values):
        """Add what makes sense added up to the sums of the columns."""
        summed = self._get_summed_columns()
        for number, field in enumerate(columns):
            if field.name in summed:
                sums[number] = sums.get(number, 0) + values[field.name]

    @api.model
    def _write_opening(self, sheet, row, columns, group, opening, styles):
        """Write what a group brings along from before the period."""
        label = self.env._("Opening balance")
        for number, field in enumerate(columns):
            if field.name in opening:
                value = opening[field.name]
                self._write_cell(sheet, row, number, field, value, styles)
            elif field.name == self._get_group_column():
                self._write_cell(sheet, row, number, field, group, styles)
            else:
                text = label if field.type == "char" else ""
                sheet.write_string(row, number, text, styles["text"])

    @api.model
    def _get_rule_fields(self):
        """Return the fields by which the user's rules decide."""
        rules = self.env["ir.rule"]._compute_domain(self._name, "read")
        names = {one.field_expr.split(".")[0] for one in rules.iter_conditions()}
        return sorted(names & self._fields.keys() - {"id"})

    @api.model
    def _get_summed_columns(self):
        """Return the columns that make sense added up: by default all figures."""
        return {
            name
            for name in self._get_table_columns()
            if self._fields[name].type in _NUMBERS
        }

    def _write_sums(self, sheet, row, columns, sums, label, styles):
        for number in range(len(columns)):
            if number in sums:
                sheet.write_number(row, number, round(sums[number], 2), styles["sum"])
            else:
                sheet.write_string(row, number, "" if number else label, styles["sum"])
        return row + 1

    def _write_cell(self, sheet, row, number, field, value, styles):
        if field.type in _NUMBERS:
            sheet.write_number(row, number, value, styles["figure"])
        elif field.type == "date" and value:
            sheet.write_datetime(
                row, number, fields.Datetime.to_datetime(value), styles["date"]
            )
        else:
            if field.relational:
                # sudo: a name in a row that may be read, as a list shows it.
                value = value.sudo()
            text = field.convert_to_export(value, self) if value else ""
            sheet.write_string(row, number, str(text), styles["text"])
