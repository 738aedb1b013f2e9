from odoo import fields, models
from odoo.tools import format_date


class KehuPrincipal(models.Model):
    """What a person sees of themselves by their link, and nothing of anybody else."""

    _inherit = "kehu.principal"

    def _get_link_facts(self):
        """Ordinary facts about the person: labels and values.

        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        roles = dict(self._fields["role"]._description_selection(self.env))
        facts = [("role", roles.get(self.role))]
        facts += [
            (name, self[name])
            for name in ("name", "job_title", "phone", "wechat", "email")
        ]
        return [
            (self._fields[name]._description_string(self.env), value)
            for name, value in facts
            if value
        ]

    def _get_link_items(self):
        """The items that need consent, with what was answered and what is kept.

        A person sees what is kept also where it is restricted to storage.

        :rtype: list[dict]
        """
        self.ensure_one()
        traits = self._read_traits()
        consents = {consent.item: consent for consent in self.consent_ids}
        items = []
        for name in self._get_trait_fields():
            consent = consents.get(name, self.consent_ids.browse())
            items.append(
                {
                    "name": name,
                    "label": self._fields[name]._description_string(self.env),
                    "value": traits.get(name) or "",
                    "decision": consent.decision,
                    "told": self._get_consent_text(consent),
                }
            )
        return items

    def _get_consent_text(self, consent):
        """Say what the person answered, when, and for what."""
        date = format_date(self.env, consent.decided_on)
        if consent.decision == "granted":
            return self.env._(
                "Agreed on %(date)s, for: %(purpose)s (notice %(version)s).",
                date=date,
                purpose=consent.purpose or "—",
                version=consent.notice_version or "—",
            )
        if consent.decision == "refused":
            return self.env._("Refused on %(date)s; we do not ask again.", date=date)
        return self.env._("You were not asked.")

    def _get_link_requests(self):
        """The person's own requests: date, kind, deadline, state and answer.

        :rtype: list[dict]
        """
        self.ensure_one()
        requests = self.env["kehu.person.request"].search(
            [("principal_id", "=", self.id)], order="id desc"
        )
        kinds = dict(requests._fields["kind"]._description_selection(self.env))
        states = dict(requests._fields["state"]._description_selection(self.env))
        return [
            {
                "kind": kinds[one.kind],
                "dates": self.env._(
                    "Received on %(received)s, to be answered by %(deadline)s.",
                    received=format_date(self.env, one.received_on),
                    deadline=format_date(self.env, one.deadline),
                ),
                "state": states[one.state],
                "answer": one.answer if one.state != "open" else "",
            }
            for one in requests
        ]

    def _ask_by_link(self, kind, details):
        """Hand in a request at the desk; one open request of a kind is enough.

        :param str kind: a kind of ``kehu.person.request``
        :param str details: in the person's words
        :return: the open request
        """
        self.ensure_one()
        requests = self.env["kehu.person.request"].with_context(
            mail_create_nosubscribe=True
        )
        running = requests.search(
            [
                ("principal_id", "=", self.id),
                ("kind", "=", kind),
                ("state", "=", "open"),
            ],
            limit=1,
        )
        if running:
            if details:
                said = "\n".join(filter(None, (running.details, details)))
                running.details = said[-20_000:]
            return running
        return requests.create(
            {
                "name": self.name,
                "email": self.email,
                "principal_id": self.id,
                "archive_id": self.archive_id.id,
                "kind": kind,
                "details": details,
                "received_on": fields.Date.context_today(self),
            }
        )
