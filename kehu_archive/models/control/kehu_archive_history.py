from datetime import date, datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

_DATE_LENGTH = 10


class KehuArchive(models.Model):
    """What an archive has been: its history, and its facts as of a day (R16)."""

    _inherit = "kehu.archive"

    event_count = fields.Integer(
        string="Events",
        compute="_compute_event_count",
        help="Number of events in the archive's ledger.",
    )
    vault_warning = fields.Char(
        compute="_compute_vault_warning",
        help="Why the protected part cannot be read just now.",
    )

    def _compute_event_count(self):
        # sudo: a head says how long a chain is, and nothing else.
        heads_sudo = self.env["kehu.event.head"].sudo()
        counts = {
            head.archive_id.id: head.count
            for head in heads_sudo.search([("archive_id", "in", self.ids)])
        }
        for archive in self:
            archive.event_count = counts.get(archive.id, 0)

    def _compute_vault_warning(self):
        self.vault_warning = self.env["kehu.vault"]._get_problem()

    # === ACTIONS === #

    def action_view_history(self):
        """Open the events of the archive."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_event_action_history"
        )
        action["domain"] = [("archive_id", "in", self._get_chain_ids())]
        action["cache"] = False
        return action

    def action_view_as_of(self):
        """Open the archive as it was on a day."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kehu_archive.kehu_archive_as_of_action"
        )
        action["context"] = {"default_archive_id": self.id}
        return action

    # === HISTORY === #

    def _get_chain_ids(self):
        """Archives whose chains tell the history of ``self``: itself, and merged ones.

        :rtype: list[int]
        """
        # sudo: heads hold ids and digests only.
        heads_sudo = self.env["kehu.event.head"].sudo()
        merged = heads_sudo.search([("merged_into_id", "in", self.ids)])
        return [*self.ids, *merged.archive_id.ids]

    def get_history(self, limit=200, offset=0):
        """Return the history of the archive's facts, the latest first.

        :param int limit: number of events
        :param int offset: how many of the latest to leave out
        :return: per event ``at``, ``user``, ``action`` and ``lines``, each with
            ``record``, ``label``, ``before`` and ``after`` in the reader's language
        :rtype: list[dict]
        :raise AccessError: when the user may not read the archive
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: whoever may read the archive may read what it has been.
        events_sudo = (
            self.env["kehu.event"]
            .sudo()
            .search(
                [("archive_id", "in", self._get_chain_ids())],
                limit=limit,
                offset=offset,
            )
        )
        actions = dict(events_sudo._fields["action"]._description_selection(self.env))
        history = []
        for event, (payload, problem) in events_sudo._get_contents().items():
            history.append(
                {
                    "at": fields.Datetime.to_string(event.at),
                    "user": event.user_id.name,
                    "action": actions[event.action],
                    "lines": event._get_lines(payload) if payload else [],
                    "problem": problem or "",
                }
            )
        return history

    def get_facts_as_of(self, day):
        """Return what the archive said at the end of a day, or at a moment.

        Taken back, event by event, from what it says now. The personal layer is left
        out: what it said is kept nowhere.

        :param day: a date (its end, in the company's time zone) or a moment in UTC
        :return: ``at``; ``complete``: False when an event in between cannot be read;
            and ``records``: per record ``model``, ``id``, ``title`` and ``facts``, each
            with ``field``, ``label``, ``value`` (as logged) and ``text``
        :rtype: dict
        :raise AccessError: when the user may not read the archive
        """
        self.ensure_one()
        self.check_access("read")
        moment = self._get_moment(day)
        state = {}
        env = self.env["kehu.ledger"]._get_clean_env()
        for record in self.with_env(env)._get_logged_records():
            state[record._name, record.id] = self._get_present_facts(record)
        # sudo: whoever may read the archive may read what it has been.
        events_sudo = (
            self.env["kehu.event"]
            .sudo()
            .search(
                [("archive_id", "=", self.id), ("at", ">", moment)],
                order="sequence desc",
            )
        )
        complete = True
        for _event, (payload, _problem) in events_sudo._get_contents().items():
            if payload is None:
                complete = False
                continue
            for item in reversed(payload.get("items", ())):
                self._take_back(state, item)
        return {
            "at": fields.Datetime.to_string(moment),
            "complete": complete,
            "records": [
                self._describe_record(model, record_id, values)
                for (model, record_id), values in sorted(
                    state.items(), key=lambda entry: self._get_record_rank(entry[0])
                )
            ],
        }

    @api.model
    def _get_record_rank(self, key):
        """The archive first, then the customer's card, then the lists."""
        order = {"kehu.archive": 0, "res.partner": 1}
        return order.get(key[0], 2), key

    def _get_moment(self, day):
        """:raise UserError: when it is no date"""
        try:
            if isinstance(day, str) and len(day) > _DATE_LENGTH:
                return fields.Datetime.to_datetime(day)
            if isinstance(day, datetime):
                return day
            day = fields.Date.to_date(day)
        except ValueError as error:
            raise UserError(self.env._("%(day)s is not a date.", day=day)) from error
        if not isinstance(day, date):
            raise UserError(self.env._("Say as of which day."))
        zone = pytz.timezone((self.company_id or self.env.company).kehu_tz)
        end = zone.localize(datetime.combine(day + timedelta(days=1), time.min))
        return end.astimezone(pytz.utc).replace(tzinfo=None) - timedelta(seconds=1)

    def _get_logged_records(self):
        """Every record whose facts the archive's chain tells."""
        self.ensure_one()
        records = [self, self.partner_id, *self.partner_id.bank_ids]
        for field in self._fields.values():
            if field.type == "one2many" and isinstance(
                self.env[field.comodel_name],
                self.env.registry["kehu.logged.mixin"],
            ):
                records += self[field.name]
        return [*records, *self.principal_ids.consent_ids]

    @api.model
    def _get_present_facts(self, record):
        ledger = self.env["kehu.ledger"]
        return {
            name: value
            for name in sorted(ledger._get_field_names(record._name))
            if (value := ledger._get_plain(record, name))
        }

    @api.model
    def _take_back(self, state, item):
        """Undo one logged change in a state of facts."""
        key = item["model"], item["id"]
        if item["op"] == "create":
            state.pop(key, None)
        elif item["op"] == "unlink":
            state[key] = {name: old for name, (old, _new) in item["fields"].items()}
        elif key in state:
            state[key].update(
                {name: old for name, (old, _new) in item["fields"].items()}
            )

    @api.model
    def _describe_record(self, model, record_id, values):
        events = self.env["kehu.event"]
        return {
            "model": model,
            "id": record_id,
            "title": events._get_model_label(model),
            "facts": [
                {
                    "field": name,
                    "label": events._get_field_label(model, name),
                    "value": value,
                    "text": events._format_value(model, name, value),
                }
                for name, value in values.items()
                if value
            ],
        }
