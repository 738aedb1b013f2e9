from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...wording import comma


class KehuArchive(models.Model):
    """The archive of one customer: what only the company knows, and its custody.

    One per customer (R92). Born as a draft in the transaction that makes a partner a
    customer (R43), signed by the sales rep, received and numbered by the archive room
    (R94), closed when the cooperation ends (R98). Nothing but the destruction
    procedure removes an archive that was ever handed in.
    """

    _name = "kehu.archive"
    _description = "Customer Archive"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "kehu.transition.mixin",
        "kehu.code.panel.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "former_numbers", "partner_id"]
    _mail_post_access = "read"

    # === FIELDS - IDENTITY === #

    name = fields.Char(
        string="Archive Number",
        readonly=True,
        copy=False,
        help="Given by the archive room when the archive is filed. Never changes.",
    )
    former_numbers = fields.Char(
        readonly=True,
        copy=False,
        help="Numbers of archives that were merged into this one.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        # The unique index below serves for finding, too.
        help="The customer whose archive this is. One customer, one archive.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        # The company in which the customer is registered, not the one in which the
        # transaction happens to end.
        precompute=True,
        readonly=False,
        index=True,
        help="The company that keeps the archive. Empty: shared by all companies.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
        help="Who is in charge of the customer, and therefore keeps the archive.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        index=True,
        help="The team whose leader reads this archive and answers for it.",
    )

    # === FIELDS - CUSTODY === #

    state = fields.Selection(
        [
            ("draft", "Being Filled In"),
            ("submitted", "Handed In"),
            ("filed", "Filed"),
            ("closed", "Closed"),
            ("destroyed", "Destroyed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand="_group_expand_states",
        help="Where the archive stands between registration and destruction.",
    )
    confidentiality = fields.Selection(
        [
            ("internal", "Internal"),
            ("confidential", "Confidential"),
            ("secret", "Top Secret"),
        ],
        default="secret",
        required=True,
        tracking=True,
        help="Marked on the screen and on paper. Customer archives belong to the "
        "company's top secrets unless somebody decides otherwise.",
    )
    cabinet_id = fields.Many2one(
        "kehu.cabinet",
        index="btree_not_null",
        tracking=True,
        help="The cabinet in which the paper file is kept.",
    )
    slot = fields.Char(
        tracking=True,
        help="Layer and slot within the cabinet, as written on its label.",
    )
    retention_until = fields.Date(
        tracking=True, help="Not to be destroyed before this day."
    )
    legal_hold = fields.Boolean(
        tracking=True,
        help="Kept for a dispute or an investigation: may not be destroyed.",
    )
    closed_on = fields.Date(
        string="Cut-off Date",
        readonly=True,
        copy=False,
        tracking=True,
        help="The day on which the cooperation ended; retention counts from it.",
    )
    close_reason = fields.Char(
        readonly=True, copy=False, help="Why the archive was closed."
    )
    reopen_reason = fields.Char(
        readonly=True, copy=False, help="Why a closed archive was opened again."
    )
    card_active = fields.Boolean(
        related="partner_id.active",
        string="Customer Active",
        help="A customer that was put away keeps its archive in every list (R32).",
    )

    _partner_uniq = models.UniqueIndex("(partner_id)", "One customer has one archive.")
    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0)) WHERE name IS NOT NULL",
        "The archive number is already in use.",
    )
    _filed_has_number = models.Constraint(
        "CHECK (state NOT IN ('filed', 'closed', 'destroyed') OR name IS NOT NULL)",
        "An archive is filed under a number.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id.company_id")
    def _compute_company_id(self):
        for archive in self:
            archive.company_id = (
                archive.partner_id.company_id or archive.company_id or self.env.company
            )

    @api.depends("partner_id.user_id")
    def _compute_user_id(self):
        for archive in self:
            archive.user_id = (
                archive.partner_id.user_id or archive.user_id or self._default_keeper()
            )

    @api.depends("user_id")
    def _compute_team_id(self):
        for archive in self:
            # sudo: a rep need not be able to read the team of a colleague.
            archive.team_id = archive.user_id.sudo().sale_team_id or archive.team_id

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for archive in self:
            customer = archive.partner_id.display_name or ""
            archive.display_name = (
                f"{archive.name} {customer}" if archive.name else customer
            )

    @api.model
    def _default_keeper(self):
        """Whoever registers a customer without a salesperson keeps the archive."""
        user = self.env.user
        return user if user._is_internal() and not user._is_superuser() else False

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_partner_is_commercial_entity(self):
        for archive in self:
            partner = archive.partner_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. The archive is kept "
                        "for %(customer)s.",
                        contact=partner.name,
                        customer=partner.commercial_partner_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        protected = self._get_protected_fields()
        if not self._in_transition():
            vals_list = [
                {name: value for name, value in vals.items() if name not in protected}
                for vals in vals_list
            ]
        partners = self.env["res.partner"].browse(
            vals["partner_id"] for vals in vals_list if vals.get("partner_id")
        )
        partners._kehu_check_registrable()
        archives = super().create(vals_list)
        archives._link_customers()
        return archives

    def write(self, vals):
        if not self._in_transition():
            self._check_write_is_open(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if kept := self.filtered(lambda archive: archive.name or archive.submitted_at):
            raise UserError(
                self.env._(
                    "An archive that was handed in is removed by the destruction "
                    "procedure only: %(archives)s",
                    archives=comma(self.env).join(kept.mapped("display_name")),
                )
            )

    def copy(self, default=None):  # pylint: disable=method-required-super
        raise UserError(self.env._("One customer has one archive: it is not copied."))

    @api.model
    def _get_protected_fields(self):
        """Fields that only the archive's own actions write."""
        return {
            "name",
            "former_numbers",
            "registered_at",
            "filing_deadline",
            "completeness",
            "missing_facts",
            "na_facts",
            "refused_facts",
            "reminder_level",
            "submitted_by_id",
            "submitted_at",
            "signature_digest",
            "filed_by_id",
            "filed_at",
            "return_reason",
            "closed_on",
            "close_reason",
            "reopen_reason",
        }

    @api.model
    def _get_custody_fields(self):
        """Fields of the archive room, which stay open when the content is closed."""
        return {
            "cabinet_id",
            "slot",
            "retention_until",
            "legal_hold",
            "confidentiality",
            "user_id",
            "team_id",
        }

    def _check_write_is_open(self, vals):
        """Refuse what only actions may write, and content of a closed archive (R98).

        :raise AccessError: for a protected field
        :raise UserError: for content of a closed archive
        """
        if forged := self._get_protected_fields() & vals.keys():
            raise AccessError(
                self.env._(
                    "Set by the archive's actions only: %(fields)s",
                    fields=comma(self.env).join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(forged)
                    ),
                )
            )
        content = {
            name
            for name in vals
            if name in self._fields
            and self._fields[name].store
            and not self._fields[name].compute
        }
        free = self._get_custody_fields() | set(
            self.env["mail.thread"]._fields | self.env["mail.activity.mixin"]._fields
        )
        if content - free:
            self._check_content_is_open()

    def _filtered_kept(self):
        """Return those of ``self`` that the user changes in his own right.

        Asked by every step and every way of writing that goes past the plain write of
        single facts. What opens an archive for less than that narrows it.
        """
        return self._filtered_access("write")

    def _check_kept(self):
        """:raise AccessError: naming archives that are not the user's own to change"""
        self.check_access("write")
        if foreign := self - self._filtered_kept():
            raise AccessError(
                self.env._(
                    "Not in your charge: %(archives)s",
                    # sudo: the user may open them, and knows them by name.
                    archives=comma(self.env).join(
                        foreign.sudo().mapped("display_name")
                    ),
                )
            )

    def _check_content_is_open(self):
        """Refuse a change of the content when the archive is closed (R98).

        :raise UserError: naming the closed archives
        """
        if closed := self.filtered(lambda rec: rec.state in ("closed", "destroyed")):
            raise UserError(
                self.env._(
                    "A closed archive is read-only. Reopen it first, with a reason: "
                    "%(archives)s",
                    archives=comma(self.env).join(closed.mapped("display_name")),
                )
            )

    def _link_customers(self):
        """Write the link back on the customers and give each a customer code.

        In one statement for all of them, together with what waits to be written:
        thousands of archives may be made at once.
        """
        # sudo: whoever may make the archive makes its customer an archived one, also
        # where partners are read-only for that user.
        customers_sudo = self.partner_id.sudo()
        codes = customers_sudo._assign_missing_codes()
        link, ref = (customers_sudo._fields[name] for name in ("archive_id", "ref"))
        for archive in self:
            partner_sudo = archive.partner_id.sudo()
            link.write(partner_sudo, archive.id)
            if partner_sudo in codes:
                ref.write(partner_sudo, codes[partner_sudo])
        customers_sudo.modified(["archive_id", *(["ref"] if codes else [])])
        customers_sudo._validate_fields(["archive_id", "ref"])
        # A code that another transaction took is found here, not at the end.
        customers_sudo.flush_recordset()
        # From the first day on the card says where the customer stands: it may have
        # bought from us before anybody registered it.
        customers_sudo._kehu_queue_trade_refresh()
