from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...wording import comma


class KehuPersonRequest(models.Model):
    """The desk for requests of persons: access, correction, deletion, restriction."""

    _name = "kehu.person.request"
    _description = "Request of a Person"
    _inherit = ["mail.thread", "mail.activity.mixin", "kehu.transition.mixin"]
    _order = "deadline, id"

    name = fields.Char(
        string="Person's Name",
        required=True,
        help="Who asks, as the person calls themselves.",
    )
    email = fields.Char(
        help="Where the person is answered. Odoo's privacy lookup finds the request by "
        "it, too."
    )
    principal_id = fields.Many2one(
        "kehu.principal",
        ondelete="set null",
        index="btree_not_null",
        help="The person in the archive.",
    )
    archive_id = fields.Many2one(
        "kehu.archive",
        required=True,
        ondelete="restrict",
        index=True,
        help="The archive that the person stands in.",
    )
    company_id = fields.Many2one(
        related="archive_id.company_id", store=True, help="The company."
    )
    kind = fields.Selection(
        [
            ("access", "See or Copy"),
            ("correct", "Correct"),
            ("delete", "Delete"),
            ("restrict", "Restrict to Storage"),
        ],
        required=True,
        help="What the person asks for.",
    )
    received_on = fields.Date(
        default=fields.Date.context_today,
        required=True,
        help="When the request came in.",
    )
    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        readonly=False,
        help="By when it has to be answered.",
    )
    is_late = fields.Boolean(
        compute="_compute_is_late", search="_search_is_late", help="Past its deadline."
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Complied With"), ("refused", "Declined")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        help="What became of the request.",
    )
    details = fields.Text(
        string="What the Person Says", help="What is to be corrected, in their words."
    )
    answer = fields.Text(help="What the person is told; needed to close the request.")
    handled_by_id = fields.Many2one("res.users", readonly=True, help="Who answered.")
    handled_at = fields.Datetime(readonly=True, help="When it was answered.")

    @api.depends("received_on", "kind", "archive_id")
    def _compute_deadline(self):
        for request in self:
            start = request.received_on or fields.Date.context_today(request)
            # sudo: how many days the company takes is no secret.
            company_sudo = (request.company_id or self.env.company).sudo()
            days = company_sudo._get_request_days(request.kind)
            request.deadline = start + timedelta(days=days)

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_late = bool(
                request.state == "open"
                and request.deadline
                and request.deadline < today
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "open") & Domain("deadline", "<", "today")
        if set(value) == {True, False}:
            return Domain.TRUE
        return late if True in value else ~late

    @api.model
    def _get_state_sources(self):
        return {
            **super()._get_state_sources(),
            "done": {"open"},
            "refused": {"open"},
        }

    @api.model
    def _get_kept_texts(self):
        # The name is a person's, not a number.
        return super()._get_kept_texts() - {"name"}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Requests stay in the register."))

    def action_grant(self):
        """Do what the person asks for, and close the request (PIPL 44-47).

        A deletion destroys the personal traits at once. What the law still has kept
        (name and function in an archive whose retention runs) is restricted to
        storage.

        :raise UserError: without an answer, or without the person it is about
        """
        self._check_can_close()
        for request in self:
            # sudo: the step was checked; the person's right does not depend on whether
            # the archive is closed.
            principal_sudo = request.sudo().principal_id
            if request.kind in ("delete", "restrict") and not principal_sudo:
                raise UserError(
                    self.env._(
                        "Say which person in the archive it is: %s", request.name
                    )
                )
            if request.kind == "delete":
                principal_sudo._destroy_traits(set(principal_sudo._get_trait_fields()))
            if request.kind in ("delete", "restrict"):
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE kehu_principal SET restricted = true WHERE id = %s",
                    [principal_sudo.id],
                )
                self.env.invalidate_all(flush=False)
            request.archive_id._log_event(
                "destruction", {"destruction_step": f"person_{request.kind}"}
            )
        self._close("done")

    def action_refuse(self):
        """Close the request with the reason why it is not granted."""
        self._check_can_close()
        self._close("refused")

    def _check_can_close(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(self.env._("Only the archive room does this."))
        self._check_in_states({"open"})
        if missing := self.filtered(lambda one: not (one.answer or "").strip()):
            raise UserError(
                self.env._(
                    "Write down the answer first: %(requests)s",
                    requests=comma(self.env).join(missing.mapped("name")),
                )
            )

    def _close(self, state):
        self._set_state(
            state, {"handled_by_id": self.env.uid, "handled_at": fields.Datetime.now()}
        )


class KehuArchive(models.Model):
    """A running request of a person stands against the destruction."""

    _inherit = "kehu.archive"

    def _get_blocker_finders(self):
        return [*super()._get_blocker_finders(), "_find_person_blockers"]

    def _find_person_blockers(self):
        requests = self.env["kehu.person.request"].search(
            [("archive_id", "in", self.ids), ("state", "=", "open")]
        )
        for request in requests:
            yield (
                request.archive_id,
                "person",
                request,
                self.env._(
                    "a request of a person is open until %(date)s.",
                    date=request.deadline,
                ),
                self._get_clearer("room"),
            )
