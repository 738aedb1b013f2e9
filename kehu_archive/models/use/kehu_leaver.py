from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...wording import comma


class KehuLeaver(models.Model):
    """A colleague who leaves or changes the post: what is still open, in one place.

    The list is always of this moment. Archives are handed over in one step; the sheet
    is printed, signed by both, and closed when nothing is left open (N10).
    """

    _name = "kehu.leaver"
    _description = "Leaver's Clearance"
    _inherit = ["kehu.transition.mixin", "kehu.told.mixin"]
    _order = "id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Leaver",
        required=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        context={"active_test": False},
        help="Who leaves, or changes the post.",
    )
    successor_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Who takes over the archives and what is to be done for them.",
    )
    leaves_on = fields.Date(
        default=fields.Date.context_today, required=True, help="The last day."
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Cleared")],
        default="open",
        required=True,
        readonly=True,
        help="Whether everything was given back and handed over.",
    )
    cleared_by_id = fields.Many2one(
        "res.users", readonly=True, help="Who found that nothing is left open."
    )
    cleared_at = fields.Datetime(readonly=True, help="When that was.")
    loan_ids = fields.Many2many(
        "kehu.loan",
        string="Loans and Requests",
        compute="_compute_open",
        help="Asked for, approved and running, or lent and not given back.",
    )
    copy_ids = fields.Many2many(
        "kehu.archive.copy",
        string="Copies Out",
        compute="_compute_open",
        help="Numbered copies that were neither returned nor destroyed.",
    )
    key_ids = fields.Many2many(
        "kehu.cabinet.key",
        string="Keys",
        compute="_compute_open",
        help="Keys of cabinets in the leaver's hands.",
    )
    archive_ids = fields.Many2many(
        "kehu.archive",
        string="Archives Kept",
        compute="_compute_open",
        help="Archives that the leaver is in charge of.",
    )
    disclosure_ids = fields.Many2many(
        "kehu.disclosure",
        string="Disclosures",
        compute="_compute_open",
        help="Disclosures that wait or run.",
    )
    activity_list_ids = fields.Many2many(
        "mail.activity",
        string="To Do",
        compute="_compute_open",
        help="Activities on archives and their registers.",
    )
    release_ids = fields.Many2many(
        "kehu.release",
        string="Printed and Exported in 90 Days",
        compute="_compute_open",
        help="What the leaver took out lately; for the talk on leaving.",
    )
    open_count = fields.Integer(
        string="Still Open",
        compute="_compute_open_count",
        help="What has to be given back or handed over, also what you may not see.",
    )

    _one_open = models.UniqueIndex(
        "(user_id) WHERE state = 'open'", "The clearance of this user is open already."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_open_domains(self, user):
        """Say what of a user is open.

        :param user: one ``res.users``
        :return: {name of the list: (model, domain)}
        :rtype: dict
        """
        return {
            "loan_ids": (
                "kehu.loan",
                [
                    ("borrower_id", "=", user.id),
                    "|",
                    ("state", "in", ("submitted", "lent")),
                    ("phase", "in", ("waiting", "running")),
                ],
            ),
            "copy_ids": (
                "kehu.archive.copy",
                [("user_id", "=", user.id), ("state", "=", "out")],
            ),
            "key_ids": ("kehu.cabinet.key", [("holder_id", "=", user.id)]),
            "archive_ids": (
                "kehu.archive",
                [("user_id", "=", user.id), ("state", "!=", "destroyed")],
            ),
            "disclosure_ids": (
                "kehu.disclosure",
                [
                    ("requester_id", "=", user.id),
                    "|",
                    ("state", "=", "submitted"),
                    ("is_running", "=", True),
                ],
            ),
            "activity_list_ids": (
                "mail.activity",
                [("user_id", "=", user.id), ("res_model", "=like", "kehu.%")],
            ),
        }

    @api.depends("user_id", "state")
    @api.depends_context("uid")
    def _compute_open(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=90)
        for leaver in self:
            for name, (model, domain) in self._get_open_domains(leaver.user_id).items():
                found = self.env[model]
                if leaver.user_id and found.has_access("read"):
                    found = found.search(domain)
                leaver[name] = [Command.set(found.ids)]
            releases = self.env["kehu.release"]
            leaver.release_ids = [
                Command.set(
                    releases.search(
                        [
                            ("user_id", "=", leaver.user_id.id),
                            ("taken_at", ">=", since),
                        ]
                    ).ids
                )
            ]

    @api.depends("user_id", "state")
    def _compute_open_count(self):
        for leaver in self:
            leaver.open_count = sum(leaver._count_open().values())

    def _count_open(self):
        """Return how much of what is open.

        :rtype: dict[str, int]
        """
        self.ensure_one()
        # sudo: how many, across all archives; the lists follow the rules.
        return {
            name: self.env[model].sudo().search_count(domain) if self.user_id else 0
            for name, (model, domain) in self._get_open_domains(self.user_id).items()
        }

    # === ACTIONS === #

    @api.model
    def _get_state_sources(self):
        return {**super()._get_state_sources(), "done": {"open"}}

    def write(self, vals):
        if vals.keys() - self._get_mail_fields() and not self._in_transition():
            self._check_in_states({"open"})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_in_states({"open"})

    def action_hand_over(self):
        """Give all archives and what is to be done for them to the successor.

        :raise UserError: without a successor
        """
        self.check_access("write")
        self._check_in_states({"open"})
        for leaver in self:
            successor = leaver.successor_id
            if not successor:
                raise UserError(
                    self.env._(
                        "Say who takes over the archives of %(user)s.",
                        user=leaver.user_id.name,
                    )
                )
            archives = leaver.archive_ids
            archives.check_access("write")
            # The customer's salesperson is the archive's: one write for both.
            archives.partner_id.write({"user_id": successor.id})
            kept = archives.filtered(lambda a, user=successor: a.user_id != user)
            kept.write({"user_id": successor.id})
            # sudo: tasks of a colleague; only those of what was just handed over.
            activities_sudo = (
                self.env["mail.activity"]
                .sudo()
                .search(
                    [
                        ("user_id", "=", leaver.user_id.id),
                        ("res_model", "=", "kehu.archive"),
                        ("res_id", "in", archives.ids),
                    ]
                )
            )
            activities_sudo.write({"user_id": successor.id})
            leaver.message_post(
                body=self.env._(
                    "%(count)s archives were handed over to %(user)s.",
                    count=len(archives),
                    user=successor.name,
                )
            )
        self.invalidate_recordset()

    def action_clear(self):
        """Close the clearance; nothing may be open any more.

        :raise UserError: naming what is open
        :raise AccessError: when the leaver himself tries
        """
        self.check_access("write")
        if self.filtered(lambda leaver: leaver.user_id == self.env.user):
            raise AccessError(self.env._("Nobody clears himself."))
        for leaver in self:
            counts = leaver._count_open()
            if sum(counts.values()):
                raise UserError(
                    self.env._(
                        "%(user)s still has: %(open)s",
                        user=leaver.user_id.name,
                        open=comma(self.env).join(
                            f"{self._fields[name]._description_string(self.env)} "
                            f"{count}"
                            for name, count in counts.items()
                            if count
                        ),
                    )
                )
        self._set_state(
            "done",
            {"cleared_by_id": self.env.uid, "cleared_at": fields.Datetime.now()},
        )


class ResUsers(models.Model):
    """The clearance starts from the user."""

    _inherit = "res.users"

    def action_kehu_leaver(self):
        """Open the clearance of the user; make it when there is none."""
        self.ensure_one()
        leavers = self.env["kehu.leaver"]
        leaver = leavers.search([("user_id", "=", self.id), ("state", "=", "open")])
        leaver = leaver or leavers.create({"user_id": self.id})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_leaver_action"
        )
        action.update(views=[(False, "form")], res_id=leaver.id)
        return action
