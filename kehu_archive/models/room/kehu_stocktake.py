from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

OUTCOMES = [
    ("open", "Not Counted Yet"),
    ("found", "Found"),
    ("misplaced", "Misplaced"),
    ("unexpected", "Unexpected"),
    ("missing", "Missing"),
    ("lent", "Lent"),
    ("left", "Moved Away Meanwhile"),
]
_COUNTED = ("open", "found", "misplaced", "unexpected", "missing", "lent")
_EXPECTED = ("open", "found", "misplaced", "missing")


def set_tally(record, tally):
    """Write numbers of files into the fields of a stock-take or one of its cabinets.

    :param record: one record with the fields ``open_count``, ``found_count`` …
    :param dict tally: {outcome: number of files}
    """
    for outcome in _COUNTED:
        record[f"{outcome}_count"] = tally.get(outcome, 0)
    record.expected_count = sum(tally.get(outcome, 0) for outcome in _EXPECTED)


class KehuStocktake(models.Model):
    """Counting which files are really there (R99).

    What is expected is frozen when the count starts. Each file is scanned or ticked.
    What was not seen when the count is finished is missing, and becomes a case; what
    lay elsewhere is put right by a step of its own that somebody confirms.
    """

    _name = "kehu.stocktake"
    _description = "Stock-take of Archives"
    _inherit = ["kehu.transition.mixin"]
    _order = "id desc"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index=True,
        help="Number of the stock-take in its register.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        required=True,
        index=True,
        help="The company whose archives are counted.",
    )
    cabinet_ids = fields.Many2many(
        "kehu.cabinet",
        string="Cabinets",
        domain="[('company_id', 'in', [company_id, False])]",
        help="What is counted. Empty: all cabinets.",
    )
    witness_id = fields.Many2one(
        "res.users", string="Witness", help="Who watches the count and signs, too."
    )
    note = fields.Text(help="Anything that explains the result.")
    state = fields.Selection(
        [
            ("draft", "Planned"),
            ("counting", "Being Counted"),
            ("done", "Finished"),
            ("cancelled", "Called Off"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Where the stock-take stands.",
    )
    started_at = fields.Datetime(
        readonly=True, copy=False, help="When the list of expected files was frozen."
    )
    started_by_id = fields.Many2one(
        "res.users",
        string="Counted By",
        readonly=True,
        copy=False,
        help="Who started the count and answers for it.",
    )
    finished_at = fields.Datetime(
        readonly=True, copy=False, help="When the count was finished or called off."
    )
    finished_by_id = fields.Many2one(
        "res.users",
        string="Finished By",
        readonly=True,
        copy=False,
        help="Who finished the count.",
    )
    count_ids = fields.One2many(
        "kehu.stocktake.cabinet",
        "stocktake_id",
        string="Result by Cabinet",
        help="One line for each cabinet that is counted.",
    )
    line_ids = fields.One2many(
        "kehu.stocktake.line",
        "stocktake_id",
        string="Paper Files",
        help="Each file that was expected or turned up.",
    )
    expected_count = fields.Integer(
        string="Expected",
        compute="_compute_counts",
        help="Files that ought to be there, those that are lent not included.",
    )
    open_count = fields.Integer(
        string="To Count", compute="_compute_counts", help="Files not seen yet."
    )
    found_count = fields.Integer(
        string="Found", compute="_compute_counts", help="Files in their place."
    )
    misplaced_count = fields.Integer(
        string="Misplaced", compute="_compute_counts", help="Files in another place."
    )
    unexpected_count = fields.Integer(
        string="Unexpected",
        compute="_compute_counts",
        help="Files that belong elsewhere or are lent according to the register.",
    )
    missing_count = fields.Integer(
        string="Missing", compute="_compute_counts", help="Files that nobody found."
    )
    lent_count = fields.Integer(
        string="Lent",
        compute="_compute_counts",
        help="Files that are out, as expected.",
    )
    unresolved_count = fields.Integer(
        string="Places to Correct",
        compute="_compute_counts",
        help="Files found elsewhere of which nobody has said yet where they belong.",
    )
    progress = fields.Integer(
        string="Progress (%)",
        compute="_compute_counts",
        help="How many percent of the expected files were seen.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.outcome", "line_ids.resolution")
    def _compute_counts(self):
        tallies = self.env["kehu.stocktake.line"]._get_tallies(
            "stocktake_id", [("stocktake_id", "in", self.ids)]
        )
        # sudo: numbers only, of files that one may not read as well.
        unresolved = {
            stocktake.id: count
            for stocktake, count in self.env["kehu.stocktake.line"]
            .sudo()
            ._read_group(
                [
                    ("stocktake_id", "in", self.ids),
                    ("outcome", "in", ("misplaced", "unexpected")),
                    ("resolution", "=", "none"),
                ],
                ["stocktake_id"],
                ["__count"],
            )
        }
        for stocktake in self:
            tally = tallies.get(stocktake._origin.id, {})
            set_tally(stocktake, tally)
            stocktake.unresolved_count = unresolved.get(stocktake._origin.id, 0)
            expected = stocktake.expected_count
            seen = expected - tally.get("open", 0) - tally.get("missing", 0)
            stocktake.progress = 100 * seen // expected if expected else 0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        protected = self._get_protected_fields()
        # sudo: users have no rights on sequences.
        sequence_sudo = self.env["ir.sequence"].sudo()
        return super().create(
            [
                {
                    **{key: val for key, val in vals.items() if key not in protected},
                    "name": sequence_sudo.next_by_code("kehu.stocktake"),
                }
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if not self._in_transition():
            if self._get_protected_fields() & vals.keys():
                raise AccessError(
                    self.env._("Set by the steps of the stock-take only.")
                )
            if {"company_id", "cabinet_ids"} & vals.keys():
                self._check_in_states({"draft"})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        self._check_in_states({"draft"})

    @api.model
    def _get_protected_fields(self):
        return {
            "name",
            "started_at",
            "started_by_id",
            "finished_at",
            "finished_by_id",
            "count_ids",
            "line_ids",
        }

    @api.model
    def _get_state_sources(self):
        return {
            "counting": {"draft"},
            "done": {"counting"},
            "cancelled": {"draft", "counting"},
        }

    def _check_is_archivist(self):
        """:raise AccessError: unless the present user is an archivist"""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(self.env._("Only the archive room does this."))

    # === ACTIONS === #

    def action_start(self):
        """Freeze what is expected, in one statement, and reserve the cabinets.

        :raise UserError: when one of the cabinets is being counted already
        """
        self._check_is_archivist()
        for stocktake in self:
            cabinets = stocktake.cabinet_ids or self.env["kehu.cabinet"].search(
                [("company_id", "in", [stocktake.company_id.id, False])]
            )
            if not cabinets:
                raise UserError(self.env._("There is no cabinet to count."))
            stocktake._check_not_counted(cabinets)
            stocktake._set_state(
                "counting",
                {
                    "started_at": fields.Datetime.now(),
                    "started_by_id": self.env.uid,
                    "cabinet_ids": [Command.set(cabinets.ids)],
                },
            )
            # sudo: the register of a count is written by its steps only. Of two
            # starts at once the index lets one win, here and not at the end.
            counts_sudo = self.env["kehu.stocktake.cabinet"].sudo()
            counts_sudo.create(
                [
                    {
                        "stocktake_id": stocktake.id,
                        "cabinet_id": cabinet.id,
                        "running": True,
                    }
                    for cabinet in cabinets
                ]
            ).flush_recordset()
            stocktake._freeze_expected(cabinets)

    def action_cancel(self):
        """Call the count off; what was counted so far stays to be read."""
        self._check_is_archivist()
        self._set_state(
            "cancelled",
            {
                "finished_at": fields.Datetime.now(),
                "finished_by_id": self.env.uid,
            },
        )
        self._release_cabinets()

    def action_view_lines(self):
        """Open the files of the stock-take, to read or to tick."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_stocktake_line_action"
        )
        action["domain"] = [("stocktake_id", "=", self.id)]
        outcome = self.env.context.get("kehu_outcome")
        known = dict(OUTCOMES)
        action["context"] = {
            "search_default_differences": 1 if self.state == "done" else 0,
            **({f"search_default_{outcome}": 1} if outcome in known else {}),
        }
        return action

    def action_scan(self):
        """Open the scanning screen for this count."""
        self.ensure_one()
        self._check_in_states({"counting"})
        action = self.env["ir.actions.actions"]._for_xml_id(
            "kehu_archive.kehu_scan_action"
        )
        action["params"] = {"stocktake_id": self.id}
        return action

    def action_view_cases(self):
        """Open the cases of files that this count did not find."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_missing_case_action"
        )
        action["domain"] = [("stocktake_id", "=", self.id)]
        action["context"] = {}
        return action

    # === BUSINESS METHODS === #

    def _get_differences(self):
        """Files that were missing or lay elsewhere, as far as one may read them.

        :rtype: kehu.stocktake.line
        """
        return self.env["kehu.stocktake.line"].search(
            [
                ("stocktake_id", "in", self.ids),
                ("outcome", "in", ("missing", "misplaced", "unexpected")),
            ]
        )

    @api.model
    def _get_running(self, cabinets):
        """Return the counts that these cabinets are in at this moment.

        :rtype: kehu.stocktake
        """
        # sudo: that a cabinet is being counted is no secret of the archive room.
        counts_sudo = (
            self.env["kehu.stocktake.cabinet"]
            .sudo()
            .search([("cabinet_id", "in", cabinets.ids), ("running", "=", True)])
        )
        return counts_sudo.stocktake_id.sudo(self.env.su)

    def _check_not_counted(self, cabinets):
        """:raise UserError: naming cabinets that somebody is counting"""
        # sudo: of another company's count, too.
        counts_sudo = (
            self.env["kehu.stocktake.cabinet"]
            .sudo()
            .search([("cabinet_id", "in", cabinets.ids), ("running", "=", True)])
        )
        if counts_sudo:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(cabinet)s is being counted by %(user)s (%(count)s).",
                        cabinet=count.cabinet_id.display_name,
                        user=count.stocktake_id.started_by_id.name,
                        count=count.stocktake_id.name,
                    )
                    for count in counts_sudo
                )
            )

    def _freeze_expected(self, cabinets):
        """Write down what ought to lie in the cabinets now, in one statement."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO kehu_stocktake_line (
                stocktake_id, archive_id, archive_number, expected_cabinet_id,
                expected_place_id, expected_slot, loan_id, outcome, resolution,
                was_expected, company_id, create_uid, create_date, write_uid, write_date)
            SELECT %(stocktake)s, a.id, a.name, a.cabinet_id, a.place_id, a.slot, l.id,
                   CASE WHEN l.id IS NULL THEN 'open' ELSE 'lent' END, 'none',
                   TRUE, %(company)s, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                   now() AT TIME ZONE 'UTC'
              FROM kehu_archive a
              LEFT JOIN kehu_loan l ON l.archive_id = a.id
                    AND l.state = 'lent' AND l.medium = 'original'
             WHERE a.cabinet_id IN %(cabinets)s
               AND a.state != 'destroyed'
               AND (a.company_id IS NULL OR a.company_id = %(company)s)
            """,
            {
                "stocktake": self.id,
                "company": self.company_id.id,
                "uid": self.env.uid,
                "cabinets": tuple(cabinets.ids),
            },
        )
        self.env.invalidate_all()

    def _release_cabinets(self):
        # sudo: the register of a count is written by its steps only.
        self.sudo().count_ids.write({"running": False})
