import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

# So many archives are destroyed in one transaction; a longer list goes on by itself.
BATCH = 20


class KehuDestruction(models.Model):
    """Executing a verified list: every blocker is asked again, then all goes (R24).

    Each archive is destroyed and registered in one transaction. A list that is longer
    than a batch is continued by a scheduled job; one that was interrupted, too.
    """

    _inherit = "kehu.destruction"

    # === ACTIONS === #

    def action_execute(self):
        """Destroy the archives of the verified list (R24).

        Everything is asked again under lock before anything is destroyed, and again
        for each batch of a long list. The witness has to have signed; whoever executes
        has taken no other part.

        :return: a notice of archives that changed after they were verified, or True
        :raise UserError: naming everything that stands against it
        """
        self._check_step_group("execute")
        self._lock()
        for application in self:
            if mismatches := application._begin():
                return application._get_mismatch_notice(mismatches)
            application._destroy_next(BATCH)
        if self.filtered(lambda application: application.state == "verified"):
            # sudo: the job goes on with what this user has begun.
            self.env.ref("kehu_archive.cron_continue_destruction").sudo()._trigger()
        return True

    # === BUSINESS METHODS === #

    def _begin(self):
        """Take the last look before the point of no return.

        :return: records of archives that changed after they were verified; with any,
            nothing begins
        :raise UserError: naming everything that stands against it
        """
        self.ensure_one()
        self._check_in_states({"verified"})
        if self.started_at:
            if self.executor_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(application)s is being executed by %(user)s.",
                        application=self.display_name,
                        user=self.executor_id.sudo().name,
                    )
                )
            return None
        if reason := self._get_cannot_execute_reason():
            raise UserError(reason)
        self._lock_archives(self.line_ids)
        blockers = self.get_blockers() + self._get_timing_blockers()
        if blockers:
            raise UserError("\n".join(blocker["message"] for blocker in blockers))
        if mismatches := self.line_ids._record_changes():
            return mismatches
        self._write_protected(
            {"executor_id": self.env.uid, "started_at": fields.Datetime.now()}
        )
        return None

    def _get_cannot_execute_reason(self):
        """Say why the present user is not the one to execute, or return False."""
        self.ensure_one()
        if self.env.user in self.requester_id | self.approver_id | self.witness_id:
            return self.env._(
                "%(application)s: whoever applied, approved or witnesses does not "
                "execute.",
                application=self.display_name,
            )
        return False

    def _lock_archives(self, lines):
        """Lock the archives for this transaction, in the order of their ids."""
        self.env.cr.execute(
            "SELECT id FROM kehu_archive WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [lines.sudo().archive_id.ids],
        )
        self.env.invalidate_all()

    def _destroy_next(self, limit):
        """Destroy the next archives of a list that has begun.

        :param int limit: how many at most
        :return: how many are left
        :rtype: int
        """
        self.ensure_one()
        todo = self.line_ids.filtered(lambda line: line.state == "open")
        lines = todo[:limit]
        self._lock_archives(lines)
        lines._take_out_stopped()
        for line in lines.filtered(lambda line: line.state == "open"):
            line._destroy()
        left = len(todo) - len(lines)
        if not left:
            self._finish()
        return left

    def _finish(self):
        self.ensure_one()
        self._set_state("executed", {"executed_at": fields.Datetime.now()})

    @api.model
    def _cron_continue(self):
        """Go on with lists that have begun, batch by batch."""
        lists = self.search([("state", "=", "verified"), ("started_at", "!=", False)])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=sum(lists.mapped("line_count")))
        for application in lists:
            executing = application.with_user(application.executor_id).sudo()
            left = True
            while left:
                if not executing.try_lock_for_update(allow_referencing=True):
                    break
                left = executing._destroy_next(BATCH)
                if not progress(BATCH):
                    return


