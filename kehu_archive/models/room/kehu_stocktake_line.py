from odoo import api, fields, models

from ..mixins.kehu_trace_field import TraceMany2one
from .kehu_stocktake import OUTCOMES


class KehuStocktakeLine(models.Model):
    """One file in a stock-take: where it ought to lie, and what was found (R99).

    Written by the steps of the stock-take only; nobody has rights to write it.
    """

    _name = "kehu.stocktake.line"
    _description = "Counted File"
    _order = "stocktake_id desc, expected_cabinet_id, expected_slot, id"
    _rec_name = "archive_number"

    stocktake_id = fields.Many2one(
        "kehu.stocktake",
        required=True,
        index=True,
        ondelete="cascade",
        help="The stock-take.",
    )
    state = fields.Selection(
        related="stocktake_id.state",
        string="Stock-take Status",
        help="Where the stock-take stands.",
    )
    archive_id = TraceMany2one(
        "kehu.archive",
        required=True,
        index=True,
        help="The file. Stays when the archive was removed.",
    )
    archive_number = fields.Char(help="Number of the archive when it was counted.")
    customer = fields.Char(
        compute="_compute_customer",
        help="The customer, as far as one may read the archive.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="The company whose archives are counted."
    )
    expected_cabinet_id = fields.Many2one(
        "kehu.cabinet",
        index="btree_not_null",
        ondelete="restrict",
        help="Where the file lay by the register when the count started.",
    )
    expected_place_id = fields.Many2one(
        "kehu.place",
        index="btree_not_null",
        ondelete="set null",
        help="The layer and slot where it lay by the register.",
    )
    expected_slot = fields.Char(help="The place within the cabinet, as text.")
    expected_path = fields.Char(
        string="Expected At",
        compute="_compute_paths",
        help="Where the file lay by the register when the count started.",
    )
    was_expected = fields.Boolean(
        default=True,
        help="On the list that was frozen at the start; otherwise it turned up.",
    )
    loan_id = fields.Many2one(
        "kehu.loan",
        index="btree_not_null",
        ondelete="set null",
        help="The loan by which the file was out.",
    )
    outcome = fields.Selection(
        OUTCOMES,
        default="open",
        required=True,
        index=True,
        help="What the count found.",
    )
    found_cabinet_id = fields.Many2one(
        "kehu.cabinet",
        index="btree_not_null",
        ondelete="restrict",
        help="Where the file was found, if it was elsewhere.",
    )
    found_place_id = fields.Many2one(
        "kehu.place",
        index="btree_not_null",
        ondelete="set null",
        help="The layer and slot where the file was found.",
    )
    found_path = fields.Char(
        string="Found At",
        compute="_compute_paths",
        help="Where the file was found, if it was elsewhere.",
    )
    counted_by_id = fields.Many2one("res.users", help="Who saw the file.")
    counted_at = fields.Datetime(help="When the file was seen.")
    resolution = fields.Selection(
        [
            ("none", "Not Settled"),
            ("moved", "Register Corrected"),
            ("put_back", "Put Back"),
        ],
        default="none",
        required=True,
        help="What was done about a file that was found elsewhere.",
    )
    resolved_by_id = fields.Many2one("res.users", help="Who settled it.")
    resolved_at = fields.Datetime(help="When it was settled.")

    _archive_uniq = models.UniqueIndex(
        "(stocktake_id, archive_id)", "Somebody else has just counted this file."
    )
    _outcome_idx = models.Index("(stocktake_id, outcome)")

    # === COMPUTE METHODS === #

    @api.depends("archive_id")
    @api.depends_context("uid")
    def _compute_customer(self):
        archives = self.archive_id.exists()._filtered_access("read")
        names = {archive.id: archive.partner_id.display_name for archive in archives}
        for line in self:
            line.customer = names.get(line.archive_id.id, False)

    @api.depends(
        "expected_cabinet_id", "expected_slot", "found_cabinet_id", "found_place_id"
    )
    def _compute_paths(self):
        in_words = self.env["kehu.archive"]._format_place
        for line in self:
            line.expected_path = in_words(line.expected_cabinet_id, line.expected_slot)
            line.found_path = in_words(line.found_cabinet_id, line.found_place_id.label)

    @api.depends("archive_number", "archive_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.archive_number or f"# {line.archive_id.id}"

    # === BUSINESS METHODS === #

    @api.model
    def _get_tallies(self, groupby, domain):
        """Count lines by outcome: numbers only, of unreadable files as well.

        :param str groupby: name of a link
        :param domain: which lines
        :return: {id of the link: {outcome: number}}
        :rtype: dict[int, dict[str, int]]
        """
        tallies = {}
        # sudo: numbers only.
        for record, outcome, count in self.sudo()._read_group(
            domain, [groupby, "outcome"], ["__count"]
        ):
            tallies.setdefault(record.id, {})[outcome] = count
        return tallies
