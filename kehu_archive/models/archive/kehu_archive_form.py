from datetime import datetime
from decimal import Decimal

from odoo import api, fields, models

from ...registration import definition
from ...registration.kinds import plain_decimal
from ...registration.values import (
    MISSING,
    NA,
    REFUSED,
    ROW_ID,
    FormData,
    Value,
    ValueState,
)

_WITHHELD = Value(ValueState.WITHHELD)
_NO_CONSENT = Value(ValueState.NO_CONSENT)
_MARKS = {"na": NA, "refused": REFUSED}
# The form prints a digest of these records where nobody wrote a summary (R07).
_DIGESTS = {
    "after_sales_summary": "after_sales",
    "satisfaction_summary": "satisfaction",
    "complaint_summary": "complaint",
}
_DIGEST_LINES = 3
_DECIMALS = 4


class KehuArchive(models.Model):
    """The archive as answers of the registration form (R84-R86, R91, R93)."""

    _inherit = "kehu.archive"

    def _get_form_data(self):
        """Return what the form says about each archive, for the present reader.

        What the reader may not open prints as 未授权, a personal trait without the
        person's consent as 未取得同意 (R40).

        :return: one form per archive, in order
        :rtype: list[FormData]
        :raise AccessError: when the reader may not read one of the archives
        """
        self.check_access("read")
        # A Chinese document in every language of the screen.
        archives = self.with_context(lang=self._get_form_lang())
        return [archive._prepare_form_data() for archive in archives]

    @api.model
    def _get_form_lang(self):
        installed = dict(self.env["res.lang"].get_installed())
        return "zh_CN" if "zh_CN" in installed else self.env.lang

    @api.model
    def _get_form_token_prefix(self):
        # sudo: users may not read parameters; the database's name tag is no secret.
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return f"{parameters_sudo.get_param('database.uuid')}/"

    def _prepare_form_data(self):
        self.ensure_one()
        marks = {fact.key: _MARKS[fact.state] for fact in self.fact_ids}
        facts = {
            key: self._get_form_fact(field) or marks.get(key, MISSING)
            for key, field in definition.FIELDS.items()
            if field.on_form
        }
        for key, kind in _DIGESTS.items():
            if facts[key] == MISSING:
                facts[key] = self._get_service_digest(kind)
        rows = {
            rows_key: [
                {
                    ROW_ID: Value.filled(raw=str(line.id)),
                    **{
                        field.key: self._get_form_cell(line, field)
                        for field in section.fields
                    },
                }
                for line in self[rows_key]
            ]
            for rows_key, section in definition.ROW_SECTIONS.items()
        }
        return FormData(facts, rows, token=f"{self._get_form_token_prefix()}{self.id}")

    def _get_service_digest(self, kind):
        records = self.service_ids.filtered(lambda record: record.kind == kind)
        return Value.summary(
            "；".join(
                f"{record.date} {record.description}"
                for record in records[:_DIGEST_LINES]
            )
        )

    # === SINGLE VALUES === #

    def _get_form_fact(self, field):
        """Return the value of a single fact, ``MISSING`` when it has none."""
        *path, name = field.key.split(".")
        record = self
        for step in path:
            # The bank account printed is the first, which is the default one.
            # sudo: a record that the reader may not see is not one that is missing.
            record = record.sudo()[step][:1].sudo(False)
            if not record.has_access("read"):
                return _WITHHELD
        if field.key == "partner_id.industry_id" and self._is_industry_in_words():
            return MISSING
        if field.kind == "party":
            return self._get_form_party(record, name)
        return self._get_form_value(record, name, field)

    def _is_industry_in_words(self):
        """Whether the words on the form already tell the industry (R75, R85)."""
        partner = self.partner_id
        meant = self.env["kehu.industry.label"].resolve_text(partner.industry_text)
        return meant["industry_id"] == partner.industry_id.id

    def _get_form_party(self, partner, name):
        party = partner[name]
        if not party:
            # Left to the head office's choice, unless there is no head office.
            return MISSING if partner.head_office_id else Value.filled(raw="self")
        if party == partner:
            return Value.filled(raw="self")
        if party == partner.head_office_id:
            return Value.filled(raw="head_office")
        return self._get_form_value(
            partner, name, definition.FIELDS[f"partner_id.{name}"]
        )

    def _get_form_cell(self, line, field):
        """Return the value of one cell of a list line."""
        name = field.key.partition(".")[2]
        if name == "consent_summary":
            consent = line.consent
            return MISSING if consent == "none" else Value.filled(raw=consent)
        value = self._get_form_value(line, name, field)
        if field.sensitive and value == MISSING:
            decision = line._get_decisions().get(name)
            if decision == "refused":
                return REFUSED
            return MISSING if decision == "granted" else _NO_CONSENT
        return value

    @api.model
    def _get_form_value(self, record, name, field):
        """Turn a field of a record into a value of the kind that the form asks for."""
        content = record[name]
        if isinstance(content, models.BaseModel):
            return self._get_form_record_value(content, field)
        if not content:
            return MISSING
        if isinstance(content, datetime):
            content = fields.Datetime.context_timestamp(self, content).date()
        if field.kind == "date":
            return Value.filled(raw=content.isoformat())
        if isinstance(content, float):
            number = plain_decimal(Decimal(str(round(content, _DECIMALS))))
            if field.kind == "decimal":
                return Value.filled(raw=number)
            return Value.filled(f"{number}%")
        if field.kind in ("integer", "decimal", "month", "selection"):
            return Value.filled(raw=str(content))
        if content == "无":
            return NA
        return Value.filled(str(content))

    @api.model
    def _get_form_record_value(self, record, field):
        if not record:
            return MISSING
        if not record.has_access("read"):
            return _WITHHELD
        if field.kind == "selection":
            return Value.filled(raw=record.form_option)
        if record._name == "res.partner":
            name = record.short_name or record.name
            return Value.filled(name, record.ref or "")
        if field.kind == "code":
            return Value.filled(record.display_name, record.code or "")
        return Value.filled(record.name)
