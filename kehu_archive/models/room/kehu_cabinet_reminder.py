from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_BATCH = 200


class KehuCabinet(models.Model):
    """Reminds the keepers of inspections and of faults that nobody put right (R09)."""

    _inherit = "kehu.cabinet"

    # === REMINDING === #

    @api.model
    def _cron_remind_room(self):
        """Remind the archive room of inspections and of faults that are late.

        Each due day and each fault is reminded of once; in batches, to be continued.
        """
        for company in self.env["res.company"].search(Domain.TRUE):
            if not self.with_company(company)._remind_company():
                return

    @api.model
    def _remind_company(self):
        """Remind of what is due in the present company.

        :return: whether there is time left
        """
        return self._remind_inspections() and self._remind_faults()

    @api.model
    def _remind_inspections(self):
        """:return: whether there is time left"""
        company = self.env.company
        days = company.kehu_inspection_remind_days
        waiting = Domain("reminded_due_on", "=", False) | Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s < %s)",
                model._field_to_sql(alias, "reminded_due_on", query),
                self._get_due_sql(model, alias, query),
            ),
        )
        domain = (
            Domain("company_id", "in", [company.id, False])
            & self._get_due_domain(days)
            & waiting
        )
        while cabinets := self.search(domain, limit=_BATCH):
            cabinets._tell_keepers(
                "mail_activity_inspection_due",
                {cabinet: cabinet.inspection_due_on for cabinet in cabinets},
            )
            for due, group in cabinets.grouped("inspection_due_on").items():
                group.write({"reminded_due_on": due})
            if not self.env["ir.cron"]._commit_progress(len(cabinets)):
                return False
        return True

    @api.model
    def _remind_faults(self):
        """:return: whether there is time left"""
        lines = self.env["kehu.inspection.line"]
        domain = [
            ("company_id", "in", [self.env.company.id, False]),
            ("state", "=", "open"),
            ("reminded", "=", False),
            ("rectify_by", "<", self.env.company._kehu_today()),
        ]
        activity_type = self.env.ref("kehu_archive.mail_activity_inspection_late")
        while late := lines.search(domain, limit=_BATCH):
            vals_list = []
            keepers = late.cabinet_id._get_keepers()
            for line in late:
                users = keepers[line.cabinet_id] | (
                    line.responsible_id or line.inspection_id.inspector_id
                )
                vals_list += [
                    line._prepare_activity_vals(activity_type, user) for user in users
                ]
            self.env["mail.activity"].with_context(
                mail_activity_quick_update=True
            ).create(vals_list)
            late._write_protected({"reminded": True})
            if not self.env["ir.cron"]._commit_progress(len(late)):
                return False
        return True

    def _tell_keepers(self, kind, deadlines):
        """Give the keepers of the cabinets an activity, in one batch.

        :param str kind: name of the activity type
        :param dict deadlines: {cabinet: day}
        """
        activity_type = self.env.ref(f"kehu_archive.{kind}")
        model_id = self.env["ir.model"]._get_id(self._name)
        keepers = self._get_keepers()
        vals_list = [
            {
                "activity_type_id": activity_type.id,
                "res_model_id": model_id,
                "res_id": cabinet.id,
                "user_id": user.id,
                "date_deadline": deadlines[cabinet],
                # Nobody's language is that of the nightly job.
                "summary": activity_type.with_context(lang=user.lang).summary,
                "automated": True,
            }
            for cabinet in self
            for user in keepers[cabinet]
        ]
        # sudo: the register tells people by itself.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(vals_list)

    def _close_inspection_reminders(self):
        """The inspection answers the reminders of those that are not overdue any more."""
        answered = self.filtered(lambda cabinet: not cabinet.is_inspection_overdue)
        answered.activity_search(["kehu_archive.mail_activity_inspection_due"]).write(
            {"active": False}
        )
