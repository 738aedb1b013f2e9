from odoo import fields, models
from odoo.exceptions import UserError


class KehuDestruction(models.Model):
    """Everything that stands against a destruction, in one answer (R20, N6)."""

    _inherit = "kehu.destruction"

    blocker_html = fields.Html(
        string="What Stands Against It",
        compute="_compute_blocker_html",
        sanitize=False,
        help="Everything that stands against the next step now, with the record that "
        "causes it and who can clear it.",
    )
    blocker_count = fields.Integer(
        compute="_compute_blocker_html", help="How many reasons stand against it."
    )

    # === COMPUTE METHODS === #

    def _compute_blocker_html(self):
        for application in self:
            blockers = []
            if application.state in self._get_open_states():
                blockers = application._get_blockers(application._origin.line_ids)
            application.blocker_count = len(blockers)
            application.blocker_html = (
                self.env["ir.qweb"]._render(
                    "kehu_archive.kehu_destruction_blockers", {"blockers": blockers}
                )
                if blockers
                else False
            )

    # === BUSINESS METHODS === #

    def get_blockers(self):
        """List everything that stands against destroying the archives of the lists.

        The same function is asked by the screen, by each step, and again under lock
        when the archives are destroyed (R20).

        :return: dicts with ``code``, ``archive_id``, ``model`` and ``res_id`` of the
            record that causes it, ``record`` (its name), ``message`` and ``clears``
            (who can clear it); nothing when the next step may be taken
        :rtype: list[dict]
        """
        self.check_access("read")
        return self._get_blockers(self.line_ids)

    def _get_open_states(self):
        return ("draft", "submitted", "approved", "registered", "verified")

    def _get_blockers(self, lines):
        open_lines = lines.filtered(lambda line: line.state == "open")
        found = open_lines.sudo().archive_id._get_destruction_blockers(self)
        blockers = [
            blocker
            for line in open_lines
            for blocker in found.get(line.sudo().archive_id.id, ())
        ]
        for application in self:
            blockers += application._get_procedure_blockers()
        return blockers

    def _get_procedure_blockers(self):
        """What is wrong with the company's settings, before the point of no return.

        :rtype: list[dict]
        """
        self.ensure_one()
        blockers = []
        if problem := self.env["kehu.vault"]._get_problem():
            blockers.append(self._prepare_blocker("master_key", problem))
        # sudo: whether there is a sequence is no secret.
        sequences_sudo = self.env["ir.sequence"].sudo()
        if not sequences_sudo.search_count(
            [
                ("code", "=", "kehu.destruction.list"),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        ):
            blockers.append(
                self._prepare_blocker(
                    "setting",
                    self.env._("There is no sequence for destruction lists."),
                )
            )
        if not self.env.ref(
            "kehu_archive.report_kehu_destruction_certificate", raise_if_not_found=False
        ):
            blockers.append(
                self._prepare_blocker(
                    "setting", self.env._("The certificate's template is missing.")
                )
            )
        if self.state in ("draft", "submitted") and not self._get_approvers():
            blockers.append(
                self._prepare_blocker(
                    "setting",
                    self.env._("There is nobody who could approve: no sales manager."),
                )
            )
        return blockers

    def _prepare_blocker(self, code, message, clears=None):
        self.ensure_one()
        return {
            "code": code,
            "archive_id": False,
            "model": self._name,
            "res_id": self.id,
            "record": self.display_name,
            "message": message,
            "clears": clears or self.env._("an administrator"),
        }

    def _get_timing_blockers(self):
        """What stands against executing a verified list at this very moment.

        :rtype: list[dict]
        """
        self.ensure_one()
        blockers = []
        if self.cooling_until and self.cooling_until > fields.Datetime.now():
            blockers.append(
                self._prepare_blocker(
                    "cooling",
                    self.env._(
                        "%(application)s rests until %(until)s; until then it can be "
                        "cancelled.",
                        application=self.display_name,
                        until=self._get_cooling_text(),
                    ),
                    self.env._("time"),
                )
            )
        if not self.witness_id:
            blockers.append(
                self._prepare_blocker(
                    "witness",
                    self.env._(
                        "%(application)s: nobody has signed as witness yet.",
                        application=self.display_name,
                    ),
                    self.env._("the witness"),
                )
            )
        return blockers

    def _raise_blockers(self):
        """:raise UserError: naming everything that stands against it"""
        if blockers := self.get_blockers():
            raise UserError("\n".join(blocker["message"] for blocker in blockers))
