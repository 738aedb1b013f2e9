from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models


class KehuArchive(models.Model):
    """What only screens need: badges, columns, and defaults of the form."""

    _inherit = "kehu.archive"

    filing_urgency = fields.Selection(
        [("late", "Late"), ("soon", "Due Soon")],
        compute="_compute_filing_urgency",
        help="Late: not handed in although the deadline has passed. Due soon: within "
        "the days before the deadline at which reminders are sent.",
    )

    # === COMPUTE METHODS === #

    @api.depends("filing_deadline", "state", "company_id")
    def _compute_filing_urgency(self):
        now = fields.Datetime.now()
        for archive in self:
            company = archive.company_id or self.env.company
            soon = now + timedelta(days=company.kehu_remind_days)
            deadline = archive.filing_deadline
            if archive.state != "draft" or not deadline or deadline > soon:
                archive.filing_urgency = False
            else:
                archive.filing_urgency = "late" if deadline < now else "soon"

    @api.model
    def _group_expand_states(self, states, domain):
        """Show every step of an archive's life; destroyed ones only if there are any."""
        steps = ["draft", "submitted", "filed", "closed"]
        return steps + [state for state in states if state not in steps]

    # === VIEW METHODS === #

    @api.model
    def get_empty_list_help(self, help_message):
        """Tell who may register nothing where else to go, not to register a customer."""
        # Odoo asks while it reads the action as superuser.
        own = self.sudo(False)
        if not own.has_access("create") and not own.search_count([], limit=1):
            help_message = Markup(
                '<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>'
            ) % (
                self.env._("There are no archives that you may read"),
                self.env._(
                    "To read the archive of a customer, ask for it: Consult and "
                    "Borrow, or the button on the customer's screen."
                ),
            )
        return super().get_empty_list_help(help_message)

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id")
    def _onchange_partner_class(self):
        """The class that was selected is proposed where the customer has none (R68)."""
        class_id = self.env.context.get("default_card_customer_class_id")
        if class_id and self.partner_id and not self.card_customer_class_id:
            self.card_customer_class_id = class_id

    # === BUSINESS METHODS === #

    def _prepare_step_notice(self, message):
        """Return the action that says what a step has done and refreshes the screen.

        :param str message: a translated sentence
        :rtype: dict
        """
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _submit_and_tell(self):
        """Hand in and say how many; the server action of list and form calls it."""
        self.action_submit()
        return self._prepare_step_notice(
            self.env._("%(count)s archives handed in.", count=len(self))
        )
