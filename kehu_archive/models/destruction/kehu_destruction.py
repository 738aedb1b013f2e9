from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...wording import comma


class KehuDestruction(models.Model):
    """An application to destroy archives, and the procedure it goes through (R19-R24).

    Applied for by one person, approved by another, numbered and registered, verified
    item by item by two people, left to rest, then executed by one person while another
    one witnesses it. Each step is a server action with its own group; who did what is
    kept apart here and by the database.
    """

    _name = "kehu.destruction"
    _description = "Destruction of Archives"
    _inherit = ["mail.thread", "mail.activity.mixin", "kehu.approval.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "number"]

    # === FIELDS - APPLICATION === #

    name = fields.Char(
        string="Application",
        readonly=True,
        copy=False,
        index=True,
        help="Number of the application.",
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        required=True,
        readonly=True,
        index=True,
        help="The company whose archives are destroyed.",
    )
    reason = fields.Text(required=True, help="Why the archives are to be destroyed.")
    legal_basis = fields.Text(
        required=True,
        help="The rule that allows it: the retention schedule, the law, the rules of "
        "the company.",
    )
    customer_after = fields.Selection(
        [("keep", "Stays as It Is"), ("stub", "Becomes a Stub")],
        string="Customer Card",
        default="keep",
        required=True,
        help="What becomes of the customers. A stub keeps code, invoices and what they "
        "need; contacts, addresses and notes go.",
    )
    line_ids = fields.One2many(
        "kehu.destruction.line",
        "destruction_id",
        string="Archives",
        copy=False,
        help="The archives that are to be destroyed.",
    )
    archive_ids = fields.Many2many(
        "kehu.archive",
        compute="_compute_archive_ids",
        help="The archives of the list.",
    )
    line_count = fields.Integer(
        compute="_compute_counts", help="Number of archives in the list."
    )
    destroyed_count = fields.Integer(
        compute="_compute_counts", help="Archives destroyed so far."
    )
    progress = fields.Float(
        compute="_compute_counts", help="Share of the list that is destroyed, percent."
    )

    # === FIELDS - PROCEDURE === #

    state = fields.Selection(
        selection_add=[
            ("draft",),
            ("submitted",),
            ("approved",),
            ("registered", "In the Register"),
            ("verified", "Verified"),
            ("executed", "Executed"),
            ("refused",),
            ("cancelled",),
        ],
        ondelete={
            "registered": "set default",
            "verified": "set default",
            "executed": "set default",
        },
        tracking=True,
        help="Where the procedure stands.",
    )
    submitted_at = fields.Datetime(
        readonly=True, copy=False, help="When the application was handed in."
    )
    number = fields.Char(
        string="List Number",
        readonly=True,
        copy=False,
        index=True,
        help="Number of the destruction list, given at registration, without gaps.",
    )
    registered_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who entered the list in the register.",
    )
    registered_at = fields.Datetime(
        readonly=True, copy=False, help="When the list was registered."
    )
    verified_at = fields.Datetime(
        readonly=True, copy=False, help="When the second of two people had verified it."
    )
    cooling_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Until then nothing is destroyed, and whoever has doubts can cancel.",
    )
    witness_id = fields.Many2one(
        "res.users",
        string="Destruction Witness",
        readonly=True,
        copy=False,
        help="Who witnesses the destruction and signs for it.",
    )
    witnessed_at = fields.Datetime(
        readonly=True, copy=False, help="When the witness signed."
    )
    executor_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who destroys the archives.",
    )
    started_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="The point of no return: when the first archive was destroyed.",
    )
    executed_at = fields.Datetime(
        readonly=True, copy=False, help="When the last archive was destroyed."
    )

    _executor_alone = models.Constraint(
        "CHECK (executor_id IS NULL OR (executor_id != requester_id "
        "AND executor_id IS DISTINCT FROM approver_id "
        "AND executor_id IS DISTINCT FROM witness_id))",
        "Whoever executes is neither applicant, approver nor witness.",
    )
    _witness_alone = models.Constraint(
        "CHECK (witness_id IS NULL OR (witness_id != requester_id "
        "AND witness_id IS DISTINCT FROM approver_id))",
        "The witness is neither applicant nor approver.",
    )
    _executed_complete = models.Constraint(
        "CHECK (state != 'executed' OR (number IS NOT NULL AND approver_id IS NOT NULL "
        "AND executor_id IS NOT NULL AND witness_id IS NOT NULL "
        "AND executed_at IS NOT NULL))",
        "A destruction is executed with number, approver, executor and witness.",
    )
    _started_by_somebody = models.Constraint(
        "CHECK (started_at IS NULL OR (executor_id IS NOT NULL "
        "AND witness_id IS NOT NULL AND verified_at IS NOT NULL))",
        "A destruction begins when it was verified, with executor and witness.",
    )
    _number_uniq = models.UniqueIndex(
        "(company_id, number) WHERE number IS NOT NULL",
        "The number of the destruction list is already in use.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "number")
    def _compute_display_name(self):
        for application in self:
            application.display_name = " ".join(
                filter(None, (application.number, application.name))
            )

    @api.depends("line_ids.archive_id")
    def _compute_archive_ids(self):
        for application in self:
            application.archive_ids = application.line_ids.archive_id

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {}
        for application, state, count in self.env["kehu.destruction.line"]._read_group(
            [("destruction_id", "in", self.ids)],
            ["destruction_id", "state"],
            ["__count"],
        ):
            counts.setdefault(application.id, {})[state] = count
        for application in self:
            states = counts.get(application._origin.id, {})
            total = sum(states.values()) or len(application.line_ids)
            application.line_count = total
            application.destroyed_count = states.get("destroyed", 0)
            application.progress = (
                100.0 * application.destroyed_count / total if total else 0.0
            )

    # === CRUD METHODS === #

    @api.model
    def _prepare_request_vals(self, vals):
        # sudo: users have no rights on sequences.
        number = self.env["ir.sequence"].sudo().next_by_code("kehu.destruction")
        return {**super()._prepare_request_vals(vals), "name": number}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if kept := self.filtered(lambda record: record.state != "draft"):
            raise UserError(
                self.env._(
                    "An application that was handed in stays in the register: "
                    "%(applications)s",
                    applications=comma(self.env).join(kept.mapped("display_name")),
                )
            )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "name",
            "number",
            "company_id",
            "submitted_at",
            "registered_by_id",
            "registered_at",
            "verified_at",
            "cooling_until",
            "witness_id",
            "witnessed_at",
            "executor_id",
            "started_at",
            "executed_at",
        }

    # === ACTIONS === #

    def action_view_register(self):
        """Open the rows of the permanent register that the list led to."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_destruction_register_action"
        )
        action["domain"] = [("destruction_id", "in", self.ids)]
        return action

    def _get_step_action(self, step):
        """Return the dialog of a step for these lists; server actions call it.

        :param str step: refuse, cancel, verify or execute
        :rtype: dict
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_destruction_step_action"
        )
        action["context"] = {
            "default_step": step,
            "default_destruction_ids": [Command.set(self.ids)],
        }
        return action
