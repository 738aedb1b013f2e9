from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...registration import definition
from ...registration.merge import Outcome
from ...registration.values import MISSING, NA_TEXT, ValueState

_TEXT_TYPES = ("char", "text")
_PROVINCE_TAILS = ("省", "市", "自治区", "特别行政区")


class KehuArchive(models.Model):
    """Takes the answers of a registration form over into the archive."""

    _inherit = "kehu.archive"

    def _apply_form_data(self, changes, lines=(), cells=None):
        """Write what a form says: facts, 无 and refusals, lines. All or nothing.

        :param list changes: :class:`~..registration.merge.Change` to take over
        :param list lines: :class:`~..registration.merge.LineChange` to take over
        :param dict cells: ``{(rows_key, line, key): (sheet, address)}`` for messages
        :raise UserError: naming each cell whose content cannot be taken
        """
        self.ensure_one()
        self._check_kept()
        self = self.with_context(kehu_fact_source="import")
        values = {"partner_id": {}, "partner_id.bank_ids": {}, "": {}}
        marks, problems = {}, []
        incoming = {change.key: change.incoming for change in changes}
        for change in changes:
            path, _dot, name = change.key.rpartition(".")
            try:
                values[path][name] = self._convert_form_fact(change.key, incoming)
            except UserError as error:
                problems.append(
                    f"{change.cell}: {error}" if change.cell else f"{error}"
                )
            state = change.incoming.state
            marks[change.key] = (
                state.value
                if state in (ValueState.NA, ValueState.REFUSED)
                else "missing"
            )
        if problems:
            raise UserError("\n".join(problems))
        self._complete_form_values(values["partner_id"], incoming)
        if values["partner_id"]:
            self.partner_id.write(values["partner_id"])
        if values[""]:
            self.write(values[""])
        if any(values["partner_id.bank_ids"].values()):
            self._write_form_bank(values["partner_id.bank_ids"])
        for key, state in marks.items():
            if state != "missing" or key in self.fact_ids.mapped("key"):
                self.set_fact_state(key, state)
        for line in lines:
            self._apply_form_line(line, cells or {})

    def _complete_form_values(self, vals, incoming):
        """Let the industry follow the words, and keep what cannot be empty."""
        words = incoming.get("partner_id.industry_text")
        if words and "industry_id" not in vals:
            meant = self.env["kehu.industry.label"].resolve_text(words.text)
            if meant["industry_id"]:
                vals["industry_id"] = meant["industry_id"]
        for name in ("name", "ref"):
            if name in vals and not vals[name]:
                del vals[name]

    def _write_form_bank(self, vals):
        # sudo: a rep who may write the archive notes the account that stands on the
        # form; whether we pay to it stays with accounting.
        partner_sudo = self.partner_id.sudo()
        account = partner_sudo.bank_ids[:1]
        if account:
            account.write(vals)
        elif vals.get("acc_number"):
            account.create({**vals, "partner_id": partner_sudo.id})
        else:
            raise UserError(self.env._("The bank stands there without an account."))

    # === CONVERSION === #

    def _convert_form_fact(self, key, incoming):
        """Return the ORM value of a single fact.

        :param dict incoming: all values that come with it, by key
        """
        fact, value = definition.FIELDS[key], incoming[key]
        if not value or value.state is not ValueState.FILLED:
            if key == "confidentiality":
                return self.confidentiality
            return False
        partner = self.partner_id
        if fact.kind == "party" and value.raw == "self":
            return partner.id if partner.head_office_id else False
        if fact.kind == "party" and value.raw == "head_office":
            if not partner.head_office_id and not incoming.get(
                "partner_id.head_office_id"
            ):
                raise UserError(
                    self.env._(
                        "%(label)s is the head office, and the customer has none.",
                        label=fact.label,
                    )
                )
            office = incoming.get("partner_id.head_office_id")
            if office:
                return self._convert_form_fact("partner_id.head_office_id", incoming)
            return partner.head_office_id.id
        if key == "partner_id.head_office_id" and self._names_itself(value):
            return False
        return self._convert_form_value(self._get_fact_field(key), fact, value)

    def _names_itself(self, value):
        """A form that names the customer as its own head office means none (R72)."""
        partner = self.partner_id
        if value.raw:
            return value.raw == partner.ref
        return value.text in (partner.name, partner.short_name)

    def _convert_form_value(self, field, fact, value):
        """Return what the ORM writes for a filled value of the form.

        :param field: the ORM field
        :param Field fact: the definition's field
        :param Value value: the answer
        :raise UserError: when no record is meant, or the text is no number
        """
        if field.type == "many2one":
            return self._find_form_record(field, fact, value).id
        if field.type in ("integer", "float"):
            text = value.raw or value.text.strip().rstrip("%％")
            try:
                return (int if field.type == "integer" else float)(Decimal(text))
            except ArithmeticError as error:
                raise UserError(
                    self.env._(
                        "“%(text)s” is not a number (%(label)s).",
                        text=value.text,
                        label=fact.label,
                    )
                ) from error
        if fact.kind in ("char", "text"):
            return value.text
        return value.raw

    def _find_form_record(self, field, fact, value):
        """Return the record that a cell means; banks and competitors are made."""
        comodel = self.env[field.comodel_name].with_context(
            lang=self._get_form_lang(), active_test=False
        )
        text = value.raw or value.text
        if fact.kind == "selection":
            if self.partner_id[field.name].form_option == value.raw:
                return self.partner_id[field.name]
            return comodel.search([("form_option", "=", value.raw)], limit=1)
        if field.comodel_name == "res.partner":
            answer = comodel.kehu_resolve_customer_code(text)
        elif fact.kind == "code":
            answer = comodel.resolve_code(text)
        elif field.comodel_name == "kehu.competitor":
            named = self.competitor_ids.filtered(lambda rival: rival.name == text)
            return named[:1] or comodel.create({"archive_id": self.id, "name": text})
        elif field.comodel_name == "res.bank":
            # sudo: names of banks are common knowledge, see _write_form_bank.
            return comodel.sudo().search(
                [("name", "=", text)], limit=1
            ) or comodel.sudo().create({"name": text})
        else:
            return self._find_form_place(comodel, fact, text)
        if answer.get("error"):
            raise UserError(answer["error"])
        return comodel.browse(answer.get("id"))

    @api.model
    def _find_form_place(self, comodel, fact, text):
        """Find a province or country by its name, with or without 省 and the like."""
        names = {text}
        for tail in _PROVINCE_TAILS:
            names |= {text.removesuffix(tail), f"{text}{tail}"}
        domain = Domain("name", "in", list(names))
        if "country_id" in comodel._fields:
            found = comodel.search(
                domain & Domain("country_id.code", "=", "CN"), limit=1
            )
            if found:
                return found
        found = comodel.search(domain, limit=1)
        if not found:
            raise UserError(
                self.env._(
                    "There is no “%(text)s” (%(label)s).", text=text, label=fact.label
                )
            )
        return found

    # === LINES === #

    def _apply_form_line(self, line, cells):
        """Add, change or remove one line of a list."""
        # A row identity from a file counts only below this very archive.
        record = self[line.rows_key].filtered(lambda rec: str(rec.id) == line.row_id)
        if line.outcome is Outcome.REMOVE:
            record.unlink()
            return
        if line.outcome is Outcome.ADD or not record:
            answers = {key: value for key, value in line.values.items() if value}
        else:
            answers = {
                change.key: change.incoming
                for change in line.changes
                if change.outcome is Outcome.TAKE
            }
        vals, later, consent = {}, {}, MISSING
        problems = []
        for key, value in answers.items():
            name = key.partition(".")[2]
            if not name or value.is_hidden:
                continue
            fact = definition.ROW_FIELDS[key]
            if name == "consent_summary":
                consent = value
            elif fact.sensitive:
                later[name] = value
            else:
                try:
                    vals[name] = self._convert_form_cell(line.rows_key, fact, value)
                except UserError as error:
                    _sheet, cell = cells.get((line.rows_key, line.line, key), ("", ""))
                    problems.append(f"{cell}: {error}" if cell else f"{error}")
        if problems:
            raise UserError("\n".join(problems))
        if record.filtered("id") and line.rows_key == "cooperation_ids":
            if record.order_id:
                # Computed from posted invoices: paper does not overrule them.
                vals.pop("performance", None)
                vals.pop("collection", None)
        record = self._write_form_line(line, record, vals)
        if later or consent:
            self._write_form_traits(record, later, consent)

    def _convert_form_cell(self, rows_key, fact, value):
        field = self.env[self._fields[rows_key].comodel_name]._fields[
            fact.key.partition(".")[2]
        ]
        if value.state is ValueState.FILLED:
            return self._convert_form_value(field, fact, value)
        # Lines have no marks of their own: 无 is kept as the word.
        keeps_word = value.state is ValueState.NA and field.type in _TEXT_TYPES
        return NA_TEXT if keeps_word else False

    def _write_form_line(self, line, record, vals):
        if record:
            record.write(vals)
            return record
        lines = self.env[self._fields[line.rows_key].comodel_name]
        lacking = [
            name
            for name, field in lines._fields.items()
            if field.required
            and name != "archive_id"
            and not vals.get(name)
            and (name in vals or not field.default)
        ]
        for name in [name for name in lacking if lines._fields[name].default]:
            del vals[name]
            lacking.remove(name)
        if lacking:
            raise ValidationError(
                self.env._(
                    "%(section)s, line %(number)s: %(field)s is missing.",
                    section=definition.ROW_SECTIONS[line.rows_key].label,
                    number=line.line + 1,
                    field=definition.ROW_FIELDS[f"{line.rows_key}.{lacking[0]}"].label,
                )
            )
        vals.update(archive_id=self.id)
        if "sequence" in lines._fields:
            vals["sequence"] = 10 * (line.line + 1)
        return lines.create(vals)

    @api.model
    def _write_form_traits(self, principal, traits, consent):
        """Record the consents of the paper first, then what they allow (R40)."""
        if consent.raw in ("granted", "refused"):
            principal.consent = consent.raw
        refused = [
            name for name, value in traits.items() if value.state is ValueState.REFUSED
        ]
        filled = {
            name: value.raw or value.text
            for name, value in traits.items()
            if value.state is ValueState.FILLED
        }
        if refused:
            principal._record_consent(refused, "refused")
        if consent.raw == "partial" and filled:
            principal._record_consent(list(filled), "granted")
        gone = {
            name: False
            for name, value in traits.items()
            if value.state not in (ValueState.FILLED, ValueState.REFUSED)
        }
        if filled or gone:
            principal.write({**gone, **filled})
