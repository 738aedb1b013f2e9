from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...wording import comma

_DAYS = 7
#: How content leaves: by which gate a disclosure opens.
WAYS = [
    ("paper", "Paper"),
    ("file", "As a File"),
    ("mail", "By E-mail"),
    ("spoken", "By Word of Mouth"),
]


class KehuDisclosure(models.Model):
    """What is told to whom outside, on what basis, and who approved it (R14, R51).

    Nothing marked sensitive leaves by print, export or mail unless a disclosure of it
    is running at that second. Nobody approves the own request.
    """

    _name = "kehu.disclosure"
    _description = "Disclosure to Outsiders"
    _inherit = ["kehu.told.mixin", "kehu.approval.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "recipient", "partner_id"]
    _mail_post_access = "read"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index=True,
        help="Number of the disclosure in the register.",
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="restrict",
        index=True,
        help="The archive that something is disclosed of.",
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        string="Customer",
        store=True,
        help="The customer whose archive it is.",
    )
    team_id = fields.Many2one(
        related="archive_id.team_id",
        store=True,
        index=True,
        help="The team whose leader or deputy decides.",
    )
    company_id = fields.Many2one(
        related="archive_id.company_id",
        store=True,
        index=True,
        help="The company that keeps the archive.",
    )
    recipient = fields.Char(
        required=True, help="Person or institution outside that is told."
    )
    recipient_email = fields.Char(
        help="The address that may be written to; needed for disclosure by e-mail."
    )
    way = fields.Selection(
        WAYS, default="paper", required=True, help="How the content leaves."
    )
    purpose = fields.Char(required=True, help="What the recipient needs it for.")
    what = fields.Text(
        string="Content", required=True, help="What exactly is disclosed."
    )
    section_ids = fields.Many2many(
        "kehu.archive.section",
        string="Sensitive Sections",
        domain=[("sensitive", "=", True)],
        help="Sections of the sensitive layer that may leave.",
    )
    item_ids = fields.Many2many(
        "kehu.archive.item",
        "kehu_disclosure_item_rel",
        "disclosure_id",
        "item_id",
        string="Sensitive Items",
        domain="[('archive_id', '=', archive_id), ('sensitive', '=', True)]",
        help="Items of the catalogue, marked sensitive, that may leave.",
    )
    basis = fields.Selection(
        [
            ("consent", "Consent of the Customer"),
            ("law", "Law, Court or Authority"),
            ("contract", "Contract With the Customer"),
            ("interest", "Vital Interest, Emergency"),
        ],
        default="consent",
        required=True,
        help="What allows the disclosure.",
    )
    basis_note = fields.Char(
        string="Letter or Clause",
        help="Number and date of the letter, the order or the clause.",
    )
    proof_ids = fields.Many2many(
        "ir.attachment",
        "kehu_disclosure_proof_rel",
        "disclosure_id",
        "attachment_id",
        string="Consent or Order",
        help="The customer's signed consent, or the order of the authority.",
    )
    date_start = fields.Datetime(
        string="From",
        default=fields.Datetime.now,
        required=True,
        help="The first second at which the content may leave.",
    )
    date_end = fields.Datetime(
        string="Until",
        default=lambda self: fields.Datetime.now() + timedelta(days=_DAYS),
        required=True,
        help="From this second on nothing leaves on this disclosure.",
    )
    is_running = fields.Boolean(
        compute="_compute_is_running",
        search="_search_is_running",
        help="Approved, and its period is running at this second.",
    )
    is_mine = fields.Boolean(
        compute="_compute_is_mine", help="Asked for by you: only you change it."
    )
    used_count = fields.Integer(
        string="Times Used",
        readonly=True,
        copy=False,
        help="How often something left on this disclosure.",
    )
    used_at = fields.Datetime(
        string="Last Used", readonly=True, copy=False, help="When it was used last."
    )

    _period = models.Constraint(
        "CHECK (date_end > date_start)", "The end has to come after the beginning."
    )
    _running_idx = models.Index("(archive_id, way) WHERE state = 'approved'")

    # === COMPUTE METHODS === #

    @api.depends("name", "recipient")
    def _compute_display_name(self):
        for disclosure in self:
            disclosure.display_name = (
                f"{disclosure.name or ''} {disclosure.recipient or ''}".strip()
            )

    @api.depends("requester_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for disclosure in self:
            requester = disclosure.requester_id
            disclosure.is_mine = not requester or requester == self.env.user

    @api.depends("state", "date_start", "date_end")
    def _compute_is_running(self):
        now = fields.Datetime.now()
        for disclosure in self:
            disclosure.is_running = (
                disclosure.state == "approved"
                and disclosure.date_start <= now < disclosure.date_end
            )

    @api.model
    def _search_is_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        return self._get_running_domain()

    @api.model
    def _get_running_domain(self):
        return (
            Domain("state", "=", "approved")
            & Domain("date_start", "<=", "now")
            & Domain("date_end", ">", "now")
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("item_ids", "archive_id")
    def _check_items(self):
        for disclosure in self:
            if disclosure.item_ids.archive_id - disclosure.archive_id:
                raise ValidationError(
                    self.env._(
                        "%(disclosure)s: the items belong to another archive.",
                        disclosure=disclosure.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        disclosures = super().create(vals_list)
        if not self.env.su:
            disclosures._check_archive()
        disclosures._adopt_proofs()
        return disclosures

    def write(self, vals):
        if vals.keys() - self._get_free_fields() and not self._in_transition():
            self._check_asked_by_user()
        result = super().write(vals)
        if "archive_id" in vals and not self.env.su:
            self._check_archive()
        if "proof_ids" in vals:
            self._adopt_proofs()
        return result

    @api.model
    def _prepare_request_vals(self, vals):
        # sudo: users have no rights on sequences.
        number = self.env["ir.sequence"].sudo().next_by_code("kehu.disclosure")
        return {**super()._prepare_request_vals(vals), "name": number}

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"name", "used_count", "used_at"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        self._check_asked_by_user()
        if kept := self.filtered(lambda disclosure: disclosure.state != "draft"):
            raise UserError(
                self.env._(
                    "A request that was handed in stays in the register: %(requests)s",
                    requests=comma(self.env).join(kept.mapped("display_name")),
                )
            )

    def _check_archive(self):
        """Whoever reads by a grant only discloses nothing.

        :raise AccessError: naming the archives
        """
        self.archive_id.check_access("read")
        self.archive_id._check_own()

    def _check_asked_by_user(self):
        """Keepers and leaders read the requests of others, and change their own.

        :raise AccessError: naming the requests of others
        """
        if self.env.su:
            return
        if foreign := self.filtered(lambda asked: asked.requester_id != self.env.user):
            raise AccessError(
                self.env._(
                    "Only whoever asked changes, hands in or removes a request: "
                    "%(requests)s",
                    requests=comma(self.env).join(foreign.mapped("display_name")),
                )
            )

    def _adopt_proofs(self):
        """Hang files that were uploaded before the request was saved below it."""
        for disclosure in self:
            # sudo: a loose file is known by its uploader alone.
            loose_sudo = disclosure.proof_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            loose_sudo.write({"res_model": self._name, "res_id": disclosure.id})


class KehuArchive(models.Model):
    """Disclosures of an archive."""

    _inherit = "kehu.archive"

    disclosure_ids = fields.One2many(
        "kehu.disclosure", "archive_id", help="What was disclosed of the archive."
    )
