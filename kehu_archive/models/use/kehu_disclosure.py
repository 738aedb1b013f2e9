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

    # === APPROVAL === #

    def _get_deciders_sudo(self):
        """Return leader and deputy of the team, without whoever asks, in sudo."""
        # sudo: a deputy need not be able to read the team.
        disclosure_sudo = self.sudo()
        team_sudo = disclosure_sudo.team_id
        deciders_sudo = (team_sudo.user_id | team_sudo.kehu_deputy_id).filtered(
            "active"
        )
        return deciders_sudo - disclosure_sudo._get_applicants()

    def _get_approvers_domain(self):
        """Leader or deputy of the archive's team; where there is none, the archive
        room."""
        if deciders := self._get_deciders_sudo():
            return Domain("id", "in", deciders.ids)
        archivists = self.env.ref("kehu_archive.group_kehu_archivist")
        return Domain("all_group_ids", "in", archivists.ids)

    def action_submit(self):
        self._check_asked_by_user()
        return super().action_submit()

    def _get_cannot_submit_reasons(self):
        reasons = super()._get_cannot_submit_reasons()
        for disclosure in self:
            name = disclosure.display_name
            if disclosure.basis == "consent" and not disclosure.proof_ids:
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: attach the customer's consent.", disclosure=name
                )
            elif disclosure.basis != "consent" and not disclosure.basis_note:
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: name the order, law or clause.", disclosure=name
                )
            elif disclosure.way == "mail" and not disclosure.recipient_email:
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: name the e-mail address.", disclosure=name
                )
            elif disclosure.date_end <= fields.Datetime.now():
                reasons[disclosure] = self.env._(
                    "%(disclosure)s: the period has passed already.", disclosure=name
                )
        return reasons

    def _post_submit(self):
        activity_type = self.env.ref("kehu_archive.mail_activity_disclosure")
        # sudo: the register tells people by itself.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": disclosure.id,
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self),
                    "summary": activity_type.summary,
                    "automated": True,
                }
                for disclosure in self
                for user in disclosure._get_approvers()[:3]
            ]
        )

    def _post_approve(self):
        self._close_activities()
        self._log_step("approved")

    def _post_refuse(self):
        self._close_activities()

    def _post_cancel(self):
        self._close_activities()

    def _close_activities(self):
        # sudo: also those that were given to somebody else.
        self.sudo().activity_ids.write({"active": False})

    def _get_refuse_action(self):
        """Return the dialog that asks why; the server action calls it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_disclosure_refuse_action"
        )
        action["context"] = {"default_disclosure_ids": self.ids}
        return action

    # === USE === #

    def _log_step(self, step):
        for disclosure in self.sudo():
            disclosure.archive_id.with_env(self.env)._log_event(
                "disclose",
                {
                    "disclosure": disclosure.name,
                    "step": step,
                    "recipient": disclosure.recipient,
                    "way": disclosure.way,
                },
            )

    @api.model
    def _is_needed(self):
        """Whether the company lets nothing sensitive leave without a disclosure.

        :rtype: bool
        """
        # sudo: users may not read all of their company.
        return self.env.company.sudo().kehu_disclosure_required

    @api.model
    def _find_running(self, archives, ways):
        """Return the disclosures that are running now, in sudo.

        :param archives: the archives
        :param tuple ways: keys of :attr:`way`
        :rtype: kehu.disclosure
        """
        # sudo: a gate asks, whoever stands before it.
        return self.sudo().search(
            self._get_running_domain()
            & Domain("archive_id", "in", archives.ids)
            & Domain("way", "in", ways)
        )

    def _note_use(self):
        """Count that something left on these disclosures, and log it."""
        if self and self.env.cr.readonly:
            # Reports run in read-only transactions, perhaps on a replica.
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._note_use()
            return
        for disclosure in self:
            disclosure._write_protected(
                {
                    "used_count": disclosure.used_count + 1,
                    "used_at": fields.Datetime.now(),
                }
            )
        self._log_step("used")

    @api.model
    def _make_refusal(self, archives, what):
        """Return the error that names what does not leave.

        :param archives: the archives concerned, in sudo
        :param str what: names of fields or items
        """
        return UserError(
            self.env._(
                "Marked sensitive, and no disclosure of it is running: %(what)s "
                "(%(archives)s). Ask for a disclosure first.",
                what=what,
                archives=comma(self.env).join(archives.mapped("display_name")),
            )
        )


class KehuDisclosureEvent(models.Model):
    """What disclosures say in the ledger."""

    _inherit = "kehu.event"

    @api.model
    def _get_payload_labels(self):
        return {
            **super()._get_payload_labels(),
            "disclosure": self.env._("Disclosure"),
            "recipient": self.env._("Recipient"),
            "way": self.env._("Way"),
            "step": self.env._("Step"),
        }

    @api.model
    def _format_fact(self, key, value):
        if key == "way":
            return self._get_selection_label("kehu.disclosure", "way", value)
        return super()._format_fact(key, value)


class KehuArchive(models.Model):
    """Disclosures of an archive."""

    _inherit = "kehu.archive"

    disclosure_ids = fields.One2many(
        "kehu.disclosure", "archive_id", help="What was disclosed of the archive."
    )


class KehuDisclosureRefuse(models.TransientModel):
    """Asks why a disclosure is refused."""

    _name = "kehu.disclosure.refuse"
    _description = "Refusal of a Disclosure"

    disclosure_ids = fields.Many2many(
        "kehu.disclosure", required=True, readonly=True, help="What is refused."
    )
    reason = fields.Char(required=True, help="Told to whoever asked.")

    def action_confirm(self):
        """Refuse all of them, or none."""
        self.ensure_one()
        self.disclosure_ids.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
