from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...wording import comma
from .kehu_inspection_line import CONDITIONS

# How many of the archive room are told when a cabinet has no keeper.
_MAX_TOLD = 3


class KehuCabinet(models.Model):
    """When a cabinet was inspected last, and when it is due again (R09)."""

    _name = "kehu.cabinet"
    _inherit = ["kehu.cabinet", "kehu.told.mixin"]

    in_use_from = fields.Date(
        default=lambda self: self.env.company._kehu_today(),
        help="The first inspection is due one interval after this day.",
    )
    inspection_days = fields.Integer(
        string="Inspect Every (Days)",
        help="Days from one inspection to the next. 0: as the company's settings say.",
    )
    inspection_ids = fields.One2many(
        "kehu.inspection",
        "cabinet_id",
        string="Inspections",
        groups="kehu_archive.group_kehu_archivist,kehu_archive.group_kehu_manager,"
        "kehu_archive.group_kehu_auditor",
        help="What was found when.",
    )
    inspected_on = fields.Date(
        string="Last Inspected",
        readonly=True,
        copy=False,
        help="The day on which all six conditions had been looked at: of the last "
        "looks at each of them, the earliest. Empty: one was never looked at.",
    )
    inspection_due_on = fields.Date(
        string="Next Inspection",
        compute="_compute_inspection_due_on",
        help="The last day on which the next inspection is on time.",
    )
    is_inspection_overdue = fields.Boolean(
        string="Inspection Overdue",
        compute="_compute_inspection_due_on",
        search="_search_is_inspection_overdue",
        help="The day has passed and nobody has inspected the cabinet.",
    )
    open_fault_count = fields.Integer(
        string="Open Faults",
        compute="_compute_open_fault_count",
        help="Faults that were found and not put right yet.",
    )
    reminded_due_on = fields.Date(
        readonly=True, copy=False, help="The due day of which reminders were sent."
    )

    _inspection_days_positive = models.Constraint(
        "CHECK (inspection_days >= 0)", "An interval is not negative."
    )

    # === COMPUTE METHODS === #

    @api.depends("inspected_on", "in_use_from", "inspection_days", "company_id")
    def _compute_inspection_due_on(self):
        for cabinet in self:
            company = cabinet._get_room_company()
            days = cabinet.inspection_days or company.kehu_inspection_days
            start = cabinet.inspected_on or cabinet.in_use_from
            due = start + timedelta(days=days) if days and start else False
            cabinet.inspection_due_on = due
            cabinet.is_inspection_overdue = bool(due and due < company._kehu_today())

    def _get_room_company(self):
        """The company whose settings hold for the cabinet, in sudo."""
        # sudo: the settings are the company's.
        return (self.company_id or self.env.company).sudo()

    @api.model
    def _search_is_inspection_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        overdue = self._get_due_domain(-1)
        return overdue if True in value else ~overdue

    @api.model
    def _get_due_domain(self, days):
        """Cabinets whose inspection is due within so many days.

        :param int days: from today on; -1 for what is overdue
        :rtype: Domain
        """
        day = self.env.company._kehu_today() + timedelta(days=days)

        def to_sql(model, alias, query):
            # What is not scheduled is not due, also where the condition is negated.
            due = self._get_due_sql(model, alias, query)
            return SQL("COALESCE(%s <= %s, FALSE)", due, day)

        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda cabinet: bool(
                cabinet.inspection_due_on and cabinet.inspection_due_on <= day
            ),
        )

    @api.model
    def _get_due_sql(self, model, alias, query):
        """The due day as SQL; NULL where nothing is scheduled."""
        interval = SQL(
            """COALESCE(NULLIF(%s, 0), (
                SELECT NULLIF(c.kehu_inspection_days, 0) FROM res_company c
                 WHERE c.id = COALESCE(%s, %s)))""",
            model._field_to_sql(alias, "inspection_days", query),
            model._field_to_sql(alias, "company_id", query),
            self.env.company.id,
        )
        self.env["res.company"].flush_model(["kehu_inspection_days"])
        return SQL(
            "(COALESCE(%s, %s) + %s)",
            model._field_to_sql(alias, "inspected_on", query),
            model._field_to_sql(alias, "in_use_from", query),
            interval,
        )

    def _compute_open_fault_count(self):
        # sudo: how many faults a cabinet has is no content.
        counts = {
            cabinet.id: count
            for cabinet, count in self.env["kehu.inspection.line"]
            .sudo()
            ._read_group(
                [("cabinet_id", "in", self.ids), ("state", "=", "open")],
                ["cabinet_id"],
                ["__count"],
            )
        }
        for cabinet in self:
            cabinet.open_fault_count = counts.get(cabinet._origin.id, 0)

    # === ACTIONS === #

    def action_inspect(self):
        """Open a new inspection of the cabinet, or the one that was begun."""
        self.ensure_one()
        inspections = self.env["kehu.inspection"]
        inspections.check_access("create")
        begun = inspections.search(
            [("cabinet_id", "=", self.id), ("state", "=", "draft")], limit=1
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_inspection_action"
        )
        action.update(view_mode="form", views=[(False, "form")], res_id=begun.id)
        action["context"] = {"default_cabinet_id": self.id}
        return action

    def action_view_inspections(self):
        """Open the register of inspections of the cabinet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_inspection_action"
        )
        action["domain"] = [("cabinet_id", "=", self.id)]
        action["context"] = {"default_cabinet_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _refresh_inspected_on(self):
        """Write down when all six conditions were looked at last."""
        self.env["kehu.inspection.line"].flush_model()
        self.env["kehu.inspection"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT cabinet_id, MIN(last) FROM (
                       SELECT l.cabinet_id, l.condition, MAX(l.inspected_on) AS last
                         FROM kehu_inspection_line l
                         JOIN kehu_inspection i ON i.id = l.inspection_id
                        WHERE i.state = 'done' AND l.finding != 'unchecked'
                          AND l.cabinet_id IN %s
                        GROUP BY l.cabinet_id, l.condition) looks
                    GROUP BY cabinet_id HAVING COUNT(*) = %s""",
                tuple(self.ids) or (0,),
                len(CONDITIONS),
            )
        )
        days = dict(rows)
        for cabinet in self:
            day = days.get(cabinet.id, False)
            if cabinet.inspected_on != day:
                cabinet.inspected_on = day

    def _get_filing_obstacles(self):
        """Say what stands against putting more files into these cabinets.

        :return: {cabinet: sentence}
        :rtype: dict
        """
        obstacles = {}
        today = self.env.company._kehu_today()
        # sudo: whether a cabinet has faults; nothing else is told.
        late_sudo = (
            self.env["kehu.inspection.line"]
            .sudo()
            .search(
                [
                    ("cabinet_id", "in", self.ids),
                    ("state", "=", "open"),
                    ("rectify_by", "<", today),
                ]
            )
        )
        late = {
            cabinet.id: lines
            for cabinet, lines in late_sudo.grouped("cabinet_id").items()
        }
        for cabinet in self:
            if cabinet.is_inspection_overdue:
                obstacles[cabinet] = self.env._(
                    "The inspection of %(cabinet)s is overdue since %(day)s.",
                    cabinet=cabinet.display_name,
                    day=format_date(self.env, cabinet.inspection_due_on),
                )
            elif cabinet.id in late:
                obstacles[cabinet] = self.env._(
                    "A fault of %(cabinet)s was to be put right by %(day)s: %(faults)s.",
                    cabinet=cabinet.display_name,
                    day=format_date(
                        self.env, min(late[cabinet.id].mapped("rectify_by"))
                    ),
                    faults=comma(self.env).join(
                        late[cabinet.id].mapped("display_name")
                    ),
                )
        return obstacles

    def _get_keepers(self):
        """Whom to tell about each cabinet: holders of its keys who are of the archive
        room; where there is none, the archive room.

        :return: {cabinet: res.users}
        :rtype: dict
        """
        group = self.env.ref("kehu_archive.group_kehu_archivist")
        # sudo: the register of keys, and who is of the archive room.
        room_sudo = (
            self.env["res.users"]
            .sudo()
            .search([("all_group_ids", "in", group.ids), ("share", "=", False)])
        )
        keepers = {}
        for cabinet in self:
            holders_sudo = cabinet.sudo().key_ids.holder_id & room_sudo
            company = cabinet.company_id
            keepers[cabinet] = (
                holders_sudo
                or room_sudo.filtered(
                    lambda user, company=company: (
                        not company or company in user.company_ids
                    )
                )
            )[:_MAX_TOLD]
        return keepers
