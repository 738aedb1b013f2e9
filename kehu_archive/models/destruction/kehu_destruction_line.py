from odoo import api, fields, models
from odoo.exceptions import UserError

from ...wording import comma


class KehuDestructionLine(models.Model):
    """One archive in a destruction list, with what the register says of it (R22)."""

    _name = "kehu.destruction.line"
    _description = "Archive in a Destruction List"
    _inherit = ["kehu.transition.mixin"]
    _order = "destruction_id desc, sequence, id"
    _rec_name = "archive_number"

    destruction_id = fields.Many2one(
        "kehu.destruction",
        required=True,
        ondelete="cascade",
        index=True,
        help="The application that the archive stands in.",
    )
    company_id = fields.Many2one(
        related="destruction_id.company_id",
        store=True,
        help="The company whose archive it is.",
    )
    sequence = fields.Integer(default=10, help="Place in the list.")
    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="restrict",
        index=True,
        help="The archive that is to be destroyed.",
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        related_sudo=True,
        string="Customer",
        help="The customer whose archive it is.",
    )
    keeper_id = fields.Many2one(
        "res.users",
        string="Customer's Owner",
        readonly=True,
        help="Who was in charge of the customer when the list was registered; never "
        "the witness.",
    )
    witness_id = fields.Many2one(
        "res.users",
        string="Destruction Witness",
        readonly=True,
        help="The witness, here beside the customer's owner.",
    )
    state = fields.Selection(
        [
            ("open", "In the Procedure"),
            ("destroyed", "Destroyed"),
            ("dropped", "Taken Out"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        help="What became of the archive in this procedure.",
    )

    # === FIELDS - THE REGISTER'S COLUMNS, TAKEN AT REGISTRATION === #

    archive_number = fields.Char(
        readonly=True, help="The archive's number (档号) as registered."
    )
    title = fields.Char(readonly=True, help="What the archive is: its title.")
    item_count = fields.Integer(
        string="Items", readonly=True, help="Pieces in the archive's catalogue."
    )
    page_count = fields.Integer(
        string="Pages", readonly=True, help="Pages of all pieces of the catalogue."
    )
    paper_count = fields.Integer(
        string="On Paper", readonly=True, help="Pieces that lie in the cabinet."
    )
    year_from = fields.Integer(readonly=True, help="Year of the oldest piece.")
    year_to = fields.Integer(readonly=True, help="Year of the latest piece.")
    due_on = fields.Date(
        string="Retention Due",
        readonly=True,
        help="Until when the archive had to be kept.",
    )
    kept_years = fields.Float(
        string="Years Kept", readonly=True, help="How long it was kept since filing."
    )
    digest = fields.Char(
        readonly=True, help="SHA-256 of the whole archive when it was registered."
    )
    check_ids = fields.One2many(
        "kehu.destruction.check",
        "line_id",
        string="Verifications",
        readonly=True,
        help="Who verified the archive, and what was found.",
    )
    checked_by = fields.Char(
        compute="_compute_checks", help="Who has verified the archive so far."
    )
    is_checked = fields.Boolean(
        string="Verified",
        compute="_compute_checks",
        help="Two people found count, digest and paper as registered.",
    )
    has_mismatch = fields.Boolean(
        string="Mismatch",
        compute="_compute_checks",
        help="Somebody found something else than was registered, and has not verified "
        "it since.",
    )
    checked_by_me = fields.Boolean(
        compute="_compute_checks", help="The present user has verified it."
    )
    blocker_text = fields.Text(
        string="What Stands Against It",
        compute="_compute_blocker_text",
        help="Everything that stands against destroying this archive now.",
    )
    destroyed_at = fields.Datetime(
        readonly=True, help="When the archive was destroyed."
    )
    drop_reason = fields.Char(readonly=True, help="Why it was taken out of the list.")

    _in_one_list = models.UniqueIndex(
        "(archive_id) WHERE state = 'open'",
        "The archive already stands in another destruction list.",
    )
    _once_in_list = models.UniqueIndex(
        "(destruction_id, archive_id)", "The archive stands in the list already."
    )
    _witness_is_not_keeper = models.Constraint(
        "CHECK (witness_id IS NULL OR witness_id IS DISTINCT FROM keeper_id)",
        "The customer's owner does not witness the destruction of its archive.",
    )

    # === COMPUTE METHODS === #

    @api.depends("check_ids.result", "check_ids.user_id")
    @api.depends_context("uid")
    def _compute_checks(self):
        for line in self:
            # What a person found last counts: who finds the missing piece says so.
            last = {check.user_id: check for check in line.check_ids.sorted("id")}
            fitting = [user for user, one in last.items() if one.result == "match"]
            # sudo: whoever reads the list may know who verified it.
            line.checked_by = (
                comma(self.env).join(user.sudo().name for user in fitting) or False
            )
            line.is_checked = len(fitting) >= 2
            line.has_mismatch = len(fitting) != len(last)
            line.checked_by_me = self.env.user in fitting

    @api.depends("archive_id", "state")
    @api.depends_context("lang")
    def _compute_blocker_text(self):
        open_lines = self.filtered(lambda line: line.state == "open")
        blockers = open_lines.sudo().archive_id._get_destruction_blockers(
            open_lines.destruction_id
        )
        for line in self:
            line.blocker_text = (
                "\n".join(
                    blocker["message"]
                    for blocker in blockers.get(line.archive_id.id, ())
                    if line.state == "open"
                )
                or False
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        protected = self._get_protected_fields()
        clean = [
            {name: value for name, value in vals.items() if name not in protected}
            for vals in vals_list
        ]
        lines = super().create(clean)
        lines.destruction_id._check_in_states({"draft"})
        lines._check_archives()
        return lines

    def write(self, vals):
        if not self._in_transition():
            self.destruction_id._check_in_states({"draft"})
            vals = {
                name: value
                for name, value in vals.items()
                if name not in self._get_protected_fields()
            }
        result = super().write(vals)
        if "archive_id" in vals:
            self._check_archives()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_in_draft_only(self):
        self.destruction_id._check_in_states({"draft"})

    @api.model
    def _get_protected_fields(self):
        """Fields that only the steps of the procedure write."""
        return {
            name
            for name, field in self._fields.items()
            if field.readonly and field.store and not field.related
        } - {"id", "create_uid", "create_date", "write_uid", "write_date"}

    def _check_archives(self):
        """:raise UserError: for an archive that may not be queued at all"""
        for line in self:
            archive = line.archive_id
            archive.check_access("read")
            if not archive.retention_until:
                raise UserError(
                    self.env._(
                        "%(archive)s has no retention date: it cannot be put in a "
                        "destruction list.",
                        archive=archive.display_name,
                    )
                )
            if archive.state == "destroyed":
                raise UserError(
                    self.env._(
                        "%(archive)s is destroyed already.",
                        archive=archive.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    def _write_protected(self, vals):  # pylint: disable=missing-return
        # sudo: the step was checked; verifiers and witnesses edit no lists.
        super(KehuDestructionLine, self.sudo())._write_protected(vals)

    def _prepare_registration_vals(self):
        """Return what the register says of the archive, as it lies there now."""
        self.ensure_one()
        # sudo: the register's columns are the same whoever registers.
        archive = self.sudo().archive_id
        content = archive._get_destruction_content()
        return {
            "archive_number": archive.name,
            "title": self.with_context(lang=archive._get_form_lang()).env._(
                "Archive of %(name)s", name=archive.partner_id.name
            ),
            "keeper_id": archive.user_id.id,
            "item_count": content["items"],
            "page_count": content["pages"],
            "paper_count": content["paper"],
            "year_from": content["year_from"],
            "year_to": content["year_to"],
            "due_on": archive.retention_until,
            "kept_years": content["kept_years"],
            "digest": content["digest"],
        }
