from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...wording import comma


class KehuDisclosure(models.Model):
    """What leaves on a disclosure: asked for at the gates, counted and logged (R17)."""

    _inherit = "kehu.disclosure"

    def action_note_hand_over(self):
        """Note that the content was handed over: on paper, as a file, or said.

        What leaves through the system's own gates is noted by itself; this is for what
        no gate sees.

        :raise UserError: for disclosures that are not running at this second
        """
        self._check_asked_by_user()
        self._raise_reasons(
            {
                disclosure: not disclosure.is_running
                and self.env._(
                    "%(disclosure)s is not running: nothing may be handed over.",
                    disclosure=disclosure.display_name,
                )
                for disclosure in self
            }
        )
        # sudo: nobody writes uses by hand; it was checked who notes this one.
        self.sudo()._note_use("handed_over")

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

    def _note_use(self, step="used"):
        """Count that something left on these disclosures, and log it.

        :param str step: ``used`` at a gate of the system, or ``handed_over``
        """
        if self and self.env.cr.readonly:
            # Reports run in read-only transactions, perhaps on a replica.
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._note_use(step)
            return
        for disclosure in self:
            disclosure._write_protected(
                {
                    "used_count": disclosure.used_count + 1,
                    "used_at": fields.Datetime.now(),
                }
            )
        self._log_step(step)

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
        if key == "step":
            steps = {
                "approved": self.env._("Approved"),
                "used": self.env._("Left the System"),
                "handed_over": self.env._("Handed Over"),
            }
            return steps.get(value) or super()._format_fact(key, value)
        return super()._format_fact(key, value)
