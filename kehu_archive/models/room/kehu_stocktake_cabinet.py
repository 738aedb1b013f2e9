from odoo import api, fields, models

from .kehu_stocktake import set_tally


class KehuStocktakeCabinet(models.Model):
    """A cabinet within a stock-take: its result, and that nobody else counts it."""

    _name = "kehu.stocktake.cabinet"
    _description = "Cabinet in a Stock-take"
    _order = "stocktake_id desc, cabinet_id"
    _rec_name = "cabinet_id"

    stocktake_id = fields.Many2one(
        "kehu.stocktake",
        required=True,
        index=True,
        ondelete="cascade",
        help="The stock-take.",
    )
    cabinet_id = fields.Many2one(
        "kehu.cabinet",
        required=True,
        index=True,
        ondelete="restrict",
        help="The cabinet that is counted.",
    )
    company_id = fields.Many2one(
        related="stocktake_id.company_id",
        store=True,
        index=True,
        help="The company whose archives are counted.",
    )
    running = fields.Boolean(
        string="Being Counted",
        readonly=True,
        help="It is being counted at this moment, by nobody else.",
    )
    expected_count = fields.Integer(
        string="Expected",
        compute="_compute_counts",
        help="Files that ought to be here.",
    )
    open_count = fields.Integer(
        string="To Count", compute="_compute_counts", help="Files not seen yet."
    )
    found_count = fields.Integer(
        string="Found", compute="_compute_counts", help="Files in their place."
    )
    misplaced_count = fields.Integer(
        string="Misplaced",
        compute="_compute_counts",
        help="Files of this cabinet that were found elsewhere.",
    )
    unexpected_count = fields.Integer(
        string="Unexpected",
        compute="_compute_counts",
        help="Files found here that belong elsewhere or are lent.",
    )
    missing_count = fields.Integer(
        string="Missing", compute="_compute_counts", help="Files that nobody found."
    )
    lent_count = fields.Integer(
        string="Lent",
        compute="_compute_counts",
        help="Files that are out, as expected.",
    )

    _counted_once = models.UniqueIndex(
        "(cabinet_id) WHERE running",
        "Somebody else has just begun to count one of these cabinets.",
    )
    _cabinet_uniq = models.UniqueIndex(
        "(stocktake_id, cabinet_id)", "A cabinet is in a stock-take once."
    )

    @api.depends("stocktake_id.line_ids.outcome")
    def _compute_counts(self):
        lines = self.env["kehu.stocktake.line"]
        for stocktake, counts in self.grouped("stocktake_id").items():
            domain = [("stocktake_id", "in", stocktake._origin.ids)]
            expected = lines._get_tallies(
                "expected_cabinet_id", [*domain, ("outcome", "!=", "unexpected")]
            )
            # What turned up is counted where it was found.
            turned_up = lines._get_tallies(
                "found_cabinet_id", [*domain, ("outcome", "=", "unexpected")]
            )
            for count in counts:
                number = count.cabinet_id.id
                tally = {**expected.get(number, {}), **turned_up.get(number, {})}
                set_tally(count, tally)
