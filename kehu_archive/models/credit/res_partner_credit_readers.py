from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...wording import comma

# Who may see how customers pay: those who keep them, and those who look at all of them.
FIGURE_GROUPS = (
    "kehu_archive.group_kehu_rep,kehu_archive.group_kehu_archivist,"
    "kehu_archive.group_kehu_auditor,kehu_archive.group_kehu_credit,"
    "account.group_account_invoice"
)
_ACTS_ON_ALL = (
    "kehu_archive.group_kehu_archivist",
    "kehu_archive.group_kehu_credit",
    "account.group_account_invoice",
)
_READS_ALL = ("kehu_archive.group_kehu_auditor",)


class ResPartner(models.Model):
    """Who sees how a customer pays: the same people as its snapshots (R87).

    Cards are open to all sales staff, as a rule; debts and delays are not.
    """

    _inherit = "res.partner"

    kehu_credit_shown = fields.Boolean(
        string="Shows How It Pays",
        compute="_compute_kehu_credit_shown",
        help="Whether the present user may see how the customer pays.",
    )

    @api.depends("archive_id", "kehu_credit_party_id")
    @api.depends_context("uid")
    def _compute_kehu_credit_shown(self):
        seen = self._kehu_filter_credit_seen()
        for partner in self:
            partner.kehu_credit_shown = partner in seen

    def _kehu_filter_credit_seen(self, acting=False):
        """Return those of these customers whose figures the present user may see.

        Keepers see what their customers' credit party owes as a whole: by that they are
        stopped.

        :param bool acting: only those for whom the user may also ask for a snapshot
        :rtype: res.partner
        """
        user = self.env.user
        groups = _ACTS_ON_ALL if acting else _ACTS_ON_ALL + _READS_ALL
        if self.env.su or any(user.has_group(group) for group in groups):
            return self
        if not user.has_group("kehu_archive.group_kehu_rep"):
            return self.browse()
        # Read at once: customer by customer, each asks for its own archive alone.
        customers_sudo = self.sudo().commercial_partner_id
        archives_sudo = (
            customers_sudo | customers_sudo.kehu_credit_party_id
        ).archive_id
        archives_sudo.fetch(["user_id", "team_id"])
        return self.filtered(lambda partner: partner._kehu_shows_credit_to(user))

    def _kehu_shows_credit_to(self, user):
        """Whether a sales user keeps this customer or its credit party, or leads the
        team that does; without any leader every sales manager does.
        """
        self.ensure_one()
        # sudo: who keeps and leads is asked, nothing is told.
        customer_sudo = self.sudo().commercial_partner_id
        archives_sudo = (customer_sudo | customer_sudo.kehu_credit_party_id).archive_id
        for archive_sudo in archives_sudo:
            team_sudo = archive_sudo.team_id
            leaders_sudo = team_sudo.user_id | team_sudo.kehu_deputy_id
            if user in archive_sudo.user_id | leaders_sudo:
                return True
            if not leaders_sudo and user.has_group("kehu_archive.group_kehu_manager"):
                return True
        return False

    def _kehu_check_credit_seen(self, acting=False):
        """:raise AccessError: naming customers whose figures are not for the user"""
        if unseen := self - self._kehu_filter_credit_seen(acting):
            raise AccessError(
                self.env._(
                    "How these customers pay is a matter of those who keep them: "
                    "%(customers)s",
                    customers=comma(self.env).join(
                        unseen._filtered_access("read").mapped("display_name")
                    ),
                )
            )