class KehuDestructionLine(models.Model):
    """Destroying one archive of a list, and registering that."""

    _inherit = "kehu.destruction.line"

    def _record_changes(self):
        """Keep a record of each archive that changed after it was verified (R23).

        :return: ``kehu.destruction.check`` records, in the present user's name
        """
        changed = self.filtered(
            lambda line: line.sudo().archive_id._get_destruction_digest() != line.digest
        )
        return changed._record_checks({}) if changed else changed.check_ids

    def _take_out_stopped(self):
        """Take out of a list that has begun what must not be destroyed now (R20, R23).

        Between two batches a hold, a loan or an order may have come. Such an archive
        stays as it is, with the reason in the list; the others go on.
        """
        # sudo: who executes need not be able to read what stands against it.
        blockers = self.sudo().archive_id._get_destruction_blockers(self.destruction_id)
        reasons = {
            line: "\n".join(blocker["message"] for blocker in found)
            for line in self
            if (found := blockers.get(line.sudo().archive_id.id))
        }
        checks = (self - self.browse(line.id for line in reasons))._record_changes()
        reasons.update({check.line_id: check.finding for check in checks})
        for line, reason in reasons.items():
            line._write_protected({"state": "dropped", "drop_reason": reason})
            line.sudo().archive_id._log_event(
                "destruction",
                {
                    "destruction": line.destruction_id.display_name,
                    "destruction_step": "taken_out",
                },
            )

    def _destroy(self):
        """Destroy the archive and enter it in the permanent register, together."""
        self.ensure_one()
        # sudo: the procedure was followed; who executes has no rights on what goes.
        line = self.sudo().with_context(
            tracking_disable=True, mail_notrack=True, lang=self._get_register_lang()
        )
        archive, application = line.archive_id, line.destruction_id
        entry = line._prepare_register_vals()
        facts = archive._destroy_content(line)
        self.env.cr.execute(
            "SELECT count, digest FROM kehu_event_head WHERE archive_id = %s",
            [archive.id],
        )
        count, digest = self.env.cr.fetchone()
        entry.update(
            digest=facts["digest"],
            chain_count=count,
            chain_digest=digest,
            file_count=facts["files"],
            kept_file_count=facts["kept_files"],
            destroyed_at=archive.destroyed_at,
        )
        self.env["kehu.destruction.register"]._append([entry])
        line._write_protected(
            {
                "state": "destroyed",
                # With a stub the name goes from the list, too.
                "title": entry["title"],
                "destroyed_at": archive.destroyed_at,
                "proof_cipher": line._seal_values(facts["values"]),
            }
        )
        _logger.info(
            "Archive %s was destroyed by %s.", archive.id, application.display_name
        )

    @api.model
    def _get_register_lang(self):
        return self.env["kehu.archive"]._get_form_lang()

    def _prepare_register_vals(self):
        self.ensure_one()
        application, archive = self.destruction_id, self.archive_id
        title = self.title
        if application.customer_after == "stub":
            title = self.env._(
                "Archive of %(name)s", name=archive.partner_id.ref or "—"
            )
        return {
            "number": application.number,
            "sequence": self.sequence,
            "destruction_id": application.id,
            "company_id": application.company_id.id,
            "archive_id": archive.id,
            "archive_number": archive.name,
            "customer_code": archive.partner_id.ref,
            "title": title,
            "item_count": self.item_count,
            "page_count": self.page_count,
            "year_from": self.year_from,
            "year_to": self.year_to,
            "due_on": self.due_on,
            "kept_years": self.kept_years,
            "reason": application.reason,
            "legal_basis": application.legal_basis,
            "requester_id": application.requester_id.id,
            "approver_id": application.approver_id.id,
            "verified_by": self.checked_by,
            "executor_id": application.executor_id.id,
            "witness_id": application.witness_id.id,
            "method": self._get_method_text(),
        }

    @api.model
    def _get_method_text(self):
        return self.env._(
            "Key of the protected layer destroyed; rows and files removed."
        )
