from odoo import api, models

from .register_row import QUIET

_PARTIES = ("invoicing_partner_id", "credit_partner_id")


class KehuRegisterLoader(models.AbstractModel):
    """Makes customers and archives through the ORM, where others want to be asked.

    Slower than inserting; but another module's ``create`` and automation rules run as
    they do for a customer that is entered by hand.
    """

    _inherit = "kehu.register.loader"

    @api.model
    def _make_rows(self, rows, partners):
        """Make the customers of new rows and their archives."""
        made = partners.create(
            [
                {
                    **{
                        name: value
                        for name, value in row.vals["partner_id"].items()
                        if value != "self"
                    },
                    "is_company": row.vals["partner_id"].get("customer_nature")
                    != "individual",
                }
                for row in rows
            ]
        )
        for row, partner in zip(rows, made, strict=True):
            row.partner_id = partner.id
            own = {
                name: partner.id
                for name in _PARTIES
                if row.vals["partner_id"].get(name) == "self"
            }
            if own:
                partner.write(own)
        self._make_archives(rows)

    @api.model
    def _make_archives(self, rows):
        """Register the customers of some rows, as it is done by hand."""
        archives = self.env["kehu.archive"].with_context(
            **QUIET, kehu_fact_source="import"
        )
        made = archives.create(
            [{**row.vals[""], "partner_id": row.partner_id} for row in rows]
        )
        for row, archive in zip(rows, made, strict=True):
            row.archive_id = archive.id
        self._note_sources(rows)
