from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class KehuDestruction(models.Model):
    """Two people compare a registered list with what lies there (R23)."""

    _inherit = "kehu.destruction"

    check_ids = fields.One2many(
        "kehu.destruction.check",
        compute="_compute_check_ids",
        string="Verifications",
        help="Who verified which archive, and what was found.",
    )
    mismatch_count = fields.Integer(
        compute="_compute_mismatch_count",
        help="Archives with which somebody found something wrong that is not settled.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.check_ids")
    def _compute_check_ids(self):
        for application in self:
            application.check_ids = application.line_ids.check_ids

    @api.depends("line_ids.has_mismatch", "line_ids.state")
    def _compute_mismatch_count(self):
        for application in self:
            application.mismatch_count = len(
                application.line_ids.filtered(
                    lambda line: line.has_mismatch and line.state == "open"
                )
            )

    # === ACTIONS === #

    def action_verify(self, paper_seen=False):
        """Verify every archive of the list as one of two people (R23).

        Count and digest are taken anew and compared with the register; what lies on
        paper has to be looked at. What is not as registered is kept as a record and
        stops the list. With the second person's verification the cooling-off begins.

        :param bool paper_seen: the present user has looked through the paper files
        :return: a notice of what does not fit, or True
        :raise UserError: for who has verified already, or has not seen the paper
        """
        self._check_step_group("verify")
        self._lock()
        self._check_in_states({"registered"})
        self._raise_blockers()
        mismatches = self.line_ids._check_now(paper_seen)
        for application in self:
            lines = application.line_ids
            if all(line.is_checked and not line.has_mismatch for line in lines):
                application._finish_verification()
        self._note_step("verify")
        return self._get_mismatch_notice(mismatches)

    def action_report_mismatch(self, line_ids, finding):
        """Report that archives are not as registered: a piece is missing, say (R23).

        The list stands still until whoever reported it verifies it again, or until it
        is cancelled.

        :param list line_ids: the lines that it is said of
        :param str finding: what does not fit
        :return: a notice
        :raise UserError: without a finding
        """
        self._check_step_group("verify")
        self._lock()
        self._check_in_states({"registered"})
        finding = (finding or "").strip()
        lines = self.line_ids.filtered(lambda line: line.id in set(line_ids))
        if not lines or not finding:
            raise UserError(self.env._("Say which archive does not fit, and what."))
        mismatches = lines._record_checks(dict.fromkeys(lines, finding))
        self._note_step("mismatch")
        return self._get_mismatch_notice(mismatches)

    # === BUSINESS METHODS === #

    def _finish_verification(self):
        self.ensure_one()
        now = fields.Datetime.now()
        days = self.company_id.sudo().kehu_cooling_days
        self._set_state(
            "verified",
            {"verified_at": now, "cooling_until": now + timedelta(days=days)},
        )

    def _get_mismatch_notice(self, mismatches):
        """Return a notice for the screen, or True when everything fits.

        Not an error: an error would take the record of the mismatch back.

        :param mismatches: ``kehu.destruction.check`` that do not fit
        """
        if not mismatches:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "title": self.env._("Not as registered: the list stands still"),
                "message": "\n".join(mismatches.mapped("finding")),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class KehuDestructionLine(models.Model):
    """Comparing one archive with what the register says of it."""

    _inherit = "kehu.destruction.line"

    def _check_now(self, paper_seen=False):
        """Register what the present user finds, of each archive not yet verified.

        :param bool paper_seen: the user has looked through the paper files
        :return: the ``kehu.destruction.check`` that do not fit
        :raise UserError: when there is nothing left to verify for this user, or
            naming the archives whose paper was not looked at
        """
        lines = self.filtered(lambda line: not line.checked_by_me)
        if not lines:
            raise UserError(
                self.env._(
                    "You have verified this list already. A second person has to."
                )
            )
        if not paper_seen and (unseen := lines.filtered("paper_count")):
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(archive)s: %(count)s pieces lie on paper; look at them.",
                        archive=line.archive_number,
                        count=line.paper_count,
                    )
                    for line in unseen
                )
            )
        return lines._record_checks({}, paper_seen)

    def _record_checks(self, findings, paper_seen=False):
        """Keep what the present user found.

        :param dict findings: {line: what does not fit}, beside count and digest
        :param bool paper_seen: the user has looked through the paper files
        :return: the records that do not fit
        """
        now, vals_list = fields.Datetime.now(), []
        for line in self:
            # sudo: whoever verifies compares digests, and reads nothing.
            found = line.sudo().archive_id._get_destruction_content()
            problem = findings.get(line) or line._get_mismatch(found)
            vals_list.append(
                {
                    "line_id": line.id,
                    "user_id": self.env.uid,
                    "checked_at": now,
                    "item_count": found["items"],
                    "digest": found["digest"],
                    "paper_seen": paper_seen and bool(line.paper_count),
                    "result": "mismatch" if problem else "match",
                    "finding": problem,
                }
            )
        checks = self.env["kehu.destruction.check"]._append(vals_list)
        self.invalidate_recordset(["check_ids"])
        self.destruction_id.invalidate_recordset(["check_ids", "mismatch_count"])
        return checks.filtered(lambda check: check.result == "mismatch")

    def _get_mismatch(self, found):
        """Say what is not as registered, or return False.

        :param dict found: as from ``kehu.archive._get_destruction_content``
        """
        self.ensure_one()
        if found["items"] != self.item_count:
            return self.env._(
                "%(archive)s: %(now)s pieces instead of the %(then)s registered.",
                archive=self.archive_number,
                now=found["items"],
                then=self.item_count,
            )
        if found["digest"] != self.digest:
            return self.env._(
                "%(archive)s: its content is no longer what was registered.",
                archive=self.archive_number,
            )
        return False
