from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..wording import comma


class KehuLoanRequest(models.TransientModel):
    """Asks for one or several archives at once; one request each (R10, R11)."""

    _name = "kehu.loan.request"
    _description = "Request to Consult or Borrow"

    # Customers, not archives: these are closed to whoever asks.
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        domain=[("archive_id", "!=", False)],
        help="The customers whose archives are asked for.",
    )
    deciders = fields.Char(
        string="Decided By",
        compute="_compute_deciders",
        help="Who decides on the request.",
    )
    kind = fields.Selection(
        [("consult", "Consult"), ("borrow", "Borrow")],
        default="consult",
        required=True,
        help="Reading on the screen, or taking the original or a copy.",
    )
    medium = fields.Selection(
        [("original", "Paper Original"), ("copy", "Electronic Copy")],
        default="original",
        help="What is borrowed.",
    )
    purpose = fields.Char(help="What the archive is needed for.")
    section_ids = fields.Many2many(
        "kehu.archive.section",
        string="Sections",
        default=lambda self: self.env["kehu.loan"]._default_section_ids(),
        help="Which sections are to be opened.",
    )
    date_start = fields.Datetime(
        string="From",
        default=fields.Datetime.now,
        required=True,
        help="The first second of access.",
    )
    date_end = fields.Datetime(
        string="Until",
        default=lambda self: self.env["kehu.loan"]._default_date_end(),
        required=True,
        help="Access ends at this second; an original is due then.",
    )

    @api.depends("partner_ids")
    def _compute_deciders(self):
        loans = self.env["kehu.loan"]
        for request in self:
            names = [
                # sudo: whom to ask is told to everybody.
                loans.new({"archive_id": archive.id}).sudo()._get_approver_names()
                for archive in request._get_archives_sudo()
            ]
            request.deciders = "; ".join(dict.fromkeys(names))

    def _get_archives_sudo(self):
        """Return the archives of the chosen customers, in sudo."""
        # sudo: that a customer has an archive is no secret; nothing of it is read.
        return self.partner_ids.sudo().commercial_partner_id.archive_id

    def action_confirm(self):
        """Make the requests and hand them in: all of them or none."""
        self.ensure_one()
        archives_sudo = self._get_archives_sudo()
        if not archives_sudo:
            raise UserError(self.env._("Choose customers that have an archive."))
        loans = self.env["kehu.loan"].create(
            [
                {
                    "archive_id": archive_id,
                    "kind": self.kind,
                    "medium": self.medium if self.kind == "borrow" else False,
                    "purpose": self.purpose,
                    "section_ids": [Command.set(self.section_ids.ids)],
                    "date_start": self.date_start,
                    "date_end": self.date_end,
                }
                for archive_id in archives_sudo.ids
            ]
        )
        loans.action_submit()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Handed in: %(loans)s. %(deciders)s decides.",
                    loans=comma(self.env).join(loans.mapped("name")),
                    deciders=self.deciders,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.onchange("kind")
    def _onchange_kind(self):
        """An original is usually needed for as long as the company allows."""
        if self.kind == "borrow" and self.date_start:
            days = (
                self.env.company.kehu_loan_max_days or self.env.company.kehu_loan_days
            )
            self.date_end = self.date_start + timedelta(days=days)
