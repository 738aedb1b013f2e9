import hashlib
import json
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...wording import comma


class KehuArchive(models.Model):
    """Handing in, receiving, filing, closing and reopening an archive."""

    _inherit = "kehu.archive"

    # === FIELDS === #

    registered_at = fields.Datetime(
        default=fields.Datetime.now,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="When the customer was registered: the ten days count from here.",
    )
    filled_on = fields.Date(
        string="Filled In On",
        default=fields.Date.context_today,
        help="The date on the registration form.",
    )
    filing_deadline = fields.Datetime(
        compute="_compute_filing_deadline",
        store=True,
        help="The last second at which handing in is on time: the end of the tenth day "
        "after registration, in the company's time zone.",
    )
    submitted_by_id = fields.Many2one(
        "res.users",
        string="Signed By",
        readonly=True,
        copy=False,
        help="Who filled in the form and answers for its truth.",
    )
    submitted_at = fields.Datetime(
        string="Handed In At", readonly=True, copy=False, help="When it was signed."
    )
    signature_digest = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 of everything that was signed. A later change does not match it.",
    )
    signature_valid = fields.Boolean(
        compute="_compute_signature_valid",
        help="Cleared as soon as something differs from what was signed.",
    )
    filed_by_id = fields.Many2one(
        "res.users",
        string="Received By",
        readonly=True,
        copy=False,
        help="Who received the archive in the archive room.",
    )
    filed_at = fields.Datetime(
        string="Received At", readonly=True, copy=False, help="When it was filed."
    )
    return_reason = fields.Char(
        readonly=True,
        copy=False,
        tracking=True,
        help="Why the archive room gave the archive back.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Handed in after the deadline, or not handed in although it has passed.",
    )

    # === COMPUTE METHODS === #

    @api.depends("registered_at", "company_id")
    def _compute_filing_deadline(self):
        """The rule of the day of registration holds: a later setting moves nothing."""
        for archive in self:
            company = archive.company_id or self.env.company
            archive.filing_deadline = self._get_filing_deadline(
                archive.registered_at, company.kehu_filing_days, company.kehu_tz
            )

    @api.model
    def _get_filing_deadline(self, registered_at, days, timezone):
        """Return the last second at which handing in is on time (R94).

        :param datetime registered_at: UTC, naive
        :param int days: days after the day of registration, the last one included
        :param str timezone: the company's
        :return: UTC, naive
        :rtype: datetime
        """
        if not registered_at:
            return False
        zone = pytz.timezone(timezone or "Asia/Shanghai")
        last_day = pytz.utc.localize(registered_at).astimezone(zone).date() + timedelta(
            days=days
        )
        last_second = zone.localize(datetime.combine(last_day, time(23, 59, 59)))
        return last_second.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("filing_deadline", "submitted_at", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for archive in self:
            reference = archive.submitted_at or now
            archive.is_late = bool(
                archive.filing_deadline and reference > archive.filing_deadline
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        late = Domain.custom(
            to_sql=lambda model, alias, query: self._get_late_sql(model, alias, query),
            predicate=lambda archive: archive.is_late,
        )
        return late if True in value else ~late

    @api.model
    def _get_late_sql(self, model, alias, query):
        return SQL(
            "(COALESCE(%s, now() AT TIME ZONE 'UTC') > %s)",
            model._field_to_sql(alias, "submitted_at", query),
            model._field_to_sql(alias, "filing_deadline", query),
        )

    @api.depends("signature_digest")
    def _compute_signature_valid(self):
        for archive in self:
            archive.signature_valid = bool(
                archive.signature_digest
                and archive.signature_digest == archive._get_content_digest()
            )

    # === ACTIONS === #

    def action_submit(self):
        """Sign and hand in to the archive room (R80, R94).

        :raise UserError: when facts that the company demands are missing
        """
        self._check_may_submit()
        now = fields.Datetime.now()
        for archive in self:
            archive._set_state(
                "submitted",
                {
                    "submitted_by_id": self.env.uid,
                    "submitted_at": now,
                    "signature_digest": archive._get_content_digest(),
                    "return_reason": False,
                },
            )
        self._close_filing_activities()

    def action_return_to_draft(self, reason=None):
        """Give handed-in archives back to the sales rep, with a reason.

        :param str reason: what has to be mended
        :raise UserError: without a reason
        """
        self._check_is_archivist()
        reason = (reason or self.env.context.get("kehu_reason") or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say why the archive goes back: the rep has to mend it.")
            )
        self._set_state(
            "draft",
            {
                "submitted_by_id": False,
                "submitted_at": False,
                "signature_digest": False,
                "return_reason": reason,
            },
        )
        for archive in self:
            archive._notify_keeper(
                lambda env: env._("Returned by the archive room"), reason
            )

    def action_file(self):
        """Receive handed-in archives: each gets its number, for good (R94).

        :raise UserError: when something changed after the signature
        """
        self._check_is_archivist()
        self._check_in_states({"submitted"})
        if void := self.filtered(lambda archive: not archive.signature_valid):
            raise UserError(
                self.env._(
                    "Changed after it was signed: %(archives)s. Return it, so that it "
                    "is signed again.",
                    archives=comma(self.env).join(void.mapped("display_name")),
                )
            )
        now = fields.Datetime.now()
        for archive in self:
            archive._set_state(
                "filed",
                {
                    # A reopened or merged archive keeps the number it has.
                    "name": archive.name or archive._get_next_number(),
                    "filed_by_id": self.env.uid,
                    "filed_at": now,
                },
            )

    def action_close(self, reason=None):
        """Close at the end of the cooperation: read-only, cut-off date set (R98)."""
        self._check_may_close()
        reason = (reason or self.env.context.get("kehu_reason") or "").strip()
        self._set_state(
            "closed",
            {
                "closed_on": fields.Date.context_today(self),
                "close_reason": reason or False,
            },
        )

    def action_reopen(self, reason=None):
        """Open closed archives again, with a reason (R98).

        :raise UserError: without a reason
        """
        self._check_may_close()
        reason = (reason or self.env.context.get("kehu_reason") or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say why the archive is opened again; it is kept with it.")
            )
        self._check_in_states({"closed"})
        self._set_state("filed", {"closed_on": False, "reopen_reason": reason})

    def _get_step_action(self, step):
        """Return the dialog of a step for these archives; server actions call it.

        :param str step: file, return, close or reopen
        :return: an action that opens the dialog
        :rtype: dict
        """
        self.check_access("read")
        if step == "file":
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "kehu_archive.kehu_archive_file_action"
            )
        else:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "kehu_archive.kehu_archive_reason_action"
            )
        action["context"] = {
            "active_model": self._name,
            "active_ids": self.ids,
            "default_step": step,
        }
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _get_state_sources(self):
        return {
            **super()._get_state_sources(),
            "submitted": {"draft"},
            "draft": {"submitted"},
            "filed": {"submitted", "closed"},
            "closed": {"filed"},
        }

    def _check_may_submit(self):
        """Check rights and the completeness that the company demands for handing in.

        :raise UserError: naming the archive, its completeness and what is missing
        """
        self._check_kept()
        self._check_can_move("submitted")
        for archive in self:
            demanded = (archive.company_id or self.env.company).kehu_min_completeness
            if archive.completeness < demanded:
                raise UserError(
                    self.env._(
                        "%(archive)s is %(have)s %% complete; %(need)s %% are needed. "
                        "Missing: %(facts)s",
                        archive=archive.display_name,
                        have=archive.completeness,
                        need=demanded,
                        facts=comma(self.env).join(archive._get_missing_labels()),
                    )
                )

    def _check_is_archivist(self):
        if not self.env.su and not self.env.user.has_group(
            "kehu_archive.group_kehu_archivist"
        ):
            raise AccessError(self.env._("Only the archive room does this."))
        self._check_kept()

    def _check_may_close(self):
        if not self.env.su and not (
            self.env.user.has_group("kehu_archive.group_kehu_archivist")
            or self.env.user.has_group("kehu_archive.group_kehu_manager")
        ):
            raise AccessError(
                self.env._("Only the archive room or a sales manager does this.")
            )
        self._check_kept()

    def _get_next_number(self):
        """Draw the next archive number; gap-free within company and year.

        The pattern is the sequence's prefix, where ``{class}`` stands for the code of
        the customer's class, ``{region}`` for the first four digits of its region and
        ``{industry}`` for its industry (R50); a customer without one has zeros there.
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        # sudo: reps and archivists have no rights on sequences.
        number = (
            self.env["ir.sequence"]
            .sudo()
            .with_company(company)
            .next_by_code("kehu.archive", sequence_date=self._get_company_today())
        )
        partner = self.partner_id
        parts = {
            "{class}": partner.customer_class_id.code or "0",
            "{region}": (partner.region_id.code or "0000")[:4],
            "{industry}": partner.industry_id.code or "0",
        }
        for name, code in parts.items():
            number = number.replace(name, code)
        return number

    def _get_company_today(self):
        """Today's date where the company is; numbers and deadlines follow it."""
        return (self.company_id or self.env.company)._kehu_today()

    def _get_content_digest(self):
        """SHA-256 over every fact of the form, in a fixed order (R80).

        :return: hexadecimal digest
        :rtype: str
        """
        self.ensure_one()
        content = json.dumps(
            self._get_signed_content(), ensure_ascii=False, sort_keys=True
        )
        return hashlib.sha256(content.encode()).hexdigest()

    def _notify_keeper(self, word, text):
        """Tell the person in charge by an activity that something has to be done.

        :param word: called with an environment, words the activity in its language
        :param str text: what somebody wrote, in any language
        """
        self.ensure_one()
        user = self.user_id or self.create_uid
        # sudo: the archive room may not write activities on behalf of others.
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=word(self.with_context(lang=user.lang).env),
            note=text,
            user_id=user.id,
        )
