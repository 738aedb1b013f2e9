from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...wording import comma

_LEVELS = ("open", "team", "private")
# Where these are installed, their users ship and buy for every customer.
_OTHER_READERS = ("stock.group_stock_user", "purchase.group_purchase_user")


class ResPartner(models.Model):
    """The card of an archived customer: whom to ask, and who may edit it."""

    _inherit = "res.partner"

    kehu_archive_locked = fields.Boolean(
        compute="_compute_kehu_archive_access",
        help="There is an archive, and it is closed to the present user.",
    )
    kehu_archive_keeper = fields.Char(
        string="Ask",
        compute="_compute_kehu_archive_access",
        help="Who keeps the archive and who decides on requests for it.",
    )
    kehu_archive_granted_until = fields.Datetime(
        compute="_compute_kehu_archive_access",
        help="Until when the archive is open to the present user by a grant.",
    )
    kehu_loan_pending = fields.Boolean(
        compute="_compute_kehu_archive_access",
        help="A request of the present user waits for a decision.",
    )

    # === COMPUTE METHODS === #

    @api.depends("archive_id")
    @api.depends_context("uid")
    def _compute_kehu_archive_access(self):
        # sudo: that an archive exists and whom to ask is told to everybody.
        archives_sudo = {
            partner: partner.sudo().commercial_partner_id.archive_id for partner in self
        }
        everything = self.env["kehu.archive"].union(*archives_sudo.values())
        archives = everything.sudo(False)
        readable = archives._filtered_access("read")
        loans = self._kehu_get_own_loans(archives)
        for partner, archive_sudo in archives_sudo.items():
            partner.kehu_archive_locked = bool(
                archive_sudo and archive_sudo.sudo(False) not in readable
            )
            own = loans.filtered(
                lambda loan, archive=archive_sudo: loan.archive_id == archive
            )
            partner.kehu_loan_pending = bool(
                own.filtered(lambda loan: loan.state == "submitted")
            )
            running = own.filtered(lambda loan: loan.phase == "running")
            partner.kehu_archive_granted_until = (
                max(running.mapped("date_end"), default=False)
                if running.filtered("grants_access")
                else False
            )
            team = archive_sudo.team_id
            partner.kehu_archive_keeper = comma(self.env).join(
                dict.fromkeys(
                    user.name
                    for user in (
                        archive_sudo.user_id | team.user_id | team.kehu_deputy_id
                    )
                )
            ) or (self.env._("the archive room") if archive_sudo else False)

    @api.model
    def _kehu_get_own_loans(self, archives):
        """Return the present user's requests for these archives, in sudo."""
        # sudo: one's own requests.
        return (
            self.env["kehu.loan"]
            .sudo()
            .search(
                [
                    ("borrower_id", "=", self.env.uid),
                    ("archive_id", "in", archives.ids),
                    ("state", "in", ("submitted", "approved", "lent")),
                ]
            )
        )

    # === ACTIONS === #

    def action_request_archive(self):
        """Open the request for the archives of these customers, filled in already."""
        # sudo: that an archive exists is told to everybody.
        archives_sudo = self.sudo().commercial_partner_id.archive_id
        if not archives_sudo:
            raise UserError(
                self.env._("None of these customers has an archive: register first.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_loan_request_action"
        )
        action["context"] = {
            "default_partner_ids": [Command.set(archives_sudo.partner_id.ids)],
        }
        return action

    def action_view_archive(self):
        """Readers by a grant get the form that cannot be edited."""
        action = super().action_view_archive()
        archive = self.commercial_partner_id.archive_id
        if archive.has_access("read") and archive.opened_by_grant:
            view = self.env.ref("kehu_archive.kehu_archive_view_form_reader")
            action["views"] = [(view.id, "form")]
        return action

    def action_drop_opinion(self):
        """Open the box for an opinion or complaint of this customer (R114)."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_opinion_box_action"
        )
        action["context"] = {"default_partner_id": self[:1].id}
        return action

    # === ISOLATION OF THE CARD === #

    @api.model
    def _kehu_get_isolation(self):
        """Return who reads and edits cards: ``open``, ``team`` or ``private``."""
        # sudo: which rules are switched on is asked by the settings only.
        active = {
            level
            for level in ("team", "private")
            if self.env.ref(f"kehu_archive.res_partner_rule_{level}").sudo().active
        }
        if "private" in active:
            return "private"
        return "team" if "team" in active else "open"

    @api.model
    def _kehu_set_isolation(self, level):
        """Switch the record rules of the card; they bind archived customers only.

        :param str level: ``open``, ``team`` or ``private``
        :raise ValueError: for another level
        """
        if level not in _LEVELS:
            raise ValueError(level)
        wanted = {
            "res_partner_rule_team": level != "open",
            "res_partner_rule_private": level == "private",
            "res_partner_rule_readers": level == "private",
            "res_partner_rule_editors": level != "open",
        }
        for name, active in wanted.items():
            # sudo: whoever may change the settings may not edit rules as such.
            rule_sudo = self.env.ref(f"kehu_archive.{name}").sudo()
            if rule_sudo.active != active:
                rule_sudo.active = active
        others = [self.env.ref(xmlid, False) for xmlid in _OTHER_READERS]
        self.env.ref("kehu_archive.res_partner_rule_readers").sudo().write(
            {"groups": [Command.link(group.id) for group in others if group]}
        )
