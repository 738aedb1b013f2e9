from odoo import api, fields, models


class KehuCabinet(models.Model):
    """A cabinet of the archive room (R09)."""

    _name = "kehu.cabinet"
    _description = "Archive Cabinet"
    _order = "code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="What is written on the cabinet's label.")
    name = fields.Char(required=True, help="Name or purpose of the cabinet.")
    location = fields.Char(help="Building, floor, room.")
    key_holder_id = fields.Many2one("res.users", help="Who holds the key.")
    capacity = fields.Integer(help="How many archives fit in. 0: not limited.")
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="The company that owns the cabinet. Empty: all companies.",
    )
    active = fields.Boolean(default=True, help="Clear it for a cabinet out of use.")
    archive_count = fields.Integer(
        string="Paper Files",
        compute="_compute_archive_count",
        help="How many archives lie in it.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A cabinet with this code exists already."
    )

    def _compute_archive_count(self):
        # sudo: the number of files in a cabinet is no content of an archive.
        counts = dict(
            self.env["kehu.archive"]
            .sudo()
            ._read_group(
                [("cabinet_id", "in", self.ids), ("state", "!=", "destroyed")],
                ["cabinet_id"],
                ["__count"],
            )
        )
        counts = {cabinet.id: count for cabinet, count in counts.items()}
        for cabinet in self:
            cabinet.archive_count = counts.get(cabinet._origin.id, 0)

    @api.depends("code", "name")
    def _compute_display_name(self):
        for cabinet in self:
            cabinet.display_name = f"{cabinet.code or ''} {cabinet.name or ''}".strip()
