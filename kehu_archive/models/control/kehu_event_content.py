import json
from datetime import datetime

from cryptography.exceptions import InvalidTag
from markupsafe import Markup

from odoo import api, fields, models

from ...wording import comma
from ..mixins.kehu_vault import MasterKeyError


class KehuEvent(models.Model):
    """What an event says, in the reader's language."""

    _inherit = "kehu.event"

    archive_label = fields.Char(
        string="Customer Archive",
        compute="_compute_archive_label",
        help="The archive as it is called now, or its number when it was removed.",
    )
    summary = fields.Text(
        string="What Happened",
        compute="_compute_content",
        compute_sudo=True,
        help="The facts of the event: who changed what, from which value to which.",
    )
    content = fields.Html(
        compute="_compute_content",
        compute_sudo=True,
        sanitize=False,
        help="The facts of the event as a table.",
    )

    def _compute_archive_label(self):
        # sudo: whoever may read the event may know which archive it is about.
        for event in self:
            event.archive_label = event.sudo().archive_id.display_name

    @api.depends("archive_id", "action")
    @api.depends_context("lang")
    def _compute_display_name(self):
        actions = dict(self._fields["action"]._description_selection(self.env))
        for event in self:
            event.display_name = f"{actions[event.action]} {event.archive_label}"

    @api.depends_context("lang", "tz")
    def _compute_content(self):
        contents = self._get_contents()
        for event in self:
            payload, problem = contents[event]
            lines = [] if problem else event._get_lines(payload)
            event.summary = problem or "\n".join(map(self._format_line, lines))
            event.content = self._format_table(lines) if lines else (problem or "")

    # === DECRYPTION === #

    def _get_contents(self):
        """Decrypt the events.

        :return: {event: (payload, None), or (None, why it cannot be read)}
        :rtype: dict
        """
        vault = self.env["kehu.vault"]
        events_sudo = self.sudo()
        try:
            keys = vault._get_data_keys({event.archive_id.id for event in events_sudo})
        except MasterKeyError as error:
            return {event: (None, str(error)) for event in self}
        contents = {}
        for event in events_sudo:
            archive_id = event.archive_id.id
            problem = payload = None
            if not event.payload:
                problem = self.env._("The content was not recorded: there was no key.")
            elif archive_id not in keys:
                problem = self.env._("The content was destroyed with its key.")
            else:
                place = self._get_place(archive_id, event.sequence)
                try:
                    payload = json.loads(
                        vault._open(keys[archive_id], event.payload, place)
                    )
                except (InvalidTag, ValueError):
                    problem = self.env._("The content was altered outside Odoo.")
            contents[event.with_env(self.env)] = (payload, problem)
        return contents

    # === WORDS === #

    @api.model
    def _get_lines(self, payload):
        """Turn a payload into lines to read.

        :return: dicts with ``record``, ``label``, ``before``, ``after``
        :rtype: list[dict]
        """
        labels = self._get_payload_labels()
        lines = [
            {
                "record": "",
                "label": labels.get(key, key),
                "before": "",
                "after": self._format_fact(key, value),
            }
            for key, value in payload.items()
            if key != "items"
        ]
        for item in payload.get("items", ()):
            lines += self._get_item_lines(item)
        return lines

    @api.model
    def _get_payload_labels(self):
        """Labels of the facts of acts; whoever logs other facts adds theirs.

        :return: {key: label in the reader's language}
        """
        return {
            "from": self.env._("From status"),
            "to": self.env._("To status"),
            "copy": self.env._("Copy no."),
            "evidence": self.env._("Evidence of Protection"),
            "archive": self.env._("Archive"),
            "facts": self.env._("Facts"),
            "lines": self.env._("Lines"),
            "fields": self.env._("Columns"),
            "model": self.env._("List"),
            "operations": self.env._("Refused Operations"),
            "destruction": self.env._("Destruction List"),
            "destruction_step": self.env._("Step"),
            "limit": self.env._("Limit reached, further refusals not recorded"),
        }

    @api.model
    def _format_fact(self, key, value):
        if key in ("from", "to"):
            return self._get_selection_label("kehu.archive", "state", value)
        if key == "model":
            return self.env["ir.model"]._get(value).name or value
        if key == "archive":
            return value[1]
        if key == "operations":
            operations = {
                "read": self.env._("read"),
                "write": self.env._("write"),
                "create": self.env._("create"),
                "unlink": self.env._("remove"),
            }
            value = [operations.get(operation, operation) for operation in value]
        if isinstance(value, list):
            return comma(self.env).join(map(str, value))
        return str(value)

    @api.model
    def _get_item_lines(self, item):
        model = item["model"]
        if model not in self.env:
            return []
        name = self._get_model_label(model)
        record = name
        if model not in ("kehu.archive", "res.partner"):
            record = f"{name}: {item['name']}"
        lines = [
            {
                "record": record,
                "label": self._get_field_label(model, field),
                "before": self._format_value(model, field, before),
                "after": self._format_value(model, field, after),
            }
            for field, (before, after) in item["fields"].items()
        ]
        words = {
            "set": self.env._("filled in (protected)"),
            "changed": self.env._("changed (protected)"),
            "cleared": self.env._("cleared (protected)"),
        }
        lines += [
            {
                "record": record,
                "label": self._get_field_label(model, field),
                "before": "",
                "after": words[change],
            }
            for field, change in item.get("traits", {}).items()
        ]
        if not lines and item["op"] != "write":
            lines.append({"record": record, "label": "", "before": "", "after": ""})
        return lines

    @api.model
    def _get_model_label(self, model):
        """What a model is called in a history: a partner is the customer's card."""
        if model == "res.partner":
            return self.env._("Customer Card")
        return self.env["ir.model"]._get(model).name

    @api.model
    def _get_field_label(self, model, name):
        field = self.env[model]._fields.get(name)
        return field._description_string(self.env) if field else name

    @api.model
    def _get_selection_label(self, model, name, value):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env)).get(value, value) or ""

    @api.model
    def _format_value(self, model, name, value):
        """Return a logged value in words.

        :param value: as ``kehu.ledger._get_plain`` wrote it
        """
        field = self.env[model]._fields.get(name)
        if value is None or field is None:
            return "" if value is None else str(value)
        if field.type == "many2one":
            return value[1]
        if field.relational:
            return comma(self.env).join(line[1] for line in value)
        if field.type == "selection":
            return self._get_selection_label(model, name, value)
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "datetime":
            moment = fields.Datetime.context_timestamp(
                self, datetime.fromisoformat(value)
            )
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        if field.type in ("float", "monetary"):
            return f"{value:g}" if abs(value) < 1e6 else f"{value:.2f}"
        return str(value)

    @api.model
    def _format_line(self, line):
        """One line as plain text."""
        where = " · ".join(filter(None, (line["record"], line["label"])))
        if line["before"] and line["after"]:
            return f"{where}: {line['before']} → {line['after']}"
        if line["before"]:
            return f"{where}: {line['before']} → ∅"
        return f"{where}: {line['after']}" if line["after"] else where

    @api.model
    def _format_table(self, lines):
        """The lines as a table; every word is escaped."""
        head = Markup("<tr>%s</tr>") % Markup().join(
            Markup("<th>%s</th>") % word
            for word in (
                self.env._("Record"),
                self.env._("Fact"),
                self.env._("Before"),
                self.env._("After"),
            )
        )
        body = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (line["record"], line["label"], line["before"], line["after"])
            for line in lines
        )
        return Markup(
            '<table class="table table-sm"><thead>%s</thead><tbody>%s</tbody></table>'
        ) % (head, body)
