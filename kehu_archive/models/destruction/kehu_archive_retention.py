from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...wording import comma

_MANAGER = "kehu_archive.group_kehu_manager"
_CONTRACTS = ("30_contract",)
_VOUCHERS = ("40_finance",)


class KehuArchive(models.Model):
    """When an archive becomes due: layered periods, holds, answers (R20, N5)."""

    _inherit = "kehu.archive"

    retention_reason = fields.Char(
        readonly=True,
        copy=False,
        tracking=True,
        help="Why the retention was lengthened or shortened last.",
    )
    traits_until = fields.Date(
        readonly=True,
        copy=False,
        help="Until when the personal traits are kept after the closing; they are "
        "destroyed by themselves then.",
    )
    hold_ids = fields.Many2many(
        "kehu.legal.hold",
        "kehu_legal_hold_archive_rel",
        "archive_id",
        "hold_id",
        string="Legal Holds",
        readonly=True,
        help="Cases for which the archive is kept.",
    )

    # === CRUD METHODS === #

    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"retention_reason", "traits_until"}

    def write(self, vals):
        if "retention_until" in vals and not self.env.su and not self._in_transition():
            self._check_retention_by_hand(vals["retention_until"])
        return super().write(vals)

    def _check_retention_by_hand(self, day):
        """A period that runs is changed with a reason only.

        :raise UserError: naming the archives whose period is set already
        """
        day = fields.Date.to_date(day)
        if set_ones := self.filtered(
            lambda one: one.retention_until and one.retention_until != day
        ):
            raise UserError(
                self.env._(
                    "The retention of %(archives)s is set. Change it by its action, "
                    "with a reason.",
                    archives=comma(self.env).join(set_ones.mapped("display_name")),
                )
            )

    # === ACTIONS === #

    def action_close(self, reason=None):
        """Start the retention with the closing (R98)."""
        result = super().action_close(reason)
        for archive in self:
            archive._start_retention()
        return result

    def action_reopen(self, reason=None):
        """Stop the personal traits' own clock: the cooperation goes on."""
        result = super().action_reopen(reason)
        self._write_protected({"traits_until": False})
        return result

    def action_change_retention(self, day, reason):
        """Lengthen the retention, with a reason; or shorten it, which managers do.

        :param date day: the new end of the retention
        :param str reason: kept with the archive
        :raise UserError: without a reason
        :raise AccessError: when somebody else than a manager shortens it
        """
        self.check_access("read")
        day = fields.Date.to_date(day)
        reason = (reason or "").strip()
        if not reason or not day:
            raise UserError(
                self.env._("Give the new day and say why; both are kept with it.")
            )
        shorter = self.filtered(
            lambda one: one.retention_until and day < one.retention_until
        )
        allowed = (
            (_MANAGER,)
            if shorter
            else (
                _MANAGER,
                "kehu_archive.group_kehu_archivist",
            )
        )
        if not self.env.su and not self.env.user.has_groups(",".join(allowed)):
            raise AccessError(
                self.env._(
                    "Only a sales manager shortens a retention: %(archives)s",
                    archives=comma(self.env).join(
                        (shorter or self).mapped("display_name")
                    ),
                )
            )
        self._check_in_states({"draft", "submitted", "filed", "closed"})
        # sudo: the right to the step was checked; managers edit no custody facts.
        self.sudo()._write_protected(
            {"retention_until": day, "retention_reason": reason}
        )

    def _get_retention_action(self):
        """Return the dialog that changes the retention; server actions call it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_retention_change_action"
        )
        action["context"] = {"default_archive_ids": self.ids}
        return action

    # === BUSINESS METHODS === #

    def _get_content_kinds(self):
        """Kinds of content that lie in the archive.

        :rtype: set[str]
        """
        self.ensure_one()
        categories = set(self.sudo().item_ids.mapped("category"))
        kinds = {"profile"}
        if categories & set(_CONTRACTS) or self.sudo().cooperation_ids:
            kinds.add("contract")
        if categories & set(_VOUCHERS):
            kinds.add("voucher")
        return kinds

    def _start_retention(self):
        """Set until when the archive is kept: its longest-lived content decides.

        A longer period that somebody set stays.
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        rules = self.env["kehu.retention.rule"]._get_rules(company)
        dates = {
            kind: rules[kind]._get_due_date(self, self.closed_on)
            for kind in self._get_content_kinds() | {"traits"}
            if kind in rules
        }
        traits_until = dates.pop("traits", False)
        until = [*dates.values(), *filter(None, [self.retention_until])]
        self._write_protected(
            {
                "traits_until": traits_until,
                "retention_until": max(until) if until else False,
            }
        )

    @api.model
    def _cron_expire_traits(self):
        """Destroy personal traits whose own period is over (PIPL 19)."""
        due = self.search(
            Domain("state", "=", "closed")
            & Domain("traits_until", "<", fields.Date.context_today(self))
            & Domain("legal_hold", "=", False)
        )
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(due))
        for archive in due:
            archive._expire_traits()
            if not progress(1):
                return

    def _expire_traits(self):
        self.ensure_one()
        principals = self.principal_ids.filtered("traits_cipher")
        # By SQL: a closed archive is read-only for everything else.
        self.env.cr.execute(
            "UPDATE kehu_principal SET traits_cipher = NULL WHERE id = ANY(%s)",
            [principals.ids],
        )
        principals.invalidate_recordset()
        self._write_protected({"traits_until": False})
        self._log_event("destruction", {"destruction_step": "traits"})

    # === BLOCKERS === #

    @api.model
    def _get_blocker_finders(self):
        return [
            *super()._get_blocker_finders(),
            "_find_case_blockers",
            "_find_appraisal_blockers",
        ]

    def _find_case_blockers(self):
        for archive in self:
            for hold in archive.hold_ids.filtered(lambda one: one.state == "active"):
                yield (
                    archive,
                    "hold",
                    hold,
                    self.env._("is kept for the case %(case)s.", case=hold.name),
                    self._get_clearer("manager"),
                )

    def _find_appraisal_blockers(self):
        lines = self.env["kehu.appraisal.line"].search(
            [("archive_id", "in", self.ids)], order="id desc"
        )
        seen = set()
        for line in lines:
            if line.archive_id in seen:
                continue
            seen.add(line.archive_id)
            if not line.answer:
                sentence = self.env._("its appraisal is not answered yet.")
            elif line.answer == "keep":
                sentence = self.env._(
                    "the appraisal says: keep until %(date)s.",
                    date=format_date(self.env, line.keep_until),
                )
                if line.keep_until <= fields.Date.context_today(self) - timedelta(1):
                    sentence = self.env._(
                        "was kept by its last appraisal; it has to be appraised anew."
                    )
            elif line.answer == "transfer":
                sentence = self.env._("the appraisal says: hand over, not destroy.")
            else:
                continue
            yield (
                line.archive_id,
                "appraisal",
                line.appraisal_id,
                sentence,
                comma(self.env).join(line.appraisal_id.reviewer_ids.mapped("name")),
            )
