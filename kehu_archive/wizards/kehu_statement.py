from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class KehuStatement(models.TransientModel):
    """Asks whose match table is wanted, and for which period (R73)."""

    _name = "kehu.statement"
    _description = "Statement of an Invoiced Party"

    party_id = fields.Many2one(
        "res.partner",
        string="Invoiced Party",
        required=True,
        domain="[('archive_id', '!=', False)]",
        help="Who is invoiced, with all its branches.",
    )
    date_from = fields.Date(help="First day. Empty: from the beginning.")
    date_to = fields.Date(help="Last day. Empty: up to now.")

    def action_show(self):
        """Open the match table, by branch."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_match_action"
        )
        context = {
            "search_default_group_customer": 1,
            "pivot_row_groupby": ["customer_id"],
            "graph_groupbys": ["customer_id"],
        }
        return {**action, "domain": list(self._get_domain()), "context": context}

    def action_xlsx(self):
        """Hand out the match table as a workbook.

        :raise UserError: when there is nothing in it
        """
        self.ensure_one()
        if not (
            self.env["kehu.match"].search_count(self._get_domain(), limit=1)
            or self._get_openings()
        ):
            raise UserError(
                self.env._(
                    "%(party)s has no deliveries, invoices or payments in this period.",
                    party=self.party_id.display_name,
                )
            )
        report = self.env.ref("kehu_archive.kehu_statement_report")
        return report.report_action(self, config=False)

    def _kehu_render_table(self):
        """Return the workbook; called by the report.

        :raise AccessError: for the dialog of somebody else
        :raise UserError: for several at once, or none that is still there
        """
        self.check_access("read")
        if len(self.exists()) != 1:
            raise UserError(self.env._("There is nothing to write: choose some rows."))
        rows = self.env["kehu.match"].search(self._get_domain())
        return rows._kehu_render_table(self._get_heading(), self._get_openings())

    def _get_openings(self):
        """Return what each branch brings along from before the period.

        :return: ``{customer: {column: figure}}``, of those with any
        :rtype: dict
        """
        if not self.date_from:
            return {}
        match = self.env["kehu.match"]
        columns = sorted(match._get_summed_columns())
        groups = match._read_group(
            Domain("party_id", "=", self.party_id.id)
            & Domain("date", "<", self.date_from),
            ["customer_id"],
            [f"{name}:sum" for name in columns],
        )
        return {
            customer: dict(zip(columns, figures, strict=True))
            for customer, *figures in groups
            if any(figures)
        }

    def _get_heading(self):
        """Return what a statement says above its figures: of whom, up to which day.

        :rtype: str
        """
        values = {
            "party": self.party_id.with_context(kehu_full_name=True).display_name,
            "start": self.date_from,
            "end": self.date_to or fields.Date.context_today(self),
        }
        if self.date_from:
            return self.env._("Statement of %(party)s, %(start)s to %(end)s", **values)
        return self.env._("Statement of %(party)s up to %(end)s", **values)

    def _get_domain(self):
        self.ensure_one()
        domain = Domain("party_id", "=", self.party_id.id)
        if self.date_from:
            domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date", "<=", self.date_to)
        return domain
